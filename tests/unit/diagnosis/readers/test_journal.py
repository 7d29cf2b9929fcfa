"""Journal lines become evidence; lines that are odd or cut become nothing."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.diagnosis.evidence import (
    ConnectApp,
    Delivery,
    EndedByPlatform,
    ListenerFailed,
    MigrationMade,
    ProgressPost,
    SentElsewhere,
    ServerCall,
    TransferMade,
    Triggered,
)
from harness.diagnosis.readers.journal import from_entry, read_journal

TRANSFER = "e8c85c9d-c62b-388b-9a23-cd799310e0d6"
MIGRATION = "9a08c6ec-74c1-3bd9-bd60-a65e8ce5110f"
PROGRESS = f"/wiki/rest/atlassian-connect/1/migration/progress/{TRANSFER}"


def entry(**fields: object) -> dict[str, object]:
    return {
        "seq": 7,
        "wall_time": "2026-11-23T12:00:00.500+00:00",
        "platform_time": "2026-11-23T14:00:00.000Z",
        "direction": "in",
        "method": "POST",
        "status": 200,
        "effect": "read",
        **fields,
    }


def read(**fields: object) -> list[object]:
    return list(from_entry(entry(**fields)))


def test_a_post_tells_what_it_said_and_did():
    (post,) = read(path=PROGRESS, effect="settled", body={"status": "SUCCESS", "percent": 100})

    assert isinstance(post, ProgressPost)
    assert (post.transfer, post.status, post.percent) == (TRANSFER, "SUCCESS", 100)
    assert (post.http, post.effect) == (200, "settled")
    assert post.origin.source == "journal #7"
    assert post.origin.server == datetime(2026, 11, 23, 14, tzinfo=UTC)


@pytest.mark.parametrize(
    "where",
    [
        {"body": '{"progressStatus": "SUCCESS", "percent": 100}'},
        {"detail": {"progressStatus": "SUCCESS", "percent": 100}},
        {"changes": [{"kind": "progress-reported", "status": "SUCCESS", "percent": 100}]},
    ],
    ids=["text", "detail", "changes"],
)
def test_a_posts_words_are_found_wherever_the_journal_keeps_them(where):
    (post,) = read(path=PROGRESS, effect="outdated keys", **where)

    assert isinstance(post, ProgressPost)
    assert (post.status, post.percent) == ("SUCCESS", 100)


def test_a_poll_is_a_server_call_of_its_kind():
    (poll,) = read(method="GET", path=f"/server/v1/migrations/{MIGRATION}/progress")

    assert isinstance(poll, ServerCall)
    assert poll.is_poll
    assert poll.what == "GET /server/v1/migrations/{id}/progress"


def test_the_servers_writes():
    made = read(path="/server/v1/migrations", status=201, effect="created")
    transfer = read(
        path=f"/server/v1/migrations/{MIGRATION}/transfers",
        status=201,
        effect="created",
        transfer_id=TRANSFER,
        body={"serverAppKey": "a", "cloudAppKey": None, "originalTransferId": None},
        detail={"linked": False},
    )
    triggered = read(path=f"/server/v1/transfers/{TRANSFER}/triggered", status=202)
    errored = read(
        path=f"/server/v1/transfers/{TRANSFER}/errored",
        status=202,
        body={"exceptionType": "java.io.IOException"},
    )

    assert isinstance(made[1], MigrationMade)
    assert transfer[1] == TransferMade(
        origin=transfer[1].origin,
        transfer=TRANSFER,
        server_key="a",
        cloud_key=None,
        linked=False,
    )
    assert isinstance(triggered[1], Triggered)
    assert isinstance(errored[1], ListenerFailed)
    assert errored[1].exception == "java.io.IOException"


def test_a_refused_write_is_a_call_only():
    assert [type(each) for each in read(path="/server/v1/migrations", status=503)] == [ServerCall]


def test_feedback_that_is_not_there_is_no_failed_call():
    assert read(method="GET", path=f"/server/v1/transfers/{TRANSFER}/feedback", status=404) == []


@pytest.mark.parametrize(
    ("effect", "acknowledged"),
    [("delivered", True), ("not acknowledged", False), ("dropped", False)],
)
def test_a_delivery_is_acknowledged_or_not(effect, acknowledged):
    (sent,) = read(
        direction="out",
        path="/migration-webhook",
        transfer_id=TRANSFER,
        effect=effect,
        body={"eventType": "listener-triggered"},
    )

    assert isinstance(sent, Delivery)
    assert (sent.event, sent.acknowledged) == ("listener-triggered", acknowledged)


def test_an_event_for_an_environment_without_the_app_went_elsewhere():
    (elsewhere,) = read(
        direction="out",
        transfer_id=TRANSFER,
        effect="wrong environment",
        status=None,
        reason="it is deployed in 'staging'",
        body={"eventType": "app-data-uploaded", "messageId": "m-1"},
    )

    assert isinstance(elsewhere, SentElsewhere)
    assert (elsewhere.event, elsewhere.transfer) == ("app-data-uploaded", TRANSFER)
    assert str(elsewhere).startswith(
        f"event app-data-uploaded of {TRANSFER} went to the wrong environment: it is deployed"
    )


def test_giving_up_is_no_try_to_deliver():
    assert read(direction="out", path="", transfer_id=TRANSFER, effect="gave up") == []


@pytest.mark.parametrize(
    ("reason", "installed"),
    [
        ("no app with the key charts is installed on the site", False),
        ("charts has no webhook endpoint: its descriptor has no migrationWebhookPath", True),
    ],
)
def test_a_webhook_without_an_address_tells_of_the_app(reason, installed):
    (app,) = read(
        direction="out",
        path="",
        transfer_id=TRANSFER,
        app_key="charts",
        effect="not acknowledged",
        reason=reason,
    )

    assert app == ConnectApp(origin=app.origin, key="charts", installed=installed)


@pytest.mark.parametrize(
    ("reason", "installed"), [("", True), ("charts is not installed on the site", False)]
)
def test_the_server_asks_whether_an_app_is_installed(reason, installed):
    _, app = read(method="GET", path="/server/v1/apps/charts", reason=reason)

    assert app == ConnectApp(
        origin=app.origin, key="charts", installed=installed, webhook_known=False
    )


def test_an_installation_tells_the_webhook():
    (app,) = read(
        path="/_harness/apps",
        effect="installed",
        app_key="charts",
        changes=[{"kind": "app-installed", "app": {"webhook_path": "/hook"}}],
    )

    assert app.webhook == "/hook"


def test_polls_of_an_earlier_case_are_left_out():
    def poll(migration: str, effect: str, status: int) -> str:
        path = f"/server/v1/migrations/{migration}/progress"
        return json.dumps(entry(method="GET", path=path, effect=effect, status=status))

    begun = {"kind": "migration-created", "migration": {"id": MIGRATION}}
    made = json.dumps(entry(path="/server/v1/migrations", status=201, changes=[begun]))
    other = poll(TRANSFER, "not found", 404)

    assert read_journal([other]) == []
    calls = list(read_journal([made, other, poll(MIGRATION, "polled", 200)]))
    assert [each.is_poll for each in calls if isinstance(each, ServerCall)] == [False, True]


def test_the_platforms_own_doing():
    (settled,) = read(path="", effect="timed out", transfer_id=TRANSFER)

    assert isinstance(settled, EndedByPlatform)
    assert settled.status == "TIMED_OUT"


def test_a_line_that_is_cut_off_is_left_out():
    good = json.dumps(entry(path=PROGRESS))

    assert len(read_journal([good, good[:30], "[]", "null", ""])) == 1


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)
PATHS = [PROGRESS, "/server/v1/migrations", f"/server/v1/migrations/{MIGRATION}/transfers", "/"]
NAMES = ["seq", "wall_time", "status", "effect", "body", "detail", "changes", "transfer_id"]


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a busy machine is no fault
@given(st.sampled_from(PATHS), st.dictionaries(st.sampled_from(NAMES), JSON))
def test_fields_of_any_shape_are_survived(path, fields):
    for item in from_entry(entry(path=path, effect="installed") | fields):
        assert str(item)


def test_what_the_case_before_left_under_way_is_not_this_cases():
    path = "/wiki/rest/atlassian-connect/1/migration/progress/1"
    before = json.dumps(entry(path=path, method="POST", effect="settled"))
    reset = json.dumps(entry(path="/_harness/reset", method="POST", effect="reset"))

    assert len(read_journal([before])) == 1
    assert read_journal([before, reset]) == []


def test_a_call_that_got_no_answer_did_nothing():
    (call,) = read(path="/server/v1/migrations", method="POST", status=None, effect="fault")

    assert not call.ok
    assert call.says == "the server called POST /server/v1/migrations and got no answer"


def test_an_answer_that_was_cut_is_none_though_the_call_had_its_effect():
    path = f"/server/v1/migrations/{MIGRATION}/transfers"
    body = {"serverAppKey": "my-plugin", "cloudAppKey": "my-app"}
    detail = {"linked": True, "cut": True}
    call, made = read(path=path, status=201, transfer_id=TRANSFER, body=body, detail=detail)

    assert isinstance(call, ServerCall)
    assert (call.http, call.ok) == (0, False)
    assert isinstance(made, TransferMade)


def test_a_poll_says_what_it_was_told():
    path = f"/server/v1/migrations/{MIGRATION}/progress"
    shown = [{"transferId": TRANSFER, "status": "IN_PROGRESS", "percent": 40}, {"odd": 1}]
    (call,) = read(path=path, method="GET", detail={"transfers": shown})

    assert isinstance(call, ServerCall)
    assert call.told == ((TRANSFER, "IN_PROGRESS", 40),)


def test_an_exception_is_named_by_a_body_that_was_cut_short():
    path = f"/server/v1/transfers/{TRANSFER}/errored"
    body = '[9000 characters of JSON] {"exceptionType":"java.lang.StackOverflowError","safeSta'
    *_, failed = read(path=path, body=body)

    assert isinstance(failed, ListenerFailed)
    assert failed.exception == "java.lang.StackOverflowError"


def test_a_post_keeps_what_was_sent():
    (post,) = read(path=PROGRESS, effect="malformed request", body={"percent": "100"})

    assert isinstance(post, ProgressPost)
    assert post.body == (("percent", '"100"'),)
