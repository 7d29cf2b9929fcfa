"""`results.json`: the one record of a run, from which everything else is derived.

Its shape is a contract (schema 1). Times are ISO 8601 in UTC; seconds are wall seconds unless
a name says otherwise.
"""

import json
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, computed_field

from harness.errors import EXIT_ERROR, EXIT_FAILED, BadInput, HarnessError
from harness.redaction import cleaned
from harness.store.evidence import Evidence
from harness.store.layout import make_folder
from harness.support.files import text_of
from harness.vocabulary.cause_ids import current

VerdictName = Literal["passed", "failed", "known-bug", "fixed", "error"]
VERDICTS: tuple[VerdictName, ...] = ("passed", "failed", "known-bug", "fixed", "error")


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RowResult(_Record):
    """A row: its status text and percent. `ABSENT` means that the page has no block for it."""

    status: str
    percent: int | None = None


class TimelineEntry(RowResult):
    """A row as it was first seen."""

    server_time: datetime
    wall_seconds: float


class Recorded(_Record):
    """What the cloud had recorded for the app's transfer, and how long the row was watched on.

    Attributes:
        status, percent: the transfer's state in the cloud, whatever the row shows.
        at: server time at which the final status was recorded; None while there is none.
        watched_seconds: server seconds for which the row was watched after that.
        refreshes: polls of the assistant that the cloud answered after that.
    """

    status: str | None
    percent: int | None
    at: datetime | None
    watched_seconds: float
    refreshes: int


def _with_todays_name(cause: Mapping[str, object]) -> Mapping[str, object]:
    """A stored cause under the name that it has today."""
    name = cause.get("cause")
    return {**cause, "cause": current(name)} if isinstance(name, str) else cause


StoredCause = Annotated[Mapping[str, object], AfterValidator(_with_todays_name)]


class CaseResult(_Record):
    """One case: what was expected, what was seen, and the verdict."""

    id: str
    dark_features: Mapping[str, bool]
    axes: Mapping[str, str]
    ccma: str
    expected: RowResult
    timeline: tuple[TimelineEntry, ...] = ()
    observed: RowResult | None = None
    recorded: Recorded | None = None
    verdict: VerdictName
    reason: str
    known_bug: str | None = None
    causes: tuple[StoredCause, ...] = ()
    artifacts: Mapping[str, str] = Field(default_factory=dict)
    seconds: Mapping[str, float] = Field(default_factory=dict)
    server_seconds: float | None = None
    evidence: Evidence | None = None
    """What the verdict rests on; older runs do not have it."""
    rerun_after: str | None = None
    """Why its first attempt ended, where its stack died under it and it ran again."""
    remarks: tuple[str, ...] = ()
    """What is worth knowing beside the verdict: a broken link or a tolerated call of a case that
    passed, a fault that did not strike."""
    carried_scale: int | None = None
    """The time scale that the machine carries, where its stack's was more than that."""


class ConfluenceResult(_Record):
    """The Confluence under test; `ccma` is None when cases differ in it."""

    image: str
    ccma: str | None


class Results(_Record):
    """A whole run."""

    schema_: Literal[1] = Field(1, alias="schema")
    run: str
    engine: str
    confluence: ConfluenceResult
    time_scale: float
    started: datetime
    seconds: float
    cases: tuple[CaseResult, ...]
    reached: tuple[str, ...] = ()
    """What the cases cover, and the culprit they name, in sentences."""
    stacks_saved: int = 0
    """New stacks that the order of the cases saved over that of the files."""

    @computed_field  # type: ignore[prop-decorator]  # mypy knows no decorated properties
    @property
    def totals(self) -> dict[str, int]:
        """How many cases have each verdict."""
        counted = Counter(case.verdict for case in self.cases)
        return {verdict: counted[verdict] for verdict in VERDICTS}


def exit_status(results: Results) -> int:
    """0 all passed or known-bug; 1 failed or fixed; 2 error."""
    totals = results.totals
    if totals["error"]:
        return EXIT_ERROR
    return EXIT_FAILED if totals["failed"] or totals["fixed"] else 0


def write(results: Results, path: Path) -> None:
    """Writes the results in one piece: readers never see half a file.

    Raises:
        HarnessError: they cannot be written; what was there before still is.
    """
    scratch = path.with_name(f".{path.name}.part")
    try:
        make_folder(path.parent)
        kept = cleaned(results.model_dump(mode="json", by_alias=True))
        scratch.write_text(json.dumps(kept, indent=1) + "\n")
        scratch.replace(path)
    except OSError as error:
        with suppress(OSError):
            scratch.unlink(missing_ok=True)
        why = error.strerror or str(error)
        raise HarnessError(f"results could not be written to {path}: {why}") from error


def read(path: Path) -> Results:
    """Reads results that a run wrote.

    Raises:
        BadInput: no such file, or none of this schema.
    """
    try:
        return Results.model_validate_json(_without_derived(text_of(path)))
    except FileNotFoundError:
        raise BadInput(
            "no results here: name a run's folder or its results.json", path=path
        ) from None
    except (ValidationError, ValueError, RecursionError, OSError) as error:
        first = str(error).splitlines()[0]
        raise BadInput(f"these are not results of schema 1: {first}", path=path) from None


def _without_derived(text: str) -> str:
    data = json.loads(text)
    if isinstance(data, dict):
        data.pop("totals", None)
    return json.dumps(data)
