from datetime import timedelta

from made_run import BEGUN, MakeRun, at, completed, ready_for_good

from harness.diagnosis.evidence import Delivery, Evidence, LogLine, Origin, ProgressPost, ServerCall
from harness.report.stored import read_run
from harness.report.timeline import History, history, in_words
from harness.store.results import CaseResult


def told(case: CaseResult, *evidence: Evidence) -> History:
    found = history(case, evidence)
    assert found is not None
    return found


def origin(minutes: float) -> Origin:
    return Origin("journal #1", None, at(minutes))


def bug(make_run: MakeRun) -> History:
    run = read_run(make_run())
    return told(run.cases[1].result, *run.cases[1].evidence)


def test_the_bug_is_a_row_that_never_catches_up(make_run: MakeRun) -> None:
    found = bug(make_run)
    assert [(s.label, s.tone) for s in found.cloud] == [
        ("IN_PROGRESS 0", "moving"),
        ("SUCCESS 100", "good"),
    ]
    assert [s.label for s in found.rows] == ["READY"]
    assert found.rows[0].end == at(33)
    assert not found.caught_up
    assert found.lag is not None
    assert (found.lag.begin, found.lag.end) == (at(2), at(33))
    assert found.lag.label == "31 min behind, 3 polls"
    assert found.flags == ("feature on", "dev-mode on")


def test_each_kind_has_its_lane(make_run: MakeRun) -> None:
    lanes = [(m.lane, m.label) for m in bug(make_run).moments]
    assert lanes == [
        ("server", "begun"),
        ("server", "linked"),
        ("server", "triggered"),
        ("webhooks", "listener-triggered"),
        ("posts", "IN_PROGRESS 0"),
        ("posts", "SUCCESS 100"),
        *[("polls", "")] * 3,
    ]


def test_a_row_that_catches_up_lags_until_then() -> None:
    found = told(completed())
    assert found.caught_up
    assert found.lag is not None
    assert found.lag.end - found.lag.begin == timedelta(minutes=9)
    assert found.lag.tone == "moving"


def test_what_changed_nothing_or_failed_is_bad() -> None:
    found = told(
        ready_for_good(),
        ProgressPost(
            origin=origin(3), transfer="t", http=200, effect="outdated keys", status="SUCCESS"
        ),
        Delivery(origin=origin(4), event="e", transfer="t", status=500, acknowledged=False),
        ServerCall(origin=origin(5), what="GET /x", http=503, is_poll=True),
        LogLine(origin=origin(6), level="ERROR", message="broken"),
        LogLine(origin=origin(7), level="WARN", message="odd"),
    )
    assert [m.tone for m in found.moments] == ["bad", "bad", "bad", "bad", "warning"]
    assert found.moments[0].label == "SUCCESS: outdated keys"
    assert found.cloud == ()


def test_without_any_time_there_is_no_history() -> None:
    assert history(ready_for_good(timeline=()), []) is None


def test_rows_alone_are_a_history() -> None:
    assert told(ready_for_good(recorded=None)).begin == BEGUN + timedelta(minutes=1)


def test_spans_in_words() -> None:
    seconds = {0: "0 s", 90: "90 s", 1860: "31 min", 7200: "120 min", 14400: "4 h", 1209600: "14 d"}
    assert {s: in_words(timedelta(seconds=s)) for s in seconds} == seconds
