"""Files that somebody else wrote or named: whatever they are, reading them ends."""

import errno
import os
import tempfile
from pathlib import Path

from harness.errors import BadInput

LARGEST = 512 << 20
"""Bytes of a stored run's file; a thousand cases with their evidence have a fifth of that."""


def is_file(path: Path) -> bool:
    """Whether there is such a file; none has a name that the system does not allow."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def text_of(path: Path, most: int = LARGEST) -> str:
    """A file's text, with what is no UTF-8 replaced.

    Raises:
        OSError: it is not there, or cannot be read.
        ValueError: it is a pipe, a device or a folder, or has more than `most` bytes.
    """
    if path.exists() and not path.is_file():
        raise ValueError("it is not a file")
    with path.open("rb") as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise ValueError(f"it is larger than {most >> 20} MiB")
    return content.decode(errors="replace")


def check_takes_file(path: Path, option: str) -> None:
    """Refuses a file that cannot be written, before hours of work are done for it.

    Args:
        path: the file; its folder need not be there yet.
        option: what names it.

    Raises:
        BadInput: with what the system says.
    """
    try:
        if path.is_dir():
            raise BadInput(f"{option}: this is a folder: name a file in it", path=path)
        if path.exists() and not os.access(path, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        if path.is_file() or not path.exists():
            there = next(each for each in path.absolute().parents if each.exists())
            with tempfile.TemporaryFile(dir=there):
                pass
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise BadInput(
            f"{option}: cannot be written there: {why}; name another file", path=path
        ) from None
