"""Answers are those of reference/app-migration-platform.md section 4.5."""

import httpx
import pytest
from recorded import client, json_answer

from harness.drivers.confluence import migration
from harness.errors import DriverError

PROGRESS = "/rest/migration/latest/app-migration/progress/plan-1"
TRIGGER = "/rest/migration/latest/app-migration/trigger/plan-1"
BODY = {
    "migrations": [
        {
            "migrationId": "m-1",
            "apps": [
                {
                    "serverAppKey": "charts-plugin",
                    "containerId": "c-1",
                    "cloudAppKey": "charts-for-confluence",
                    "completionPercent": 0,
                    "status": "IN_PROGRESS",
                    "statusMessage": "unknown",
                    "lastUpdatedAt": 1702530783417,
                },
                {"serverAppKey": "other-plugin", "status": "READY", "completionPercent": None},
            ],
        }
    ]
}


def test_progress_in_the_documented_shape():
    http, _ = client({f"GET {PROGRESS}": json_answer(200, BODY)})
    apps = migration.progress(http, "plan-1")
    assert apps is not None
    charts, other = apps
    assert charts == migration.AppProgress(
        migration_id="m-1",
        server_app_key="charts-plugin",
        cloud_app_key="charts-for-confluence",
        container_id="c-1",
        status="IN_PROGRESS",
        percent=0,
        message="unknown",
    )
    assert (other.percent, other.cloud_app_key) == (None, None)


def test_a_version_without_it_gives_none():
    http, _ = client({})
    assert migration.progress(http, "plan-1") is None
    assert migration.trigger(http, "plan-1") is False


@pytest.mark.parametrize(
    "answer", [json_answer(200, {}), json_answer(200, []), httpx.Response(200, text="<p>")]
)
def test_an_unknown_shape_is_an_error(answer):
    http, _ = client({f"GET {PROGRESS}": answer})
    with pytest.raises(DriverError, match="unknown shape"):
        migration.progress(http, "plan-1")


def test_a_refusal_is_an_error():
    http, _ = client(
        {f"GET {PROGRESS}": httpx.Response(401), f"GET {TRIGGER}": httpx.Response(400)}
    )
    with pytest.raises(DriverError, match="HTTP 401"):
        migration.progress(http, "plan-1")
    with pytest.raises(DriverError, match="has to have run once"):
        migration.trigger(http, "plan-1")


def test_trigger_for_all_and_for_some():
    http, recorded = client(
        {f"GET {TRIGGER}": httpx.Response(200), f"POST {TRIGGER}": httpx.Response(202)}
    )
    assert migration.trigger(http, "plan-1")
    assert migration.trigger(http, "plan-1", ["charts-plugin"])
    assert [request.method for request in recorded.requests] == ["GET", "POST"]
    sent = recorded.requests[1].content.replace(b" ", b"")
    assert sent == b'{"includeServerAppKeys":["charts-plugin"]}'


def test_a_plan_id_is_one_path_segment():
    http, recorded = client({})
    migration.progress(http, "a/../b")
    assert recorded.requests[0].url.raw_path.endswith(b"/progress/a%2F..%2Fb")
