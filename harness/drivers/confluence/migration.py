"""Reads and starts app migrations over CCMA's testing REST.

Both resources exist for tests of apps: the progress of a plan's apps since CCMA 3.9.6, the
trigger since 3.4.8. Neither makes a plan; that is done on the pages only.
Source: reference/app-migration-platform.md section 4.5.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx

from harness.drivers.confluence.absence import is_absent
from harness.errors import DriverError

_BASE = "/rest/migration/latest/app-migration"


@dataclass(frozen=True)
class AppProgress:
    """One app of a plan, as the progress REST shows it; that is the last polled state."""

    migration_id: str
    server_app_key: str
    cloud_app_key: str | None
    container_id: str | None
    status: str
    percent: int | None
    message: str | None
    server_app_name: str | None = None


def progress(client: httpx.Client, plan_id: str) -> list[AppProgress] | None:
    """Return a plan's apps, or None when this CCMA has no progress REST or knows no such plan.

    Raises:
        DriverError: an answer that is neither in the documented shape nor one of absence.
    """
    answer = client.get(f"{_BASE}/progress/{quote(plan_id, safe='')}")
    if is_absent(answer):
        return None
    attempted = f"reading the progress of plan {plan_id}"
    if not answer.is_success:
        raise DriverError(attempted, f"HTTP {answer.status_code}")
    try:
        return parse_progress(answer.json())
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DriverError(attempted, f"an answer in an unknown shape ({error!r})") from error


def parse_progress(body: Any) -> list[AppProgress]:
    """Read the documented shape; a member that is missing gives None, not an error."""
    return [
        _app(str(migration["migrationId"]), app)
        for migration in body["migrations"]
        for app in migration.get("apps", [])
    ]


def trigger(client: httpx.Client, plan_id: str, server_app_keys: Sequence[str] = ()) -> bool:
    """Run the app migrations of an already executed plan again.

    Args:
        client: an administrator's client.
        plan_id: the plan's id, as its page's address shows it.
        server_app_keys: only these apps; all listeners of the instance when empty.

    Returns:
        False when this CCMA has no trigger REST or knows no such plan.

    Raises:
        DriverError: it was refused.
    """
    path = f"{_BASE}/trigger/{quote(plan_id, safe='')}"
    if server_app_keys:
        answer = client.post(path, json={"includeServerAppKeys": list(server_app_keys)})
    else:
        answer = client.get(path)
    if is_absent(answer):
        return False
    if not answer.is_success:
        raise DriverError(
            f"triggering the apps of plan {plan_id}",
            f"HTTP {answer.status_code}",
            "A plan has to have run once before its apps can be triggered again",
        )
    return True


def _app(migration_id: str, app: Mapping[str, Any]) -> AppProgress:
    percent = app.get("completionPercent")
    return AppProgress(
        migration_id=migration_id,
        server_app_key=str(app["serverAppKey"]),
        cloud_app_key=_text(app.get("cloudAppKey")),
        container_id=_text(app.get("containerId")),
        status=str(app.get("status") or ""),
        percent=int(percent) if percent is not None else None,
        message=_text(app.get("statusMessage")),
        server_app_name=_text(app.get("serverAppName")),
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)
