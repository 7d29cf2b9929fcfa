"""Questions about a path that somebody wrote: whatever it is, they have an answer."""

from pathlib import Path


def is_file(path: Path) -> bool:
    """Whether there is such a file; none has a name that the system does not allow."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False
