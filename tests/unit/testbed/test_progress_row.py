"""How long a test waits for a row, and what it is told when another row came."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from harness.drivers.browser.look import Look, Proof
from harness.errors import EXIT_FAILED, BadInput, RowMismatch, WaitTimedOut
from harness.testbed import progress_row
from harness.testbed.progress_row import ProgressRow
from harness.vocabulary.rows import Row

BEGIN = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
KEY = "com.example.charts"
READY, STARTED, HALF, DONE = (
    Row("READY"),
    Row("RUNNING", 0),
    Row("RUNNING", 50),
    Row("COMPLETE", 100),
)

Shows = Callable[..., ProgressRow]


@pytest.fixture
def shows(monkeypatch: pytest.MonkeyPatch) -> Shows:
    """Returns a function that makes a row which shows some rows in turn, the last one for good."""

    def make(*rows: Row, each: timedelta = timedelta(minutes=5)) -> ProgressRow:
        """Between two looks `each` of server time passes, and a wall second."""
        coming, server, wall = list(rows), iter(range(1000)), iter(range(1000))

        def look(_: object, key: str, **_sought: object) -> Look:
            assert key == KEY
            row = coming.pop(0) if len(coming) > 1 else coming[0]
            return Look(row, BEGIN + next(server) * each, Proof("url", "1", None, None))

        monkeypatch.setattr(progress_row, "look", look)
        monkeypatch.setattr(progress_row, "pause", lambda _: None)
        return ProgressRow(None, KEY, 300, clock=lambda: float(next(wall)))  # type: ignore[arg-type]

    return make


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def test_a_row_that_becomes_what_is_expected_is_returned(shows: Shows) -> None:
    assert shows(READY, STARTED, DONE).becomes("COMPLETE") == DONE
    assert shows(READY, STARTED, HALF).becomes("RUNNING") == STARTED
    assert shows(READY, STARTED, HALF).becomes("RUNNING", 50) == HALF


def test_a_row_has_as_long_as_it_may_take_and_no_longer(shows: Shows) -> None:
    # Looks are at 0, 5, 10, ... minutes; the one at 15 is still in time.
    assert shows(READY, READY, READY, DONE).becomes("COMPLETE", within=minutes(15)) == DONE
    with pytest.raises(RowMismatch) as caught:
        shows(READY, READY, READY, READY, READY, DONE).becomes("COMPLETE", 100, within=minutes(15))
    assert str(caught.value) == (
        "the row of com.example.charts: expected COMPLETE 100 %, saw READY at 2026-01-01 12:20:00 "
        "server time, 0:20:00 after the first look: that is more than the 0:15:00 it may take"
    )


def test_another_final_status_ends_the_wait_at_once(shows: Shows) -> None:
    with pytest.raises(RowMismatch, match=r"saw FAILED at .*12:05:00.*no later poll changes"):
        shows(STARTED, Row("FAILED"), DONE).becomes("COMPLETE")


def test_the_expected_status_with_another_percent_is_waited_on(shows: Shows) -> None:
    assert shows(Row("COMPLETE", 50), DONE).becomes("COMPLETE", 100) == DONE


def test_a_mismatch_carries_its_evidence_and_means_that_the_app_failed(shows: Shows) -> None:
    with pytest.raises(RowMismatch) as caught:
        shows(READY, Row("FAILED", 7)).becomes("COMPLETE")
    error = caught.value
    assert (error.app, error.expected, error.seen) == (KEY, "COMPLETE", "FAILED 7")
    assert (error.at, error.watched) == (BEGIN + minutes(5), minutes(5))
    assert error.exit_status == EXIT_FAILED


def test_a_row_that_stays_is_returned_as_it_was_last_seen(shows: Shows) -> None:
    assert shows(STARTED, HALF).stays("RUNNING", through=minutes(10)) == HALF


@pytest.mark.parametrize("change", [1, 2, 3])
def test_a_row_that_changes_while_it_has_to_stay_is_a_mismatch(shows: Shows, change: int) -> None:
    # With looks at 0, 5, 10 and 15 minutes the third change is seen by the very last look.
    rows = [READY] * change + [DONE]
    with pytest.raises(RowMismatch) as caught:
        shows(*rows).stays("READY", through=minutes(10))
    assert str(caught.value).endswith("after the first look: it has to stay so for 0:10:00")
    assert caught.value.at == BEGIN + minutes(5 * change)


def test_a_change_after_the_time_is_not_looked_at(shows: Shows) -> None:
    assert shows(*[READY] * 4, DONE).stays("READY", through=minutes(10)) == READY


@pytest.mark.parametrize("wait", ["becomes", "stays"])
def test_server_time_that_stands_still_ends_the_wait(shows: Shows, wait: str) -> None:
    row = shows(READY, each=timedelta(0))
    with pytest.raises(WaitTimedOut, match=r"(?s)not within 66 s.*only 0:00:00 of server time"):
        row.becomes("COMPLETE", within=minutes(15)) if wait == "becomes" else row.stays(
            "READY", through=minutes(15)
        )


@pytest.mark.parametrize(
    ("status", "percent", "says"),
    [
        ("DONE", None, r"no row has the status 'DONE'; there are ABSENT, CANCELLED, "),
        ("complete", None, r"no row has the status 'complete'; did you mean 'COMPLETE'\?$"),
        ("COMPLETED", None, r"no row has the status 'COMPLETED'; did you mean 'COMPLETE'\?$"),
        (None, None, r"no row has the status None; "),
        ("COMPLETE", "100", r"no row has the percent '100': write a whole number from 0 to 100$"),
        ("COMPLETE", 101, r"no row has the percent 101: "),
        ("COMPLETE", -1, r"no row has the percent -1: "),
        ("RUNNING", True, r"no row has the percent True: "),
    ],
)
def test_what_no_row_shows_is_not_waited_for(
    shows: Shows, status: str, percent: int | None, says: str
) -> None:
    row = shows(READY)
    with pytest.raises(BadInput, match=rf"^progress_row\.becomes: {says}"):
        row.becomes(status, percent)
    if percent is None:
        with pytest.raises(BadInput, match=rf"^progress_row\.stays: {says}"):
            row.stays(status, through=minutes(10))
    assert row.seen == []


def test_a_time_that_is_none_is_refused_at_once(shows: Shows) -> None:
    row, half_an_hour = shows(READY), 30
    with pytest.raises(BadInput, match=r"becomes: within=30 is no time: write timedelta\(minutes="):
        row.becomes("COMPLETE", within=half_an_hour)  # type: ignore[arg-type]
    with pytest.raises(BadInput, match=r"stays: through=30 is no time: write timedelta\(minutes="):
        row.stays("READY", through=half_an_hour)  # type: ignore[arg-type]
    assert row.seen == []


@pytest.mark.parametrize("wait", ["becomes", "stays"])
def test_a_migration_that_was_never_started_is_told_as_such(shows: Shows, wait: str) -> None:
    row = shows(READY)
    row.is_startable = True
    with pytest.raises(RowMismatch, match=r"; the migration was never started: call migration\."):
        row.becomes("COMPLETE") if wait == "becomes" else row.stays("RUNNING", through=minutes(9))
