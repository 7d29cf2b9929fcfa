"""What may stand in a case file, typed."""

import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from harness.cases.axes import Axis, FileModel
from harness.support.wrong_values import shown
from harness.vocabulary.cause_ids import current
from harness.vocabulary.mishaps import MishapKind
from harness.vocabulary.rows import Row, parse_row

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def _duration(value: object) -> timedelta:
    if isinstance(value, timedelta):
        return value
    match = re.fullmatch(r"(\d+)\s*([smhd])", str(value))
    if not match:
        raise ValueError(f"{value!r} is not a duration: write 60s, 30m, 1h or 14d")
    try:
        return timedelta(**{_UNITS[match[2]]: int(match[1])})
    except OverflowError:
        raise ValueError(f"{value!r} is longer than any duration") from None


def _row(value: object) -> Row:
    if isinstance(value, (list, dict)):
        raise ValueError(f"{shown(value)} must be one row, such as COMPLETE 100")
    return value if isinstance(value, Row) else parse_row(str(value))


def _word(value: object) -> str:
    if isinstance(value, (list, dict)):
        raise ValueError(f"{shown(value)} must be one word")
    return str(value)


def _words(value: object) -> tuple[str, ...]:
    return tuple(map(_word, value)) if isinstance(value, (list, tuple)) else (_word(value),)


def _strength(value: object) -> object:
    if isinstance(value, str) and value.isdecimal():
        value = int(value)
    if value == "all" or (type(value) is int and value >= 1):
        return value
    raise ValueError(f"{shown(value)} must be a whole number, 1 or more, or `all`")


Duration = Annotated[timedelta, BeforeValidator(_duration)]
RowText = Annotated[Row, BeforeValidator(_row)]
Word = Annotated[str, BeforeValidator(_word)]
Words = Annotated[tuple[str, ...], BeforeValidator(_words), Field(min_length=1)]

When = Mapping[str, Words]
"""Axis name -> the values that match; empty matches every case."""


class Window(FileModel):
    """When a row has to be there, in server time since the migration's start."""

    after: Duration = timedelta(0)
    within: Duration | None = None


class Expectation(FileModel):
    """Rows that are expected where axis values match.

    In a file a row is `COMPLETE 100`, or with its time
    `{row: COMPLETE 100, after: 5m, within: 25m}`.

    Attributes:
        when: axis name -> values; empty matches every case.
        rows: they appear in this order, the last one to stay; rows before are free.
        times: for each row, when it has to be seen first; empty where no row says.
        lasts: server time for which the last row is watched on, after the migration's start; a
            row that may still change needs it, and at least one refresh of it.
        before_refresh: whether the last row is judged before the assistant has polled at all:
            once the cloud has recorded a final status, and not after a poll.
        may_happen: what may go wrong around the case although no axis asks for it.
        source: why this is expected.
    """

    when: When = Field(default_factory=dict)
    rows: tuple[RowText, ...] = Field(min_length=1)
    times: tuple[Window, ...] = ()
    lasts: Duration = timedelta(0)
    before_refresh: bool = False
    may_happen: tuple[MishapKind, ...] = ()
    source: str = Field(min_length=1)

    @model_validator(mode="before")
    @classmethod
    def _times_apart(cls, given: Any) -> Any:
        """Takes the times out of the rows that carry them."""
        rows = given.get("rows") if isinstance(given, dict) else None
        if not isinstance(rows, list) or not any(isinstance(row, dict) for row in rows):
            return given
        times = [dict(row) if isinstance(row, dict) else {"row": row} for row in rows]
        if not all("row" in each for each in times):
            raise ValueError("a row with a time is {row: ..., after: ..., within: ...}")
        return {**given, "rows": [each.pop("row") for each in times], "times": times}

    @property
    def demands(self) -> tuple[object, ...]:
        """What is expected, apart from where and why."""
        return (self.rows, self.times, self.lasts, self.before_refresh, self.may_happen)


class KnownBug(FileModel):
    """A case is known to fail in one stated way.

    Attributes:
        id: its name in results.
        statement: what happens, in a sentence.
        when: axis name -> values of the cases that show it.
        versions: CCMA versions that show it; empty where `when` says, or all do.
        row: the row that stays; others may come before it.
        lasts: server time for which it stays after the cloud recorded the final status, at
            least one refresh.
        cause: the cause that has to be proved with it, from docs/causes.md; any when left out.
    """

    id: str
    statement: str
    when: When = Field(min_length=1)
    versions: tuple[Word, ...] = ()
    row: RowText
    lasts: Duration
    cause: Annotated[str, AfterValidator(current)] | None = None


class Constraint(FileModel):
    """A rule that no case breaks: `if` and `then`, or values that `never` meet."""

    if_: When | None = Field(default=None, alias="if", min_length=1)
    then: When | None = Field(default=None, min_length=1)
    never: When | None = Field(default=None, min_length=1)
    why: str = Field(min_length=1)

    @model_validator(mode="after")
    def _one_form(self) -> "Constraint":
        if (self.if_ is None) != (self.then is None) or (self.if_ is None) == (self.never is None):
            raise ValueError("a constraint has `if` and `then`, or `never`")
        return self


class SubMatrix(FileModel):
    """Axes that want a strength of their own."""

    axes: tuple[str, ...] = Field(min_length=1)
    strength: int


Strength = Annotated[int | Literal["all"], BeforeValidator(_strength)]


class CaseFile(FileModel):
    """One case file."""

    name: str = Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=100)
    about: str = ""
    app: Path
    axes: Mapping[str, Axis] = Field(default_factory=dict)
    strength: Strength = "all"
    constraints: tuple[Constraint, ...] = ()
    seeds: tuple[Mapping[str, Word], ...] = ()
    sub_matrices: tuple[SubMatrix, ...] = ()
    expectations: tuple[Expectation, ...] = Field(min_length=1)
    known_bugs: tuple[KnownBug, ...] = ()
    repros: Mapping[str, str] = Field(default_factory=dict)
    """Name for `harness repro` -> the known bug that it shows."""
