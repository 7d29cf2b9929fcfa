import pytest
from made_run import BEGUN, completed, ready_for_good

from harness.report.headline import Story, story, totals_text
from harness.store.results import CaseResult, ConfluenceResult, Results, RowResult, VerdictName


def run(*cases: CaseResult) -> Results:
    return Results(
        schema=1,
        run="r",
        engine="local",
        confluence=ConfluenceResult(image="standin", ccma=None),
        time_scale=300,
        started=BEGUN,
        seconds=1,
        cases=cases,
    )


def told(**changed: object) -> Story:
    return story(run(completed(), ready_for_good(**changed)))


def test_the_seeds_story() -> None:
    assert told().headline == ("The row says READY.", "The cloud has SUCCESS 100\u00a0%.")
    assert told().lead == "The row stays READY."


@pytest.mark.parametrize(
    ("verdicts", "first"),
    [
        (("known-bug", "error", "fixed", "failed"), "failed"),
        (("known-bug", "error", "fixed"), "fixed"),
        (("passed", "known-bug", "error"), "error"),
        (("passed", "known-bug"), "known-bug"),
    ],
)
def test_the_most_urgent_verdict_comes_first(
    verdicts: tuple[VerdictName, ...], first: VerdictName
) -> None:
    found = story(run(*(ready_for_good(id=v, verdict=v) for v in verdicts))).case
    assert found is not None
    assert found.verdict == first


def test_a_row_that_is_not_there() -> None:
    absent, without = RowResult(status="ABSENT"), RowResult(status="NO_ROW")
    assert told(observed=absent).headline[0] == "The page has no block for the row."
    assert told(observed=without).headline[0] == "The block has no row for the app."
    assert told(observed=None, recorded=None).headline == (
        "Nobody saw a row.",
        "The cloud has nothing.",
    )


def test_an_error_is_told_by_its_first_line() -> None:
    found = told(verdict="error", reason="confluence died. Its last log lines:\na\nb" + "c" * 999)
    assert found.headline == ("A case could not be finished",)
    assert found.lead == "confluence died. Its last log lines:"
    assert len(told(reason="x" * 999).lead) < 350


def test_totals_in_words() -> None:
    assert totals_text(run(completed(), ready_for_good())) == "1 passed, 1 known bug"
    assert totals_text(run()) == "no case was run"
