"""Unpacked archives that several folders begin with, without a copy for each.

A file of a clone is a hard link to the unpacked archive's own. That is right for programs that
replace files and never write into one, as the stand-in does. The tar stays the truth: what
was written into all the same is noticed by size and time before the next clone, and the archive is
then unpacked anew.
"""

import errno
import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from harness.lifecycle import child_environment
from harness.support import child

_Index = dict[str, list[int]]


def unpack(archive: Path, folder: Path) -> None:
    """Unpacks a tar into a folder that exists."""
    # GNU tar, since it is several times as quick as Python's; it refuses to leave the folder.
    child.run(
        ["tar", "--extract", "--file", archive, "--directory", folder, "--no-same-owner"],
        env=child_environment.to_start(),
    ).check_returncode()


def clone(archive: Path, folder: Path) -> None:
    """Makes an empty folder's content that of a tar; the first clone unpacks it."""
    with locked(archive):
        try:
            _link(prepared(archive), folder)
        except OSError as error:
            if error.errno not in {errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOTSUP}:
                raise
            shutil.rmtree(folder)
            folder.mkdir()
            unpack(archive, folder)


def prepared(archive: Path) -> Path:
    """The tar's unpacked folder, beside it; the archive has to be locked."""
    source, index = archive.with_suffix(""), archive.with_suffix(".index.json")
    if not _is_whole(archive, source, index):
        shutil.rmtree(source, ignore_errors=True)
        source.mkdir(mode=0o700)
        unpack(archive, source)
        index.write_text(json.dumps(_look(archive, source)))
    return source


@contextmanager
def locked(archive: Path) -> Iterator[None]:
    """Keeps others on this machine from unpacking the same archive until the block ends."""
    with archive.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _is_whole(archive: Path, source: Path, index: Path) -> bool:
    try:
        return bool(json.loads(index.read_text()) == _look(archive, source))
    except (FileNotFoundError, ValueError):
        return False


def _look(archive: Path, source: Path) -> _Index:
    """Size and time of the archive and of each file in its folder."""
    files = (entry for entry in _walk(source) if not entry.is_dir(follow_symlinks=False))
    found = {entry.path: entry.stat(follow_symlinks=False) for entry in files}
    found[str(archive)] = archive.stat()
    return {path: [facts.st_size, facts.st_mtime_ns] for path, facts in found.items()}


def _walk(folder: Path) -> Iterator[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            yield entry
            if entry.is_dir(follow_symlinks=False):
                yield from _walk(Path(entry.path))


def _link(source: Path, folder: Path) -> None:
    for entry in _walk(source):
        target = folder / Path(entry.path).relative_to(source)
        if entry.is_dir(follow_symlinks=False):
            target.mkdir(mode=entry.stat().st_mode & 0o777)
        else:
            os.link(entry.path, target, follow_symlinks=False)
