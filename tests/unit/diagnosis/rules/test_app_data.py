"""The app's data: uploaded, announced, read; and how a failed listener ended."""

import pytest
from rule_evidence import TRANSFER, asked, at, call, learn, log, post, ran, read, sent

from harness.diagnosis.data_evidence import DataUploaded, OnStandin, UploadsBegun
from harness.diagnosis.evidence import (
    EndedByPlatform,
    Evidence,
    ListenerFailed,
    ServerAway,
    Triggered,
)
from harness.diagnosis.facts import Facts
from harness.diagnosis.finding import excluded, likely, proved, unknown
from harness.diagnosis.rules import app_data
from harness.diagnosis.rules.app_data import ends_with_error, in_listener, of_missing_library
from harness.store.layout import JOURNAL, PROBE
from harness.vocabulary.effects import Effect

STANDIN = OnStandin()
SETTLED = post("settled", 9, status="SUCCESS", percent=100)
UPLOADED = DataUploaded(transfer=TRANSFER, label="charts")
REFUSED_UPLOAD = call("POST /server/v1/transfers/{id}/data", 503)
ALL_THE_SAME = "the transfer was settled all the same"
ENTRY = "\tat org.example.Listener.onStartAppMigration(Listener.java:9)"
LACKS = "java.lang.NoSuchMethodError: com.atlassian.X.y()"
ITS_OWN = "java.lang.NoClassDefFoundError: org/example/Own"
HEAP = "java.lang.OutOfMemoryError: Java heap space"
WRONG = "java.lang.IllegalStateException: no spaces"


def failed(exception: str, *frames: str, level: str = "ERROR"):
    return log("Listener of charts failed", exception, *frames, ENTRY, level=level)


def reported(exception: str) -> ListenerFailed:
    return ListenerFailed(transfer=TRANSFER, exception=exception)


@pytest.mark.parametrize(
    ("exception", "is_error"),
    [
        (HEAP, True),
        ("  java.lang.StackOverflowError", True),
        (WRONG, False),
        ("java.lang.ErrorFreeException", False),
        ("it met an Error", False),
        ("", False),
        (None, False),
    ],
)
def test_an_error_is_known_by_its_class(exception, is_error):
    assert ends_with_error(exception) is is_error


@pytest.mark.parametrize("level", ["ERROR", "WARN", "FATAL"])
@pytest.mark.parametrize("method", ["onStartAppMigration", "onRerunAppMigration"])
def test_a_line_is_of_the_listener_that_has_its_method_on_the_stack(level, method):
    frames = ("at a.B.c(B.java:1)", f"at org.example.Listener.{method}(Listener.java:9)")

    assert in_listener(log("x", *frames, level=level))
    assert not in_listener(log("x", *frames, level="INFO"))
    assert not in_listener(log("x", *frames[:1], level=level))


def test_a_library_lacks_what_an_error_names_of_atlassians():
    assert of_missing_library(failed(LACKS))
    assert of_missing_library(log("It failed when it was asked for its keys", LACKS))
    assert not of_missing_library(log("It failed when it was asked for its keys"))
    assert not of_missing_library(log("Something else failed", LACKS))
    assert not of_missing_library(failed(ITS_OWN))


MODEL = "not-in-the-model"


def test_what_only_the_stand_in_lacks_is_no_fault_of_the_app():
    rule = app_data.not_in_the_model
    threw, told, other = ran("threw", exception=LACKS), failed(LACKS), ran("threw", exception=WRONG)

    assert asked(rule, STANDIN, threw, told, other) == proved(MODEL, STANDIN, threw, told)
    assert asked(rule, STANDIN, ran("returned", exception=LACKS)) == (
        excluded(MODEL, ran("returned", exception=LACKS))
    )
    note = "the exception names nothing of Atlassian's"
    assert asked(rule, threw) == excluded(MODEL, threw, note=note)  # on a real Confluence
    assert asked(rule, STANDIN, ran(), other) == excluded(MODEL, ran(), other, note=note)


def test_without_the_stand_ins_word_it_is_open_whether_a_real_one_does_the_same():
    rule = app_data.not_in_the_model
    running, bare = ran("running"), ran("threw")

    assert asked(rule, STANDIN, ran(), ran()) == excluded(MODEL, ran(), ran())
    for each in (running, bare):
        assert asked(rule, STANDIN, each) == excluded(MODEL, each, note="the listener was called")
    open_ = "whether a real Confluence does the same"
    assert asked(rule, STANDIN) == unknown(MODEL, open_)
    assert asked(rule, STANDIN, Triggered(transfer=TRANSFER)) == unknown(MODEL, open_)
    assert asked(rule, without=(PROBE,)) == unknown(MODEL, *learn(PROBE))


BY_ERROR = "listener-ended-by-error"


def test_an_error_is_told_by_probe_server_and_log():
    rule = app_data.listener_ended_by_error
    threw, said, logged = ran("threw", exception=HEAP), reported(HEAP), failed(HEAP)

    assert asked(rule, threw, said, logged) == proved(BY_ERROR, threw, said, logged)
    assert asked(rule, said) == proved(BY_ERROR, said)
    assert asked(rule, logged) == proved(BY_ERROR, logged)
    assert asked(rule, reported(WRONG), failed(WRONG), ran()) == excluded(BY_ERROR, ran())
    assert asked(rule, log("x", HEAP, level="ERROR"), ran()) == excluded(BY_ERROR, ran())


def test_a_missing_class_may_be_one_that_the_stand_in_lacks():
    rule = app_data.listener_ended_by_error
    missing = "whether the class or member that is missing is one that the stand-in lacks"
    told = failed(ITS_OWN)

    assert asked(rule, told) == likely(BY_ERROR, told, missing=(missing,))
    assert asked(rule, told, without=(PROBE,)) == (
        likely(BY_ERROR, told, missing=(*learn(PROBE), missing))
    )
    threw = ran("threw", exception=ITS_OWN)
    assert asked(rule, threw, told) == proved(BY_ERROR, threw, told)
    lacks = ran("threw", exception=LACKS)
    assert asked(rule, STANDIN, lacks) == (
        excluded(BY_ERROR, lacks, note="what it lacks is missing in the stand-in's model")
    )


def test_a_listener_that_ran_did_not_end_with_an_error_so_far():
    rule = app_data.listener_ended_by_error
    threw = ran("threw", exception=WRONG)

    assert asked(rule, ran(), threw) == excluded(BY_ERROR, ran(), threw)
    running = ran("running")
    assert asked(rule, ran(), running) == (
        excluded(BY_ERROR, ran(), running, note="it has not ended")
    )
    assert asked(rule) == unknown(BY_ERROR, "how the listener ended")
    assert asked(rule, without=(PROBE,)) == unknown(BY_ERROR, *learn(PROBE))


RUNNING = "listener-still-running"


def test_a_call_that_was_not_left_runs_still_unless_it_waits_for_the_cloud():
    rule = app_data.listener_still_running
    stuck = ran("running", stack=("java.lang.Object.wait", "org.example.X.y"))
    bare = ran("running")

    assert asked(rule, ran(), stuck) == proved(RUNNING, stuck)
    missing = "where its thread stands: its stack was not read"
    assert asked(rule, stuck, bare) == likely(RUNNING, stuck, bare, missing=(missing,))
    for frame in ("jdk.internal.net.http.HttpClientImpl.send", "x.AppDataUpload.close"):
        waits = ran("running", stack=("java.lang.Object.wait", frame))
        assert asked(rule, waits) == (
            likely(RUNNING, waits, missing=("why the cloud does not answer its upload",))
        )


def test_a_restart_may_have_ended_a_call_whose_end_was_not_seen():
    rule = app_data.listener_still_running
    stuck = ran("running", stack=("java.lang.Object.wait",))

    for calls in ((stuck,), (ran(), stuck)):
        judged = asked(rule, *calls, ServerAway())
        assert judged.confidence == "unknown"
        assert judged.missing[0].startswith("whether the server was restarted")
    assert asked(rule, ran(), ServerAway()) == excluded(RUNNING, ran())
    assert asked(rule, stuck, ServerAway(), SETTLED).confidence == "excluded"


def test_a_restart_counts_from_the_listeners_call_to_its_end():
    def away(minutes: float) -> ServerAway:
        return ServerAway(origin=at(minutes))

    def judged(*items: Evidence) -> str:
        return asked(app_data.app_never_read, told, post("recorded", 2), *items).confidence

    told = sent("app-data-uploaded", minutes=20)
    called = Triggered(origin=at(10), transfer=TRANSFER)
    assert judged(called) == judged(called, away(9)) == "proved"
    assert judged(called, away(10)) == judged(called, away(11), away(9)) == "unknown"
    assert (
        judged(called, ServerAway())
        == judged(Triggered(transfer=TRANSFER), away(9))
        == judged(away(9))
    )
    assert judged(away(9)) == "unknown"
    for end in (ran(), ran("threw"), reported(WRONG), failed(WRONG)):
        assert judged(called, away(11), end) == "proved"


def test_a_call_that_ended_after_all_does_not_run_still():
    rule = app_data.listener_still_running
    stuck = ran("running", stack=("org.example.X.y",))
    said, logged = reported(WRONG), failed(WRONG)

    assert asked(rule, stuck, SETTLED) == excluded(RUNNING, SETTLED, note=ALL_THE_SAME)
    note = "it ended after the last look at its thread"
    assert asked(rule, stuck, said, logged) == excluded(RUNNING, said, logged, note=note)
    assert asked(rule, stuck, log("x", "no listener")).confidence == "proved"
    assert asked(rule, ran(), ran("threw")) == excluded(RUNNING, ran(), ran("threw"))
    assert asked(rule) == unknown(RUNNING, "the listener was not called")
    assert asked(rule, without=(PROBE,)) == unknown(RUNNING, *learn(PROBE))


SWALLOWED = "listener-swallowed-failure"
CAUGHT = ran(caught=("java.io.IOException in org.example.Listener",))


def test_what_was_caught_inside_matters_where_no_data_arrived():
    rule = app_data.listener_swallowed_failure

    note = "no data of its own arrived in the cloud"
    assert asked(rule, CAUGHT) == proved(SWALLOWED, CAUGHT, note=note)
    missing = ("whether all of its data was uploaded",)
    assert asked(rule, CAUGHT, UPLOADED) == likely(SWALLOWED, CAUGHT, missing=missing)
    assert asked(rule, CAUGHT, without=(JOURNAL,)) == likely(SWALLOWED, CAUGHT, missing=missing)
    assert asked(rule, CAUGHT, SETTLED) == excluded(SWALLOWED, SETTLED, note=ALL_THE_SAME)
    assert asked(rule, CAUGHT, REFUSED_UPLOAD, SETTLED) == excluded(
        SWALLOWED, REFUSED_UPLOAD, note="it follows from its upload, which the cloud did not take"
    )


def test_nothing_was_caught_where_that_was_watched():
    rule = app_data.listener_swallowed_failure
    watched, unwatched = ran(caught=()), ran()
    threw = ran("threw", caught=("x",))

    for more in ((), (SETTLED,), (REFUSED_UPLOAD,)):
        assert asked(rule, watched, *more) == excluded(SWALLOWED, watched)
    assert asked(rule, watched, threw) == excluded(SWALLOWED, watched)
    assert asked(rule, threw) == excluded(SWALLOWED, threw, note="it did not return")
    open_ = "what the listener's own classes caught"
    for calls in ((watched, unwatched), (unwatched,), (unwatched, ran("threw")), ()):
        assert asked(rule, *calls) == unknown(SWALLOWED, open_)
    assert asked(rule, without=(PROBE,)) == unknown(SWALLOWED, *learn(PROBE))


CLOSED = "upload-not-closed"


def test_an_upload_is_not_closed_that_was_begun_and_did_not_arrive():
    rule = app_data.upload_not_closed
    two, one = UploadsBegun(times=2), UploadsBegun(times=1)

    note = "the listener returned without closing it"
    assert asked(rule, two, UPLOADED, ran()) == proved(CLOSED, two, UPLOADED, ran(), note=note)
    assert asked(rule, one, UPLOADED, ran()) == excluded(CLOSED, one, UPLOADED)
    assert asked(rule, two, UPLOADED, REFUSED_UPLOAD, ran()) == excluded(CLOSED, two, UPLOADED)


def test_an_upload_may_be_closed_until_the_listener_returns():
    rule = app_data.upload_not_closed
    begun = UploadsBegun(times=1)

    for calls in ((), (ran("running"),), (ran(), ran("threw"))):
        assert asked(rule, begun, *calls) == unknown(
            CLOSED, "whether it would have been closed: the listener has not returned"
        )
    assert asked(rule, begun, ran(), without=(JOURNAL,)) == unknown(CLOSED, *learn(JOURNAL))
    assert asked(rule, ran()) == unknown(CLOSED, "how many uploads were begun")
    assert asked(rule, without=(PROBE,)) == unknown(CLOSED, *learn(PROBE))


NOTHING = "nothing-uploaded"


def test_nothing_was_uploaded_where_the_listener_returned_and_began_none():
    rule = app_data.nothing_uploaded
    none, one = UploadsBegun(times=0), UploadsBegun(times=1)

    assert asked(rule, none, ran(), ran()) == proved(NOTHING, none, ran(), ran())
    assert asked(rule, one, ran()) == excluded(NOTHING, one)
    assert asked(rule, none, ran(), UPLOADED) == excluded(NOTHING, UPLOADED)
    assert asked(rule, none, ran(), SETTLED) == excluded(NOTHING, SETTLED, note=ALL_THE_SAME)
    assert asked(rule, none, ran(), ran("threw")) == unknown(
        NOTHING, "whether it would have uploaded: the listener did not return"
    )
    assert asked(rule, none, ran(), without=(JOURNAL,)) == unknown(NOTHING, *learn(JOURNAL))
    for items in ((none,), (ran(),)):
        assert asked(rule, *items) == unknown(NOTHING, "whether the listener began an upload")
    assert asked(rule, without=(PROBE,)) == unknown(NOTHING, *learn(PROBE))


NEVER_READ = "app-never-read"
EVENT = sent("app-data-uploaded", minutes=3)
RECORDED = post("recorded", 2)


def test_an_app_never_read_that_heard_of_data_and_did_not_ask():
    rule = app_data.app_never_read

    note = "the journal has no question for the data after it"
    assert asked(rule, EVENT, RECORDED) == proved(NEVER_READ, EVENT, note=note)
    asked_for = read(4, 503)
    assert asked(rule, EVENT, RECORDED, asked_for) == excluded(NEVER_READ, asked_for)
    assert asked(rule, EVENT, SETTLED) == excluded(NEVER_READ, SETTLED, note=ALL_THE_SAME)
    over = EndedByPlatform(transfer=TRANSFER, status="TIMED_OUT")
    assert asked(rule, EVENT, RECORDED, over) == excluded(NEVER_READ, over, note=ALL_THE_SAME)
    # A Forge app's quarter of an hour may be over before it has asked.
    on_forge = sent("app-data-uploaded", minutes=3, for_forge=True)
    assert asked(rule, on_forge, RECORDED, over) == proved(NEVER_READ, on_forge, note=note)
    for posts in ((), (RECORDED, post("refused: no token"))):
        assert asked(rule, EVENT, *posts) == unknown(
            NEVER_READ, "whether it would have read: it did not get through to report"
        )
    assert asked(rule, sent("listener-triggered"), RECORDED) == (
        unknown(NEVER_READ, "it heard of no data")
    )
    assert asked(rule, EVENT, RECORDED, without=(JOURNAL,)) == unknown(NEVER_READ, *learn(JOURNAL))


@pytest.mark.parametrize(
    ("http", "effect", "cause"),
    [
        (429, "", "app-read-failed"),
        (500, "", "app-read-failed"),
        (403, Effect.FAULT, "app-read-failed"),
        (400, "", "app-read-refused"),
        (499, "", "app-read-refused"),
        (0, "", None),
        (0, Effect.FAULT, None),
        (403, Effect.LINK_EXPIRED, "signed-link-refused"),
        (399, "", None),
    ],
)
def test_how_a_read_ended_is_one_cause_and_no_other(http, effect, cause):
    rules = {
        "app-read-failed": app_data.app_read_failed,
        "app-read-refused": app_data.app_read_refused,
        "signed-link-expired": app_data.signed_link_expired,
        "signed-link-refused": app_data.signed_link_refused,
    }
    asking = read(4, http, effect=effect)
    for name, rule in rules.items():
        found = asked(rule, asking)
        ended = excluded(name, asking, note="no read ended so")
        assert found == (proved(name, asking) if name == cause else ended)
        assert asked(rule, asking, SETTLED) == excluded(name, SETTLED, note=ALL_THE_SAME)
        assert asked(rule, asking, read(5)) == excluded(
            name, asking, read(5), note="no read ended so"
        )
        assert asked(rule, EVENT) == excluded(name, EVENT, note="no read ended so")
        assert asked(rule) == unknown(name, "the cloud app read nothing")
        assert asked(rule, EVENT, without=(JOURNAL,)) == unknown(name, *learn(JOURNAL))


@pytest.mark.parametrize(
    ("made", "used", "is_expired"),
    [(0, 59.9, False), (0, 60, True), (0, 61, True), (5, 61, False), (62, 61, False)],
)
def test_a_link_is_good_for_an_hour(made, used, is_expired):
    link = read(made, is_link=True)
    refused = read(-9, 500, is_link=True, what="for another")
    use = read(used, 403, what="for the bytes", effect=Effect.LINK_EXPIRED, is_bytes=True)
    plain = read(used - 1, what="for a list")
    rule = app_data.signed_link_expired if is_expired else app_data.signed_link_refused
    other = app_data.signed_link_refused if is_expired else app_data.signed_link_expired

    assert asked(rule, refused, link, plain, use).evidence == (use,)
    assert asked(other, refused, link, plain, use).confidence == "excluded"


def test_of_two_links_the_newest_before_its_use_counts():
    use = read(70, 403, what="for the bytes", effect=Effect.LINK_EXPIRED, is_bytes=True)
    links = (read(0, is_link=True), read(20, is_link=True))

    assert asked(app_data.signed_link_refused, *links, use).confidence == "proved"
    same = read(70, is_link=True)
    assert asked(app_data.signed_link_refused, links[0], same, use).confidence == "proved"


def test_what_a_call_lacks_is_asked_of_the_stand_in_alone():
    threw = ran("threw", exception=LACKS)

    assert app_data.of_another_shape(Facts((threw,), frozenset())) == []
    assert app_data.of_another_shape(Facts((STANDIN, threw), frozenset())) == [threw]
