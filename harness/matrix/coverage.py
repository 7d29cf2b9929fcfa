"""What a suite covers, proved apart from whatever made it.

This shares no code with the generators, only the model's dataclasses, and works the other way
round: a generator asks which tuples a row has, this asks for every tuple which rows have it. Rows
are the bits of an int here; a tuple's rows are the AND of its values' rows. A tuple that no row has
counts as missing when a small backtracking over the constraints finds a whole case with it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from harness.matrix.model import Assignment, Factor, Forbidden, Model


@dataclass(frozen=True)
class Coverage:
    """How much of one strength is covered.

    Attributes:
        strength: how many axes at once.
        allowed: how many tuples the constraints allow.
        missing: those of them that no case has.
    """

    strength: int
    allowed: int
    missing: tuple[Assignment, ...]

    @property
    def covered(self) -> int:
        """How many allowed tuples some case has."""
        return self.allowed - len(self.missing)

    @property
    def ratio(self) -> float:
        """The covered part of the allowed tuples, 0 to 1; 1 where nothing is allowed."""
        return self.covered / self.allowed if self.allowed else 1.0

    def __str__(self) -> str:
        whole = self.covered * 100 // self.allowed if self.allowed else 100
        return f"{self.strength}-way {whole} %"


def measure(
    model: Model, cases: Sequence[Assignment], strength: int, axes: Sequence[str] | None = None
) -> Coverage:
    """What cases cover at one strength.

    Args:
        model: axes and constraints.
        cases: whole cases; those that break a constraint count for nothing.
        strength: how many axes at once.
        axes: only tuples over these axes; all axes where it is None.

    Returns:
        The coverage, its missing tuples in the order of the axes and their values.
    """
    valid = [case for case in cases if not breaks(model, case)]
    having = {
        axis.name: {
            value: sum(1 << n for n, case in enumerate(valid) if case[axis.name] == value)
            for value in axis.values
        }
        for axis in model.axes
    }
    counted = [axis for axis in model.axes if axes is None or axis.name in axes]
    possible = _Possible(model)
    everywhere = (1 << len(valid)) - 1
    covered = 0
    missing: list[Assignment] = []
    for group in combinations(counted, strength):
        for chosen, rows in _tuples(group, having, everywhere):
            if rows:
                covered += 1
            elif possible(chosen):
                missing.append(chosen)
    return Coverage(strength, covered + len(missing), tuple(missing))


def summary(model: Model, cases: Sequence[Assignment], strengths: Sequence[int]) -> str:
    """What cases reach, as "2-way 100 %, 3-way 71 %"; percents are rounded down."""
    reached = [t for t in strengths if t <= len(model.axes)]
    return ", ".join(str(measure(model, cases, t)) for t in reached)


def unmet(model: Model, cases: Sequence[Assignment], strength: int) -> tuple[Assignment, ...]:
    """Everything that a suite of this strength should have and these cases have not.

    Missing tuples of the whole matrix and of each sub-matrix, and seeds that no case contains.
    """
    lacking = list(measure(model, cases, strength).missing)
    for sub in model.sub_matrices:
        lacking += measure(model, cases, sub.strength, sub.axes).missing
    for seed in model.seeds:
        if not any(all(case[name] == value for name, value in seed.items()) for case in cases):
            lacking.append(seed)
    return tuple(lacking)


def breaks(model: Model, case: Assignment) -> tuple[Forbidden, ...]:
    """The constraints that a whole case breaks."""
    return tuple(box for box in model.constraints if _inside(box, case))


def _inside(box: Forbidden, case: Assignment) -> bool:
    return all(case.get(name) in values for name, values in box.where.items())


def _tuples(
    group: Sequence[Factor], having: Mapping[str, Mapping[str, int]], rows: int
) -> Iterator[tuple[dict[str, str], int]]:
    """All tuples over some axes, each with the rows that have it."""
    if not group:
        yield {}, rows
        return
    axis = group[0]
    for value, with_value in having[axis.name].items():
        for chosen, left in _tuples(group[1:], having, rows & with_value):
            yield {axis.name: value, **chosen}, left


class _Possible:
    """Answers whether some whole case contains a tuple; remembers its answers."""

    def __init__(self, model: Model) -> None:
        self._values = {axis.name: axis.values for axis in model.axes}
        self._boxes = model.constraints
        self._named = {name for box in model.constraints for name in box.where}
        self._known: dict[tuple[tuple[str, str], ...], bool] = {}

    def __call__(self, chosen: Assignment) -> bool:
        key = tuple((name, value) for name, value in chosen.items() if name in self._named)
        if key not in self._known:
            self._known[key] = self._search(dict(key))
        return self._known[key]

    def _search(self, chosen: dict[str, str]) -> bool:
        """Decides the axis that a box still depends on most narrowly, value by value."""
        narrowest: list[str] = []
        for box in self._boxes:
            if any(name in chosen and chosen[name] not in box.where[name] for name in box.where):
                continue
            undecided = [name for name in box.where if name not in chosen]
            if not undecided:
                return False
            if not narrowest or len(undecided) < len(narrowest):
                narrowest = undecided
        if not narrowest:
            return True
        name = narrowest[0]
        return any(self._search({**chosen, name: value}) for value in self._values[name])
