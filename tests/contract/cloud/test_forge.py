"""Forge in brief: its events, its API, and the progress that the platform makes of both.

Sources: the developer documentation's pages on Forge.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

import httpx
import pytest
from cloud_processes import CloudDriver, ConnectApp, eventually

KEY = "charts-on-forge"
PREFIX = "avi:ecosystem.migration:"
MINUTE = 60


@dataclass
class ForgeApp:
    """A Forge app: where its events go, and its token."""

    events: ConnectApp
    cloud: CloudDriver
    token: str

    def call(self, method: str, path: str, expect: int = 200, **arguments: Any) -> httpx.Response:
        url = f"/app/migration/forge/v1{path}"
        headers = {"authorization": f"Bearer {self.token}"}
        answer = self.cloud.http.request(method, url, headers=headers, **arguments)
        assert answer.status_code == expect, f"{answer.status_code}: {answer.text}"
        return answer

    def acknowledge(self, transfer: str, *ids: str, status: str = "SUCCESS") -> None:
        body = {"status": status, "messageIds": list(ids)}
        self.call("POST", f"/message/{transfer}/status", json=body)


@pytest.fixture
def forge(cloud: CloudDriver) -> Iterator[ForgeApp]:
    events = ConnectApp()
    body = {"key": KEY, "eventsUrl": f"{events.url}/hook"}
    installed = cloud.control("POST", "forge-apps", body)
    yield ForgeApp(events, cloud, installed["token"])
    events.close()


@pytest.fixture
def migration(cloud: CloudDriver) -> str:
    return cloud.migration()


@pytest.fixture
def transfer(cloud: CloudDriver, forge: ForgeApp, migration: str) -> str:
    assert forge.token
    made = cloud.transfer(migration, KEY)
    cloud.trigger(made)
    return made


def completed(cloud: CloudDriver, transfer: str) -> None:
    cloud.server("POST", f"/transfers/{transfer}/export-completed", 202)


def state(cloud: CloudDriver, migration: str) -> tuple[str, int | None]:
    (row,) = cloud.poll(migration)
    return row["status"], row["percent"]


def events_of(forge: ForgeApp, event: str, count: int) -> list[dict[str, Any]]:
    def found() -> list[dict[str, Any]] | None:
        sent = forge.events.webhooks(PREFIX + event)
        return sent if len(sent) >= count else None

    sent: list[dict[str, Any]] = eventually(found)
    return sent


def test_an_upload_is_told_worked_off_and_settles_the_transfer(
    cloud: CloudDriver,
    forge: ForgeApp,
    migration: str,
    transfer: str,
) -> None:
    (triggered,) = events_of(forge, "triggered:listener", 1)
    assert triggered["transferId"] == transfer
    assert "cloudAppKey" not in triggered
    key = cloud.upload(transfer, b'{"charts": 3}', label="part-1")
    (told,) = events_of(forge, "uploaded:app_data", 1)
    assert (told["key"], told["label"]) == (key, "part-1")
    link = forge.call("GET", f"/data/{key}").json()["url"]
    assert httpx.get(link).content == b'{"charts": 3}'
    assert forge.call("GET", f"/data/{key}/payload").content == b'{"charts": 3}'
    completed(cloud, transfer)
    assert state(cloud, migration) == ("IN_PROGRESS", 80)
    forge.acknowledge(transfer, told["messageId"])
    assert state(cloud, migration) == ("SUCCESS", 100)
    events_of(forge, "completed:export_phase", 1)
    events_of(forge, "settled:transfer", 1)
    forge.call("POST", f"/log/{transfer}", 403, json={"message": "too late"})


@pytest.mark.parametrize(
    ("statuses", "settled"), [(("SUCCESS", "FAILED"), "INCOMPLETE"), (("FAILED",) * 2, "FAILED")]
)
def test_messages_that_failed_are_the_transfers_failure(
    cloud: CloudDriver,
    forge: ForgeApp,
    migration: str,
    transfer: str,
    statuses: tuple[str, str],
    settled: str,
) -> None:
    for _ in statuses:
        cloud.upload(transfer)
    uploaded = events_of(forge, "uploaded:app_data", 2)
    completed(cloud, transfer)
    for told, status in zip(uploaded, statuses, strict=True):
        forge.acknowledge(transfer, told["messageId"], status=status)
    assert state(cloud, migration) == (settled, 100)


def test_fifteen_minutes_without_an_acknowledgement_time_it_out(
    cloud: CloudDriver, migration: str, transfer: str
) -> None:
    cloud.upload(transfer)
    cloud.control("POST", "clock/advance", {"seconds": 14 * MINUTE})
    assert state(cloud, migration)[0] == "IN_PROGRESS"
    cloud.control("POST", "clock/advance", {"seconds": MINUTE + 1})
    assert state(cloud, migration)[0] == "TIMED_OUT"
    assert "timed out" in cloud.effects(transfer=transfer)


def test_the_window_runs_from_the_last_success_message_of_any_event(
    cloud: CloudDriver, forge: ForgeApp, migration: str, transfer: str
) -> None:
    cloud.upload(transfer)
    cloud.upload(transfer)
    first, second = events_of(forge, "uploaded:app_data", 2)
    cloud.control("POST", "clock/advance", {"seconds": 14 * MINUTE})
    forge.acknowledge(transfer, first["messageId"])
    cloud.control("POST", "clock/advance", {"seconds": 14 * MINUTE})
    assert state(cloud, migration)[0] == "IN_PROGRESS"
    completed(cloud, transfer)
    forge.acknowledge(transfer, second["messageId"])
    assert state(cloud, migration) == ("SUCCESS", 100)


def test_a_transfer_with_no_upload_takes_long_to_settle(
    cloud: CloudDriver, migration: str, transfer: str
) -> None:
    completed(cloud, transfer)
    assert state(cloud, migration)[0] == "IN_PROGRESS"
    (entry,) = cloud.journal(effect="export completed")
    assert "upload at least one file" in entry["reason"]
    cloud.control("POST", "clock/advance", {"seconds": 23 * 60 * MINUTE})
    assert state(cloud, migration)[0] == "IN_PROGRESS"
    cloud.control("POST", "clock/advance", {"seconds": 60 * MINUTE + 1})
    assert state(cloud, migration) == ("SUCCESS", 100)


def test_preloaded_data_has_its_event_and_is_acknowledged_like_an_upload(
    cloud: CloudDriver, forge: ForgeApp, migration: str, transfer: str
) -> None:
    key = cloud.upload(transfer, label="part-1", preloaded="true")
    (told,) = events_of(forge, "preloaded:app_data", 1)
    assert (told["key"], told["label"]) == (key, "part-1")
    completed(cloud, transfer)
    assert state(cloud, migration) == ("IN_PROGRESS", 80)
    forge.acknowledge(transfer, told["messageId"])
    assert state(cloud, migration) == ("SUCCESS", 100)


def test_preloading_is_for_forge_apps_only(
    cloud: CloudDriver, app: ConnectApp, migration: str
) -> None:
    made = cloud.transfer(migration, app.key)
    path = f"/transfers/{made}/data"
    cloud.server("POST", path, 409, content=b"{}", params={"preloaded": "true"})


def test_an_event_is_tried_five_times_with_growing_pauses(
    cloud: CloudDriver, forge: ForgeApp, migration: str, transfer: str
) -> None:
    events_of(forge, "triggered:listener", 1)
    cloud.control("PUT", "settings", {"retry_first": 0.05, "retry_least_wall": 0})
    forge.events.answers = [500] * 10
    cloud.upload(transfer)
    route = "webhook app-data-uploaded"
    eventually(lambda: "gave up" in cloud.effects(route=route))
    assert cloud.effects(route=route) == ["not acknowledged"] * 5 + ["gave up"]
    times = [datetime.fromisoformat(each["wall_time"]) for each in cloud.journal(route=route)]
    pauses = [(later - one).total_seconds() for one, later in pairwise(times[:5])]
    for least, pause in zip((0.05, 0.1, 0.2, 0.4), pauses, strict=True):
        assert pause >= least
    cloud.control("POST", "clock/advance", {"seconds": 15 * MINUTE + 1})
    assert state(cloud, migration)[0] == "TIMED_OUT"


def test_an_export_that_nobody_completed_counts_as_done(
    cloud: CloudDriver,
    forge: ForgeApp,
    migration: str,
    transfer: str,
) -> None:
    cloud.control("POST", "clock/advance", {"seconds": 10 * MINUTE})
    cloud.upload(transfer)
    (told,) = events_of(forge, "uploaded:app_data", 1)
    forge.acknowledge(transfer, told["messageId"])
    cloud.control("POST", "clock/advance", {"seconds": 10 * MINUTE})
    assert state(cloud, migration) == ("IN_PROGRESS", 80)  # ten minutes after the last upload
    cloud.control("POST", "clock/advance", {"seconds": 5 * MINUTE + 1})
    assert state(cloud, migration) == ("SUCCESS", 100)


def test_what_is_not_awaited_changes_nothing(
    cloud: CloudDriver, forge: ForgeApp, migration: str, transfer: str
) -> None:
    forge.acknowledge(transfer, "00000000-0000-0000-0000-000000000000")
    assert state(cloud, migration)[0] == "IN_PROGRESS"
    (entry,) = cloud.journal(effect="message not awaited")
    assert entry["reason"] == "1 of the messages are not awaited"


def test_mappings_containers_and_the_log(
    cloud: CloudDriver, forge: ForgeApp, migration: str, transfer: str
) -> None:
    space = {"namespace": "confluence:space"}
    page = forge.call("GET", f"/mapping/{transfer}/page", params=space).json()
    assert page["meta"]["pageSize"] == 1200
    keys = list(page["items"])
    found = forge.call("POST", f"/mapping/{transfer}/find", params=space, json=keys).json()
    assert found == page["items"] != {}
    spaces = {"containerType": "ConfluenceSpace"}
    listed = forge.call("GET", f"/container/{transfer}/page", params=spaces).json()
    assert listed["containers"]
    forge.call("POST", f"/log/{transfer}", json={"message": "12 charts moved"})
    rows = cloud.server("GET", f"/migrations/{migration}/log")["rows"]
    assert [row["message"] for row in rows if row["type"] == "APP_LOG"] == ["12 charts moved"]
    forge.call("POST", f"/log/{transfer}", 400, json={"message": "x" * 65537})


def test_each_kind_of_app_keeps_to_its_own_api(
    cloud: CloudDriver, forge: ForgeApp, transfer: str, app: ConnectApp
) -> None:
    connect = f"/rest/atlassian-connect/1/migration/progress/{transfer}"
    headers = {"authorization": f"Bearer {forge.token}"}
    refused = cloud.http.post(connect, headers=headers, json={"status": "SUCCESS"})
    assert refused.status_code == 403
    assert "only for Atlassian Connect apps" in refused.text
    path = f"/app/migration/forge/v1/log/{transfer}"
    jwt = {"authorization": f"JWT {app.sign('POST', path)}"}
    assert cloud.http.post(path, headers=jwt, json={"message": "no"}).status_code == 403
    forge.token = f"{KEY}.0000"
    forge.call("POST", f"/log/{transfer}", 401, json={"message": "no"})
    assert cloud.effects(transfer=transfer)[-1] != "logged"


def test_the_end_of_an_export_is_for_forge_apps_only(
    cloud: CloudDriver, app: ConnectApp, migration: str
) -> None:
    made = cloud.transfer(migration, app.key)
    cloud.trigger(made)
    cloud.server("POST", f"/transfers/{made}/export-completed", 409)


def test_events_go_to_the_environment_that_the_listener_names(
    cloud: CloudDriver, forge: ForgeApp, migration: str
) -> None:
    assert forge.token
    here = cloud.transfer(migration, KEY, forgeEnvironment="production")
    cloud.trigger(here)
    events_of(forge, "triggered:listener", 1)
    elsewhere = cloud.transfer(migration, KEY, "other", forgeEnvironment="PRODUCTION")
    cloud.trigger(elsewhere)
    cloud.upload(elsewhere)
    eventually(lambda: len(cloud.journal(effect="wrong environment")) == 2)
    entry = cloud.journal(effect="wrong environment")[0]
    assert "getForgeEnvironmentName() is 'PRODUCTION'" in entry["reason"]
    assert f"{KEY} is deployed in 'production'" in entry["reason"]
    assert {each["transferId"] for each in forge.events.webhooks()} == {here}
    cloud.control("POST", "clock/advance", {"seconds": 15 * MINUTE + 1})
    rows = {each["serverAppKey"]: each["status"] for each in cloud.poll(migration)}
    assert rows["other"] == "TIMED_OUT"


def test_each_event_brings_the_token_for_the_apps_own_calls(forge: ForgeApp, transfer: str) -> None:
    (told,) = events_of(forge, "triggered:listener", 1)
    assert told["transferId"] == transfer
    assert forge.events.systems == [forge.token]
