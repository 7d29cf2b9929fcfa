"""What a run changed on a Confluence that somebody else runs, written down before it is changed.

One file for each Confluence, readable by its owner alone: JSON lines, each forced to the disk
before the change that it tells of. So whatever kills the run, the file knows all that may have to
be put back; `harness.testbed.put_back` does it, and then the file goes.
"""

import fcntl
import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from harness.errors import BadInput, HarnessError, InUse


class _Line(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Begun(_Line):
    """The first line: whose changes these are, and where.

    Attributes:
        address: Confluence's, with its context path.
        run: the run's id.
        user: who made the changes.
        ca: the CA of its certificate, where one was named.
        stub: control address of the stub that serves it; None for another cloud.
    """

    kind: Literal["begun"] = "begun"
    address: str
    run: str
    user: str
    ca: str | None = None
    stub: str | None = None


class FeatureSet(_Line):
    """A dark feature is about to be set for the whole site."""

    kind: Literal["feature"] = "feature"
    key: str
    before: bool
    now: bool


class AppState(_Line):
    """An app as UPM shows it."""

    version: str
    enabled: bool


class AppChanged(_Line):
    """An app is about to be installed, enabled, disabled or removed.

    Attributes:
        key: its key in UPM.
        before: what was there; None where it was not installed.
        now: the version that is about to be there.
        jar: the earlier version's, kept beside this file; empty where none was given.
    """

    kind: Literal["app"] = "app"
    key: str
    before: AppState | None
    now: str
    jar: str = ""


class PlanMade(_Line):
    """A plan of this name is about to be made."""

    kind: Literal["plan"] = "plan"
    name: str


class CloudAppPut(_Line):
    """A cloud app is about to be put on the stub's site."""

    kind: Literal["cloud-app"] = "cloud-app"
    key: str


class SwitchesTurned(_Line):
    """Switches of the stub may be turned from now on.

    Attributes:
        before: all of them, as they were.
    """

    kind: Literal["switches"] = "switches"
    before: Mapping[str, Any]


Change = FeatureSet | AppChanged | PlanMade | CloudAppPut | SwitchesTurned
_READER: TypeAdapter[Begun | Change] = TypeAdapter(
    Annotated[Begun | Change, Field(discriminator="kind")]
)


@dataclass
class Changes:
    """All that the file says, as it has to be put back.

    Attributes:
        features: key -> its state before the first change, and what it was set to last.
        apps: key -> its first line, and every version that was put there.
        plans: names of plans that were made.
        cloud_apps: keys of apps that were put on the stub's site.
        switches: the stub's, as they were; None where none can have been turned.
    """

    features: dict[str, tuple[bool, bool]] = field(default_factory=dict)
    apps: dict[str, tuple[AppChanged, set[str]]] = field(default_factory=dict)
    plans: list[str] = field(default_factory=list)
    cloud_apps: list[str] = field(default_factory=list)
    switches: Mapping[str, Any] | None = None

    def take(self, change: Change) -> None:
        """Takes the next line."""
        if isinstance(change, FeatureSet):
            first = self.features.get(change.key, (change.before, change.now))
            self.features[change.key] = (first[0], change.now)
        elif isinstance(change, AppChanged):
            _, versions = self.apps.setdefault(change.key, (change, set()))
            versions.add(change.now)
        elif isinstance(change, PlanMade):
            self.plans.append(change.name)
        elif isinstance(change, CloudAppPut):
            self.cloud_apps.append(change.key)
        elif self.switches is None:
            self.switches = change.before


class UndoJournal:
    """The file of one Confluence, held by one run at a time.

    Args:
        path: the file.
        lock: the open file of the lock that is held.
    """

    def __init__(self, path: Path, lock: IO[str]) -> None:
        self.path, self._lock = path, lock
        self.changes = Changes()
        self._file: IO[str] | None = None

    def begin(self, begun: Begun) -> None:
        """Writes the first line; what follows belongs to that run."""
        self.changes = Changes()
        self._file = os.fdopen(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w")
        self._write(begun)
        _sync(self.path.parent)

    @property
    def has_begun(self) -> bool:
        """Whether a change may have been made that is not put back yet."""
        return self._file is not None

    def record(self, change: Change) -> None:
        """Writes down a change, and returns once it is on the disk: it may then be made.

        Raises:
            HarnessError: it cannot be written, so the change must not be made.
        """
        self._write(change)
        self.changes.take(change)

    def keep_jar(self, jar: Path) -> str:
        """Keeps a jar beside the file, where it is found whatever becomes of the original."""
        target = self.path.with_suffix(".jar")
        shutil.copyfile(jar, target)
        target.chmod(0o600)
        return str(target)

    def done(self) -> None:
        """All is put back: the file goes."""
        if self._file:
            self._file.close()
            self._file = None
        self.path.unlink(missing_ok=True)
        self.path.with_suffix(".jar").unlink(missing_ok=True)
        _sync(self.path.parent)

    def close(self) -> None:
        """Lets go of the file; it stays where something is left to be put back."""
        if self._file:
            self._file.close()
            self._file = None
        self._lock.close()

    def _write(self, line: Begun | Change) -> None:
        if self._file is None:
            raise HarnessError("a change was to be made that is not written down")  # our own fault
        try:
            self._file.write(line.model_dump_json() + "\n")
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            why = error.strerror or str(error)
            raise HarnessError(
                f"writing down what is about to be changed in {self.path}: {why}; nothing more is "
                "changed"
            ) from error


@dataclass(frozen=True)
class Left:
    """What a run that ended early left to be put back.

    Attributes:
        path: its file.
        begun: whose changes they are, and where.
        changes: all of them.
    """

    path: Path
    begun: Begun
    changes: Changes


def path_for(folder: Path, address: str) -> Path:
    """The file of a Confluence, below the folder for them all."""
    parts = urlsplit(address)
    name = re.sub(r"[^A-Za-z0-9.]+", "-", f"{parts.netloc}{parts.path}").strip("-")[:80]
    digest = hashlib.sha256(address.rstrip("/").encode()).hexdigest()[:12]
    return folder / f"{name}-{digest}.jsonl"


def every(folder: Path) -> Sequence[Path]:
    """The files of all Confluences that have something to be put back."""
    return sorted(folder.glob("*.jsonl"))


@contextmanager
def held(path: Path) -> Iterator[UndoJournal]:
    """The file of a Confluence, which is nobody else's until the block ends.

    Raises:
        InUse: another run has it.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.parent.chmod(0o700)
    with path.with_suffix(".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InUse(
                "another run is attached to this Confluence, and its changes and this one's would "
                "meet: wait for its end"
            ) from None
        journal = UndoJournal(path, lock)
        try:
            yield journal
        finally:
            journal.close()


def read(path: Path) -> Left | None:
    """What is left to be put back; None where nothing is.

    A last line that was not finished tells of a change that was not made.

    Raises:
        BadInput: the file is damaged.
    """
    with suppress(FileNotFoundError):
        *whole, _ = path.read_bytes().split(b"\n")  # the last piece was not finished
        if not whole:
            return None
        begun = _parsed(path, 1, whole[0])
        if not isinstance(begun, Begun):
            raise BadInput("the first line does not say where the changes are", path=path, line=1)
        changes = Changes()
        for number, line in enumerate(whole[1:], 2):
            change = _parsed(path, number, line)
            if isinstance(change, Begun):
                raise BadInput("a second beginning", path=path, line=number)
            changes.take(change)
        return Left(path, begun, changes)
    return None


def _parsed(path: Path, number: int, line: bytes) -> Begun | Change:
    try:
        data: Mapping[str, object] = json.loads(line)
        return _READER.validate_python(data)
    except (ValueError, ValidationError):
        raise BadInput(
            "this line cannot be read; what it tells of has to be put back by hand",
            path=path,
            line=number,
        ) from None


def _sync(folder: Path) -> None:
    """Forces a folder's entries to the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
