"""What `harness matrix` says of a file's cases: text, data, or a CI system's job matrix."""

import json
from typing import Any, Literal

from harness.cases import Suite
from harness.matrix.model import Assignment

Format = Literal["github", "gitlab"]

CASE_SECONDS = 10.0
"""Wall seconds that a case is taken to cost; the sample cases take 6 to 18 s on two cores."""


def as_text(suite: Suite) -> str:
    """The cases, what they cover, and what all combinations would cost."""
    lines = [case.id for case in suite.cases]
    lines += ["", _told(suite)]
    if reached := suite.reached():
        lines.append(f"reached: {reached}")
    every = suite.combinations
    lines.append(f"all combinations: {every} cases, about {_hours(every * CASE_SECONDS)}")
    lines += [f"warning: no case has {axis}={value}" for axis, value in suite.unreachable]
    for group in suite.inseparable:
        lines.append(f"cannot be told apart: {'; '.join(_named(each) for each in group)}")
    return "\n".join(lines)


def as_data(suite: Suite) -> dict[str, Any]:
    """The same as data."""
    return {
        "file": str(suite.path),
        "strength": suite.strength,
        "method": suite.method,
        "cases": [
            {
                "id": case.id,
                "axes": dict(case.axes),
                "expected": [str(row) for row in case.expectation.rows],
                "source": case.expectation.source,
                "known_bug": case.known_bug.id if case.known_bug else None,
            }
            for case in suite.cases
        ],
        "reached": suite.reached(),
        "fewest_possible": suite.bound or None,
        "all_combinations": suite.combinations,
        "unreachable": [{axis: value} for axis, value in suite.unreachable],
        "inseparable": [[dict(each) for each in group] for group in suite.inseparable],
    }


def as_jobs(suite: Suite, form: Format) -> str:
    """A job for each case, in what the CI system takes as its matrix.

    GitHub takes the line into `fromJSON`; GitLab takes it as `parallel: matrix`. A job's case is an
    expression for `harness run -k`, beside the same `--strength` or `--locate`.
    """
    ids = [case.id for case in suite.cases]
    if form == "github":
        return json.dumps({"include": [{"case": each} for each in ids]})
    return json.dumps([{"CASE": ids}])


def _told(suite: Suite) -> str:
    count = f"{len(suite.rows)} case{'' if len(suite.rows) == 1 else 's'}"
    wanted = {"all": "all combinations", "locate": "a suite that names its culprit"}
    what = wanted.get(str(suite.strength), f"strength {suite.strength}")
    fewest = f", fewer than {suite.bound} cannot do" if suite.bound else ""
    return f"{count}: {what} ({suite.method}{fewest})"


def _hours(seconds: float) -> str:
    return f"{seconds / 3600:.1f} h" if seconds >= 3600 else f"{seconds / 60:.0f} min"


def _named(suspect: Assignment) -> str:
    return " with ".join(f"{name}={value}" for name, value in suspect.items())
