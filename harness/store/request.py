"""What a run was asked to do, kept beside its results: to resume it, and to merge its shards."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from harness.errors import BadInput
from harness.settings import DECLARED
from harness.store.layout import OLD_REQUEST, REQUEST, make_folder


class RequestedFile(BaseModel):
    """A case file: where it was, and the digest of its text."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: Path
    sha256: str


class RunRequest(BaseModel):
    """What decides which cases a `harness run` runs, and in which settings.

    Attributes:
        files: the case files.
        strength, locate, select, shard: the options that choose among their cases.
        overrides: what `--jar` and `--set` say in place of app.yaml, by dotted name.
        settings: those that a resumed run keeps, by name (`harness.settings.kept_by_a_run`).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    files: tuple[RequestedFile, ...]
    strength: str | None = None
    locate: bool = False
    select: str | None = None
    shard: str | None = None
    settings: Mapping[str, Any]
    overrides: Mapping[str, str] = {}

    @model_validator(mode="before")
    @classmethod
    def _settings_together(cls, data: Any) -> Any:
        """Requests of earlier versions have the settings beside the other keys."""
        if not isinstance(data, dict) or "settings" in data:
            return data
        apart = {name: value for name, value in data.items() if name in DECLARED}
        if not apart:
            return data
        return {k: v for k, v in data.items() if k not in apart} | {"settings": apart}

    @property
    def fingerprint(self) -> str:
        """Equal for runs whose results belong together: all but the shard and where files lie."""
        alike = self.model_copy(update={"shard": None, "files": ()}).model_dump_json()
        digests = ",".join(file.sha256 for file in self.files)
        return hashlib.sha256(f"{alike}{digests}".encode()).hexdigest()[:16]


def files_of(paths: Sequence[Path]) -> tuple[RequestedFile, ...]:
    """Case files with their digests.

    Raises:
        BadInput: one cannot be read.
    """
    return tuple(RequestedFile(path=path.resolve(), sha256=_digest(path)) for path in paths)


def write(request: RunRequest, folder: Path) -> None:
    """Keeps the request in a run's folder."""
    make_folder(folder)
    (folder / REQUEST).write_text(request.model_dump_json(indent=1) + "\n")


def read(folder: Path) -> RunRequest:
    """Reads what a run was asked to do.

    Raises:
        BadInput: nothing is kept there, or it cannot be read.
    """
    path, old = folder / REQUEST, folder / OLD_REQUEST
    if old.is_file() and not path.is_file():
        path = old
    try:
        return RunRequest.model_validate_json(path.read_text())
    except FileNotFoundError:
        raise BadInput(
            "there is no such file, so this is not a run's folder, or not of a `harness run`",
            path=path,
        ) from None
    except ValidationError as error:
        reason = error.errors()[0]["msg"]
        raise BadInput(f"this is not the request of a run: {reason}", path=path) from None


def read_to_resume(folder: Path) -> RunRequest:
    """Reads what a run was asked to do, where its case files are unchanged.

    Raises:
        BadInput: nothing is kept there, or a case file has changed.
    """
    request = read(folder)
    check_unchanged(request, folder)
    return request


def check_unchanged(request: RunRequest, folder: Path) -> None:
    """Refuses case files that have changed since the run in the folder began.

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
