"""Files that somebody else wrote or named: whatever they are, reading them ends."""

from pathlib import Path

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
