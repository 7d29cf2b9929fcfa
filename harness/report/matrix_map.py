"""The matrix as a map: a table whose rows and columns are axis values, one cell for each case.

A matrix with many axes, of which a covering array takes only a part, would be a table of holes;
it becomes a strip of cases beside a table that tells the verdicts for each value.
"""

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from harness.store.results import VERDICTS, CaseResult, VerdictName

_MOST_COLUMNS, _MOST_CELLS = 6, 400
_HOLES = 3
"""Cells per case above which a table has too many holes to be read."""

_FEW_CASES = 12
_ALONE = "Files of one case"
_NUMBER = re.compile(r"(\d+)")


@dataclass(frozen=True)
class Heading:
    """An axis value over `span` columns or rows."""

    text: str
    span: int


@dataclass(frozen=True)
class Line:
    """A row of the map: the headings that begin here, and its cells; None is no case."""

    headings: tuple[Heading, ...]
    cells: tuple[CaseResult | None, ...]


@dataclass(frozen=True)
class Value:
    """An axis value and the verdicts of the cases that have it."""

    axis: str
    value: str
    counts: tuple[tuple[VerdictName, int], ...]
    total: int


@dataclass(frozen=True)
class MatrixMap:
    """The cases of one case file.

    Attributes:
        name: the case file's name.
        fixed: axes that have one value only.
        row_axes, column_axes: names of the axes; both empty when there is no table.
        column_headings: one list for each column axis.
        lines: the table's rows; empty when there is no table.
        strip: all cases in order, when there is no table.
        values: verdicts by axis value; empty where the table says it at a glance.
    """

    name: str
    fixed: tuple[tuple[str, str], ...]
    row_axes: tuple[str, ...]
    column_axes: tuple[str, ...]
    column_headings: tuple[tuple[Heading, ...], ...]
    lines: tuple[Line, ...]
    strip: tuple[CaseResult, ...]
    values: tuple[Value, ...]


def maps(cases: Sequence[CaseResult]) -> list[MatrixMap]:
    """One map for each case file, in the run's order; files of one case share the last one."""
    by_file: dict[str, list[CaseResult]] = {}
    for case in cases:
        by_file.setdefault(case.id.partition("[")[0], []).append(case)
    found = [_map(name, own) for name, own in by_file.items() if len(own) > 1]
    alone = tuple(own[0] for own in by_file.values() if len(own) == 1)
    return [*found, MatrixMap(_ALONE, (), (), (), (), (), alone, ())] if alone else found


def _map(name: str, cases: Sequence[CaseResult]) -> MatrixMap:
    axes: dict[str, list[str]] = {}
    for case in cases:
        for axis, value in case.axes.items():
            known = axes.setdefault(axis, [])
            if value not in known:
                known.append(value)
    fixed = tuple((axis, values[0]) for axis, values in axes.items() if len(values) == 1)
    axes = {axis: sorted(values, key=_natural) for axis, values in axes.items() if len(values) > 1}
    placed = {tuple(case.axes.get(axis, "") for axis in axes): case for case in cases}
    cells = 1
    for known in axes.values():
        cells *= len(known)
    values = tuple(_values(axes, cases)) if len(cases) > _FEW_CASES else ()
    is_table = axes and len(placed) == len(cases) and cells <= min(_MOST_CELLS, _HOLES * len(cases))
    if not is_table:
        return MatrixMap(name, fixed, (), (), (), (), tuple(cases), values)
    rows, columns = _split(axes)
    columns_at = list(itertools.product(*(axes[axis] for axis in columns)))
    lines = []
    for number, row in enumerate(itertools.product(*(axes[axis] for axis in rows))):
        headings = _beginning(number, [axes[axis] for axis in rows], row)
        found = tuple(placed.get((*row, *column)) for column in columns_at)
        lines.append(Line(tuple(headings), found))
    return MatrixMap(
        name,
        fixed,
        tuple(rows),
        tuple(columns),
        tuple(_column_headings([axes[axis] for axis in columns])),
        tuple(lines),
        (),
        values,
    )


def _natural(value: str) -> list[tuple[int, str]]:
    """Sorts numbers within texts by their size: 3.9.6 before 3.10.0."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in _NUMBER.split(value)]


def _split(axes: dict[str, list[str]]) -> tuple[list[str], list[str]]:
    """The axes for rows and for columns: a table that is taller than it is wide."""
    rows = list(axes)
    columns: list[str] = []
    wide, high = 1, 1
    for values in axes.values():
        high *= len(values)
    while rows:
        size = len(axes[rows[-1]])
        if columns and (wide * size > _MOST_COLUMNS or wide * size > high // size):
            break
        if not columns and len(rows) > 1 and size > _MOST_COLUMNS:
            break
        columns.insert(0, rows.pop())
        wide, high = wide * size, high // size
    return rows, columns


def _column_headings(values: Sequence[Sequence[str]]) -> Iterator[tuple[Heading, ...]]:
    before = 1
    for depth, own in enumerate(values):
        span = 1
        for deeper in values[depth + 1 :]:
            span *= len(deeper)
        yield tuple(Heading(value, span) for _ in range(before) for value in own)
        before *= len(own)


def _beginning(
    number: int, values: Sequence[Sequence[str]], row: Sequence[str]
) -> Iterator[Heading]:
    """The headings that begin with this row: those whose deeper axes are at their first value."""
    for depth, value in enumerate(row):
        span = 1
        for deeper in values[depth + 1 :]:
            span *= len(deeper)
        if number % span == 0:
            yield Heading(value, span)


def _values(axes: dict[str, list[str]], cases: Sequence[CaseResult]) -> Iterator[Value]:
    for axis, values in axes.items():
        for value in values:
            counted = Counter(case.verdict for case in cases if case.axes.get(axis) == value)
            counts = tuple((v, counted[v]) for v in VERDICTS if counted[v])
            yield Value(axis, value, counts, counted.total())
