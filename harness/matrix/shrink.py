"""The smallest set of axis values that is enough to fail, found by running as little as possible.

Between a case that fails and a *baseline* that passes, some differing values are to blame. A run
changes some of them from the baseline's value to the failing one. First a search: put the
differing axes in a row, find by bisection the shortest beginning of it that fails, whose last axis
is needed; keep that one and look for the next before it. That takes about log2(n) + 1 runs for each
value of the cause (the scheme of QuickXplain: U. Junker, AAAI 2004). Then a proof that assumes
nothing: with the values found it fails, and with any one of them taken away it passes. Where one
can be taken away after all (two bugs at work), the proof goes on without it, as delta debugging
does (A. Zeller, R. Hildebrandt, IEEE Trans. Softw. Eng. 28(2), 2002).

Constraints are honoured: only allowed cases run. A value that the others force by constraint
("dev mode needs the feature") cannot be taken away alone; it is reported apart as implied.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from harness.errors import BadInput
from harness.matrix import feasible
from harness.matrix.feasible import FeasibleSpace
from harness.matrix.model import Assignment, Model


@dataclass(frozen=True)
class Shrunk:
    """The values to blame, and the runs that prove it.

    Attributes:
        cause: the fewest values found; with the baseline's others they fail, and without any one of
            them (where constraints allow) they pass.
        implied: values that the cause brings with it, because constraints leave no other.
        baseline: the passing case that the others come from.
        smallest: the whole case that fails with nothing but these values.
        removal: the failing case with the cause taken out of it.
        removal_passes: whether that passes; if not, something else fails there too.
        runs: how many cases were run, those known before not counted.
    """

    cause: Assignment
    implied: Assignment
    baseline: Assignment
    smallest: Assignment
    removal: Assignment
    removal_passes: bool
    runs: int

    def __str__(self) -> str:
        said = " and ".join(f"{name} {value}" for name, value in self.cause.items())
        with_it = ", ".join(f"{name} {value}" for name, value in self.implied.items())
        return said + (f" (which implies {with_it})" if with_it else "")


def contrast(model: Model, failing: Assignment, baseline: Assignment) -> dict[str, str]:
    """A baseline that differs from the failing case in as many axes as the constraints allow.

    What both have in common cannot be blamed, so a baseline that shares little says more. Where it
    may, an axis keeps the given baseline's value; where that is the failing one, it takes another.

    Raises:
        BadInput: contradicting constraints.
    """
    space = feasible.check(model)
    state = space.everything
    for name in model.names:
        apart = state & ~(1 << space.id_of(name, failing[name]))
        wish = 1 << space.id_of(name, baseline[name])
        span = space.span[model.names.index(name)]
        for narrowed in (apart & (~span | wish), apart):
            if space.solve(narrowed) is not None:
                state = narrowed
                break
    case = space.solve(state, space.ids((name, baseline[name]) for name in model.names))
    assert case is not None, "a state is kept only where a case is in it"
    return model.case(space.row(case))


def shrink(
    model: Model,
    failing: Assignment,
    baseline: Assignment,
    fails: Callable[[Assignment], bool],
    known: Iterable[tuple[Assignment, bool]] = (),
) -> Shrunk:
    """Finds what makes a case fail.

    Args:
        model: axes and constraints.
        failing: the whole case that fails; it is run unless it is known.
        baseline: a whole case that passes; it is run unless it is known. See `contrast`.
        fails: runs a case and tells whether it fails.
        known: whole cases that have run, and whether they failed. They save runs: the same case is
            not run again, and the search (not the proof) takes a set of values to pass that a
            case which passed had all of.

    Raises:
        BadInput: the failing case passes, the baseline fails, or one of them is not allowed.
    """
    space = feasible.check(model)
    for word, case in (("failing case", failing), ("baseline", baseline)):
        if not space.allows(space.ids(case.items())):
            raise BadInput(f"the {word} ({_said(case)}) breaks the constraints")
    runner = _Runner(space, fails, known)
    if not runner.fails(space.ids(failing.items())):
        raise BadInput(f"the case {_said(failing)} passes, so there is nothing to shrink")
    if runner.fails(space.ids(baseline.items())):
        raise BadInput(f"the baseline {_said(baseline)} fails too; choose one that passes")
    search = _Shrinker(space, failing, baseline, runner)
    return search.result(search.prove(search.narrow()))


def _said(case: Assignment) -> str:
    return ", ".join(f"{name}={value}" for name, value in case.items())


class _Runner:
    """Runs each case at most once and counts."""

    def __init__(
        self,
        space: FeasibleSpace,
        fails: Callable[[Assignment], bool],
        known: Iterable[tuple[Assignment, bool]],
    ) -> None:
        self._space, self._fails = space, fails
        self.seen = {space.ids(case.items()): failed for case, failed in known}
        self.runs = 0

    def fails(self, case: int) -> bool:
        """Whether a whole case, as ids, fails."""
        if case not in self.seen:
            row = [(case & span).bit_length() - 1 for span in self._space.span]
            self.runs += 1
            self.seen[case] = self._fails(self._space.model.case(self._space.row(row)))
        return self.seen[case]


class _Shrinker:
    """Sets of differing axes as bits: bit n stands for the failing case's value of axis n."""

    def __init__(
        self, space: FeasibleSpace, failing: Assignment, baseline: Assignment, runner: _Runner
    ) -> None:
        self.space, self.runner = space, runner
        names = space.model.names
        self.failing = [1 << space.id_of(name, failing[name]) for name in names]
        self.baseline = [1 << space.id_of(name, baseline[name]) for name in names]
        self.axes = [n for n, value in enumerate(self.failing) if value != self.baseline[n]]
        self.whole = sum(1 << n for n in self.axes)
        self._passed = [self._failing_values(case) for case, bad in runner.seen.items() if not bad]

    def _case(self, changed: int, free: int, prefer: list[int]) -> int:
        """An allowed case between the two: ids.

        Args:
            changed: axes with the failing value.
            free: axes that may have either value; all others have the baseline's.
            prefer: the case whose values the free axes take where the constraints allow it.
        """
        state = 0
        for n, (failing, passing) in enumerate(zip(self.failing, self.baseline, strict=True)):
            state |= failing if (changed | free) >> n & 1 else 0
            state |= passing if not changed >> n & 1 else 0
        case = self.space.solve(state, sum(prefer))
        assert case is not None, "the failing case or the baseline is among these"
        return sum(1 << value for value in case)

    def _failing_values(self, case: int) -> int:
        """The differing axes on which a case has the failing value."""
        return sum(1 << n for n in self.axes if case & self.failing[n])

    def narrow(self) -> int:
        """A set of values that fails, of which a single bug needs every one."""
        needed, before = 0, list(self.axes)
        while before and not self._seems_to_fail(needed):
            passes, fails = 0, len(before)
            while fails - passes > 1:
                middle = (passes + fails) // 2
                if self._seems_to_fail(needed | sum(1 << n for n in before[:middle])):
                    fails = middle
                else:
                    passes = middle
            needed |= 1 << before[fails - 1]
            before = before[: fails - 1]
        failing = self._failing_values(self._with(needed))
        return failing if self.runner.fails(self._with(failing)) else self.whole

    def _with(self, changed: int) -> int:
        """The baseline with these failing values, and those that the constraints then ask for."""
        return self._case(changed, self.whole, self.baseline)

    def _seems_to_fail(self, changed: int) -> bool:
        case = self._with(changed)
        values = self._failing_values(case)
        if case not in self.runner.seen and any(not values & ~had for had in self._passed):
            return False
        return self.runner.fails(case)

    def prove(self, left: int) -> int:
        """Takes values away while it still fails, until every single removal passes."""
        for axis in self.axes:
            if left >> axis & 1 and not self._implied(left, axis):
                fewer = self._case(0, left & ~(1 << axis), self.failing)
                if self.runner.fails(fewer):
                    return self.prove(self._failing_values(fewer))
        return left

    def _implied(self, changed: int, axis: int) -> bool:
        """Whether the other values, by the constraints, leave this axis no other value."""
        others = sum(self.failing[n] for n in self.axes if changed >> n & 1 and n != axis)
        return self.space.solve(self.space.narrowed(others) & ~self.failing[axis]) is None

    def result(self, left: int) -> Shrunk:
        """The answer, with the run that takes the cause out of the failing case."""
        core = left
        for axis in self.axes:
            if core >> axis & 1 and self._implied(core, axis):
                core &= ~(1 << axis)
        removal = self._case(0, self.whole & ~core, self.failing)
        smallest = self._named(self._with(left))
        names = self.space.model.names
        return Shrunk(
            cause={names[n]: smallest[names[n]] for n in self.axes if core >> n & 1},
            implied={names[n]: smallest[names[n]] for n in self.axes if (left & ~core) >> n & 1},
            baseline=self._named(sum(self.baseline)),
            smallest=smallest,
            removal=self._named(removal),
            removal_passes=not self.runner.fails(removal),
            runs=self.runner.runs,
        )

    def _named(self, case: int) -> dict[str, str]:
        row = [(case & span).bit_length() - 1 for span in self.space.span]
        return self.space.model.case(self.space.row(row))
