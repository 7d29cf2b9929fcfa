"""The list of the library's classes is what the stand-in has of it."""

from harness.support import assets
from harness.vocabulary.listener import LIBRARY_CLASSES


def test_the_list_is_the_stand_ins_library() -> None:
    root = assets.root() / "docker" / "confluence-standin" / "api"
    sources = (path for path in root.rglob("*.java") if path.stem != "package-info")

    assert {".".join(path.relative_to(root).with_suffix("").parts) for path in sources} == (
        LIBRARY_CLASSES
    )
