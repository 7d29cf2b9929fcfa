"""The journal: durable, whole, filtered, followed, and the source a restart recovers from."""

import json
import threading
from pathlib import Path
from typing import Any

import httpx
import pytest
from cloud_processes import CloudDriver, ConnectApp, eventually, start

LOOPBACK = ("--public-url", "http://127.0.0.1:0")


def test_what_was_answered_survives_a_kill(tmp_path: Path) -> None:
    arguments = ("--port", "0", "--data", str(tmp_path / "data"), *LOOPBACK)
    first = start("harness.cloud", tmp_path / "one", *arguments)
    app = ConnectApp()
    try:
        cloud = CloudDriver(first.url("http"))
        cloud.install(app.url)
        cloud.control("PUT", "clock", {"now": 1_600_000_000_000, "rate": 10})
        cloud.control("PUT", "settings", {"after_settled": 409})
        migration = cloud.migration()
        transfer = cloud.transfer(migration)
        cloud.trigger(transfer)
        key = cloud.upload(transfer, b"kept bytes")
        answered = 0
        for percent in range(100):
            body = {"status": "IN_PROGRESS", "percent": percent}
            answered += app.call(cloud, "POST", f"/progress/{transfer}", json=body).is_success
        token, before = cloud.token, cloud.journal()
        first.kill()
        cloud.close()

        second = start("harness.cloud", tmp_path / "two", *arguments)
        try:
            again = CloudDriver(second.url("http"))
            again.token = token
            assert again.journal()[: len(before)] == before
            recorded = [each for each in again.journal() if each["effect"] == "recorded"]
            assert len(recorded) == answered == 100
            row = again.poll(migration)[0]
            assert (row["transferId"], row["percent"]) == (transfer, 99)
            url = app.call(again, "GET", f"/data/{key}").json()["url"]
            assert again.http.get(url).content == b"kept bytes"
            assert again.control("GET", "settings")["after_settled"] == 409
            clock = again.control("GET", "clock")
            assert clock["rate"] == 10
            assert 1_600_000_000_000 < clock["now"] < 1_600_000_900_000
            again.close()
        finally:
            second.kill()
    finally:
        first.kill()
        app.close()


def test_a_half_written_line_is_cut_off_at_the_next_start(tmp_path: Path) -> None:
    arguments = ("--port", "0", "--data", str(tmp_path / "data"), *LOOPBACK)
    first = start("harness.cloud", tmp_path / "one", *arguments)
    first.kill()
    journal = tmp_path / "data" / "journal.jsonl"
    with journal.open("ab") as file:
        file.write(b'{"seq":2,"effect":"recor')
    second = start("harness.cloud", tmp_path / "two", *arguments)
    try:
        cloud = CloudDriver(second.url("http"))
        assert [each["seq"] for each in cloud.journal()] == [1, 2]
        assert cloud.effects() == ["booted", "booted"]
        assert all(json.loads(line) for line in journal.read_text().splitlines())
        cloud.close()
    finally:
        second.kill()


def test_a_refused_body_with_changes_of_its_own_does_not_hinder_a_restart(tmp_path: Path) -> None:
    arguments = ("--port", "0", "--data", str(tmp_path / "data"), *LOOPBACK)
    first = start("harness.cloud", tmp_path / "one", *arguments)
    cloud = CloudDriver(first.url("http"))
    cloud.control("PUT", "settings", {"changes": [{"kind": "reset"}]}, expect=400)
    cloud.close()
    first.kill()
    second = start("harness.cloud", tmp_path / "two", *arguments)
    try:
        cloud = CloudDriver(second.url("http"))
        assert cloud.effects() == ["booted", "malformed request", "booted"]
        cloud.close()
    finally:
        second.kill()


def test_events_that_were_not_acknowledged_are_delivered_after_a_restart(tmp_path: Path) -> None:
    arguments = ("--port", "0", "--data", str(tmp_path / "data"), *LOOPBACK)
    first = start("harness.cloud", tmp_path / "one", *arguments)
    app = ConnectApp()
    app.answers = [500] * 1000
    try:
        cloud = CloudDriver(first.url("http"))
        cloud.install(app.url)
        cloud.trigger(cloud.transfer(cloud.migration()))
        eventually(lambda: app.webhooks())
        first.kill()
        cloud.close()
        tried = app.webhooks()[0]
        app.answers = []
        app.received.clear()
        second = start("harness.cloud", tmp_path / "two", *arguments)
        try:
            eventually(lambda: app.webhooks())
            assert app.webhooks()[0] == tried
        finally:
            second.kill()
    finally:
        first.kill()
        app.close()


def test_entries_carry_the_contracts_fields_in_order(cloud: CloudDriver) -> None:
    cloud.migration()
    entries = cloud.journal()
    assert [each["seq"] for each in entries] == list(
        range(entries[0]["seq"], entries[0]["seq"] + len(entries))
    )
    for entry in entries:
        assert set(entry) - {"detail", "changes"} == {
            "sum",
            "seq",
            "wall_time",
            "platform_time",
            "case",
            "caller",
            "direction",
            "method",
            "path",
            "route",
            "status",
            "effect",
            "reason",
            "transfer_id",
            "app_key",
            "body",
            "seconds",
        }


def test_filters_and_going_on(cloud: CloudDriver, app: ConnectApp, transfer: str) -> None:
    app.call(cloud, "POST", f"/progress/{transfer}", json={"status": "IN_PROGRESS"})
    route = "/rest/atlassian-connect/1/migration/progress/{transferId}"
    assert cloud.effects(route=route) == ["recorded"]
    assert cloud.effects(effect="recorded", app=app.key) == ["recorded"]
    assert cloud.effects(effect="recorded", case="another case") == []
    eventually(lambda: "delivered" in cloud.effects())
    whole = cloud.http.get("/_harness/journal").json()
    rest = cloud.http.get("/_harness/journal", params={"since": whole["next"]}).json()
    assert rest == {"entries": [], "next": whole["next"]}
    last_one = cloud.http.get("/_harness/journal", params={"since": whole["next"] - 1}).json()
    assert [each["seq"] for each in last_one["entries"]] == [whole["next"] - 1]
    limited = cloud.http.get("/_harness/journal", params={"limit": 2}).json()
    assert len(limited["entries"]) == 2
    assert limited["next"] == 3


def test_a_stream_follows_the_journal(cloud: CloudDriver) -> None:
    seen: list[dict[str, Any]] = []
    since = cloud.http.get("/_harness/journal").json()["next"]

    def follow() -> None:
        url = f"{cloud.url}/_harness/journal?follow=true&since={since}&effect=marked"
        with httpx.stream("GET", url, trust_env=False) as answer:
            for line in answer.iter_lines():
                seen.append(json.loads(line))
                if len(seen) == 3:
                    return

    reader = threading.Thread(target=follow)
    reader.start()
    for number in range(3):
        cloud.control("POST", "marks", {"text": f"mark {number}"}, expect=204)
        eventually(lambda number=number: len(seen) > number)
    reader.join(10)
    assert [each["reason"] for each in seen] == ["mark 0", "mark 1", "mark 2"]


def test_an_answer_waits_for_an_entry_no_longer_than_asked(cloud: CloudDriver) -> None:
    end = cloud.http.get("/_harness/journal", params={"since": 999_999_999}).json()["next"]
    nothing = cloud.http.get("/_harness/journal", params={"since": end, "wait": 1}).json()
    assert nothing == {"entries": [], "next": end}
    answers: list[dict[str, Any]] = []

    def wait() -> None:
        url = f"{cloud.url}/_harness/journal?since={end}&wait=30000"
        answers.append(httpx.get(url, timeout=40, trust_env=False).json())

    reader = threading.Thread(target=wait)
    reader.start()
    cloud.control("POST", "marks", {"text": "news"}, expect=204)
    reader.join(10)
    assert [[each["reason"] for each in answer["entries"]] for answer in answers] == [["news"]]


def test_no_secret_reaches_the_journal(cloud: CloudDriver, app: ConnectApp, transfer: str) -> None:
    key = cloud.upload(transfer)
    url = app.call(cloud, "GET", f"/data/{key}").json()["url"]
    cloud.http.get(url)
    text = cloud.http.get("/_harness/journal").text
    signature = url.rpartition("signature=")[2]
    for secret in (app.secret, cloud.token, signature, "eyJ", "BEGIN PUBLIC KEY"):
        assert secret not in text
    assert app.tokens[-1].removeprefix("JWT ") not in text


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_an_unknown_route_is_501_and_named(cloud: CloudDriver, method: str) -> None:
    answer = cloud.http.request(method, "/wiki/rest/api/template/17?expand=body")
    assert answer.status_code == 501
    assert answer.json()["route"] == f"{method} /wiki/rest/api/template/17"
    entry = cloud.journal()[-1]
    assert (entry["effect"], entry["route"]) == (
        "unknown route",
        f"{method} /wiki/rest/api/template/17",
    )


def test_a_known_route_with_another_method_is_405(cloud: CloudDriver) -> None:
    answer = cloud.http.patch("/rest/atlassian-connect/1/migration/webhook")
    assert (answer.status_code, answer.headers["allow"]) == (405, "DELETE, GET, HEAD, PUT")
    assert cloud.effects()[-1] == "method not allowed"


def test_a_head_is_answered_as_a_get_without_the_body(
    cloud: CloudDriver, app: ConnectApp, transfer: str
) -> None:
    key = cloud.upload(transfer, b"some bytes")
    link = app.call(cloud, "GET", f"/data/{key}").json()["url"]
    before = len(cloud.journal(direction="in"))
    for path in ("/_harness/health", "/_harness/journal?follow=true", link):
        answer = cloud.http.head(path)
        assert (answer.status_code, answer.content) == (200, b""), path
        assert answer.headers["content-type"]
    # Looking at the control API is not journalled.
    assert len(cloud.journal(direction="in")) == before + 1
    assert cloud.http.head(link).headers["content-length"] == "10"
    assert app.call(cloud, "HEAD", "/webhook").status_code == 200
    assert app.call(cloud, "HEAD", f"/progress/{transfer}").status_code == 405
    assert cloud.http.get("/_harness/health").json()["status"] == "RUNNING"
