"""Calls to the cloud: answered with errors, refused for the token, or cut off."""

import pytest
from rule_evidence import TRANSFER, asked, at, call, learn, log, poll, post, read

from harness.diagnosis import link_names as names
from harness.diagnosis.evidence import EndedByPlatform, MigrationMade
from harness.diagnosis.facts import CALLERS_OWN, NEW_MIGRATION
from harness.diagnosis.finding import excluded, proved, unknown
from harness.diagnosis.rules.calls import (
    NEW_TRANSFER,
    cloud_answered_errors,
    connection_broke,
    poll_answered_old_state,
    server_token_refused,
    settled_too_early,
    site_connection_expired,
    upload_refused,
)
from harness.store.layout import JOURNAL
from harness.vocabulary.effects import Effect

ERRORS, TOKEN = "cloud-answered-errors", "server-token-refused"
OVER = "site-connection-expired"
BROKE, OLD = "connection-broke", "poll-answered-old-state"
POLL = "GET /server/v1/migrations/{id}/progress"
OF_TRANSFER = "POST /server/v1/transfers/{id}/"
SETTLED = post("settled", 9, status="SUCCESS", percent=100)
LINKS = [
    (f"{OF_TRANSFER}triggered", names.CALLED),
    (f"{OF_TRANSFER}data", names.UPLOADED),
    (f"{OF_TRANSFER}errored", names.HEARD),
    (f"{OF_TRANSFER}export-completed", names.SETTLED),
    (POLL, names.POLLED),
]


@pytest.mark.parametrize(("what", "link"), LINKS)
def test_a_call_that_fails_breaks_the_link_that_it_serves(what, link):
    failing, refused, cut = (call(what, http) for http in (503, 401, 0))

    assert asked(cloud_answered_errors, failing) == proved(ERRORS, failing, link=link)
    assert asked(server_token_refused, refused) == proved(TOKEN, refused, link=link)
    arrived = call(NEW_MIGRATION)
    assert asked(connection_broke, arrived, cut) == proved(BROKE, cut, link=link)


@pytest.mark.parametrize("what", [NEW_MIGRATION, NEW_TRANSFER])
def test_a_call_that_makes_the_transfer_has_a_cause_of_its_own_for_errors(what):
    failing, refused = call(what, 503), call(what, 401)

    assert asked(cloud_answered_errors, failing) == excluded(ERRORS, failing)
    assert asked(server_token_refused, refused) == (
        proved(TOKEN, refused, link=names.TRANSFER_MADE)
    )


def test_the_first_link_that_is_broken_is_named():
    uploading, polling = call(f"{OF_TRANSFER}data", 503), poll(9, 503)
    posting = post("fault", 8, http=503)

    found = asked(cloud_answered_errors, polling, uploading, posting)

    assert found == proved(ERRORS, uploading, polling, posting, link=names.UPLOADED)
    assert asked(cloud_answered_errors, polling, posting) == (
        proved(ERRORS, polling, posting, link=names.CHANGED)
    )


@pytest.mark.parametrize(
    ("http", "effect", "is_error"),
    [
        (400, "", True),
        (404, "", True),
        (429, "", True),
        (399, "", False),
        (401, "", False),
        *((408, effect, False) for effect in CALLERS_OWN),
    ],
)
def test_an_answer_is_an_error_by_its_status_unless_the_caller_left(http, effect, is_error):
    answered = poll(5, http, effect=effect)

    assert asked(cloud_answered_errors, answered) == (
        proved(ERRORS, answered, link=names.POLLED) if is_error else excluded(ERRORS, answered)
    )


UPLOAD = f"{OF_TRANSFER}data"


@pytest.mark.parametrize(
    ("http", "effect", "is_askers_own"),
    [
        (400, "", True),
        (404, Effect.UNKNOWN_TRANSFER, True),
        (499, "", True),
        (399, "", False),
        (401, "", False),
        (429, "", False),
        (500, "", False),
        (403, Effect.FAULT, False),
        (409, Effect.ALREADY_SETTLED, False),
        *((408, effect, False) for effect in CALLERS_OWN),
    ],
)
def test_an_upload_is_refused_for_what_it_asked_or_for_another_reason(http, effect, is_askers_own):
    uploading = call(UPLOAD, http, effect=effect)

    assert asked(upload_refused, uploading) == (
        proved("upload-refused", uploading, link=names.UPLOADED)
        if is_askers_own
        else excluded("upload-refused", uploading)
    )
    if is_askers_own:
        assert asked(cloud_answered_errors, uploading) == excluded(ERRORS, uploading)
    assert asked(upload_refused, poll(5, http, effect=effect)).confidence == "excluded"


def test_a_transfer_is_settled_too_early_that_refuses_the_server():
    cause = "settled-too-early"
    late = call(UPLOAD, 409, effect=Effect.ALREADY_SETTLED)
    ended = EndedByPlatform(transfer=TRANSFER, status="CANCELLED")

    assert asked(settled_too_early, SETTLED, late) == (
        proved(cause, SETTLED, late, link=names.UPLOADED)
    )
    for items in ((late,), (ended, late)):
        assert asked(settled_too_early, *items) == excluded(cause, late)
    assert asked(settled_too_early, SETTLED, ARRIVED) == excluded(cause, ARRIVED)
    report = call("POST /server/v1/transfers/{id}/errored", 409, effect=Effect.ALREADY_SETTLED)
    assert asked(settled_too_early, SETTLED, report) == excluded(cause, report)
    assert asked(settled_too_early) == unknown(cause, "the server made no call")
    assert asked(cloud_answered_errors, late) == excluded(ERRORS, late)


def test_the_last_call_of_each_kind_counts_by_its_time():
    late, early = poll(21, 503), poll(11)

    assert asked(cloud_answered_errors, late, early).evidence == (late,)
    mended = poll(31)
    assert asked(cloud_answered_errors, mended, late, early) == excluded(ERRORS, mended)
    assert asked(server_token_refused, mended, poll(21, 401)) == excluded(TOKEN, mended)
    asking = call("GET /server/v1/apps/{key}", 503, 41)  # what the app asks is its own
    assert asked(cloud_answered_errors, mended, asking) == excluded(ERRORS, mended)


@pytest.mark.parametrize(
    ("http", "effect", "is_platforms"),
    [
        (500, "", True),
        (429, "", True),
        (403, Effect.FAULT, True),
        (499, "refused", False),
        (0, Effect.FAULT, False),
    ],
)
def test_the_last_post_fails_by_the_platform_unless_the_transfer_settled(
    http, effect, is_platforms
):
    posting = post(effect, 5, http=http)

    polling = poll(3)
    assert asked(cloud_answered_errors, polling, posting) == (
        proved(ERRORS, posting, link=names.CHANGED) if is_platforms else excluded(ERRORS, polling)
    )
    for more in ((post("recorded", 6),), (SETTLED,)):
        assert asked(cloud_answered_errors, polling, posting, *more) == excluded(ERRORS, polling)
    assert asked(cloud_answered_errors, polling, SETTLED, posting) == excluded(ERRORS, polling)


@pytest.mark.parametrize(
    ("rule", "cause"), [(cloud_answered_errors, ERRORS), (server_token_refused, TOKEN)]
)
def test_without_a_call_nothing_was_answered(rule, cause):
    assert asked(rule) == unknown(cause, "the server made no call")
    assert asked(rule, without=(JOURNAL,)) == unknown(cause, *learn(JOURNAL))


ARRIVED = call(NEW_MIGRATION, minutes=1)
BEGAN = MigrationMade(origin=at(1))


def test_a_connection_breaks_where_others_arrived():
    cut = poll(11, 0)

    assert asked(connection_broke, cut) == unknown(BROKE, "no call of the server arrived")
    assert asked(connection_broke, without=(JOURNAL,)) == unknown(BROKE, *learn(JOURNAL))
    assert asked(connection_broke, ARRIVED, cut) == proved(BROKE, cut, link=names.POLLED)
    again = poll(21)
    assert asked(connection_broke, ARRIVED, cut, again) == excluded(BROKE, ARRIVED, again)


def test_a_read_and_a_post_break_off_too_unless_the_transfer_settled():
    reading, posting = read(4, 0), post("fault", 5, http=0)

    assert asked(connection_broke, ARRIVED, reading) == proved(BROKE, reading, link=names.READ)
    assert asked(connection_broke, ARRIVED, posting) == proved(BROKE, posting, link=names.CHANGED)
    assert asked(connection_broke, ARRIVED, posting, reading) == (
        proved(BROKE, reading, posting, link=names.READ)
    )
    whole = read(5, what="for app data")
    for more in ((reading, whole), (reading, SETTLED), (posting, SETTLED), (post("recorded"),)):
        assert asked(connection_broke, ARRIVED, *more) == excluded(BROKE, ARRIVED)


CUT = "ConnectException: POST https://api.atlassian.com/server/v1/"


@pytest.mark.parametrize(
    ("message", "link"),
    [
        (f"{CUT}transfers/1/data", names.UPLOADED),
        (f"{CUT}transfers/1/triggered", names.CALLED),
        (f"{CUT}migrations", names.TRANSFER_MADE),
        (f"{CUT}migrations/1/progress", names.POLLED),
        (f"{CUT}unheard-of", names.POLLED),
        ("ConnectException to api.atlassian.com", names.POLLED),
    ],
)
def test_the_log_tells_of_calls_that_never_arrived(message, link):
    failing = log(message, minutes=20)

    assert asked(connection_broke, BEGAN, ARRIVED, failing) == proved(BROKE, failing, link=link)


def test_a_failure_in_the_log_counts_after_the_last_answer():
    failing = log(f"{CUT}migrations/1/progress", minutes=20)

    assert asked(connection_broke, ARRIVED, failing) == proved(BROKE, failing, link=names.POLLED)
    for minutes in (20, 21):
        after = poll(minutes)
        assert asked(connection_broke, BEGAN, ARRIVED, failing, after) == (
            excluded(BROKE, ARRIVED, after)
        )
    cut = poll(30, 0)
    assert asked(connection_broke, BEGAN, ARRIVED, failing, cut).evidence == (cut, failing)
    other = log("It went wrong", minutes=20)
    assert asked(connection_broke, BEGAN, ARRIVED, other) == excluded(BROKE, ARRIVED)


def told(status: str, percent: int) -> tuple[tuple[str, str, int], ...]:
    return ((TRANSFER, status, percent),)


def test_a_poll_that_was_told_less_than_the_cloud_had_was_told_an_old_state():
    old, new = (poll(20, told=told(*each)) for each in (("IN_PROGRESS", 0), ("SUCCESS", 100)))

    assert asked(poll_answered_old_state, SETTLED, old) == proved(OLD, SETTLED, old)
    assert asked(poll_answered_old_state, SETTLED, new) == excluded(OLD, new)
    early = poll(5, told=told("IN_PROGRESS", 0))
    assert asked(poll_answered_old_state, SETTLED, early) == excluded(OLD, early)


def test_the_last_poll_counts_that_was_answered_and_whose_answer_is_known():
    old, new = poll(20, told=told("IN_PROGRESS", 0)), poll(30, told=told("SUCCESS", 100))

    assert asked(poll_answered_old_state, SETTLED, new, old) == excluded(OLD, new)
    failed = poll(40, 503, told=told("IN_PROGRESS", 0))
    assert asked(poll_answered_old_state, SETTLED, old, failed, poll(50)) == (
        proved(OLD, SETTLED, old)
    )
    assert asked(poll_answered_old_state, SETTLED, poll(50)) == (
        unknown(OLD, "what a poll was answered")
    )
    assert asked(poll_answered_old_state, without=(JOURNAL,)) == unknown(OLD, *learn(JOURNAL))


def test_a_connection_that_has_expired_is_told_from_a_token_that_was_refused():
    checked = call("GET /server/v1/connection", 401, effect=Effect.CONNECTION_EXPIRED)
    polled = call(POLL, 401, effect=Effect.CONNECTION_EXPIRED)

    assert asked(site_connection_expired, checked) == proved(
        OVER, checked, link=names.REACHES_CLOUD
    )
    assert asked(site_connection_expired, checked, polled) == (
        proved(OVER, checked, polled, link=names.POLLED)
    )
    assert asked(server_token_refused, polled) == excluded(TOKEN, polled)
    for effect in (Effect.EXPIRED_BEARER, Effect.BAD_BEARER, Effect.FAULT):
        refused = call(POLL, 401, effect=effect)
        assert asked(server_token_refused, refused) == proved(TOKEN, refused, link=names.POLLED)
        assert asked(site_connection_expired, refused).confidence == "unknown"


def test_a_call_that_was_answered_since_shows_the_site_connected_again():
    before, after = poll(1), poll(9)
    refused = poll(5, 401, effect=Effect.CONNECTION_EXPIRED)

    assert asked(site_connection_expired, before, refused) == (
        proved(OVER, refused, link=names.POLLED)
    )
    assert asked(site_connection_expired, before, refused, after) == excluded(OVER, after)
    assert asked(site_connection_expired, before) == excluded(OVER, before)
    assert asked(site_connection_expired, without=(JOURNAL,)) == unknown(OVER, *learn(JOURNAL))
