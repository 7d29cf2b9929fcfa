"""What a run was asked for, kept beside its results: to resume it, and to tell its parts' kin."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from harness.errors import BadInput

FILE_NAME = "request.json"


class RequestedFile(BaseModel):
    """A case file: where it was, and the digest of what it said."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: Path
    sha256: str


class RunRequest(BaseModel):
    """The words of a `harness run`, as far as they decide which cases run and what they meet."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    files: tuple[RequestedFile, ...]
    strength: str | None = None
    locate: bool = False
    select: str | None = None
    shard: str | None = None
    engine: Literal["auto", "docker", "local"]
    confluence: str
    ccma: str | None = None
    time_scale: float
    isolation: Literal["reset", "fresh"] = "reset"

    @property
    def fingerprint(self) -> str:
        """Equal for runs whose results belong together: all but the shard and where files lie."""
        told = self.model_copy(update={"shard": None, "files": ()}).model_dump_json()
        digests = ",".join(file.sha256 for file in self.files)
        return hashlib.sha256(f"{told}{digests}".encode()).hexdigest()[:16]


def files_of(paths: Sequence[Path]) -> tuple[RequestedFile, ...]:
    """Case files with their digests.

    Raises:
        BadInput: one cannot be read.
    """
    return tuple(RequestedFile(path=path.resolve(), sha256=_digest(path)) for path in paths)


def write(request: RunRequest, folder: Path) -> None:
    """Keeps what was asked in a run's folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / FILE_NAME).write_text(request.model_dump_json(indent=1) + "\n")


def read(folder: Path) -> RunRequest:
    """Reads what a run was asked for.

    Raises:
        BadInput: nothing is kept there, or nothing that can be read.
    """
    path = folder / FILE_NAME
    try:
        return RunRequest.model_validate_json(path.read_text())
    except FileNotFoundError:
        raise BadInput("no run's folder: it does not tell what was asked for", path=path) from None
    except ValidationError as error:
        told = error.errors()[0]["msg"]
        raise BadInput(f"not what a run was asked for: {told}", path=path) from None


def read_to_resume(folder: Path) -> RunRequest:
    """Reads what a run was asked for, whose case files still say the same.

    Raises:
        BadInput: nothing is kept there, or a case file says something else by now.
    """
    request = read(folder)
    check_unchanged(request, folder)
    return request


def check_unchanged(request: RunRequest, folder: Path) -> None:
    """Refuses case files that do not say what they said when the run in the folder began.

    Raises:
        BadInput: names the file.
    """
    for file in request.files:
        if _digest(file.path) != file.sha256:
            raise BadInput(
                f"changed since the run in {folder} began, so its results and new ones would not "
                "belong together: run it anew",
                path=file.path,
            )


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise BadInput(f"cannot be read: {error.strerror}", path=path) from None
