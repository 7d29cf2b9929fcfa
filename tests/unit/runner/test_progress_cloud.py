"""What the assistant's progress REST tells, as polls and changes in the cloud."""

import json
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from harness.checker.record import Record
from harness.errors import DriverError
from harness.runner.progress_cloud import ProgressCloud, migrations_of
from harness.store.evidence import CloudWitness

PLAN, KEY = "plan-1", "charts-plugin"
DATE = "Thu, 01 Jan 2026 12:00:00 GMT"


class Assistant:
    """Answers for one plan, and counts how often it is asked."""

    def __init__(self) -> None:
        self.apps: list[dict[str, Any]] = []
        self.migration, self.asked = "m-1", 0
        self.earlier: list[dict[str, Any]] = []

    def show(self, status: str, percent: int | None = None, key: str = KEY, at: str = "c") -> None:
        app = {"serverAppKey": key, "status": status, "containerId": at}
        others = [
            each for each in self.apps if (each["serverAppKey"], each["containerId"]) != (key, at)
        ]
        self.apps = [*others, {**app, "completionPercent": percent}]

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/status":
            return httpx.Response(200, headers={"date": DATE})
        self.asked += 1
        body = {"migrations": [*self.earlier, {"migrationId": self.migration, "apps": self.apps}]}
        return httpx.Response(200, content=json.dumps(body))


@pytest.fixture
def assistant() -> Assistant:
    return Assistant()


def cloud_of(assistant: Assistant, told_by: CloudWitness = "progress REST") -> ProgressCloud:
    client = httpx.Client(base_url="http://there", transport=httpx.MockTransport(assistant))
    now = [0.0]

    def passes(seconds: float) -> None:
        now[0] += seconds

    return ProgressCloud(client, told_by, Record(PLAN, KEY), lambda: now[0], sleep=passes)


def seen(cloud: ProgressCloud) -> list[tuple[str, str | None, int | None]]:
    return [(each.what, each.status, each.percent) for each in cloud.record.changes]


def test_a_state_that_changes_stands_for_a_poll(assistant: Assistant) -> None:
    cloud = cloud_of(assistant)
    for status, percent in (
        ("READY", None),
        ("IN_PROGRESS", 0),
        ("IN_PROGRESS", 0),
        ("SUCCESS", 100),
    ):
        assistant.show(status, percent)
        cloud.update()
    assert seen(cloud) == [
        ("migration made", None, None),
        ("transfer made", None, None),
        ("recorded", "IN_PROGRESS", 0),
        ("settled", "SUCCESS", 100),
    ]
    assert len(cloud.record.polls) == 2
    settled = cloud.record.settled
    assert settled is not None
    assert settled.at == datetime(2026, 1, 1, 12, tzinfo=UTC)
    assert cloud.record.polls[-1].seq > settled.seq
    assert (cloud.record.status, cloud.record.percent) == ("SUCCESS", 100)


def test_each_container_is_a_transfer_of_its_own(assistant: Assistant) -> None:
    cloud = cloud_of(assistant)
    assistant.show("SUCCESS", 100, at="one")
    assistant.show("IN_PROGRESS", 5, at="two")
    cloud.update()
    settled = [each.transfer for each in cloud.record.changes if each.what == "settled"]
    made = [each.transfer for each in cloud.record.changes if each.what == "transfer made"]
    assert settled == ["m-1 one"]
    assert made == ["m-1 one", "m-1 two"]


def test_other_apps_and_earlier_migrations_are_not_the_case_s(assistant: Assistant) -> None:
    assistant.show("SUCCESS", 100, key="another")
    own = {"serverAppKey": KEY, "status": "SUCCESS", "completionPercent": 100}
    assistant.earlier = [{"migrationId": "m-0", "apps": [own]}]
    cloud = cloud_of(assistant)
    before = migrations_of(cloud.client, "progress REST", PLAN)
    assert before == {"m-0", "m-1"}
    cloud.earlier = {"m-0"}
    cloud.update()
    assert seen(cloud) == []


def test_it_waits_for_a_change_as_long_as_it_may(assistant: Assistant) -> None:
    cloud = cloud_of(assistant)
    cloud.update(wait=3.0)
    assert (assistant.asked, cloud.clock()) == (4, 3.0)
    assistant.show("IN_PROGRESS", 1)
    cloud.update(wait=3.0)
    assert (assistant.asked, cloud.clock()) == (5, 3.0)


@pytest.mark.parametrize("told_by", ["nothing", "journal"])
def test_an_assistant_without_that_rest_is_not_asked(
    assistant: Assistant, told_by: CloudWitness
) -> None:
    assistant.show("SUCCESS", 100)
    cloud = cloud_of(assistant, told_by)
    cloud.update(wait=1.0)
    assert (assistant.asked, seen(cloud)) == (0, [])
    assert migrations_of(cloud.client, told_by, PLAN) == set()


def test_a_server_that_does_not_answer_is_named(assistant: Assistant) -> None:
    def gone(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    cloud = cloud_of(assistant)
    cloud.client = httpx.Client(base_url="http://there", transport=httpx.MockTransport(gone))
    with pytest.raises(DriverError, match="progress of plan plan-1: no answer: refused"):
        cloud.update()
