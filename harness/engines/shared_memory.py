"""What libfaketime leaves in shared memory, and how it is removed.

Each process into which libfaketime is loaded makes two files under /dev/shm, named after its
process id. It removes them only when it exits in order; a kill leaves them for good, and a later
process that gets the same id is ended by libfaketime ("shm_open failed: File exists"; its README,
"Cleaning up shared memory"). Once the library is loaded it works on what it has opened, so the
names may go while the process lives.

So a service under libfaketime first removes what an earlier process of its id left; its own files
go as soon as it listens, and again when it ends; its id is kept in its folder, so that a sweep
knows which files were those of a dead run.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import psutil

SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - where the C library keeps it; nothing is made here

_RECORD = "pid"
_CLOCK_SLACK = 2.0
"""Wall seconds by which a process's start and the time of a file may be apart."""


def files_of(pid: int) -> list[Path]:
    """The files that libfaketime makes in a process; they may be missing."""
    return _named(str(pid))


def _named(pid: str) -> list[Path]:
    return [SHARED_MEMORY / f"faketime_shm_{pid}", SHARED_MEMORY / f"sem.faketime_sem_{pid}"]


def under(library: Path, command: Sequence[str]) -> list[str]:
    """The command line that runs a command with libfaketime loaded.

    Args:
        library: libfaketime.
        command: the command line; it keeps the process id of the shell that starts it.
    """
    left = " ".join(f'"{path}"' for path in _named("$$"))
    # The shell runs without the library, which would end it where there are such files.
    script = f'rm -f {left}; LD_PRELOAD=$0; export LD_PRELOAD; exec "$@"'
    return ["/bin/sh", "-c", script, str(library), *command]


def without_library(environment: Mapping[str, str]) -> dict[str, str]:
    """A service's environment for a command beside it, which would leave files of its own."""
    return {
        name: value
        for name, value in environment.items()
        if name != "LD_PRELOAD" and not name.startswith("FAKETIME")
    }


def record(folder: Path, pid: int) -> None:
    """Keeps a service's process id in its folder."""
    (folder / _RECORD).write_text(str(pid))


def recorded(run_folder: Path) -> Iterator[int]:
    """The process ids of a run's services on this machine."""
    for path in sorted(run_folder.glob(f"*/*/{_RECORD}")):
        with suppress(ValueError, OSError):
            yield int(path.read_text())


def remove(pid: int) -> list[Path]:
    """Removes the files of a process that has ended, or has opened them.

    Returns:
        Those that were there.
    """
    return [path for path in files_of(pid) if _removed(path)]


def remove_stale(pid: int) -> list[Path]:
    """Removes the files of a process that ended some time ago; another may have its id by now.

    Returns:
        Those that were there and are not that other process's own.
    """
    try:
        process = psutil.Process(pid)
        begun = process.create_time() - _CLOCK_SLACK
        if process.status() == psutil.STATUS_ZOMBIE:
            return remove(pid)
    except psutil.NoSuchProcess:
        return remove(pid)
    return [path for path in files_of(pid) if _older(path, begun) and _removed(path)]


def _older(path: Path, begun: float) -> bool:
    try:
        return path.stat().st_mtime < begun
    except FileNotFoundError:
        return False


def _removed(path: Path) -> bool:
    try:
        path.unlink()
    except (FileNotFoundError, PermissionError):  # gone, or another user's
        return False
    return True
