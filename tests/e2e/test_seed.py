"""The seed's eight cases, in a real browser against a real JVM with a real plugin in it."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from harness.cases import Case, load
from harness.store.results import CaseResult

CASES = load(Path(__file__).parents[2] / "fixtures" / "cases" / "seed.yaml")


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_the_row_is_what_the_seed_describes(
    case: Case, run_case: Callable[[Case], CaseResult]
) -> None:
    result = run_case(case)
    wanted = "known-bug" if case.known_bug else "passed"
    assert result.verdict == wanted, result.reason
    if case.known_bug:
        assert result.recorded is not None
        assert (result.recorded.status, result.recorded.percent) == ("SUCCESS", 100)
        assert result.recorded.watched_seconds >= timedelta(minutes=30).total_seconds()
        assert result.recorded.refreshes >= 3
        assert [row.status for row in result.timeline] == ["READY"]
