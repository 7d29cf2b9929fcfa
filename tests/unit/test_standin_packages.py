"""The stand-in's Java packages: no circle among them, and the names that Python knows exist."""

import re
from graphlib import TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCES = ROOT / "docker" / "confluence-standin" / "src"
_BASE = "org.migrationharness.standin"
_TYPE = re.compile(
    r"^[ \t]*(?:(?:public|private|static|final|abstract) )*(?:class|record|enum|interface) (\w+)",
    re.MULTILINE,
)


def _sources() -> dict[Path, str]:
    found = {path: path.read_text() for path in SOURCES.rglob("*.java")}
    assert found
    return found


def _package(path: Path) -> str:
    return ".".join(path.parent.relative_to(SOURCES).parts)


def test_no_package_of_the_standin_imports_itself_through_others() -> None:
    uses: dict[str, set[str]] = {}
    for path, text in _sources().items():
        imports = re.findall(rf"^import ({_BASE}[\w.]*)\.\w+;", text, re.MULTILINE)
        uses.setdefault(_package(path), set()).update(imports)
    order = list(TopologicalSorter(uses).static_order())
    assert order[-1] == _BASE, "the root package puts the others together, so it comes last"


def test_each_simple_class_name_is_used_once() -> None:
    names = [name for text in _sources().values() for name in _TYPE.findall(text)]
    assert sorted(names) == sorted(set(names))


def test_java_classes_that_the_harness_names_exist() -> None:
    named = {
        name.rstrip(".")  # the beginning of names, as a package's
        for path in (ROOT / "harness").rglob("*.py")
        for name in re.findall(rf"\b{re.escape(_BASE)}[\w.]+", path.read_text())
    }
    assert named
    packages = {_package(path) for path in _sources()}
    known = packages | {f"{_package(path)}.{path.stem}" for path in _sources()}
    assert named <= known
