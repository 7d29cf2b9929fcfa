"""Which tuples of values a suite has to contain, in the form that the searches use.

A t-tuple is split into one value and the t-1 others, its *context*. All contexts are numbered, so
that the contexts that a case contains are one int, and so is, for each value, the set of contexts
it is required with. "What would this value newly cover in this case" is then an AND and a count of
bits, for every strength, with sub-matrices and constraints alike.
"""

from collections.abc import Iterator, Sequence
from itertools import combinations

from harness.matrix.feasible import FeasibleSpace


class Targets:
    """The tuples that are required and that the constraints allow.

    Args:
        space: the model's space.
        strength: every choice of so many axes is required in all its allowed combinations.

    Attributes:
        required: for each value id, the contexts it is required with.
        context_ids: for each context, its ids as a set.
        bound: no suite has fewer cases: the most allowed tuples that any one choice of axes has.
    """

    def __init__(self, space: FeasibleSpace, strength: int) -> None:
        self.space = space
        number = {name: i for i, name in enumerate(space.model.names)}
        groups = set(combinations(range(len(space.span)), strength))
        for sub in space.model.sub_matrices:
            groups |= set(combinations(sorted(number[name] for name in sub.axes), sub.strength))
        self._offset: dict[tuple[int, ...], int] = {}
        self.context_ids: list[int] = []
        self.required = [0] * len(space.axis_of)
        self.bound = 1
        for group in sorted(groups):
            self._want(group)
        self._index()

    def _want(self, group: tuple[int, ...]) -> None:
        """Requires every allowed tuple over these axes."""
        span, first = self.space.span, self.space.first
        constrained = any(span[axis] & self.space.constrained for axis in group)
        allowed_at_all = 0
        for axis in group:
            others = tuple(other for other in group if other != axis)
            offset, size = self._block(others)
            block = ((1 << size) - 1) << offset
            allowed_at_all = 0
            for value in range(first[axis], first[axis] + span[axis].bit_count()):
                required = block
                if constrained:
                    required = sum(
                        1 << context
                        for context in range(offset, offset + size)
                        if self.space.extends(self.context_ids[context] | 1 << value)
                    )
                self.required[value] |= required
                allowed_at_all += required.bit_count()
        self.bound = max(self.bound, allowed_at_all)

    def _block(self, axes: tuple[int, ...]) -> tuple[int, int]:
        """The first context over these axes and their number; numbers them when they are new."""
        size = 1
        for axis in axes:
            size *= self.space.span[axis].bit_count()
        if axes not in self._offset:
            self._offset[axes] = len(self.context_ids)
            self.context_ids += self._tuples(axes)
        return self._offset[axes], size

    def _index(self) -> None:
        """Prepares `contexts`: those that name an axis, and with another than a certain value."""
        naming = [0] * len(self.required)
        for number, ids in enumerate(self.context_ids):
            while ids:
                low = ids & -ids
                ids ^= low
                naming[low.bit_length() - 1] |= 1 << number
        self._all = (1 << len(self.context_ids)) - 1
        self._of_axis = [0] * len(self.space.span)
        for value, contexts in enumerate(naming):
            self._of_axis[self.space.axis_of[value]] |= contexts
        self._elsewhere = [
            self._of_axis[self.space.axis_of[value]] & ~contexts
            for value, contexts in enumerate(naming)
        ]

    def _tuples(self, axes: Sequence[int]) -> Iterator[int]:
        if not axes:
            yield 0
            return
        start = self.space.first[axes[0]]
        for value in range(start, start + self.space.span[axes[0]].bit_count()):
            for rest in self._tuples(axes[1:]):
                yield 1 << value | rest

    def contexts(self, row: Sequence[int]) -> int:
        """All contexts of a case.

        Args:
            row: ids by axis; -1 where an axis has no value yet, whose contexts do not count.
        """
        absent = 0
        for axis, value in enumerate(row):
            absent |= self._elsewhere[value] if value >= 0 else self._of_axis[axis]
        return self._all & ~absent

    def uncovered(self, rows: Sequence[Sequence[int]]) -> list[int]:
        """For each value id, the required contexts that no row has together with it."""
        left = list(self.required)
        for row in rows:
            contexts = self.contexts(row)
            for value in row:
                left[value] &= ~contexts
        return left
