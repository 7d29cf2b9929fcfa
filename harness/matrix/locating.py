"""Suites whose pass and fail marks name the culprit, with no further run.

A *suspect* is one value, or a pair of values of two axes. If exactly one suspect makes cases fail,
the failing rows are the rows that contain it; so a suite in which no two suspects have the same
rows names it. That is a (1, <=2)-locating array (C. Colbourn, D. McClary, "Locating and detecting
arrays for interaction faults", J. Comb. Optim. 15, 2008). Two suspects that the constraints force
together have the same rows in every suite; they are *inseparable* and are named as such.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from random import Random

from harness.errors import BadInput
from harness.matrix import covering, feasible
from harness.matrix.chance import chance
from harness.matrix.feasible import Space
from harness.matrix.model import Assignment, Model

EFFORT = 2_000_000
"""How many looks at a suspect the search for fewer rows may take: about a second."""

_ATTEMPTS = 12
_SLACK = 1.05


@dataclass(frozen=True)
class LocatingSuite:
    """Cases that tell single culprits apart.

    Attributes:
        model: what they are cases of.
        rows: one value number per axis each; the seeds come first.
        inseparable: groups of suspects that the constraints force together.
        confused: further groups that these rows do not tell apart; empty unless the search failed.
    """

    model: Model
    rows: tuple[tuple[int, ...], ...]
    inseparable: tuple[tuple[Assignment, ...], ...]
    confused: tuple[tuple[Assignment, ...], ...]

    @property
    def cases(self) -> tuple[dict[str, str], ...]:
        """The rows as values by axis name."""
        return tuple(self.model.case(row) for row in self.rows)


@dataclass(frozen=True)
class Culprits:
    """What pass and fail marks say.

    Attributes:
        suspects: each fits the marks alone; one is the answer, several cannot be told apart, and
            none means that no single value or pair explains the marks.
        failing: how many cases failed.
    """

    suspects: tuple[Assignment, ...]
    failing: int

    def __str__(self) -> str:
        if not self.failing:
            return "no case failed"
        said = [" with ".join(f"{n}={v}" for n, v in suspect.items()) for suspect in self.suspects]
        if not said:
            return "no single value or pair of values explains which cases failed"
        return said[0] if len(said) == 1 else f"one of (cannot be told apart): {'; '.join(said)}"


def locate(model: Model, cases: Sequence[Assignment], fails: Sequence[bool | None]) -> Culprits:
    """The single values and pairs that explain exactly which cases failed.

    Args:
        model: axes and constraints.
        cases: whole cases that ran.
        fails: for each, whether it failed; None where the run says nothing (an error).

    Raises:
        BadInput: not as many marks as cases.
    """
    if len(cases) != len(fails):
        raise BadInput(f"{len(fails)} marks for {len(cases)} cases; there must be one for each")
    failing = sum(1 << n for n, failed in enumerate(fails) if failed)
    known = sum(1 << n for n, failed in enumerate(fails) if failed is not None)
    if not failing:
        return Culprits((), 0)
    space = Space(model)
    rows = [_ids(space, case) for case in cases]
    having = _rows_of_values(space, rows)
    fits = [s for s in _suspects(space) if _rows_of(s, having) & known == failing]
    return Culprits(tuple(_named(space, s) for s in fits), failing.bit_count())


def locating(model: Model, *, effort: int = EFFORT) -> LocatingSuite:
    """A suite of strength 2 after which any single value or pair that fails follows from the marks.

    Args:
        model: axes, constraints, seeds and sub-matrices, which are all covered too.
        effort: how many looks at a suspect the search for fewer rows may take.

    Raises:
        BadInput: contradicting constraints or seeds, or fewer than two axes.
    """
    start = covering.cover(model, 2)
    space = feasible.check(model)
    random = chance()
    groups = _inseparable(space)
    search = _Search(space, [group[0] for group in groups], start, random)
    search.add_rows()
    search.drop_rows(effort)
    order = sorted(range(search.kept, len(search.rows)), key=lambda n: search.rows[n])
    rows = [search.rows[n] for n in [*range(search.kept), *order]]
    return LocatingSuite(
        model,
        tuple(space.row(row) for row in rows),
        tuple(tuple(_named(space, s) for s in group) for group in groups if len(group) > 1),
        tuple(tuple(_named(space, s) for s in group) for group in search.confused()),
    )


def _suspects(space: Space) -> Iterator[int]:
    """Every value and every pair of values of two axes that the constraints allow, as ids."""
    values = [1 << value for value in range(len(space.axis_of)) if space.extends(1 << value)]
    yield from values
    for a, b in combinations(values, 2):
        apart = space.axis_of[a.bit_length() - 1] != space.axis_of[b.bit_length() - 1]
        if apart and space.extends(a | b):
            yield a | b


def _inseparable(space: Space) -> list[list[int]]:
    """All suspects, those that every allowed case has together in one group, smallest first."""
    closures: dict[int, int] = {}
    groups: dict[int, list[int]] = {}
    for suspect in _suspects(space):
        tied = suspect & space.constrained
        if tied not in closures:
            closures[tied] = _closure(space, tied)
        groups.setdefault(closures[tied] | suspect & ~space.constrained, []).append(suspect)
    return list(groups.values())


def _closure(space: Space, ids: int) -> int:
    """The ids of constrained or single-valued axes that every allowed case with `ids` has."""
    case = space.complete(ids, 0)
    assert case is not None, "suspects are allowed"
    closed = ids
    for value, span in zip(case, space.span, strict=True):
        single = not span & (span - 1)
        if single or (span & space.constrained and not _without(space, ids, value)):
            closed |= 1 << value
    return closed


def _without(space: Space, ids: int, value: int) -> bool:
    return space.solve(space.narrowed(ids) & ~(1 << value)) is not None


def _ids(space: Space, case: Assignment) -> list[int]:
    return [space.id_of(name, case[name]) for name in space.model.names]


def _rows_of_values(space: Space, rows: Sequence[Sequence[int]]) -> list[int]:
    having = [0] * len(space.axis_of)
    for number, row in enumerate(rows):
        for value in row:
            having[value] |= 1 << number
    return having


def _rows_of(suspect: int, having: Sequence[int]) -> int:
    low = suspect & -suspect
    rows = having[low.bit_length() - 1]
    rest = suspect ^ low
    return rows & having[rest.bit_length() - 1] if rest else rows


def _named(space: Space, suspect: int) -> dict[str, str]:
    ids = [value for value in range(len(space.axis_of)) if suspect >> value & 1]
    axes = space.model.axes
    return {
        axes[space.axis_of[i]].name: axes[space.axis_of[i]].values[
            i - space.first[space.axis_of[i]]
        ]
        for i in ids
    }


class _Search:
    """Rows, the set of rows that each suspect is in, and how many suspects share such a set."""

    def __init__(
        self, space: Space, suspects: list[int], start: covering.Suite, random: Random
    ) -> None:
        self.space, self.random = space, random
        self.suspects = suspects
        higher = any(sub.strength > 2 for sub in space.model.sub_matrices)
        self.kept = len(start.rows) if higher else start.kept
        self.rows: list[list[int]] = [
            [value + first for value, first in zip(row, space.first, strict=True)]
            for row in start.rows
        ]
        self._touching: list[list[int]] = [[] for _ in space.axis_of]
        for suspect in suspects:
            for value in _bits(suspect):
                self._touching[value].append(suspect)
        self._count()

    def _count(self) -> None:
        having = _rows_of_values(self.space, self.rows)
        self.found = {suspect: _rows_of(suspect, having) for suspect in self.suspects}
        self.sharing: dict[int, int] = {0: 1}
        for rows in self.found.values():
            self.sharing[rows] = self.sharing.get(rows, 0) + 1
        self.clashes = len(self.suspects) + 1 - len(self.sharing)

    def confused(self) -> list[list[int]]:
        """The groups of suspects that are in the same rows."""
        groups: dict[int, list[int]] = {}
        for suspect, rows in self.found.items():
            groups.setdefault(rows, []).append(suspect)
        return [group for rows, group in groups.items() if len(group) > 1 or not rows]

    def add_rows(self) -> None:
        """Adds the rows that split most groups until nothing is left to split."""
        while self.clashes:
            before = self.clashes
            tried = [row for _ in range(_ATTEMPTS) if (row := self._splitting_row())]
            row = min(tried, key=self._clashes_with, default=None)
            if row is None or self._clashes_with(row) >= before:
                return
            self.rows.append(row)
            self._count()

    def _splitting_row(self) -> list[int] | None:
        """A random case that has one of two confused suspects and not the other."""
        groups = self.confused()
        group = groups[int(self.random.random() * len(groups))]
        one = group[int(self.random.random() * len(group))]
        state = self.space.narrowed(one)
        others = [suspect for suspect in group if suspect != one]
        if others:
            other = others[int(self.random.random() * len(others))]
            banned = [v for v in _bits(other & ~one) if self._can_be_without(state, v)]
            if not banned:
                return None
            state &= ~(1 << banned[int(self.random.random() * len(banned))])
        return self.space.solve(state, self._whim())

    def _can_be_without(self, state: int, value: int) -> bool:
        return self.space.solve(state & ~(1 << value)) is not None

    def _whim(self) -> int:
        """A random case, allowed or not."""
        return sum(
            1 << first + int(self.random.random() * span.bit_count())
            for first, span in zip(self.space.first, self.space.span, strict=True)
        )

    def _clashes_with(self, row: Sequence[int]) -> int:
        """How many clashes would be left with one row more."""
        ids = sum(1 << value for value in row)
        new = 1 << len(self.rows)
        shared = {rows | new if s & ids == s else rows for s, rows in self.found.items()}
        return len(self.suspects) + 1 - len(shared | {0})

    def drop_rows(self, effort: int) -> None:
        """Takes rows away and changes the others until nothing clashes; keeps the last good."""
        while not self.clashes and len(self.rows) > self.kept:
            good = [list(row) for row in self.rows]
            self.rows.pop(self.kept + int(self.random.random() * (len(self.rows) - self.kept)))
            self._count()
            effort = self._settle(effort)
            if self.clashes:
                self.rows = good
                self._count()
                return

    def _settle(self, effort: int) -> int:
        """Changes single values, seldom for the worse; returns the effort that is left."""
        while self.clashes and effort > 0 and len(self.rows) > self.kept:
            row = self.kept + int(self.random.random() * (len(self.rows) - self.kept))
            axis = int(self.random.random() * len(self.space.span))
            value = self.space.first[axis] + int(
                self.random.random() * self.space.span[axis].bit_count()
            )
            old = self.rows[row][axis]
            effort -= len(self._touching[old]) + len(self._touching[value])
            ids = sum(1 << v for v in self.rows[row]) ^ (1 << old | 1 << value)
            if old == value or not self.space.allows(ids):
                continue
            before = self.clashes
            self._change(row, old, value)
            if self.clashes - before > _SLACK * self.random.random():
                self._change(row, value, old)
        return effort

    def _change(self, row: int, old: int, new: int) -> None:
        axis = self.space.axis_of[new]
        self.rows[row][axis] = new
        ids = sum(1 << value for value in self.rows[row])
        bit = 1 << row
        for value, has in ((old, False), (new, True)):
            for suspect in self._touching[value]:
                if suspect & ids | 1 << value == suspect:
                    self._move(suspect, bit, has)

    def _move(self, suspect: int, bit: int, has: bool) -> None:
        before = self.found[suspect]
        after = before | bit if has else before & ~bit
        if after == before:
            return
        self.found[suspect] = after
        self.sharing[before] -= 1
        if self.sharing[before]:
            self.clashes -= 1
        else:
            del self.sharing[before]
        if after in self.sharing:
            self.clashes += 1
        self.sharing[after] = self.sharing.get(after, 0) + 1


def _bits(ids: int) -> Iterator[int]:
    while ids:
        low = ids & -ids
        ids ^= low
        yield low.bit_length() - 1
