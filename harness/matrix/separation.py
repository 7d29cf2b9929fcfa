"""The search behind locating suites: rows that set every two suspects apart, and few of them.

First rows are added, each of which splits most of the groups that are still together; then one is
taken away at a time, and single values of the others change until nothing is together again.
"""

from collections.abc import Iterator, Sequence
from random import Random

from harness.matrix.feasible import FeasibleSpace

_ATTEMPTS = 12
"""Of so many random rows the one that splits most is added."""

_SLACK = 1.05
"""How much worse a change may be and still be kept now and then: threshold accepting."""


def rows_of_values(space: FeasibleSpace, rows: Sequence[Sequence[int]]) -> list[int]:
    """For each value id, the rows that have it."""
    having = [0] * len(space.axis_of)
    for number, row in enumerate(rows):
        for value in row:
            having[value] |= 1 << number
    return having


def rows_of(suspect: int, having: Sequence[int]) -> int:
    """The rows that have a suspect, given those of each value."""
    low = suspect & -suspect
    rows = having[low.bit_length() - 1]
    rest = suspect ^ low
    return rows & having[rest.bit_length() - 1] if rest else rows


class Separation:
    """Rows, the set of rows that each suspect is in, and how many suspects share such a set."""

    def __init__(
        self,
        space: FeasibleSpace,
        suspects: Sequence[int],
        rows: Sequence[Sequence[int]],
        kept: int,
        random: Random,
    ) -> None:
        self.space, self.random = space, random
        self.suspects = suspects
        self.kept = kept
        self.rows = [list(row) for row in rows]
        self._touching: list[list[int]] = [[] for _ in space.axis_of]
        for suspect in suspects:
            for value in _bits(suspect):
                self._touching[value].append(suspect)
        self._count()

    def _count(self) -> None:
        having = rows_of_values(self.space, self.rows)
        self.found = {suspect: rows_of(suspect, having) for suspect in self.suspects}
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
