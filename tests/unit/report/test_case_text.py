"""What the terminal says below a case's verdict, so that no file has to be opened to know why."""

from pathlib import Path
from typing import Any

import pytest

from harness.report import case_text
from harness.store.results import CaseResult, RowResult

CAUSES = (
    {
        "cause": "listener-threw",
        "confidence": "proved",
        "responsible": "server app",
        "evidence": ["it threw IllegalStateException", "the log says so"],
    },
    {"cause": "package-not-wired", "confidence": "likely", "responsible": "server app"},
)
ID = "seed[feature=on,dev-mode=off]"


def result(verdict: str, **more: Any) -> CaseResult:
    return CaseResult(
        id=ID,
        dark_features={},
        axes={},
        ccma="3.9.6",
        expected=RowResult(status="COMPLETE", percent=100),
        verdict=verdict,  # type: ignore[arg-type]
        reason="the row is RUNNING 0",
        **more,
    )


def test_a_case_that_is_not_green_says_why_where_and_how_to_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    red = result("failed", causes=CAUSES, artifacts={"journal": "x/journal.jsonl"})
    run = tmp_path / "build" / "runs" / "one"
    told = case_text.lines(red, run, "harness run my.yaml --engine local")
    folder = f"files:     build/runs/one/{case_text.case_folder(run, ID).name}"
    assert told == [
        "the row is RUNNING 0",
        "proved: onStartAppMigration ended with an uncaught exception. "
        "[listener-threw; responsible: server app]",
        "  since it threw IllegalStateException",
        "likely: A package that the server app imports is not wired to whoever exports it. "
        "[package-not-wired; responsible: server app]",
        folder,
        f"see more:  harness explain build/runs/one --case '{ID}'",
        f"run again: harness run my.yaml --engine local -k '{ID}'",
    ]


def test_a_folder_that_does_not_stay_is_not_shown() -> None:
    assert case_text.lines(result("error"), None) == ["the row is RUNNING 0"]


@pytest.mark.parametrize("verdict", case_text.GREEN)
def test_a_green_case_has_its_remarks_only(verdict: str, tmp_path: Path) -> None:
    green = result(verdict, causes=CAUSES, remarks=("the data was never fetched",))
    assert case_text.lines(green, tmp_path, "harness run") == ["remark: the data was never fetched"]
    assert case_text.lines(result(verdict), tmp_path, "harness run") == []


def test_a_second_try_is_told_with_the_first_line_of_its_reason(tmp_path: Path) -> None:
    again = result("passed", rerun_after="confluence was killed\nlog")
    assert case_text.lines(again, tmp_path) == ["ran again, since: confluence was killed"]
