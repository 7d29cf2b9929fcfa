"""From failing cases to the fewest axis values that make them fail, by running more cases."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from harness.cases import Case, Suite
from harness.errors import BadInput, HarnessError
from harness.matrix.coverage import breaks
from harness.matrix.model import Assignment, Model
from harness.matrix.shrink import Shrunk, contrast, shrink
from harness.store.results import CaseResult, Results, RowResult

Known = list[tuple[Assignment, bool]]
"""Cases that have run, and whether they failed in the way that is shrunk."""

Manner = tuple[str, str | None, RowResult | None]
"""How a case failed: its verdict, its known bug where that is the verdict, its last row."""


def manner(result: CaseResult) -> Manner | None:
    """How a case failed; None where it did not.

    A known bug and a row that is wrong in another way are two failures, whatever they share.
    """
    if result.verdict == "passed":
        return None
    bug = result.known_bug if result.verdict in ("known-bug", "fixed") else None
    return result.verdict, bug, result.observed


@dataclass(frozen=True)
class Shrinking:
    """What makes a case fail; `shrunk` is None where no case passed that could be its opposite."""

    suite: str
    case: str
    shrunk: Shrunk | None

    def __str__(self) -> str:
        if self.shrunk is None:
            return f"{self.case}: not shrunk, since no case of {self.suite} passed"
        proof = (
            "without it the case does not fail like that"
            if self.shrunk.removal_passes
            else "without it the case fails too, so another fault is at work there"
        )
        count = self.shrunk.runs
        runs = f"{count} more run{'' if count == 1 else 's'}"
        return f"{self.case}: it takes {self.shrunk} to fail; {proof} ({runs})"


def shrink_failures(
    suites: Sequence[Suite], results: Results, run: Callable[[Case], CaseResult]
) -> list[Shrinking]:
    """Shrinks each failing case that the causes found before it do not explain.

    Failures that look different are kept apart: what makes a row stay READY does not explain one
    that says FAILED, and a known bug explains no new one. A known bug fails too: that it is known
    says nothing about which values it takes.

    Args:
        suites: the suites that were run.
        results: the run's results.
        run: runs one more case.

    Raises:
        HarnessError: a case ended in `error`, which says nothing about its values.
    """
    manners = {case.id: manner(case) for case in results.cases if case.verdict != "error"}
    found: list[Shrinking] = []
    for suite in suites:
        if suite.model is None:
            continue
        ran = [(case.axes, manners[case.id]) for case in suite.cases if case.id in manners]
        passing = [axes for axes, how in ran if how is None]
        causes: list[tuple[Assignment, Manner]] = []
        for failing, how in ran:
            if how is None or any(how == of and _has(failing, cause) for cause, of in causes):
                continue
            name = suite.case(failing).id
            if not passing:
                found.append(Shrinking(suite.file.name, name, None))
                break
            shrunk = _shrunk(suite, suite.model, failing, passing[0], how, ran, run)
            causes.append((shrunk.cause, how))
            found.append(Shrinking(suite.file.name, name, shrunk))
    return found


def _shrunk(
    suite: Suite,
    model: Model,
    failing: Assignment,
    passing: Assignment,
    how: Manner,
    ran: list[tuple[Assignment, Manner | None]],
    run: Callable[[Case], CaseResult],
) -> Shrunk:
    known: Known = [(axes, each == how) for axes, each in ran]

    def fails(values: Assignment) -> bool:
        result = run(suite.case(values))
        if result.verdict == "error":
            raise HarnessError(f"shrinking ended at {result.id}: {result.reason}")
        ran.append((values, manner(result)))
        known.append((values, manner(result) == how))
        return known[-1][1]

    before = len(known)
    opposite = contrast(model, failing, passing)
    try:
        found = shrink(model, failing, opposite, fails, known)
    except BadInput:
        # The opposite fails as well; what it shares with the failing case is not the fault alone.
        found = shrink(model, failing, passing, fails, known)

    def failed(values: Assignment) -> bool:
        seen = next((bad for case, bad in known if case == values), None)
        return fails(values) if seen is None else seen

    found = _without_spare(model, failing, found, failed)
    return replace(found, runs=len(known) - before)


def _without_spare(
    model: Model, failing: Assignment, found: Shrunk, failed: Callable[[Assignment], bool]
) -> Shrunk:
    """Removes each value from the cause whose allowed alternatives all fail just as well.

    The search knows two values of each axis, the failing case's and the baseline's. Where
    constraints rule the baseline's out, a third one may show that the axis does not matter.
    """
    cause = dict(found.cause)
    for axis in model.axes:
        if axis.name not in cause or len(cause) == 1:
            continue
        others = [
            {**found.smallest, axis.name: value}
            for value in axis.values
            if value != cause[axis.name]
        ]
        allowed = [case for case in others if not breaks(model, case)]
        if allowed and all(failed(case) for case in allowed):
            del cause[axis.name]
    if len(cause) == len(found.cause):
        return found
    removal = {**failing, **{name: found.baseline[name] for name in cause}}
    if breaks(model, removal):
        return replace(found, cause=cause)
    return replace(found, cause=cause, removal=removal, removal_passes=not failed(removal))


def _has(case: Assignment, cause: Assignment) -> bool:
    return all(case[name] == value for name, value in cause.items())
