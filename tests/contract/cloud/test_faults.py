"""Faults on demand: each kind, and the rules that say when it strikes."""

import time
from typing import Any

import httpx
import pytest
from cloud_processes import CloudDriver, ConnectApp, eventually

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


@pytest.mark.parametrize(
    "rule", [{"kind": "earthquake"}, {"kind": "latency"}, {"kind": "cut", "x": 1}]
)
def test_a_wrong_rule_is_400(cloud: CloudDriver, rule: dict[str, Any]) -> None:
    cloud.control("POST", "faults", rule, expect=400)


HOOK = "webhook listener-triggered"
