"""A run's identity, its working folder, and who owns it.

Everything a run creates carries the run's id. A run is alive while its owner holds its lock, or,
for `harness up`, while its stack file exists. Whatever carries the id of a run that is not alive is
debris, and `harness.environment.reaper` removes it. A lock dies with its process, whatever killed
it, so no process id has to be trusted.
"""

import fcntl
import os
import secrets
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from harness.errors import BadInput
from harness.settings import project_root
from harness.support import folders

RUN_VARIABLE, OWNER_VARIABLE = "MIGRATION_HARNESS_RUN", "MIGRATION_HARNESS_OWNER"
"""Carried by every process of a run, so that the process table tells whose it is."""

STATE_VARIABLE = "HARNESS_STATE"

_OWNER_ONLY = 0o700
"""A run's folders have keys, tokens and passwords in them."""

_inheriting = threading.Lock()
_STACK, _SCRATCH, _PROJECT = "stack.json", "scratch.path", "project.path"


@dataclass(frozen=True)
class Run:
    """One run: its id, and the folder for all that must not outlive it."""

    id: str
    folder: Path

    @property
    def lock_file(self) -> Path:
        """Locked by the run's owner for as long as it lives."""
        return self.folder.with_suffix(".lock")

    @property
    def stack_file(self) -> Path:
        """Where `harness up` keeps the addresses of a stack that outlives its command."""
        return self.folder / _STACK

    @property
    def scratch(self) -> Path:
        """Where temporary files of the run and its children go."""
        return Path((self.folder / _SCRATCH).read_text())

    @property
    def environment(self) -> Mapping[str, str]:
        """What every process of the run has in its environment."""
        return {
            RUN_VARIABLE: self.id,
            OWNER_VARIABLE: owner_label(),
            "TMPDIR": str(self.scratch),
        }

    @property
    def project(self) -> Path | None:
        """The root of the run's project; None where an older version left the run."""
        try:
            return Path((self.folder / _PROJECT).read_text())
        except FileNotFoundError:
            return None


def state_folder() -> Path:
    """Where working folders of runs are: per user, the same from every checkout."""
    if named := os.environ.get(STATE_VARIABLE):
        return Path(named)
    return folders.state()


def owner_label() -> str:
    """Tells this user's runs on this machine from others' on a shared Docker host."""
    return f"{os.uname().nodename}:{state_folder()}"


def new_id() -> str:
    """A run id that sorts by time and that two runs in one second do not share."""
    return f"{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(3)}"


@contextmanager
def open_run(folder: Path = Path()) -> Iterator[Run]:
    """Owns a new run of a folder's project until the block ends.

    The folder is removed at the end unless the stack file is in it (a stack that was
    left running on purpose), and with it the folder for the run's temporary files.

    Raises:
        BadInput: the folder for the state of runs cannot be written to.
    """
    run = find(new_id())
    try:
        state_folder().mkdir(mode=_OWNER_ONLY, parents=True, exist_ok=True)
        run.folder.parent.mkdir(mode=_OWNER_ONLY, exist_ok=True)
    except OSError as error:
        why = f"the state of runs cannot be kept there: {error.strerror}; name another folder by "
        raise BadInput(f"{why}{STATE_VARIABLE}", path=run.folder.parent) from None
    lock: IO[str] | None = None
    try:  # an interrupt may come as soon as there is anything to remove
        lock = _take(run)
        run.folder.mkdir(mode=_OWNER_ONLY)
        # Not below the run's folder: browsers make sockets there, whose paths have to be short.
        scratch = Path(tempfile.gettempdir()) / f"mh-{run.id}"
        (run.folder / _SCRATCH).write_text(str(scratch))
        (run.folder / _PROJECT).write_text(str(project_root(folder)))
        scratch.mkdir(mode=_OWNER_ONLY)
        yield run
    finally:
        if not run.stack_file.exists():
            forget(run)
        if lock:
            lock.close()


@contextmanager
def inherited(variables: Mapping[str, str]) -> Iterator[None]:
    """A child that a library starts within the block has these variables.

    For libraries that take no environment for their children; one block at a time, and short.
    """
    with _inheriting:
        before = {name: os.environ.get(name) for name in variables}
        os.environ.update(variables)
        try:
            yield
        finally:
            for name, value in before.items():
                if value is None:
                    os.environ.pop(name, None)
                else:
                    os.environ[name] = value


def _take(run: Run) -> IO[str]:
    """Takes the run's lock, which exists before anything else of the run does."""
    while True:
        lock = run.lock_file.open("w")
        fcntl.flock(lock, fcntl.LOCK_EX)
        # A sweep may have removed the file between its making and its locking.
        if run.lock_file.exists() and os.path.samestat(
            os.fstat(lock.fileno()), run.lock_file.stat()
        ):
            return lock
        lock.close()


def forget(run: Run) -> bool:
    """Removes the run's folders and lock; returns whether there was anything."""
    there = run.folder.exists() or run.lock_file.exists()
    with suppress(FileNotFoundError):
        shutil.rmtree((run.folder / _SCRATCH).read_text(), ignore_errors=True)
    shutil.rmtree(run.folder, ignore_errors=True)
    run.lock_file.unlink(missing_ok=True)
    return there


def find(run_id: str) -> Run:
    """The run of that id, alive or not; its folder may be missing."""
    return Run(run_id, state_folder() / "runs" / run_id)


def known() -> list[Run]:
    """All runs of which anything is left here, oldest first."""
    folder = state_folder() / "runs"
    return [find(name) for name in sorted({path.stem for path in folder.glob("*")})]


def with_a_stack(project: Path | None = None) -> list[Run]:
    """Runs that `harness up` left running, oldest first.

    Args:
        project: the root of the project whose runs count; None for those of all.
    """
    every = [run for run in known() if run.stack_file.exists()]
    return [run for run in every if project in (None, run.project)]


def listed(every: Sequence[Run]) -> str:
    """Runs for a message: each with the root of its project."""
    return ", ".join(f"{run.id} of {run.project or 'an unknown project'}" for run in every)


def is_alive(run: Run) -> bool:
    """Whether the run is still owned by a process or was left running on purpose."""
    if run.stack_file.exists():
        return True
    try:
        with run.lock_file.open("r") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except FileNotFoundError:
        return False
    return False
