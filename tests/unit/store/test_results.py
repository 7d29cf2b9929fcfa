import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from defusedxml.ElementTree import fromstring

from harness.errors import BadInput
from harness.report import junit
from harness.store.results import (
    CaseResult,
    ConfluenceResult,
    Results,
    RowResult,
    VerdictName,
    exit_status,
    read,
    write,
)


def case(name: str, verdict: VerdictName) -> CaseResult:
    return CaseResult(
        id=name,
        dark_features={"flag": True},
        axes={"feature": "on"},
        ccma="3.1.7",
        expected=RowResult(status="COMPLETE", percent=100),
        observed=RowResult(status="READY"),
        verdict=verdict,
        reason="because \x1b of that",
        seconds={"total": 1.5},
    )


def results(*verdicts: VerdictName) -> Results:
    return Results(
        schema=1,
        run="20260101-000000-abcdef",
        engine="local",
        confluence=ConfluenceResult(image="standin", ccma=None),
        time_scale=300,
        started=datetime(2026, 1, 1, tzinfo=UTC),
        seconds=2,
        cases=tuple(case(f"case[{i}]", verdict) for i, verdict in enumerate(verdicts)),
    )


@pytest.mark.parametrize(
    ("verdicts", "status"),
    [
        (["passed", "known-bug"], 0),
        (["passed", "failed"], 1),
        (["passed", "fixed"], 1),
        (["failed", "error"], 2),
        ([], 0),
    ],
)
def test_the_exit_status_follows_the_worst_verdict(
    verdicts: list[VerdictName], status: int
) -> None:
    assert exit_status(results(*verdicts)) == status


def test_the_file_has_the_shape_of_the_contract(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    write(results("passed", "known-bug"), path)
    data = json.loads(path.read_text())
    assert data["schema"] == 1
    assert data["totals"] == {"passed": 1, "failed": 0, "known-bug": 1, "fixed": 0, "error": 0}
    assert data["cases"][0]["expected"] == {"status": "COMPLETE", "percent": 100}
    assert [entry.name for entry in tmp_path.iterdir()] == ["results.json"]


def test_what_is_written_is_read_back_the_same(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    write(results("passed", "error"), path)
    assert read(path) == results("passed", "error")


@pytest.mark.parametrize("text", ["", "[]", '{"schema": 2}', "{"])
def test_what_is_no_results_file_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    path.write_text(text)
    with pytest.raises(BadInput, match="not results of schema 1"):
        read(path)


def test_junit_tells_failures_errors_and_known_bugs_apart(tmp_path: Path) -> None:
    path = tmp_path / "junit.xml"
    junit.write(results("passed", "failed", "known-bug", "fixed", "error"), path)
    suite = fromstring(path.read_text())
    assert {name: suite.get(name) for name in ("tests", "failures", "errors", "skipped")} == {
        "tests": "5",
        "failures": "2",
        "errors": "1",
        "skipped": "1",
    }
    kinds = [[child.tag for child in test] for test in suite]
    assert kinds == [[], ["failure"], ["skipped"], ["failure"], ["error"]]
