"""What a run of suites has reached: what its cases cover, and the culprit they name. Pure.

Only cases with a verdict count: one that ended in `error` has shown nothing.
"""

from collections.abc import Sequence

from harness.cases import Suite
from harness.matrix.locating import locate
from harness.store.results import Results

_FAILING = ("failed", "known-bug")
"""Verdicts of cases that did not show what is expected, whether that is known or not."""


def reached(suites: Sequence[Suite], results: Results) -> list[str]:
    """A line for each suite on what its cases cover, and one on their culprit where they name it.

    Args:
        suites: the suites that were run, or some of whose cases were.
        results: the run's results.
    """
    verdicts = {case.id: case.verdict for case in results.cases if case.verdict != "error"}
    lines = []
    for suite in suites:
        if suite.model is None:
            continue
        ran = [case.axes for case in suite.cases if case.id in verdicts]
        if covered := suite.reached(ran):
            lines.append(f"{suite.file.name}: {covered} of {suite.combinations} cases")
        if suite.strength == "locate":
            marks = [
                verdicts[case.id] in _FAILING if case.id in verdicts else None
                for case in suite.cases
            ]
            lines.append(f"culprit: {locate(suite.model, suite.rows, marks)}")
    return lines
