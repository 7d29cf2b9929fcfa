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

from harness.errors import BadInput
from harness.matrix import covering, feasible
from harness.matrix.chance import chance
from harness.matrix.feasible import FeasibleSpace
from harness.matrix.model import Assignment, Model
from harness.matrix.separation import Separation, rows_of, rows_of_values

EFFORT = 2_000_000
"""How many looks at a suspect the search for fewer rows may take: about a second."""


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
        suspects: each fits the marks alone; one is the answer, several cannot be distinguished, and
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
        return said[0] if len(said) == 1 else f"one of (cannot be distinguished): {'; '.join(said)}"


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
        raise BadInput(f"{len(fails)} marks for {len(cases)} cases; each case needs one")
    failing = sum(1 << n for n, failed in enumerate(fails) if failed)
    known = sum(1 << n for n, failed in enumerate(fails) if failed is not None)
    if not failing:
        return Culprits((), 0)
    space = FeasibleSpace(model)
    rows = [_ids(space, case) for case in cases]
    having = rows_of_values(space, rows)
    fits = [s for s in _suspects(space) if rows_of(s, having) & known == failing]
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
    groups = _inseparable(space)
    higher = any(sub.strength > 2 for sub in model.sub_matrices)
    search = Separation(
        space,
        [group[0] for group in groups],
        [_ids(space, case) for case in start.cases],
        len(start.rows) if higher else start.kept,
        chance(),
    )
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


def _suspects(space: FeasibleSpace) -> Iterator[int]:
    """Every value and every pair of values of two axes that the constraints allow, as ids."""
    values = [1 << value for value in range(len(space.axis_of)) if space.extends(1 << value)]
    yield from values
    for a, b in combinations(values, 2):
        apart = space.axis_of[a.bit_length() - 1] != space.axis_of[b.bit_length() - 1]
        if apart and space.extends(a | b):
            yield a | b


def _inseparable(space: FeasibleSpace) -> list[list[int]]:
    """All suspects, those that every allowed case has together in one group, smallest first."""
    closures: dict[int, int] = {}
    groups: dict[int, list[int]] = {}
    for suspect in _suspects(space):
        tied = suspect & space.constrained
        if tied not in closures:
            closures[tied] = _closure(space, tied)
        groups.setdefault(closures[tied] | suspect & ~space.constrained, []).append(suspect)
    return list(groups.values())


def _closure(space: FeasibleSpace, ids: int) -> int:
    """The ids of constrained or single-valued axes that every allowed case with `ids` has."""
    case = space.complete(ids, 0)
    assert case is not None, "suspects are allowed"
    closed = ids
    for value, span in zip(case, space.span, strict=True):
        single = not span & (span - 1)
        if single or (span & space.constrained and not _without(space, ids, value)):
            closed |= 1 << value
    return closed


def _without(space: FeasibleSpace, ids: int, value: int) -> bool:
    return space.solve(space.narrowed(ids) & ~(1 << value)) is not None


def _ids(space: FeasibleSpace, case: Assignment) -> list[int]:
    return [space.id_of(name, case[name]) for name in space.model.names]


def _named(space: FeasibleSpace, suspect: int) -> dict[str, str]:
    ids = [value for value in range(len(space.axis_of)) if suspect >> value & 1]
    axes = space.model.axes
    return {
        axes[space.axis_of[i]].name: axes[space.axis_of[i]].values[
            i - space.first[space.axis_of[i]]
        ]
        for i in ids
    }
