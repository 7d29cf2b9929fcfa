"""Folders that begin with the same archive share its files, and nothing else."""

import errno
import os
import tarfile
from pathlib import Path

import pytest

from harness.engines import clones


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    kept = tmp_path / "kept"
    (kept / "deep").mkdir(parents=True)
    (kept / "deep" / "large").write_bytes(b"x" * 5000)
    (kept / "small").write_text("as it was kept")
    (kept / "link").symlink_to("small")
    path = tmp_path / "home.tar"
    with tarfile.open(path, "w:") as tar:
        tar.add(kept, ".")
    return path


def made(archive: Path, name: str) -> Path:
    folder = archive.parent / name
    folder.mkdir()
    clones.clone(archive, folder)
    return folder


def test_a_clone_has_everything_and_copies_nothing(archive: Path) -> None:
    one, two = made(archive, "one"), made(archive, "two")
    for folder in (one, two):
        assert (folder / "deep" / "large").read_bytes() == b"x" * 5000
        assert (folder / "link").read_text() == "as it was kept"
    assert (one / "deep" / "large").samefile(two / "deep" / "large")


def test_what_one_replaces_or_removes_stays_with_the_others(archive: Path) -> None:
    one, two = made(archive, "one"), made(archive, "two")
    (one / "new").write_text("newer")
    (one / "new").replace(one / "small")
    (one / "deep" / "large").unlink()
    for folder in (two, made(archive, "three")):
        assert (folder / "small").read_text() == "as it was kept"
        assert (folder / "deep" / "large").is_file()


def test_what_one_wrote_into_is_not_in_the_next(archive: Path) -> None:
    with (made(archive, "one") / "small").open("a") as file:
        file.write(", and more")
    assert (made(archive, "two") / "small").read_text() == "as it was kept"


def test_what_another_archive_holds_is_unpacked_anew(archive: Path) -> None:
    made(archive, "one")
    (archive.parent / "kept" / "small").write_text("kept later")
    with tarfile.open(archive, "w:") as tar:
        tar.add(archive.parent / "kept", ".")
    assert (made(archive, "two") / "small").read_text() == "kept later"


def test_a_clone_on_another_file_system_is_a_copy(
    archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def across(*_: object, **__: object) -> None:
        raise OSError(errno.EXDEV, "another file system")

    monkeypatch.setattr(os, "link", across)
    one = made(archive, "one")
    assert (one / "small").read_text() == "as it was kept"
    assert not (one / "small").samefile(archive.with_suffix("") / "small")
