import os
from pathlib import Path

import pytest

from harness.errors import BadInput
from harness.support.files import check_takes_file, is_file, text_of


def test_a_text_is_read_with_what_is_no_text_replaced(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"a\xff")
    assert text_of(path) == "a\ufffd"


def test_what_is_larger_or_never_ends_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(bytes(3))
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "a", tmp_path / "pipe", Path("/dev/zero"), tmp_path):
        with pytest.raises(ValueError, match=r"larger|not a file"):
            text_of(path, 2)


def test_a_name_that_the_system_does_not_allow_is_no_file(tmp_path: Path) -> None:
    assert not any(is_file(tmp_path / name) for name in ("a" * 300, "a\0", "a/" * 3000))


def test_a_file_that_can_be_written_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("kept")
    for path in (tmp_path / "a", tmp_path / "new", tmp_path / "no" / "folder" / "yet"):
        check_takes_file(path, "--json")
    assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == [("a", "kept")]


@pytest.mark.parametrize("name", ["", "a/b", "a" * 300])
def test_a_file_that_cannot_be_written_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "a").touch()
    with pytest.raises(
        BadInput, match=r"--json: (this is a folder|cannot be written there): "
    ) as it:
        check_takes_file(tmp_path / name, "--json")
    assert "\n" not in str(it.value)
