"""A stored case is judged by today's rules."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from harness.cases import Case, Expectation, KnownBug
from harness.diagnosis.finding import proved
from harness.diagnosis.rejudge import observation_of, rejudge
from harness.store.results import CaseResult, Recorded, RowResult, TimelineEntry
from harness.vocabulary.rows import Row

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
READY, COMPLETE = Row("READY", None), Row("COMPLETE", 100)
BUG = KnownBug(id="stays", statement="It stays.", when={"a": "b"}, row=READY, lasts="30m")


def stored(*rows: Row, verdict: str = "passed", **changes: object) -> CaseResult:
    result = CaseResult(
        id="a",
        dark_features={},
        axes={},
        ccma="3.9.6",
        expected=RowResult(status="COMPLETE", percent=100),
        timeline=tuple(
            TimelineEntry(
                status=row.status,
                percent=row.percent,
                server_time=NOON + timedelta(minutes=number),
                wall_seconds=number,
            )
            for number, row in enumerate(rows)
        ),
        recorded=Recorded(
            status="SUCCESS",
            percent=100,
            at=NOON + timedelta(minutes=1),
            watched_seconds=2000,
            refreshes=3,
        ),
        verdict=verdict,
        reason="",
        server_seconds=2060,
    )
    return result.model_copy(update=changes)


def case(*rows: Row, bug: KnownBug | None = None) -> Case:
    expectation = Expectation(rows=rows, source="here")
    return Case("a", Path("app"), {}, {}, None, None, expectation, bug)


def test_the_observation_is_what_was_seen():
    seen = observation_of(stored(READY, COMPLETE))

    assert seen.rows == [READY, COMPLETE]
    assert seen.watched == timedelta(seconds=2000)
    assert seen.begun == NOON


def test_without_a_final_status_the_start_is_the_first_look():
    seen = observation_of(stored(READY, recorded=None))

    assert (seen.begun, seen.now) == (NOON, NOON + timedelta(seconds=2060))


def test_another_expectation_gives_another_verdict():
    judged = rejudge(stored(READY), case(COMPLETE), [proved("never-settled")])

    assert (judged.was, judged.verdict.name, judged.changed) == ("passed", "failed", True)
    assert judged.causes == ("never-settled",)


def test_a_known_bug_of_today_is_recognised():
    judged = rejudge(stored(READY, verdict="failed"), case(COMPLETE, bug=BUG), [])

    assert judged.verdict.name == "known-bug"


def test_without_the_case_file_the_verdict_stays():
    judged = rejudge(stored(READY, verdict="failed"), None, [])

    assert (judged.verdict.name, judged.is_judged) == ("failed", False)


@pytest.mark.parametrize("broken", [{"verdict": "error"}, {"timeline": ()}])
def test_an_error_or_a_case_without_a_row_is_not_judged_anew(broken):
    assert not rejudge(stored(READY, **broken), case(READY), []).is_judged


def test_a_pass_has_no_cause():
    judged = rejudge(stored(COMPLETE), case(COMPLETE), [proved("two-listeners")])

    assert judged.causes == ()
    assert not judged.changed
