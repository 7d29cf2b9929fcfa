"""The abstract matrix: axes, constraints, seeds and sub-matrices, checked before they are used.

There is one form of constraint, the *forbidden box*: a set of values for each of some axes, and no
case may have all of them at once. It was chosen because every rule over finite axes is a set of
boxes ("if A then B" forbids A with each value outside B; a forbidden partial assignment is a box
of single values), because one rule stays one or a few boxes instead of a product of single
tuples, and because checking, propagating and counting need one short loop each.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from harness.errors import BadInput
from harness.support.suggest import did_you_mean

Assignment = Mapping[str, str]
"""Axis name to value name; partial or whole."""


@dataclass(frozen=True)
class Factor:
    """A named set of values; the first value is the one a reader takes for the default."""

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Forbidden:
    """No case has, for every axis named here, one of the values given for it.

    Args:
        where: the values for each axis.
        why: the rule as its author wrote it, for messages.
    """

    where: Mapping[str, tuple[str, ...]]
    why: str = ""


@dataclass(frozen=True)
class SubMatrix:
    """Some axes with a strength of their own, beside that of the whole matrix."""

    axes: tuple[str, ...]
    strength: int


@dataclass(frozen=True)
class Model:
    """A whole matrix. Build it with `model`, which checks it."""

    axes: tuple[Factor, ...]
    constraints: tuple[Forbidden, ...] = ()
    seeds: tuple[Assignment, ...] = ()
    sub_matrices: tuple[SubMatrix, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The axes' names in order."""
        return tuple(axis.name for axis in self.axes)

    def case(self, row: Sequence[int]) -> dict[str, str]:
        """A row of value numbers, one per axis, as names."""
        return {axis.name: axis.values[v] for axis, v in zip(self.axes, row, strict=True)}


def implies(
    axes: Sequence[Factor],
    if_: Mapping[str, tuple[str, ...]],
    then: Mapping[str, tuple[str, ...]],
    why: str = "",
) -> tuple[Forbidden, ...]:
    """The rule "a case with all of `if_` has all of `then`", as forbidden boxes.

    Args:
        axes: the matrix's axes, to know the values that `then` leaves out.
        if_: the allowed values of each axis that trigger the rule.
        then: the values that each of these axes must then have one of.
        why: the rule as its author wrote it.

    Returns:
        One box for each axis of `then` that the rule restricts.

    Raises:
        BadInput: an unknown axis or value.
    """
    known = {axis.name: axis for axis in axes}
    _check_box(known, if_, why)
    _check_box(known, then, why)
    boxes = []
    for name, allowed in then.items():
        left_out = tuple(v for v in known[name].values if v not in allowed)
        if name in if_:
            left_out = tuple(v for v in left_out if v in if_[name])
        if left_out:
            boxes.append(Forbidden({**if_, name: left_out}, why))
    return tuple(boxes)


def model(
    axes: Sequence[Factor],
    constraints: Sequence[Forbidden] = (),
    seeds: Sequence[Assignment] = (),
    sub_matrices: Sequence[SubMatrix] = (),
) -> Model:
    """A checked model.

    Whether the constraints leave any case at all is found by `feasible.check`, which solves them.

    Raises:
        BadInput: no axis, an axis twice or without a value, a value twice, an unknown name, or a
            sub-matrix whose strength is above the number of its axes.
    """
    known = _by_name(axes)
    for box in constraints:
        _check_box(known, box.where, box.why)
    for number, seed in enumerate(seeds, 1):
        _check_box(known, {name: (value,) for name, value in seed.items()}, f"seed {number}")
    for sub in sub_matrices:
        for name in sub.axes:
            _axis(known, name, "sub-matrix")
        if len(set(sub.axes)) < len(sub.axes):
            raise BadInput(f"sub-matrix {', '.join(sub.axes)} names an axis twice")
        check_strength(sub.strength, len(sub.axes), f"sub-matrix {', '.join(sub.axes)}: ")
    return Model(tuple(axes), tuple(constraints), tuple(seeds), tuple(sub_matrices))


def _by_name(axes: Sequence[Factor]) -> dict[str, Factor]:
    if not axes:
        raise BadInput("the matrix has no axis; it needs at least one")
    known: dict[str, Factor] = {}
    for axis in axes:
        if axis.name in known:
            raise BadInput(f"axis {axis.name!r} is there twice; give each axis a name of its own")
        if not axis.values:
            raise BadInput(f"axis {axis.name!r} has no value; give it at least one")
        if len(set(axis.values)) < len(axis.values):
            twice = next(v for v in axis.values if axis.values.count(v) > 1)
            raise BadInput(f"axis {axis.name!r} has the value {twice!r} twice")
        known[axis.name] = axis
    return known


def check_strength(strength: int, axes: int, place: str = "") -> None:
    """Raise BadInput unless a suite of this strength over so many axes makes sense."""
    if not 1 <= strength <= axes:
        raise BadInput(
            f"{place}strength {strength} cannot be reached with {axes} axes; use 1 to {axes}"
        )


def _check_box(known: Mapping[str, Factor], box: Mapping[str, tuple[str, ...]], why: str) -> None:
    place = why or "constraint"
    if not box:
        raise BadInput(f"{place}: names no axis, so it would forbid everything or nothing")
    for name, values in box.items():
        axis = _axis(known, name, place)
        if not values:
            raise BadInput(f"{place}: axis {name!r} is named without a value")
        for value in values:
            if value not in axis.values:
                hint = did_you_mean(value, axis.values)
                raise BadInput(f"{place}: axis {name!r} has no value {value!r}{hint}")


def _axis(known: Mapping[str, Factor], name: str, place: str) -> Factor:
    if name not in known:
        raise BadInput(f"{place}: there is no axis {name!r}{did_you_mean(name, known)}")
    return known[name]
