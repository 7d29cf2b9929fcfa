"""Fewer cases by search: take one case away, mend what it leaves uncovered, again and again.

The mending is K. Nurmela's tabu search ("Upper bounds for covering arrays by tabu search", Discrete
Applied Mathematics 138, 2004): pick a missing tuple at random, look at every single change of one
value in one case that would cover it, make the one that leaves least missing, and do not go back on
it for a few steps. What differs here is that nothing is counted up and down: the sets of contexts
that one change loses and wins are computed afresh from the rows that share the value, which costs a
few ANDs of ints. Where constraints forbid every such change, the tuple is put into the case that
needs the fewest changes for it.
"""

from collections.abc import Sequence
from random import Random

from harness.matrix.targets import Targets

TENURE = (3, 8)
"""For at least so many steps, and up to so many more, a value does not return to where it was."""

KICKS = 6
"""Of so many rows the one that needs fewest changes takes a tuple that no single change gives."""

PATIENCE = 100
"""Steps without anything better, for each cell of the suite, after which a search gives up."""


class Budget:
    """How much work a search may still do, the same on every machine.

    A unit is what took about 0.7 microseconds where this was written: a step costs more with more
    rows, axes and contexts, so that a budget stands for about the same time whatever the model.
    """

    def __init__(self, units: int) -> None:
        self.left = units

    def spend(self, units: int) -> bool:
        """Takes the units; whether they were there."""
        self.left -= units
        return self.left >= 0


class PartialArray:
    """Rows that change one value at a time, and what they leave uncovered."""

    def __init__(
        self, targets: Targets, rows: Sequence[Sequence[int]], fixed: Sequence[int], random: Random
    ) -> None:
        self.targets, self.space, self.random = targets, targets.space, random
        self.rows = [list(row) for row in rows]
        self.fixed = [*fixed, *[0] * (len(rows) - len(fixed))]
        self.sets = [sum(1 << value for value in row) for row in rows]
        self.contexts = [targets.contexts(row) for row in rows]
        self.holders: list[list[int]] = [[] for _ in targets.required]
        for number, row in enumerate(rows):
            for value in row:
                self.holders[value].append(number)
        self.missing: list[int] = []
        self._place: dict[int, int] = {}
        for value, contexts in enumerate(targets.uncovered(rows)):
            self._lose(value, contexts)
        self._boxes = [
            [box for box in self.space.boxes if any(part >> value & 1 for part in box)]
            for value in range(len(targets.required))
        ]
        self._tabu: dict[tuple[int, int], int] = {}
        self._step = 0
        self._fewest = len(self.missing)
        self._improved_at = 0
        self._patience = PATIENCE * len(rows) * len(self.space.span)
        ids = sum(map(int.bit_count, targets.context_ids[-1:])) + 1
        wide = 8192 + len(targets.context_ids)
        self._cost = 10 + len(self.space.span) // 4 + len(rows) * ids * wide // (4 * 8192)

    def _lose(self, value: int, contexts: int) -> None:
        while contexts:
            low = contexts & -contexts
            contexts ^= low
            key = 1 << value | self.targets.context_ids[low.bit_length() - 1]
            if key not in self._place:
                self._place[key] = len(self.missing)
                self.missing.append(key)

    def _win(self, value: int, contexts: int) -> None:
        while contexts:
            low = contexts & -contexts
            contexts ^= low
            key = 1 << value | self.targets.context_ids[low.bit_length() - 1]
            place = self._place.pop(key)
            last = self.missing.pop()
            if last != key:
                self.missing[place] = last
                self._place[last] = place

    def _newly(self, value: int) -> int:
        """The required contexts that no row has with this value."""
        had = 0
        for row in self.holders[value]:
            had |= self.contexts[row]
        return self.targets.required[value] & ~had

    def _only_once(self, value: int) -> int:
        """The required contexts that exactly one row has with this value."""
        once = twice = 0
        for row in self.holders[value]:
            contexts = self.contexts[row]
            twice |= once & contexts
            once |= contexts
        return self.targets.required[value] & once & ~twice

    def change(self, row: int, value: int) -> None:
        """Gives a row another value on that value's axis."""
        axis = self.space.axis_of[value]
        old = self.rows[row][axis]
        if old == value:
            return
        self._lose(old, self._only_once(old) & self.contexts[row])
        self._win(value, self._newly(value) & self.contexts[row])
        self.rows[row][axis] = value
        self.contexts[row] = self.targets.contexts(self.rows[row])
        self.sets[row] ^= 1 << old | 1 << value
        self.holders[old].remove(row)
        self.holders[value].append(row)
        self._tabu[row, old] = self._step + TENURE[0] + int(self.random.random() * TENURE[1])

    def mend(self, budget: Budget) -> bool:
        """Searches until nothing is missing; whether it came to that.

        It gives up when the budget is spent, or when nothing got better for long.
        """
        while self.missing:
            if not budget.spend(self._cost) or self._step - self._improved_at > self._patience:
                return False
            self._step += 1
            required = self.missing[int(self.random.random() * len(self.missing))]
            moves = self._best_moves(required)
            if moves is None:
                self._force(required)
            elif moves:
                self.change(*moves[int(self.random.random() * len(moves))])
            if len(self.missing) < self._fewest:
                self._fewest, self._improved_at = len(self.missing), self._step
        return True

    def _best_moves(self, required: int) -> list[tuple[int, int]] | None:
        """The changes of one value that cover a tuple and leave least missing, as (row, value).

        Empty where all are tabu for now, None where no single change is allowed at all.
        """
        allowed = False
        best: list[tuple[int, int]] = []
        least = len(self.missing) + len(self.targets.context_ids)
        once: dict[int, int] = {}
        ids = required
        while ids:
            low = ids & -ids
            ids ^= low
            value = low.bit_length() - 1
            others = required ^ low
            axis = self.space.axis_of[value]
            new = self._newly(value)
            for row in self._rows_with(others):
                old = self.rows[row][axis]
                if self.fixed[row] >> old & 1 or self._breaks(row, old, value):
                    continue
                allowed = True
                if old not in once:
                    once[old] = self._only_once(old)
                contexts = self.contexts[row]
                delta = (once[old] & contexts).bit_count() - (new & contexts).bit_count()
                if delta > least or self._is_tabu(row, value, delta):
                    continue
                if delta < least:
                    best, least = [], delta
                best.append((row, value))
        return best if allowed else None

    def _rows_with(self, ids: int) -> list[int]:
        """The rows that contain all of these ids."""
        if not ids:
            return list(range(len(self.rows)))
        rows = self.holders[(ids & -ids).bit_length() - 1]
        rest = ids & (ids - 1)
        return [row for row in rows if self.sets[row] & rest == rest] if rest else rows

    def _is_tabu(self, row: int, value: int, delta: int) -> bool:
        until = self._tabu.get((row, value), 0)
        return until > self._step and len(self.missing) + delta >= self._fewest

    def _breaks(self, row: int, old: int, value: int) -> bool:
        after = self.sets[row] ^ (1 << old | 1 << value)
        return any(all(after & part for part in box) for box in self._boxes[value])

    def _force(self, required: int) -> None:
        """Puts a tuple into one of a few random rows, the one that changes least for it."""
        best: tuple[int, int, list[int]] | None = None
        for _ in range(KICKS):
            row = int(self.random.random() * len(self.rows))
            case = self._case_with(required, row)
            if case is not None:
                changes = sum(a != b for a, b in zip(case, self.rows[row], strict=True))
                if best is None or changes < best[0]:
                    best = changes, row, case
        if best is not None:
            for value in best[2]:
                self.change(best[1], value)

    def _case_with(self, required: int, row: int) -> list[int] | None:
        fixed = self.fixed[row]
        if any(fixed & span and required & span & ~fixed for span in self.space.span):
            return None
        return self.space.complete(required | fixed, self.sets[row])


def reduce(
    targets: Targets,
    rows: Sequence[Sequence[int]],
    fixed: Sequence[int],
    random: Random,
    budget: Budget,
) -> list[list[int]]:
    """A covering suite of at most as many rows, as few as the budget finds.

    Args:
        targets: what is covered and has to stay so.
        rows: a covering suite, as ids by axis.
        fixed: for each of the first rows, the ids in it that may not change; these rows stay.
        random: the source of chance; only its `random()` is used.
        budget: the work that may be done; what is left of it after the call is for others.
    """
    best = [list(row) for row in rows]
    while len(best) > max(targets.bound, len(fixed)):
        suite = PartialArray(
            targets, _without_least(targets, best, len(fixed), random), fixed, random
        )
        if not suite.mend(budget):
            break
        best = suite.rows
    return best


def _without_least(
    targets: Targets, rows: Sequence[list[int]], keep: int, random: Random
) -> list[list[int]]:
    """The rows without the one, after the first `keep`, that alone covers fewest tuples."""
    holders: list[list[int]] = [[] for _ in targets.required]
    contexts = [targets.contexts(row) for row in rows]
    for number, row in enumerate(rows):
        for value in row:
            holders[value].append(number)
    alone = [0] * len(rows)
    for value, numbers in enumerate(holders):
        once = twice = 0
        for number in numbers:
            twice |= once & contexts[number]
            once |= contexts[number]
        once &= ~twice & targets.required[value]
        for number in numbers:
            alone[number] += (once & contexts[number]).bit_count()
    fewest = min(alone[keep:])
    least = [number for number in range(keep, len(rows)) if alone[number] == fewest]
    drop = least[int(random.random() * len(least))]
    return [row for number, row in enumerate(rows) if number != drop]
