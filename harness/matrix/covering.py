"""The cases of a matrix: all combinations, or the smallest suite of a strength that is found.

Same input, same cases, on every machine: chance comes from one generator with a fixed beginning,
the search is bounded by work and not by seconds, and no library whose next version might choose
other cases takes part. `allpairspy` and `coverwise` are measured beside it in
`benchmarks/matrix.py`: both need more rows.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from harness.errors import BadInput
from harness.matrix import algebra, feasible, greedy, tabu
from harness.matrix.chance import chance
from harness.matrix.feasible import FeasibleSpace
from harness.matrix.model import Model, check_strength
from harness.matrix.targets import Targets

EFFORT = 3_000_000
"""Units of search after which the suite is taken as it is: about two seconds."""

MOST_CASES = 100_000
"""More combinations than this are refused: nobody runs them."""

_VECTOR_TRIES = 20_000


@dataclass(frozen=True)
class CoveringArray:
    """Cases that cover a model.

    Attributes:
        model: what they cover.
        rows: one value number per axis each; the seeds come first.
        method: how they were found, in words.
        bound: a number of rows that no suite of this strength can go below.
        kept: how many of the first rows stand for seeds.
    """

    model: Model
    rows: tuple[tuple[int, ...], ...]
    method: str
    bound: int
    kept: int = 0

    @property
    def cases(self) -> tuple[dict[str, str], ...]:
        """The rows as values by axis name."""
        return tuple(self.model.case(row) for row in self.rows)


def all_combinations(model: Model) -> CoveringArray:
    """Every case that the constraints allow, in the order of the axes' values.

    Raises:
        BadInput: contradicting constraints, or more than `MOST_CASES` cases.
    """
    space = feasible.check(model)
    total = space.count()
    if total > MOST_CASES:
        raise BadInput(f"all combinations are {total} cases; give a strength of 2 to 4 instead")
    rows = tuple(space.row(ids) for ids in _every(space, [], 0))
    return CoveringArray(model, rows, "all combinations", total)


def _every(space: FeasibleSpace, ids: list[int], chosen: int) -> Iterator[list[int]]:
    if len(ids) == len(space.span):
        yield ids
        return
    start = space.first[len(ids)]
    for value in range(start, start + space.span[len(ids)].bit_count()):
        if space.extends(chosen | 1 << value):
            yield from _every(space, [*ids, value], chosen | 1 << value)


def cover(model: Model, strength: int, *, effort: int = EFFORT) -> CoveringArray:
    """A suite in which every allowed combination of any so many axes' values occurs.

    Args:
        model: axes, constraints, seeds and sub-matrices.
        strength: how many axes at once; 2 to 4 are meant, more is possible.
        effort: units of search; see `EFFORT`.

    Raises:
        BadInput: contradicting constraints or seeds, a strength that the axes cannot have.
    """
    check_strength(strength, len(model.axes))
    space = feasible.check(model)
    closed = _flags(space, strength)
    if closed:
        return CoveringArray(
            model, closed, "closed form for on/off flags", len(closed), len(model.seeds)
        )
    targets = Targets(space, strength)
    random = chance()
    seeds = _seeds(space)
    fixed = [seed for seed, _ in seeds]
    given = [row for _, row in seeds]
    rows = greedy.extend(targets, given, random)
    method = "search"
    for name, design in _designs(space, strength, len(rows), random):
        whole = greedy.extend(targets, [*given, *_fitted(space, design)], random)
        if len(whole) < len(rows):
            rows, method = whole, name
    found = tabu.reduce(targets, rows, fixed, random, tabu.Budget(effort))
    if len(found) < len(rows):
        method = "search" if method == "search" else f"{method}, then search"
    ordered = [*found[: len(given)], *sorted(found[len(given) :])]
    bound = max(targets.bound, len(given))
    return CoveringArray(model, tuple(space.row(row) for row in ordered), method, bound, len(given))


def _seeds(space: FeasibleSpace) -> list[tuple[int, list[int]]]:
    """The seeds as sets of ids, each with a whole case for it; those within others left out."""
    sets = [space.ids(seed.items()) for seed in space.model.seeds]
    kept: list[int] = []
    for seed in sorted(sets, key=int.bit_count, reverse=True):
        if not any(seed & other == seed for other in kept):
            kept.append(seed)
    seeds = []
    for seed in sorted(kept, key=sets.index):
        row = space.complete(seed, 0)
        assert row is not None, "seeds were checked"
        seeds.append((seed, row))
    return seeds


def _flags(space: FeasibleSpace, strength: int) -> tuple[tuple[int, ...], ...] | None:
    """The closed form, its first row turned into the one seed; None where it does not apply."""
    model = space.model
    sizes = [len(axis.values) for axis in model.axes]
    if strength != 2 or max(sizes) > 2 or model.constraints or len(model.seeds) > 1:
        return None
    if any(sub.strength > 2 for sub in model.sub_matrices):
        return None
    first = model.seeds[0] if model.seeds else {}
    turn = [axis.values.index(first.get(axis.name, axis.values[0])) for axis in model.axes]
    columns = iter(zip(*algebra.flags(sizes.count(2)), strict=True))
    table = [
        [bit ^ start for bit in next(columns)] if size == 2 else None
        for size, start in zip(sizes, turn, strict=True)
    ]
    height = max((len(column) for column in table if column), default=1)
    return tuple(tuple(column[row] if column else 0 for column in table) for row in range(height))


def _designs(
    space: FeasibleSpace, strength: int, below: int, random: Random
) -> Iterator[tuple[str, Sequence[Sequence[int]]]]:
    """Designs that serve an unconstrained model of these sizes with fewer rows than `below`."""
    axes = len(space.span)
    longest = max(span.bit_count() for span in space.span)
    if space.boxes or longest < 2:
        return
    power = algebra.prime_power_from(longest)
    if power**strength < below:
        array = algebra.orthogonal(power, axes, strength)
        if array:
            yield "orthogonal array", array
    if strength == 2 and longest > 2 and axes * (longest - 1) + 1 < below:
        rows = algebra.rotated(longest, axes, random, _VECTOR_TRIES)
        if rows:
            yield "rotated vector", rows


def _fitted(space: FeasibleSpace, design: Sequence[Sequence[int]]) -> list[list[int]]:
    """A design's rows as ids; where an axis lacks a value, another one stands in for it."""
    return [
        [
            first + value % span.bit_count()
            for value, first, span in zip(row, space.first, space.span, strict=True)
        ]
        for row in design
    ]
