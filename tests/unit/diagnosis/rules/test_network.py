"""What lies between: the way to the cloud, and a page beside the server's own answer."""

import pytest
from rule_evidence import asked, at, call, learn, log, shown

from harness.diagnosis.evidence import (
    Flag,
    MigrationMade,
    Origin,
    PageUnread,
    RestRow,
    RowBesideRest,
)
from harness.diagnosis.facts import PAGE
from harness.diagnosis.finding import excluded, likely, proved, unknown
from harness.diagnosis.rules.network import (
    browser_stale,
    is_unreachable,
    server_cannot_reach_cloud,
    session_ended,
)
from harness.store.layout import JOURNAL, SERVER_LOG
from harness.vocabulary.features import FEATURE

NOT_REACHED = "server-cannot-reach-cloud"
STALE = "browser-stale"


def refused(minutes: float):
    return log("ConnectException to api.atlassian.com", minutes=minutes)


def test_failures_without_a_call_that_arrived_are_the_way_to_the_cloud():
    early, late = refused(1), refused(5)
    lost, answered = call("GET /z", http=0), call("GET /x", minutes=3)

    assert asked(server_cannot_reach_cloud, late, lost, early) == proved(NOT_REACHED, late, early)
    assert asked(server_cannot_reach_cloud, late, answered) == excluded(NOT_REACHED, answered)
    began = MigrationMade(origin=at(0))
    assert asked(server_cannot_reach_cloud, began, late) == excluded(NOT_REACHED, began)


def test_a_server_without_a_failure_reached_what_it_called():
    first, last, lost = call("GET /x"), call("GET /y", 503), call("GET /z", http=0)

    assert asked(server_cannot_reach_cloud, first, last, lost) == excluded(NOT_REACHED, last)
    assert asked(server_cannot_reach_cloud, lost) == (
        unknown(NOT_REACHED, "neither calls nor failures")
    )


def test_without_the_journal_a_failed_call_is_not_yet_the_way():
    assert asked(server_cannot_reach_cloud, refused(1), without=(JOURNAL,)) == (
        likely(NOT_REACHED, refused(1), missing=learn(JOURNAL))
    )


def test_without_calls_and_failures_nothing_is_known_of_the_way():
    assert asked(server_cannot_reach_cloud) == unknown(NOT_REACHED, "neither calls nor failures")
    assert asked(server_cannot_reach_cloud, without=(SERVER_LOG, JOURNAL)) == (
        unknown(NOT_REACHED, *learn(SERVER_LOG, JOURNAL))
    )


@pytest.mark.parametrize(
    ("message", "stack", "is_one"),
    [
        ("java.net.ConnectException: https://x.atlassian.net", (), True),
        ("App migration failed", ("java.net.SocketTimeoutException",), True),
        ("java.net.ConnectException: the mail server", (), False),
        ("App migration failed", ("java.lang.IllegalStateException",), False),
    ],
)
def test_a_call_to_the_cloud_that_got_no_answer_is_known_by_its_error(message, stack, is_one):
    assert is_unreachable(log(message, *stack)) == is_one


SUCCESS = RestRow(origin=at(30), status="SUCCESS", percent=100)


@pytest.mark.parametrize("until", [30, 31])
def test_a_page_that_shows_less_than_the_rest_before_it_is_stale(until):
    row = shown("RUNNING", 0, until)

    assert asked(browser_stale, SUCCESS, row) == proved(STALE, SUCCESS, row)


def test_a_page_may_have_moved_on_after_its_last_look():
    missing = "the progress REST no later than the page: it may have moved on since"
    undated = RestRow(origin=Origin("rest"), status="SUCCESS", percent=100)

    for rest, row in (
        (SUCCESS, shown("RUNNING", 0, 29)),
        (SUCCESS, shown("RUNNING", 0)),
        (undated, shown("RUNNING", 0, 31)),
    ):
        assert asked(browser_stale, rest, row) == unknown(STALE, missing)


def test_a_page_that_shows_what_the_rest_says_is_not_stale():
    row = shown("COMPLETE", 100, 31)
    ready = RestRow(origin=at(30), status="READY")

    assert asked(browser_stale, SUCCESS, row) == excluded(STALE, SUCCESS, row)
    assert asked(browser_stale, ready, shown("READY", 5, 31)) == (
        excluded(STALE, ready, shown("READY", 5, 31))
    )


def test_a_page_loaded_beside_the_rest_decides():
    row = shown("RUNNING", 0, 31)
    behind, same = (
        RowBesideRest(status=s, percent=p) for s, p in (("READY", 0), ("COMPLETE", 100))
    )

    assert asked(browser_stale, SUCCESS, row, behind) == proved(STALE, SUCCESS, behind)
    assert asked(browser_stale, SUCCESS, row, same) == excluded(STALE, SUCCESS, same)


def test_a_page_without_the_block_is_not_stale_where_the_feature_is_off():
    row, off = shown("ABSENT", None, 31), Flag(key=FEATURE, on=False)
    why = "the page shows no progress of apps at all"

    assert asked(browser_stale, SUCCESS, row, off) == excluded(STALE, off, row, note=why)
    assert asked(browser_stale, SUCCESS, row) == proved(STALE, SUCCESS, row)


def test_without_both_nothing_is_known_of_the_page():
    missing = "the progress REST beside the page (CCMA 3.9.6 and later have it)"

    assert asked(browser_stale, SUCCESS) == unknown(STALE, missing)
    assert asked(browser_stale, shown("RUNNING", 0, 31)) == unknown(STALE, missing)


def test_a_log_in_page_is_no_plan():
    login = PageUnread(origin=at(1), met="logged-out")

    assert asked(session_ended, login, shown("READY")) == proved("session-ended", login)
    assert asked(session_ended, PageUnread(met="unavailable"), shown("READY")) == (
        excluded("session-ended", shown("READY"))
    )
    assert asked(session_ended, shown("READY")) == excluded("session-ended", shown("READY"))
    assert asked(session_ended, without=(PAGE,)) == unknown("session-ended", *learn(PAGE))
