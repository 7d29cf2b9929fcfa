from datetime import UTC, datetime, timedelta

import pytest

from harness.cases import Expectation, KnownBug
from harness.checker.verdict import Observation, decides_at, is_decided, judge
from harness.vocabulary.rows import Row, Seen, parse_row

BEGUN = datetime(2026, 1, 1, tzinfo=UTC)
COMPLETE = Expectation(rows=("RUNNING 0", "COMPLETE 100"), source="documented")
FIXED = Expectation(rows=("COMPLETE 100",), source="documented")
ABSENT = Expectation(rows=("ABSENT",), lasts="10m", source="inferred")
BUG = KnownBug(id="stuck", statement="It stays READY.", when={"a": "b"}, row="READY", lasts="30m")


def seen(
    *rows: str, minutes: float = 5, settled: float | None = None, refreshes: int = 0
) -> Observation:
    timeline = [
        Seen(parse_row(row), BEGUN + timedelta(minutes=i), float(i)) for i, row in enumerate(rows)
    ]
    return Observation(
        timeline,
        begun=BEGUN,
        now=BEGUN + timedelta(minutes=minutes),
        settled=None if settled is None else BEGUN + timedelta(minutes=settled),
        refreshes=refreshes,
    )


@pytest.mark.parametrize(
    ("expectation", "bug", "observation", "verdict"),
    [
        (COMPLETE, None, seen("READY", "RUNNING 0", "COMPLETE 100"), "passed"),
        (COMPLETE, None, seen("READY", "COMPLETE 100"), "failed"),  # RUNNING 0 was never seen
        (COMPLETE, None, seen("RUNNING 0"), "failed"),
        (COMPLETE, None, seen("RUNNING 0", "FAILED 100"), "failed"),
        (COMPLETE, None, seen("RUNNING 0", "COMPLETE 100", "READY"), "failed"),
        (COMPLETE, None, seen(), "failed"),
        (ABSENT, None, seen("ABSENT", minutes=10), "passed"),
        (ABSENT, None, seen("ABSENT", minutes=9), "failed"),  # not watched through a refresh
        (ABSENT, None, seen("ABSENT", "READY", minutes=10), "failed"),
        (FIXED, BUG, seen("READY", minutes=31, settled=1, refreshes=3), "known-bug"),
        (FIXED, BUG, seen("READY", minutes=30, settled=1, refreshes=3), "failed"),
        (FIXED, BUG, seen("READY", minutes=31, settled=1, refreshes=2), "failed"),
        (FIXED, BUG, seen("READY", minutes=60), "failed"),  # the cloud never recorded anything
        (FIXED, BUG, seen("READY", "COMPLETE 100", settled=1), "fixed"),
        (FIXED, BUG, seen("STARTING", minutes=40, settled=1, refreshes=4), "failed"),
        (FIXED, BUG, seen("READY", "STARTING", minutes=40, settled=1, refreshes=4), "failed"),
    ],
)
def test_verdicts(
    expectation: Expectation, bug: KnownBug | None, observation: Observation, verdict: str
) -> None:
    assert judge(expectation, bug, observation).name == verdict


def test_a_known_bug_tells_how_long_it_was_watched() -> None:
    reason = judge(FIXED, BUG, seen("READY", minutes=31, settled=1, refreshes=3)).reason
    assert "30 min of server time and 3 refreshes" in reason


def test_a_failure_names_what_was_wanted_and_what_was_seen() -> None:
    reason = judge(COMPLETE, None, seen("READY")).reason
    assert reason == "wanted RUNNING 0 then COMPLETE 100; got READY"


@pytest.mark.parametrize(
    ("expectation", "bug", "observation"),
    [
        (COMPLETE, None, seen("RUNNING 0", "COMPLETE 100")),
        (COMPLETE, None, seen("RUNNING 0", "FAILED 100")),  # no poll changes it any more
        (COMPLETE, None, seen("RUNNING 0", minutes=32, settled=1)),
        (COMPLETE, None, seen("RUNNING 0", minutes=61)),
        (FIXED, BUG, seen("READY", minutes=31, settled=1, refreshes=3)),
        (FIXED, BUG, seen("READY", "COMPLETE 100")),
        (FIXED, BUG, seen("READY", "RUNNING 5", minutes=33, settled=1)),
    ],
)
def test_watching_ends_when_nothing_can_change(
    expectation: Expectation, bug: KnownBug | None, observation: Observation
) -> None:
    assert is_decided(expectation, bug, observation)


@pytest.mark.parametrize(
    ("expectation", "bug", "observation"),
    [
        (COMPLETE, None, seen("READY")),
        (COMPLETE, None, seen("RUNNING 0", minutes=30, settled=1)),
        (ABSENT, None, seen("ABSENT", minutes=9)),
        (FIXED, BUG, seen("READY", minutes=31, settled=1, refreshes=2)),
        (FIXED, BUG, seen("READY", minutes=29, settled=1, refreshes=3)),
    ],
)
def test_watching_goes_on_while_something_may_change(
    expectation: Expectation, bug: KnownBug | None, observation: Observation
) -> None:
    assert not is_decided(expectation, bug, observation)


def test_rows_read_as_they_are_written() -> None:
    assert parse_row("COMPLETE 100 %") == Row("COMPLETE", 100)
    assert str(Row("TIMED_OUT")) == "TIMED_OUT"


TIMED = Expectation.model_validate(
    {
        "rows": [
            {"row": "RUNNING 0", "within": "2m"},
            {"row": "COMPLETE 100", "after": "1m", "within": "3m"},
        ],
        "source": "documented",
    }
)


@pytest.mark.parametrize(
    ("rows", "verdict"),
    [
        (["RUNNING 0", "COMPLETE 100"], "passed"),
        (["READY", "RUNNING 0", "COMPLETE 100"], "passed"),
        (["READY", "STARTING", "READY", "RUNNING 0", "COMPLETE 100"], "failed"),  # 3 and 4 min
        (["READY", "STARTING", "RUNNING 0", "READY", "COMPLETE 100"], "failed"),  # 4 min
    ],
)
def test_rows_have_to_come_in_their_time(rows: list[str], verdict: str) -> None:
    assert judge(TIMED, None, seen(*rows)).name == verdict


def test_a_row_that_comes_too_soon_fails() -> None:
    late = Expectation.model_validate(
        {"rows": [{"row": "COMPLETE 100", "after": "5m"}], "source": "documented"}
    )
    observed = seen("RUNNING 0", "COMPLETE 100")
    assert judge(late, None, observed).name == "failed"
    assert is_decided(late, None, observed)


def test_a_failure_in_time_tells_when_rows_came() -> None:
    reason = judge(TIMED, None, seen("RUNNING 0", "READY", "READY", "READY", "COMPLETE 100")).reason
    assert reason == (
        "wanted RUNNING 0 within 2.0 min then COMPLETE 100 after 1.0 min within 3.0 min; "
        "got RUNNING 0 at 0 s then READY at 1.0 min then READY at 2.0 min then READY at 3.0 min "
        "then COMPLETE 100 at 4.0 min"
    )


@pytest.mark.parametrize(
    ("expectation", "bug", "observation", "minutes"),
    [
        (ABSENT, None, seen("ABSENT", minutes=4), 10),  # watched for long enough
        (COMPLETE, None, seen("RUNNING 0"), 60),  # given up
        (COMPLETE, None, seen("RUNNING 0", settled=3), 33),  # too late after the cloud knew
        (FIXED, BUG, seen("READY", settled=2), 32),  # the bug has shown for good
        (FIXED, BUG, seen("READY", minutes=89), 90),
    ],
)
def test_a_case_is_looked_at_again_when_time_alone_may_decide_it(
    expectation: Expectation, bug: KnownBug | None, observation: Observation, minutes: float
) -> None:
    assert decides_at(expectation, bug, observation) == BEGUN + timedelta(minutes=minutes)
