"""The YAML case file: typed, with errors that name file and line, and the cases it stands for.

Pure but for reading the file. A case is an app, dark features, a CCMA version, a cloud app's
behaviour and the rows that are expected; the axes of a file span its cases.
"""

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from harness.rows import Row, parse_row
from harness.settings import CCMA_VERSIONS
from harness.suggest import did_you_mean
from harness.yaml_source import Source, read, validate

ON, OFF = "on", "off"

AxisSetting = Literal["ccma", "cloud_app"]

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def _duration(value: object) -> timedelta:
    match = re.fullmatch(r"(\d+)\s*([smhd])", str(value))
    if not match:
        raise ValueError(f"{value!r} is no duration: write 60s, 30m, 1h or 14d")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def _row(value: object) -> Row:
    return value if isinstance(value, Row) else parse_row(str(value))


Duration = Annotated[timedelta, BeforeValidator(_duration)]
RowText = Annotated[Row, BeforeValidator(_row)]
Word = Annotated[str, BeforeValidator(str)]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Axis(_Model):
    """A named set of values, and what they set."""

    dark_feature: str | None = None
    setting: AxisSetting | None = None
    values: tuple[Word, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _sets_one_thing(self) -> "Axis":
        if (self.dark_feature is None) == (self.setting is None):
            raise ValueError("an axis has either a `dark_feature` or a `setting`")
        allowed: Sequence[str] = (OFF, ON) if self.dark_feature else ()
        allowed = CCMA_VERSIONS if self.setting == "ccma" else allowed
        for value in self.values:
            if allowed and value not in allowed:
                raise ValueError(f"{value!r} cannot be; there are {', '.join(allowed)}")
        if len(set(self.values)) < len(self.values):
            raise ValueError("a value stands here twice")
        return self


class Expectation(_Model):
    """Rows that are expected where axis values match.

    Attributes:
        when: axis name -> value; empty matches every case.
        rows: they appear in this order, the last one to stay; rows before are free.
        lasts: server time for which the last row is watched on, after the migration's start.
        source: why this is expected.
    """

    when: Mapping[str, Word] = Field(default_factory=dict)
    rows: tuple[RowText, ...] = Field(min_length=1)
    lasts: Duration = timedelta(0)
    source: str


class KnownBug(_Model):
    """A case is known to fail in one stated way.

    Attributes:
        id: its name in results.
        statement: what happens, in a sentence.
        when: axis name -> value of the cases that show it.
        row: the one row they show, and nothing else.
        lasts: server time for which it stays after the cloud recorded the final status.
    """

    id: str
    statement: str
    when: Mapping[str, Word] = Field(min_length=1)
    row: RowText
    lasts: Duration


class CaseFile(_Model):
    """One case file."""

    name: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    about: str = ""
    app: Path
    axes: Mapping[str, Axis] = Field(default_factory=dict)
    expectations: tuple[Expectation, ...] = Field(min_length=1)
    known_bugs: tuple[KnownBug, ...] = ()


@dataclass(frozen=True)
class Case:
    """One case: everything a run needs to know, and what is expected of it."""

    id: str
    app: Path
    axes: Mapping[str, str]
    dark_features: Mapping[str, bool]
    ccma: str | None
    cloud_app: str | None
    expectation: Expectation
    known_bug: KnownBug | None


def load(path: Path) -> list[Case]:
    """All cases of a file, in the order of its axes' values.

    Raises:
        BadInput: anything wrong in the file, with its line.
    """
    source = read(path)
    file = validate(source, CaseFile)
    _check_conditions(source, file)
    app = (path.parent / file.app).resolve()
    if not (app / "app.yaml").is_file():
        raise source.error(f"app: there is no {file.app}/app.yaml beside this file", "app")
    names = list(file.axes)
    combinations = itertools.product(*(file.axes[name].values for name in names))
    return [
        _case(source, file, app, dict(zip(names, values, strict=True))) for values in combinations
    ]


def _case(source: Source, file: CaseFile, app: Path, values: Mapping[str, str]) -> Case:
    bugs = [bug for bug in file.known_bugs if _matches(bug.when, values)]
    identity = ",".join(f"{name}={value}" for name, value in values.items())
    axes = file.axes.items()
    settings = {axis.setting: values[name] for name, axis in axes if axis.setting}
    return Case(
        id=f"{file.name}[{identity}]" if identity else file.name,
        app=app,
        axes=values,
        dark_features={
            axis.dark_feature: values[name] == ON for name, axis in axes if axis.dark_feature
        },
        ccma=settings.get("ccma"),
        cloud_app=settings.get("cloud_app"),
        expectation=_expectation(source, file, values),
        known_bug=bugs[0] if bugs else None,
    )


def _expectation(source: Source, file: CaseFile, values: Mapping[str, str]) -> Expectation:
    matching = [(i, e) for i, e in enumerate(file.expectations) if _matches(e.when, values)]
    told = ", ".join(f"{name}={value}" for name, value in values.items()) or "the only case"
    if not matching:
        raise source.error(f"no expectation matches {told}", "expectations")
    index, first = matching[0]
    for other, expectation in matching[1:]:
        if (expectation.rows, expectation.lasts) != (first.rows, first.lasts):
            lines = [source.line(("expectations", i)) for i in (index, other)]
            raise source.error(
                f"the expectations of lines {lines[0]} and {lines[1]} contradict for {told}",
                *("expectations", other),
            )
    return first


def _matches(when: Mapping[str, str], values: Mapping[str, str]) -> bool:
    return all(values[name] == value for name, value in when.items())


def _check_conditions(source: Source, file: CaseFile) -> None:
    parts: Mapping[str, Sequence[Expectation | KnownBug]] = {
        "expectations": file.expectations,
        "known_bugs": file.known_bugs,
    }
    for part, items in parts.items():
        for index, item in enumerate(items):
            for name, value in item.when.items():
                where = (part, index, "when", name)
                if name not in file.axes:
                    hint = did_you_mean(name, file.axes)
                    raise source.error(f"no axis is called {name!r}{hint}", *where)
                if value not in file.axes[name].values:
                    hint = did_you_mean(value, file.axes[name].values)
                    raise source.error(f"axis {name!r} has no value {value!r}{hint}", *where)
