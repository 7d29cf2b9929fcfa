"""Delivery: tokens, payloads, acknowledgement, tries, regions, cancel and re-run."""

import atlassian_jwt
import jwt
import pytest
from cloud_processes import CloudDriver, ConnectApp, eventually

TRIGGERED = "webhook listener-triggered"


def test_a_webhook_carries_the_documented_payload_and_a_token(
    cloud: CloudDriver, app: ConnectApp
) -> None:
    migration = cloud.migration("plan 9")
    transfer = cloud.transfer(migration)
    cloud.trigger(transfer)
    key = cloud.upload(transfer, label="part-1")
    eventually(lambda: len(app.webhooks()) == 2)
    uploaded = app.webhooks("app-data-uploaded")[0]
    triggered = app.webhooks("listener-triggered")[0]
    assert (uploaded["s3Key"], uploaded["label"]) == (key, "part-1")
    assert "s3Key" not in triggered
    assert triggered["transferId"] == transfer
    assert triggered["cloudAppKey"] == app.key
    assert triggered["migrationDetails"]["migrationId"] == migration
    assert triggered["migrationDetails"]["name"] == "plan 9"
    assert triggered["migrationDetails"]["confluenceClientKey"] == app.client_key
    assert triggered["messageId"] != uploaded["messageId"]
    token = app.tokens[-1].removeprefix("JWT ")
    claims = jwt.decode(token, app.secret, algorithms=["HS256"])
    assert claims["iss"] == app.client_key
    assert claims["qsh"] == atlassian_jwt.url_utils.hash_url("POST", "/hook")


@pytest.mark.parametrize("answer", [201, 204, 302, 401, 500])
def test_only_200_acknowledges(cloud: CloudDriver, app: ConnectApp, answer: int) -> None:
    app.answers = [answer, 200]
    cloud.trigger(cloud.transfer(cloud.migration()))
    sent = eventually(lambda: len(app.webhooks()) == 2 and app.webhooks())
    assert sent[0] == sent[1]
    eventually(lambda: cloud.effects(route=TRIGGERED) == ["not acknowledged", "delivered"])
    first, second = cloud.journal(route=TRIGGERED)
    assert (first["status"], first["detail"]["try"]) == (answer, 1)
    assert second["detail"] == {"try": 2, "messageId": sent[0]["messageId"]}


def test_a_slow_app_has_not_acknowledged(cloud: CloudDriver, app: ConnectApp) -> None:
    cloud.control("PUT", "settings", {"acknowledge_within": 0.1})
    app.slow = 0.3
    cloud.trigger(cloud.transfer(cloud.migration()))
    eventually(lambda: "not acknowledged" in cloud.effects())
    assert "within 0.1 s" in cloud.journal(route=TRIGGERED)[0]["reason"]
    app.slow = 0
    eventually(lambda: "delivered" in cloud.effects())


def test_a_message_is_given_up_after_the_last_try(cloud: CloudDriver, app: ConnectApp) -> None:
    cloud.control("PUT", "settings", {"retry_tries": 3})
    app.answers = [500] * 10
    cloud.trigger(cloud.transfer(cloud.migration()))
    eventually(lambda: "gave up" in cloud.effects())
    assert cloud.effects(route=TRIGGERED) == ["not acknowledged"] * 3 + ["gave up"]


def test_an_app_that_is_not_there_is_named(cloud: CloudDriver) -> None:
    cloud.trigger(cloud.transfer(cloud.migration(), cloud_key="nobody"))
    eventually(lambda: "not acknowledged" in cloud.effects())
    assert "no app with the key nobody" in cloud.journal(route=TRIGGERED)[0]["reason"]


def test_an_app_without_an_endpoint_gets_its_events_once_it_registers(cloud: CloudDriver) -> None:
    app = ConnectApp(descriptor={"cloudAppMigration": {}})
    try:
        cloud.install(app.url)
        cloud.trigger(cloud.transfer(cloud.migration()))
        eventually(lambda: "not acknowledged" in cloud.effects())
        assert "no webhook endpoint" in cloud.journal(route=TRIGGERED)[-1]["reason"]
        url = {"endpoints": [f"{app.url.replace('http:', 'https:')}/hook"]}
        assert app.call(cloud, "PUT", "/webhook", json=url).status_code == 200
        eventually(lambda: any("ConnectError" in each["reason"] for each in cloud.journal()))
    finally:
        app.close()


def test_a_site_pinned_to_a_region_calls_the_regions_base_url(cloud: CloudDriver) -> None:
    regional = ConnectApp("charts-in-europe")
    app = ConnectApp(descriptor={"regionBaseUrls": {"EU": regional.url}})
    try:
        cloud.install(regional.url)  # makes its host and port those that may be called
        cloud.install(app.url)
        cloud.control("PUT", "settings", {"region": "EU"})
        cloud.trigger(cloud.transfer(cloud.migration()))
        eventually(lambda: regional.webhooks())
        assert not app.webhooks()
    finally:
        app.close()
        regional.close()


def test_a_cancel_is_told_and_settled_by_the_platform_after_an_hour(
    cloud: CloudDriver, app: ConnectApp, transfer: str
) -> None:
    cloud.server("POST", f"/transfers/{transfer}/cancel", 202, json={})
    eventually(lambda: app.webhooks("transfer-cancellation-requested"))
    shown = app.call(cloud, "GET", "/transfer/recent").json()[0]
    assert shown["status"] == "CANCELLATION_REQUESTED"
    cloud.control("POST", "clock/advance", {"seconds": 3590})
    assert cloud.control("GET", "transfers")["transfers"][0]["status"] == "CANCELLATION_REQUESTED"
    cloud.control("POST", "clock/advance", {"seconds": 11})
    eventually(lambda: app.webhooks("transfer-settled"))
    assert cloud.control("GET", "transfers")["transfers"][0]["status"] == "CANCELLED"
    assert cloud.effects(direction="internal")[-1] == "cancelled"


def test_an_app_may_settle_a_cancelled_transfer_itself(
    cloud: CloudDriver, app: ConnectApp, transfer: str
) -> None:
    cloud.server("POST", f"/transfers/{transfer}/cancel", 202, json={})
    body = {"status": "INCOMPLETE", "percent": 100}
    assert app.call(cloud, "POST", f"/progress/{transfer}", json=body).status_code == 200
    cloud.control("POST", "clock/advance", {"seconds": 4000})
    assert cloud.control("GET", "transfers")["transfers"][0]["status"] == "INCOMPLETE"


def test_a_re_run_names_the_first_transfer(
    cloud: CloudDriver, app: ConnectApp, transfer: str
) -> None:
    again = cloud.transfer(cloud.migration(), originalTransferId=transfer)
    cloud.trigger(again)
    told = eventually(lambda: [each for each in app.webhooks() if each["transferId"] == again])
    assert told[0]["originalTransferId"] == transfer


def test_settling_is_told(cloud: CloudDriver, app: ConnectApp, transfer: str) -> None:
    body = {"status": "SUCCESS", "percent": 100}
    app.call(cloud, "POST", f"/progress/{transfer}", json=body)
    told = eventually(lambda: app.webhooks("transfer-settled"))
    assert told[0]["transferId"] == transfer


def test_the_backoff_is_platform_time(cloud: CloudDriver, app: ConnectApp) -> None:
    cloud.control("PUT", "settings", {"retry_first": 3600, "retry_most": 3600})
    app.answers = [500, 200]
    cloud.trigger(cloud.transfer(cloud.migration()))
    eventually(lambda: cloud.effects(route=TRIGGERED) == ["not acknowledged"])
    cloud.control("POST", "clock/advance", {"seconds": 3601})
    eventually(lambda: "delivered" in cloud.effects(route=TRIGGERED))


def test_install_is_signed_with_a_key_that_is_served(cloud: CloudDriver, app: ConnectApp) -> None:
    body = next(body for path, body in app.received if path == "/installed")
    token = app.tokens[0].removeprefix("JWT ")
    header = jwt.get_unverified_header(token)
    served = cloud.http.get(f"/{header['kid']}")
    assert served.headers["content-type"].startswith("text/plain")
    claims = jwt.decode(token, served.text, algorithms=["RS256"], audience=app.url)
    assert claims["iss"] == body["clientKey"]
    assert claims["qsh"] == atlassian_jwt.url_utils.hash_url("POST", "/installed")
    assert body["eventType"] == "installed"
    assert body["baseUrl"].endswith("/wiki")
    enabled = next(body for path, body in app.received if path == "/enabled")
    assert "sharedSecret" not in enabled


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("http://127.0.0.1:1", "ConnectError"),
        ("file:///etc/passwd", "not an http or https URL"),
        ("http://user:pass@127.0.0.1:1", "credentials"),
    ],
)
def test_an_install_that_fails_says_why(cloud: CloudDriver, url: str, told: str) -> None:
    answer = cloud.http.post("/_harness/apps", json={"baseUrl": url})
    assert answer.status_code in (400, 502)
    assert told in answer.json()["message"]


def test_a_descriptor_that_points_outside_is_refused(cloud: CloudDriver) -> None:
    app = ConnectApp(descriptor={"baseUrl": "https://elsewhere.example"})
    try:
        answer = cloud.http.post("/_harness/apps", json={"baseUrl": app.url})
        assert answer.status_code == 400
        assert "elsewhere.example" in answer.json()["message"]
        assert cloud.effects()[-1] == "refused: address outside the stack"
    finally:
        app.close()


@pytest.mark.parametrize("address", ["https://[localhost]:1/x", "https://[", "https://a:99999/x"])
def test_an_address_that_cannot_be_called_is_refused(
    cloud: CloudDriver, app: ConnectApp, address: str
) -> None:
    answer = app.call(cloud, "PUT", "/webhook", json={"endpoints": [address]})
    assert answer.status_code == 400
    assert app.call(cloud, "GET", "/webhook").json() == {"endpoints": [f"{app.url}/hook"]}
