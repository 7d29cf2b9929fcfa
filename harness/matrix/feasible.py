"""Which partial assignments extend to a whole case that the constraints allow: solved exactly.

A *value id* numbers every (axis, value) pair of a model from 0; a set of ids is the bits of one
int. A state of the solver is such a set: the values still possible, at least one for each axis.
Forbidden boxes propagate like clauses: once a state lies inside a box in all axes but one, that one
axis loses the box's values. What propagation leaves open is split in two and tried.
"""

from collections.abc import Iterable, Sequence
from functools import cached_property

from harness.errors import BadInput
from harness.matrix.model import Model


class FeasibleSpace:
    """The set of all cases of a model, as an object that answers questions about them.

    Attributes:
        first: for each axis, its first value id.
        axis_of: for each value id, the number of its axis.
        span: for each axis, the set of its value ids.
        boxes: for each constraint, the ids that it names, one set for each of its axes.
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        self.first: list[int] = []
        self.axis_of: list[int] = []
        for number, axis in enumerate(model.axes):
            self.first.append(len(self.axis_of))
            self.axis_of += [number] * len(axis.values)
        self.span = [
            ((1 << len(axis.values)) - 1) << first
            for axis, first in zip(model.axes, self.first, strict=True)
        ]
        self.everything = sum(self.span)
        self._number = {axis.name: i for i, axis in enumerate(model.axes)}
        self.boxes = [
            tuple(
                sum(1 << self.id_of(name, value) for value in dict.fromkeys(values))
                for name, values in box.where.items()
            )
            for box in model.constraints
        ]
        self._extends: dict[int, bool] = {}

    def id_of(self, name: str, value: str) -> int:
        """The id of a value, both given by name."""
        axis = self._number[name]
        return self.first[axis] + self.model.axes[axis].values.index(value)

    def ids(self, assignment: Iterable[tuple[str, str]]) -> int:
        """A partial assignment as a set of ids."""
        return sum(1 << self.id_of(name, value) for name, value in assignment)

    def row(self, ids: Sequence[int]) -> tuple[int, ...]:
        """Ids, one for each axis in order, as value numbers."""
        return tuple(i - first for i, first in zip(ids, self.first, strict=True))

    @cached_property
    def constrained(self) -> int:
        """The ids of all axes that some constraint names."""
        return sum(span for span, linked in zip(self.span, self.linked, strict=True) if linked)

    @cached_property
    def linked(self) -> list[int]:
        """For each axis, the ids of all axes that constraints tie to it, and its own; or 0."""
        groups: list[int] = []
        for box in self.boxes:
            group = sum(span for span in self.span if any(part & span for part in box))
            apart = [other for other in groups if not other & group]
            for other in groups:
                group |= other if other & group else 0
            groups = [*apart, group]
        return [next((group for group in groups if group & span), 0) for span in self.span]

    def allows(self, whole: int) -> bool:
        """Whether a whole case, as a set of ids, breaks no constraint."""
        return not any(all(whole & part for part in box) for box in self.boxes)

    def extends(self, partial: int) -> bool:
        """Whether some allowed case contains all of these ids (no two of one axis)."""
        key = partial & self.constrained
        known = self._extends.get(key)
        if known is None:
            known = self._extends[key] = self.solve(self.narrowed(key)) is not None
        return known

    def narrowed(self, partial: int) -> int:
        """The state in which the axes of `partial` have only its values, all others all theirs."""
        state = self.everything
        for span in self.span:
            if partial & span:
                state &= ~span | partial
        return state

    def complete(self, partial: int, prefer: int) -> list[int] | None:
        """A whole allowed case with all of `partial`, near to the case `prefer`.

        Returns:
            Its ids, one for each axis in order, or None where there is no such case.
        """
        return self.solve(self.narrowed(partial), prefer)

    def solve(self, state: int, prefer: int = 0) -> list[int] | None:
        """An allowed case within a state: ids in the order of the axes, or None.

        Where the choice is free it takes the value in `prefer`, else the axis's first one left.
        """
        propagated = self._propagate(state)
        if propagated is None:
            return None
        for part in self._open_parts(propagated):
            wish = part & prefer
            chosen = wish & -wish or part & -part
            return self.solve(propagated & (~part | chosen), prefer) or self.solve(
                propagated & ~chosen, prefer
            )
        case = []
        for span in self.span:
            part = propagated & span
            wish = part & prefer or part
            case.append((wish & -wish).bit_length() - 1)
        return case

    def count(self) -> int:
        """How many cases the constraints allow: what all combinations would cost."""
        total = 1
        done = 0
        for span, linked in zip(self.span, self.linked, strict=True):
            if not linked:
                total *= span.bit_count()
            elif not linked & done:
                done |= linked
                total *= self._count(self.everything, linked)
        return total

    def _count(self, state: int, within: int) -> int:
        propagated = self._propagate(state)
        if propagated is None:
            return 0
        for part in self._open_parts(propagated):
            if part & within:
                low = part & -part
                return self._count(propagated & (~part | low), within) + self._count(
                    propagated & ~low, within
                )
        total = 1
        for span in self.span:
            total *= (propagated & span).bit_count() if span & within else 1
        return total

    def _propagate(self, state: int) -> int | None:
        """The state without what constraints rule out; None when an axis has nothing left."""
        changed = True
        while changed:
            changed = False
            for box in self.boxes:
                rest = self._only_way_out(state, box)
                if rest is None:
                    continue
                if not rest:
                    return None
                if state & rest:
                    state &= ~rest
                    changed = True
        return state if all(state & span for span in self.span) else None

    def _only_way_out(self, state: int, box: tuple[int, ...]) -> int | None:
        """The values of a box's one axis not yet inside it; 0 if all are inside, None if more."""
        rest = 0
        for part in box:
            live = state & self.span[self.axis_of[part.bit_length() - 1]]
            if not live & part:
                return None
            if live & ~part:
                if rest:
                    return None
                rest = part
        return rest

    def _open_parts(self, state: int) -> Iterable[int]:
        """For a box that the state may still break or keep: the values of its first open axis."""
        for box in self.boxes:
            if all(state & part for part in box):
                for part in box:
                    live = state & self.span[self.axis_of[part.bit_length() - 1]]
                    if live & (live - 1):
                        yield live


def check(model: Model) -> FeasibleSpace:
    """The model's space, once it is known to hold at least one case and all of its seeds.

    Raises:
        BadInput: the constraints contradict each other (the message names a smallest set of them
            that does), or a seed breaks them.
    """
    space = FeasibleSpace(model)
    if not space.extends(0):
        culprits = list(model.constraints)
        for box in model.constraints:
            fewer = [other for other in culprits if other is not box]
            if not FeasibleSpace(Model(model.axes, tuple(fewer))).extends(0):
                culprits = fewer
        said = "; ".join(box.why or describe_box(dict(box.where)) for box in culprits)
        raise BadInput(f"these constraints contradict each other, no case is left: {said}")
    for number, seed in enumerate(model.seeds, 1):
        if not space.extends(space.ids(seed.items())):
            said = ", ".join(f"{name}={value}" for name, value in seed.items())
            raise BadInput(f"seed {number} ({said}) breaks the constraints; change one of the two")
    return space


def unreachable(space: FeasibleSpace) -> tuple[tuple[str, str], ...]:
    """The values that no allowed case has, as (axis, value): most often a slip in a constraint."""
    return tuple(
        (axis.name, value)
        for axis in space.model.axes
        for value in axis.values
        if not space.extends(1 << space.id_of(axis.name, value))
    )


def describe_box(where: dict[str, tuple[str, ...]]) -> str:
    """A forbidden box in words."""
    return "no " + " with ".join(f"{name}={'|'.join(values)}" for name, values in where.items())
