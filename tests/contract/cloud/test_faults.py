"""Faults on demand: each kind, and the rules that say when it strikes."""

import time
from typing import Any

import httpx
import pytest
from cloud_processes import CloudDriver, ConnectApp, eventually

from harness.cases.axes import Axis, cloud_setup
from harness.vocabulary.faults import DESCRIPTIONS

PROGRESS = "/rest/atlassian-connect/1/migration/progress/{transferId}"


def fault(cloud: CloudDriver, **rule: Any) -> str:
    return str(cloud.control("POST", "faults", rule, expect=201)["id"])


def progress(cloud: CloudDriver, app: ConnectApp, transfer: str) -> httpx.Response:
    return app.call(cloud, "POST", f"/progress/{transfer}", json={"status": "IN_PROGRESS"})


def test_latency(cloud: CloudDriver, app: ConnectApp, transfer: str) -> None:
    fault(cloud, kind="latency", seconds=0.2, route="*/progress/*")
    begun = time.monotonic()
    assert progress(cloud, app, transfer).status_code == 200
    assert time.monotonic() - begun >= 0.2
    entry = cloud.journal(route=PROGRESS)[-1]
    assert (entry["effect"], entry["reason"]) == ("recorded", "fault: latency")
    assert entry["seconds"] >= 0.19


@pytest.mark.parametrize("status", [401, 403])
def test_refusal(cloud: CloudDriver, app: ConnectApp, transfer: str, status: int) -> None:
    fault(cloud, kind="refusal", status=status, route=PROGRESS)
    assert progress(cloud, app, transfer).status_code == status
    assert cloud.effects(route=PROGRESS) == ["fault"]


def _asked_for_in_a_case(kind: str) -> dict[str, Any]:
    axis = Axis(setting="cloud_fault", values={"on": {"kind": kind}})
    (made,) = cloud_setup({"cloud_fault": axis.meaning("on")}).faults
    return dict(made)


@pytest.mark.parametrize("kind", DESCRIPTIONS)
def test_a_kind_without_options_means_the_same_everywhere(cloud: CloudDriver, kind: str) -> None:
    fault(cloud, kind=kind)
    fault(cloud, **_asked_for_in_a_case(kind))
    first, second = cloud.control("GET", "faults")["faults"]
    assert {**first, "id": ""} == {**second, "id": ""}


@pytest.mark.parametrize("kind", DESCRIPTIONS)
def test_a_kind_without_options_does_what_it_is_named_for(
    cloud: CloudDriver, app: ConnectApp, kind: str
) -> None:
    """Each of the calls of a small migration, and what becomes of it under the fault."""
    migration = cloud.migration()
    transfer = cloud.transfer(migration)
    key = cloud.upload(transfer, b"x" * 100)
    link = app.call(cloud, "GET", f"/data/{key}").json()["url"]
    eventually(lambda: len(app.webhooks()) == 1)
    assert cloud.poll(migration)[0]["status"] == "CREATED"
    fault(cloud, kind=kind)
    headers = {"authorization": f"Bearer {cloud.token}"}

    def call(method: str, path: str) -> int | None:
        try:
            return cloud.http.request(method, path, headers=headers).status_code
        except httpx.TransportError:
            return None

    poll = f"/server/v1/migrations/{migration}/progress"
    trigger = f"/server/v1/transfers/{transfer}/triggered"
    begun = time.monotonic()
    seen = [call("GET", link), call("GET", poll), call("POST", trigger)]
    assert seen == {
        "rate-limit": [429] * 3,
        "refusal": [403] * 3,
        "server-error": [503] * 3,
        "cut": [None] * 3,
        "half-answer": [None, None, 202],  # which has no body to cut
        "expired-link": [403, 200, 202],
    }.get(kind, [200, 200, 202])
    if kind == "latency":
        assert time.monotonic() - begun > 3
    if kind == "stale-poll":
        assert cloud.poll(migration)[0]["status"] == "CREATED"
    if kind == "webhook-lost":
        eventually(lambda: "dropped" in cloud.effects(route=HOOK))
    if kind == "webhook-repeated":
        eventually(lambda: cloud.effects(route=HOOK) == ["delivered", "delivered"])
    if kind == "webhook-late":
        cloud.control("POST", "clock/advance", {"seconds": 55})
        assert not app.webhooks("listener-triggered")
        cloud.control("POST", "clock/advance", {"seconds": 6})
        eventually(lambda: app.webhooks("listener-triggered"))


def test_rate_limit_for_the_first_two(cloud: CloudDriver, app: ConnectApp, transfer: str) -> None:
    fault(cloud, kind="rate-limit", retry_after=7, route=PROGRESS, times=2)
    answers = [progress(cloud, app, transfer) for _ in range(3)]
    assert [each.status_code for each in answers] == [429, 429, 200]
    assert answers[0].headers["retry-after"] == "7"
    assert cloud.effects(route=PROGRESS) == ["fault", "fault", "recorded"]


@pytest.mark.parametrize("done", [False, True])
def test_server_error(cloud: CloudDriver, app: ConnectApp, transfer: str, done: bool) -> None:
    fault(cloud, kind="server-error", status=502, done=done, times=1, route=PROGRESS)
    assert progress(cloud, app, transfer).status_code == 502
    assert cloud.effects(route=PROGRESS) == ["recorded" if done else "fault"]


@pytest.mark.parametrize("done", [False, True])
def test_cut_connection(cloud: CloudDriver, app: ConnectApp, transfer: str, done: bool) -> None:
    fault(cloud, kind="cut", done=done, times=1, route=PROGRESS)
    with pytest.raises(httpx.TransportError):
        progress(cloud, app, transfer)
    assert cloud.effects(route=PROGRESS) == ["recorded" if done else "fault"]
    assert progress(cloud, app, transfer).status_code == 200


def test_half_answer(cloud: CloudDriver, app: ConnectApp, transfer: str) -> None:
    key = cloud.upload(transfer, b"x" * 100_000)
    url = app.call(cloud, "GET", f"/data/{key}").json()["url"]
    fault(cloud, kind="half-answer", bytes=1000, times=1, route="/_signed/*")
    with (
        pytest.raises(httpx.RemoteProtocolError, match="1000 bytes, expected 100000"),
        httpx.stream("GET", url, trust_env=False) as answer,
    ):
        answer.read()
    assert cloud.http.get(url).content == b"x" * 100_000


def test_stale_poll(cloud: CloudDriver, app: ConnectApp) -> None:
    migration = cloud.migration()
    transfer = cloud.transfer(migration)
    identity = fault(cloud, kind="stale-poll")
    assert cloud.poll(migration)[0]["status"] == "CREATED"
    cloud.trigger(transfer)
    app.call(cloud, "POST", f"/progress/{transfer}", json={"status": "SUCCESS", "percent": 100})
    assert cloud.poll(migration)[0]["status"] == "CREATED"
    cloud.control("DELETE", f"faults/{identity}", expect=204)
    assert cloud.poll(migration)[0]["status"] == "SUCCESS"


def test_expired_link(cloud: CloudDriver, app: ConnectApp, transfer: str) -> None:
    key = cloud.upload(transfer, b"bytes")
    url = app.call(cloud, "GET", f"/data/{key}").json()["url"]
    fault(cloud, kind="expired-link", times=1)
    assert [cloud.http.get(url).status_code for _ in range(2)] == [403, 200]
    assert "link expired" in cloud.effects()


def test_a_lost_webhook_is_sent_again(cloud: CloudDriver, app: ConnectApp) -> None:
    fault(cloud, kind="webhook-lost", route="listener-triggered", times=1)
    cloud.trigger(cloud.transfer(cloud.migration()))
    eventually(lambda: app.webhooks())
    eventually(lambda: cloud.effects(route=HOOK) == ["dropped", "delivered"])


def test_a_webhook_lost_for_good_is_not(cloud: CloudDriver, app: ConnectApp) -> None:
    fault(cloud, kind="webhook-lost", route="listener-triggered", for_good=True)
    transfer = cloud.transfer(cloud.migration())
    cloud.trigger(transfer)
    cloud.upload(transfer)
    eventually(lambda: app.webhooks("app-data-uploaded"))
    assert cloud.effects(route=HOOK) == ["dropped"]
    assert not app.webhooks("listener-triggered")


def test_a_repeated_webhook_keeps_its_message_id(cloud: CloudDriver, app: ConnectApp) -> None:
    fault(cloud, kind="webhook-repeated", copies=2)
    cloud.trigger(cloud.transfer(cloud.migration()))
    sent = eventually(lambda: len(app.webhooks()) == 3 and app.webhooks())
    assert len({each["messageId"] for each in sent}) == 1


def test_a_late_webhook_is_overtaken(cloud: CloudDriver, app: ConnectApp) -> None:
    fault(cloud, kind="webhook-late", delay=3600, route="listener-triggered")
    transfer = cloud.transfer(cloud.migration())
    cloud.trigger(transfer)
    cloud.upload(transfer)
    eventually(lambda: app.webhooks())
    cloud.control("POST", "clock/advance", {"seconds": 3601})
    eventually(lambda: len(app.webhooks()) == 2)
    assert [each["eventType"] for each in app.webhooks()] == [
        "app-data-uploaded",
        "listener-triggered",
    ]


def test_draws_repeat_with_their_seed(cloud: CloudDriver, app: ConnectApp, transfer: str) -> None:
    def run(seed: int) -> list[int]:
        cloud.control("DELETE", "faults", expect=204)
        fault(cloud, kind="rate-limit", route=PROGRESS, probability=0.5, seed=seed)
        return [progress(cloud, app, transfer).status_code for _ in range(30)]

    first, again, other = run(7), run(7), run(8)
    assert first == again != other
    assert set(first) == {200, 429}


def test_rules_narrow_by_method_app_transfer_and_case(
    cloud: CloudDriver, app: ConnectApp, transfer: str
) -> None:
    for rule in (
        {"method": "GET"},
        {"app": "another"},
        {"transfer": "another"},
        {"case": "another"},
        {"route": "/server/*"},
        {"skip": 1},
    ):
        identity = fault(cloud, kind="server-error", **rule)
        assert progress(cloud, app, transfer).status_code == 200, rule
        cloud.control("DELETE", f"faults/{identity}", expect=204)
    fault(cloud, kind="server-error", method="POST", app=app.key, transfer=transfer)
    assert progress(cloud, app, transfer).status_code == 503
    assert cloud.control("GET", "faults")["faults"][0]["struck"] == 1
    cloud.control("POST", "reset", expect=204)
    assert cloud.control("GET", "faults") == {"faults": []}


def test_what_a_reset_forgot_uses_no_fault_up(cloud: CloudDriver, app: ConnectApp) -> None:
    """The server of a case that is over goes on polling, and its cloud app posting."""
    old = cloud.migration()
    transfer = cloud.transfer(old)
    data = cloud.upload(transfer, b"x")
    headers = {"authorization": f"Bearer {cloud.token}"}

    def polled(migration: str) -> int:
        path = f"/server/v1/migrations/{migration}/progress"
        return cloud.http.get(path, headers=headers).status_code

    cloud.control("POST", "reset", expect=204)
    fault(cloud, kind="rate-limit", times=2)
    assert polled(old) == 404
    assert progress(cloud, app, transfer).status_code == 403
    assert app.call(cloud, "GET", f"/data/{data}").status_code == 404
    assert cloud.control("GET", "faults")["faults"][0]["struck"] == 0
    # Of what was never there nobody knows whose it is.
    assert polled("00000000-0000-4000-8000-000000000000") == 429
    assert cloud.http.post("/server/v1/migrations", headers=headers, json={}).status_code == 429


@pytest.mark.parametrize(
    "rule",
    [{"kind": "earthquake"}, {}, {"kind": "cut", "x": 1}, {"kind": "refusal", "status": 404}],
)
def test_a_wrong_rule_is_400(cloud: CloudDriver, rule: dict[str, Any]) -> None:
    cloud.control("POST", "faults", rule, expect=400)


HOOK = "webhook listener-triggered"
