"""The cloud app: its webhook, and what it posted."""

import pytest
from rule_evidence import (
    OTHER,
    PAIR,
    TRANSFER,
    asked,
    at,
    learn,
    made,
    post,
    ran,
    read,
    sent,
    shown,
    site_app,
)

from harness.diagnosis import link_names as names
from harness.diagnosis.data_evidence import DataUploaded
from harness.diagnosis.evidence import (
    EndedByPlatform,
    SentElsewhere,
    ServerAway,
    UnknownAddress,
)
from harness.diagnosis.finding import excluded, likely, proved, unknown
from harness.diagnosis.readers.journal import from_entry
from harness.diagnosis.rules import cloud_app, platform
from harness.store.layout import JOURNAL, PROBE, SITE
from harness.vocabulary.effects import Effect

SETTLED = post("settled", 9, status="SUCCESS", percent=100)
RECORDED = post("recorded", 2, status="IN_PROGRESS", percent=40)
ALL_THE_SAME = "the transfer was settled all the same"


def test_a_webhook_is_registered_where_the_site_has_its_address():
    cause, rule = "webhook-not-registered", cloud_app.webhook_not_registered
    none, unread = site_app(webhook=None), site_app(webhook=None, webhook_known=False)
    gone = site_app(installed=False, webhook=None)

    assert asked(rule, PAIR, site_app(), none) == proved(cause, none)
    assert asked(rule, PAIR, none, site_app()) == excluded(cause, site_app())
    first, second = sent("a"), sent("b")
    assert asked(rule, none, first, second) == excluded(cause, first)
    for app in (unread, gone):
        assert asked(rule, PAIR, app) == unknown(cause, "the app's webhook endpoints")
    assert asked(rule, without=(SITE, JOURNAL)) == unknown(cause, *learn(SITE, JOURNAL))


def test_an_event_for_an_environment_without_the_app_went_elsewhere():
    cause, rule = "forge-environment-differs", cloud_app.forge_environment_differs
    elsewhere = SentElsewhere(event="listener-triggered", transfer=TRANSFER)
    first, second = sent("a"), sent("b")

    assert asked(rule, elsewhere) == proved(cause, elsewhere)
    assert asked(rule, first, second) == excluded(cause, first)
    assert asked(rule) == unknown(cause, "no webhook was sent")
    assert asked(rule, without=(JOURNAL,)) == unknown(cause, *learn(JOURNAL))
    assert asked(platform.event_lost, elsewhere) == excluded("event-lost", elsewhere)


NEVER = "webhook-never-acknowledged"


def test_a_message_that_no_try_got_acknowledged_was_never():
    rule = cloud_app.webhook_never_acknowledged
    first, again = sent("a", 503, message="m"), sent("a", 500, minutes=2, message="m")
    heard = sent("b", message="n")

    assert asked(rule, first, again) == proved(NEVER, first, again)
    assert asked(rule, heard, first, again) == proved(NEVER, first, again)
    assert asked(rule, heard, first, again, SETTLED) == excluded(NEVER, heard)
    late = sent("a", 200, minutes=3, message="m")
    assert asked(rule, first, again, late) == excluded(NEVER, late)


def test_a_try_that_got_as_far_as_an_answer_reached_the_app():
    rule = cloud_app.webhook_never_acknowledged
    slow = sent("a", None, reason="no answer within 5 s of wall time")
    nobody = sent("a", None, reason="ConnectError: refused")
    lost = sent("a", None, lost=True)

    assert asked(rule, slow) == proved(NEVER, slow)
    missing = "whether the cloud app can be reached at all: no try got as far as an answer"
    assert asked(rule, nobody) == likely(NEVER, nobody, missing=(missing,))
    assert asked(rule, lost) == unknown(NEVER, "no webhook was sent")
    assert asked(rule, without=(JOURNAL,)) == unknown(NEVER, *learn(JOURNAL))


def test_an_app_that_heard_and_said_nothing_never_posted():
    cause, rule = "cloud-app-never-posted", cloud_app.cloud_app_never_posted
    heard = sent("a")

    note = "the journal has no progress post after it"
    assert asked(rule, sent("b", 503), heard, sent("c")) == proved(cause, heard, note=note)
    assert asked(rule, heard, RECORDED, SETTLED) == excluded(cause, RECORDED)
    assert asked(rule, heard, without=(JOURNAL,)) == unknown(cause, *learn(JOURNAL))
    assert asked(rule) == unknown(cause, "no webhook was sent")


@pytest.mark.parametrize(
    ("rule", "cause", "effects"),
    [
        (cloud_app.outdated_keys, "outdated-keys", (Effect.OUTDATED_KEYS,)),
        (cloud_app.unknown_status, "unknown-status", (Effect.UNKNOWN_STATUS,)),
        (cloud_app.percent_fell, "percent-fell", (Effect.LOWER_PERCENT,)),
        (
            cloud_app.report_malformed,
            "report-malformed",
            (Effect.MALFORMED, Effect.TOO_LARGE, Effect.OVER_LIMIT),
        ),
    ],
)
def test_a_post_is_swallowed_unless_another_settled_the_transfer(rule, cause, effects):
    swallowed = [post(each) for each in effects]

    assert asked(rule, RECORDED, *swallowed) == proved(cause, *swallowed)
    note = "a post that counted settled the transfer all the same"
    assert asked(rule, *swallowed, SETTLED) == excluded(cause, SETTLED, note=note)
    assert asked(rule, RECORDED, SETTLED) == excluded(cause, RECORDED, SETTLED)
    assert asked(rule) == unknown(cause, "no post")
    assert asked(rule, without=(JOURNAL,)) == unknown(cause, *learn(JOURNAL))


def test_the_percent_that_was_left_is_the_last_that_counted():
    cause, rule = "settled-without-100", cloud_app.settled_without_100
    bare, whole = post("settled", 9), post("recorded", 2, percent=100)

    assert asked(rule, RECORDED, SETTLED) == excluded(cause, SETTLED)
    assert asked(rule, whole, bare) == excluded(cause, bare)
    assert asked(rule, RECORDED, bare) == proved(cause, bare)
    assert asked(rule, bare) == proved(cause, bare)
    again = post("settled", 10)
    assert asked(rule, bare, again) == proved(cause, again)
    assert asked(rule, SETTLED, again) == excluded(cause, again)
    astray = post("unknown transfer", percent=100)
    assert asked(rule, RECORDED, bare, astray) == proved(cause, bare)
    assert asked(rule, RECORDED) == (excluded(cause, RECORDED, note="no post settled the transfer"))
    assert asked(rule, without=(JOURNAL,)) == unknown(cause, *learn(JOURNAL))
    assert asked(rule) == unknown(cause, "no post settled the transfer")


def test_an_app_that_posts_and_never_a_final_status_never_settles():
    cause, rule = "never-settled", cloud_app.never_settled
    last = post("recorded", 3, status="IN_PROGRESS", percent=50)

    note = "nothing settled the transfer before the journal's end"
    assert asked(rule, RECORDED, last) == proved(cause, last, note=note)
    assert asked(rule, RECORDED, SETTLED) == excluded(cause, SETTLED)
    assert asked(rule, RECORDED, TIMED_OUT) == excluded(cause, TIMED_OUT)
    assert asked(rule, RECORDED, post("malformed request")) == unknown(
        cause, "whether it would have settled: some of its posts had no effect"
    )
    assert asked(rule) == unknown(cause, "the cloud app posted nothing")
    assert asked(rule, RECORDED, without=(JOURNAL,)) == unknown(cause, *learn(JOURNAL))


def test_an_app_that_was_not_told_of_its_data_may_wait_for_it():
    cause, rule = "never-settled", cloud_app.never_settled
    uploaded = DataUploaded(transfer=TRANSFER)
    unsent = unknown(cause, "whether it heard of its data: no app-data-uploaded was sent so far")

    assert asked(rule, RECORDED, uploaded) == unsent
    assert asked(rule, sent("listener-triggered"), RECORDED, uploaded) == unsent
    assert asked(rule, uploaded, sent("app-data-uploaded"), RECORDED).confidence == "proved"
    # What the listener did is not known, and no data came of it.
    assert asked(rule, RECORDED, without=(PROBE,)) == likely(cause, RECORDED, missing=learn(PROBE))
    told = (uploaded, sent("app-data-uploaded"))
    assert asked(rule, *told, RECORDED, without=(PROBE,)).confidence == "proved"


@pytest.mark.parametrize(
    ("rule", "seen"),
    [(cloud_app.never_settled, RECORDED), (cloud_app.cloud_app_never_posted, sent("a"))],
)
def test_what_the_server_did_not_end_is_not_held_against_the_cloud_app(rule, seen):
    assert asked(rule, seen).confidence == "proved"
    for running in ((), (ran("running"),)):
        judged = asked(rule, seen, ServerAway(), *running)
        assert judged.confidence == "unknown"
        assert judged.missing[0].startswith("whether the server was restarted")
    for ended in ("returned", "threw"):
        assert asked(rule, seen, ServerAway(), ran(ended)).confidence == "proved"
    assert asked(rule, seen, ServerAway(), RECORDED, SETTLED).confidence == "excluded"


def test_an_app_with_a_link_that_it_did_not_use_may_be_at_its_data_still():
    rule = cloud_app.never_settled
    link, taken = read(1, is_link=True), read(2, is_bytes=True)
    refused = read(3, 403, is_link=True)

    assert asked(rule, RECORDED, taken, link) == unknown(
        "never-settled", "whether it is at its data still: it has a link that it did not use"
    )
    for reads in ((link, taken), (link, refused)):
        assert asked(rule, RECORDED, *reads).confidence == "proved"


def test_a_post_is_astray_by_the_clouds_word_and_by_its_transfer():
    cause, rule = "posted-to-another-transfer", cloud_app.posted_to_another_transfer
    unknown_one = post(Effect.UNKNOWN_TRANSFER, transfer=OTHER)
    anothers = post(Effect.ANOTHER_APPS_TRANSFER)
    old = post("settled", transfer=OTHER)

    assert asked(rule, made(), unknown_one, anothers, old) == (
        proved(cause, unknown_one, anothers, old)
    )
    assert asked(rule, made(), unknown_one, SETTLED) == excluded(cause, SETTLED)
    assert asked(rule, made(), RECORDED) == excluded(cause, RECORDED)
    assert asked(rule, RECORDED) == excluded(cause, RECORDED)  # without a transfer none is known
    assert asked(rule) == unknown(cause, "no post")
    assert asked(rule, without=(JOURNAL,)) == unknown(cause, *learn(JOURNAL))


def test_a_post_is_late_that_came_after_the_settling():
    cause, rule = "posted-after-settling", cloud_app.posted_after_settling
    late = post(Effect.ALREADY_SETTLED, 10)

    assert asked(rule, SETTLED, late) == proved(cause, SETTLED, late)
    assert asked(rule, late) == proved(cause, late)
    assert asked(rule, RECORDED, SETTLED) == excluded(cause, RECORDED, SETTLED)
    assert asked(rule) == unknown(cause, "no post")
    assert asked(rule, without=(JOURNAL,)) == unknown(cause, *learn(JOURNAL))


def test_a_report_that_is_sent_again_since_its_answer_was_lost_is_not_late():
    cause, rule = "posted-after-settling", cloud_app.posted_after_settling
    settled = post("settled", 9, status="SUCCESS", percent=100, http=0)
    cut, answered = (
        post(Effect.ALREADY_SETTLED, n, status="SUCCESS", percent=100, http=http)
        for n, http in ((10, 0), (11, 403))
    )
    more = post(Effect.ALREADY_SETTLED, 12, http=403)
    note = "the answer to the report that settled it was lost, and it was sent again"

    assert asked(rule, settled, cut, answered) == excluded(cause, settled, cut, answered, note=note)
    assert asked(rule, settled, cut, answered, more) == proved(cause, settled, more)
    other = post(Effect.ALREADY_SETTLED, 10, status="FAILED", percent=100, http=0)
    assert asked(rule, settled, cut, other) == proved(cause, settled, other)
    assert asked(rule, SETTLED, cut) == proved(cause, SETTLED, cut)
    assert asked(rule, TIMED_OUT, cut) == proved(cause, TIMED_OUT, cut)


def test_a_refused_token_matters_where_it_is_the_last_word():
    cause, rule = "progress-not-authorised", cloud_app.progress_not_authorised
    refused, again = post("refused: bad signature", 1), post("refused: no token", 5)

    assert asked(rule, refused, RECORDED, again) == proved(cause, refused, again)
    assert asked(rule, refused, RECORDED) == excluded(cause, RECORDED)
    assert asked(rule, RECORDED) == excluded(cause, RECORDED)
    assert asked(rule, SETTLED, refused) == excluded(cause, SETTLED, note=ALL_THE_SAME)
    assert asked(rule) == unknown(cause, "no post")
    assert asked(rule, without=(JOURNAL,)) == unknown(cause, *learn(JOURNAL))


TIMED_OUT = EndedByPlatform(transfer=TRANSFER, status="TIMED_OUT")


@pytest.mark.parametrize("item", [TIMED_OUT, shown("TIMED_OUT"), post(Effect.EXPIRED)])
def test_the_platforms_own_end_is_told_by_cloud_page_and_refused_posts(item):
    found = asked(cloud_app.transfer_timed_out, item, made())

    assert found == proved("transfer-timed-out", item)


def test_a_transfer_that_ended_otherwise_or_runs_has_not_timed_out():
    cause, rule = "transfer-timed-out", cloud_app.transfer_timed_out
    cancelled, first = EndedByPlatform(transfer=TRANSFER, status="CANCELLED"), made()
    last = made(is_rerun=True)

    assert asked(rule, first, cancelled) == excluded(cause, cancelled)
    assert asked(rule, first, SETTLED, shown("COMPLETE", 100)) == excluded(cause, SETTLED)
    note = "the platform has not settled it"
    assert asked(rule, first, last, RECORDED) == excluded(cause, last, note=note)
    assert asked(rule, first, without=(JOURNAL,)) == unknown(cause, *learn(JOURNAL))
    assert asked(rule) == unknown(cause, "no transfer was made")


PROGRESS = "/rest/atlassian-connect/1/migration/progress/transfer-1"


@pytest.mark.parametrize(
    ("path", "base"),
    [
        (f"/wki{PROGRESS}", "/wki"),
        ("/a/b/rest/atlassian-connect/1/migration/data/key-1?x=1", "/a/b"),
        ("/rest/nothing", None),
        ("/server/v1/nothing", None),
    ],
)
def test_an_address_that_the_cloud_lacks_is_nobodys_answer(path, base):
    entry = {"seq": 7, "method": "GET", "path": path, "effect": "unknown route", "status": 501}
    (found,) = from_entry(entry)
    assert (type(found), found.base) == (UnknownAddress, base)
    assert "?" not in found.what


def test_a_base_that_is_wrong_is_proved_by_an_address_that_is_right():
    asked_below = UnknownAddress(origin=at(3), what=f"POST /wki{PROGRESS}", base="/wki")
    found = asked(cloud_app.base_url_wrong, asked_below)
    assert (found.confidence, found.link) == ("proved", names.REPORTED)
    got = UnknownAddress(origin=at(3), what="GET /wki/rest/x", base="/wki")
    assert asked(cloud_app.base_url_wrong, got).link == names.READ
    nobodys = UnknownAddress(origin=at(3), what="GET /rest/nothing", base=None)
    assert asked(cloud_app.base_url_wrong, nobodys).confidence == "unknown"
    assert (
        asked(cloud_app.base_url_wrong, PAIR, made(), asked_below, SETTLED).confidence == "excluded"
    )
    assert asked(cloud_app.base_url_wrong, RECORDED).confidence == "excluded"
    assert asked(cloud_app.base_url_wrong, without=(JOURNAL,)).missing == learn(JOURNAL)
