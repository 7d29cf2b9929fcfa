"""What `harness matrix` says of a file's cases: text, data, or a CI system's job matrix."""

import json
from collections.abc import Mapping
from typing import Any, Literal

from harness.cases import Suite
from harness.errors import BadInput
from harness.matrix.model import Assignment

Format = Literal["github", "gitlab"]

CASE_SECONDS = 10.0
"""Wall seconds that a case is taken to cost; the sample cases take 6 to 18 s on two cores."""


def as_text(suite: Suite) -> str:
    """The cases, what they cover, and what all combinations would cost."""
    lines = [case.id for case in suite.cases]
    lines += ["", _counted(suite)]
    if reached := suite.reached():
        lines.append(f"reached: {reached}")
    every = suite.combinations
    lines.append(f"all combinations: {every} cases, about {_hours(every * CASE_SECONDS)}")
    lines += [f"warning: no case has {axis}={value}" for axis, value in suite.unreachable]
    for group in suite.inseparable:
        lines.append(f"cannot be distinguished: {'; '.join(_named(each) for each in group)}")
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


MOST_JOBS: Mapping[Format, int] = {"github": 256, "gitlab": 200}
"""Jobs of one matrix, by the documentation of each CI system."""


def as_jobs(suite: Suite, form: Format, shards: int | None = None) -> str:
    """A job for each case or shard, in what the CI system takes as its matrix.

    GitHub takes the line into `fromJSON`; GitLab takes it as `parallel: matrix`. A job's case is an
    expression for `harness run -k`, its shard one for `--shard`, beside the same `--strength` or
    `--locate`.

    Raises:
        BadInput: more jobs than the CI system takes, or shards than cases.
    """
    if shards is not None and not 1 <= shards <= len(suite.rows):
        raise BadInput(f"--shards {shards}: there are {len(suite.rows)} cases, so 1 to that many")
    what = "case" if shards is None else "shard"
    words = (
        [case.id for case in suite.cases]
        if shards is None
        else [f"{number}/{shards}" for number in range(1, shards + 1)]
    )
    if len(words) > MOST_JOBS[form]:
        raise BadInput(
            f"{form} takes {MOST_JOBS[form]} jobs of one matrix, and there are {len(words)} "
            f"{what}s: ask for fewer by --shards N"
        )
    if form == "github":
        return json.dumps({"include": [{what: each} for each in words]})
    return json.dumps([{what.upper(): words}])


def _counted(suite: Suite) -> str:
    count = f"{len(suite.rows)} case{'' if len(suite.rows) == 1 else 's'}"
    ways = {"all": "all combinations", "locate": "a suite that names its culprit"}
    what = ways.get(str(suite.strength), f"strength {suite.strength}")
    fewest = f", fewer than {suite.bound} cannot do" if suite.bound else ""
    return f"{count}: {what} ({suite.method}{fewest})"


def _hours(seconds: float) -> str:
    return f"{seconds / 3600:.1f} h" if seconds >= 3600 else f"{seconds / 60:.0f} min"


def _named(suspect: Assignment) -> str:
    return " with ".join(f"{name}={value}" for name, value in suspect.items())
