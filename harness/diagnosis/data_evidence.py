"""Evidence of an app's data on its way: uploads by the server app, reads by the cloud app."""

from dataclasses import dataclass

from harness.diagnosis.evidence import Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class OnStandin(Evidence):
    """The Confluence is the stand-in, so its model may be what is incomplete."""

    def _say(self) -> str:
        return "the Confluence is the stand-in"


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadsBegun(Evidence):
    """How many upload streams the assistant gave out while it was watched."""

    times: int

    def _say(self) -> str:
        number = {0: "no upload", 1: "one upload"}.get(self.times, f"{self.times} uploads")
        return f"the server app began {number}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DataUploaded(Evidence):
    """An upload arrived whole: its stream was closed and the cloud took it."""

    transfer: str
    label: str = ""
    size: int | None = None

    def _say(self) -> str:
        what = f"{self.label or 'data without a label'} of {self.transfer}"
        size = "" if self.size is None else f", {self.size} bytes"
        return f"{what} was uploaded and closed{size}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DataRead(Evidence):
    """The cloud app asked for data: the list, a link, or (`is_bytes`) what a link leads to."""

    transfer: str
    what: str
    http: int
    effect: str = ""
    is_bytes: bool = False
    is_link: bool = False
    reason: str = ""
    path: str = ""

    def _say(self) -> str:
        return f"the cloud app asked {self.what}: {self.http or 'no answer'}, {self.effect}"

    @property
    def ok(self) -> bool:
        """Whether it got what it asked for."""
        return 200 <= self.http < 300


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelAsked(Evidence):
    """An admin cancelled the migration, and the server passed that on."""

    transfer: str

    def _say(self) -> str:
        return f"the server asked to cancel {self.transfer}"
