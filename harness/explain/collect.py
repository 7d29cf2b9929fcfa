"""What a Confluence and a cloud say about a migration, one artefact from each source.

Every function asks one source and returns plain data in the shape that
`harness.diagnosis.readers.run_folder` reads; it raises when the source does not answer, and the
caller goes on with the others.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page

from harness.diagnosis.evidence import ROW_OF_STATE
from harness.drivers.browser.look import look, read_progress, row_of
from harness.drivers.cloud import CloudControl
from harness.drivers.confluence import (
    absence,
    apps,
    dark_features,
    email_domains,
    host,
    migration,
    startup_checks,
)
from harness.drivers.debugger.bundles import BundleState
from harness.errors import DriverError, HarnessError
from harness.plugin_jar.read import PluginJar
from harness.vocabulary.features import DEV_MODE, FEATURE
from harness.vocabulary.rows import Row

NO_ANSWER = (HarnessError, PlaywrightError, httpx.HTTPError, OSError, ValueError, KeyError)
"""What a source that does not answer raises."""

_NOT_BEGUN = ("ABSENT", "NO_ROW", "READY")

_ACTIVATOR, _NAME = "Bundle-Activator", "Bundle-SymbolicName"
_REMOVED = "UNINSTALLED"
_APPS = "/rest/migration/latest/app"
_DECISIONS = {"NEEDED": "needed", "NOT_NEEDED": "not-needed", "NONE": "undecided"}


@dataclass(frozen=True)
class Subject:
    """What is looked at: the app's keys, and its classes where its jar is known.

    Args:
        plugin_key: the plugin's key in UPM.
        server_key: what the listener's getServerAppKey() is expected to return.
        cloud_key: the installed cloud app's key.
        listeners: names of the listener classes in the jar.
        activator: name of the bundle's activator, which its class loader loads first.
        bundle: the bundle's symbolic name.
    """

    plugin_key: str | None = None
    server_key: str | None = None
    cloud_key: str | None = None
    listeners: tuple[str, ...] = ()
    activator: str | None = None
    bundle: str | None = None

    @property
    def classes(self) -> tuple[str, ...]:
        """Classes by which the app's bundle is found."""
        return (*self.listeners, *((self.activator,) if self.activator else ()))


def subject_of(jar: PluginJar | None, server_key: str | None, cloud_key: str | None) -> Subject:
    """The subject, with what its jar tells."""
    if jar is None:
        return Subject(server_key=server_key, cloud_key=cloud_key)
    return Subject(
        plugin_key=jar.facts.key,
        server_key=server_key,
        cloud_key=cloud_key,
        listeners=tuple(each.name for each in jar.listeners),
        activator=jar.facts.manifest.get(_ACTIVATOR, "").strip() or None,
        bundle=jar.facts.manifest.get(_NAME, "").partition(";")[0].strip() or None,
    )


def flags(client: httpx.Client) -> dict[str, Any]:
    """The dark features in effect, by level, and the two that matter wherever they are off."""
    page = dark_features.listed(client, "site")
    return {
        "site": sorted(page.level),
        "system": sorted(page.system),
        "user": sorted(dark_features.user(client)),
        "asked": [FEATURE, DEV_MODE],
    }


def plugin(client: httpx.Client, key: str, refusal: str | None) -> dict[str, Any]:
    """What UPM says about the server app.

    Args:
        client: an administrator's client.
        key: the plugin's key.
        refusal: why it could not be installed, where that was tried.
    """
    app = apps.find(client, key)
    error = refusal if app is None else None
    return {
        "key": key,
        "installed": app is not None,
        "enabled": app is not None and app.enabled,
        "error": error,
    }


def host_calls(client: httpx.Client, key: str) -> dict[str, Any] | None:
    """What a stand-in made up for the server app, and each call into it; None elsewhere."""
    told = host.asked(client, key)
    if told is None:
        return None
    return {
        "key": key,
        "made_up": told["madeUpPackages"],
        "provided": told["providedPackages"],
        "calls": [
            {
                "type": call["type"],
                "method": call["method"],
                "answered": call["answered"],
                "times": call["times"],
                "last": datetime.fromtimestamp(call["lastAt"] / 1000, UTC).isoformat(),
            }
            for call in told["calls"]
        ],
    }


def not_there(
    client: httpx.Client, before: Sequence[absence.Absence] | None = None
) -> dict[str, Any] | None:
    """What clients asked a stand-in for and it does not have; None elsewhere.

    Args:
        client: an administrator's client.
        before: an earlier look, whose requests do not count.
    """
    now = absence.asked_for(client)
    if now is None:
        return None
    return {
        "asked": [
            {
                "method": each.method,
                "path": each.path,
                "times": each.times,
                "last": each.last.isoformat(),
            }
            for each in absence.since(before, now)
        ]
    }


def cloud_apps(cloud: CloudControl, cloud_key: str | None) -> list[dict[str, Any]]:
    """What the site says about its Connect apps, and about the wanted one even if it is missing."""
    told = [
        {"key": app["key"], "installed": True, "webhook": next(iter(app["endpoints"]), None)}
        for app in cloud.apps()
    ]
    if cloud_key and cloud_key not in {app["key"] for app in told}:
        told.append({"key": cloud_key, "installed": False, "webhook": None})
    # Rules take the last word, so the app that matters comes last.
    return sorted(told, key=lambda app: app["key"] == cloud_key)


def assessment(client: httpx.Client, server_key: str) -> dict[str, Any]:
    """Decision and consent for one app, where the assistant's REST reports them."""
    answer = client.get(_APPS)
    if not answer.is_success:
        raise DriverError("reading the app assessment", f"HTTP {answer.status_code}")
    for app in answer.json().get("apps") or ():
        if app.get("key") == server_key:
            decision = _DECISIONS.get(str(app.get("decision")))
            return {"decision": decision, "consent": app.get("consent")}
    raise DriverError("reading the app assessment", f"it has no app {server_key}")


def refused_domains(client: httpx.Client) -> list[str] | None:
    """Email domains that an admin has decided not to trust; None where this CCMA does not say."""
    rules = email_domains.rules(client)
    if rules is None:
        return None
    return [name for name, rule in rules.items() if rule not in (None, email_domains.TRUSTED)]


def progress(client: httpx.Client, plan: str, server_key: str) -> dict[str, Any] | None:
    """What the progress REST says about one app; None where this CCMA has none."""
    found = migration.progress(client, plan)
    if found is None:
        return None
    apps_ = [
        {"status": app.status, "completionPercent": app.percent}
        for app in found
        if app.server_app_key == server_key
    ]
    at = startup_checks.server_time(client).isoformat()
    return {"server_time": at, "migrations": [{"apps": apps_[-1:]}] if apps_ else []}


def progress_beside_page(
    client: httpx.Client, page: Page, plan: str, server_key: str
) -> dict[str, Any] | None:
    """The same; if the page shows another state, with what it shows after a reload.

    Args:
        client: an administrator's client.
        page: shows the plan.
        plan: the plan's id.
        server_key: whose row.
    """
    told = progress(client, plan, server_key)
    if told is None or _agrees(told, row_of(read_progress(page), server_key)):
        return told
    row, at = look(page, server_key)
    again = progress(client, plan, server_key)
    # Only a page between two equal answers is known to be no newer than they are.
    if again is None or again["migrations"] != told["migrations"]:
        return told
    shown = {"status": row.status, "percent": row.percent, "server_time": at.isoformat()}
    return again | {"page": shown}


def _agrees(told: dict[str, Any], shown: Row) -> bool:
    """Whether a page's row is what a progress answer says; before a run, only the page has one."""
    says = _says(told)
    return shown == says if says else shown.status in _NOT_BEGUN


def _says(told: dict[str, Any]) -> Row | None:
    """The row that a progress answer should look like; None where it has none."""
    for app in (app for each in told["migrations"] for app in each["apps"]):
        status = ROW_OF_STATE.get(app["status"], app["status"])
        has_begun = status not in ("READY", "STARTING")
        return Row(status, app["completionPercent"] if has_begun else None)
    return None


def bundles(states: Sequence[BundleState], subject: Subject) -> dict[str, Any] | None:
    """What the framework says about the app's bundle, and which class loaders are not its own.

    None where the framework tells nothing.
    """
    own = [
        each
        for each in states
        if subject.bundle in (None, each.name) and each.loaders and each.state != _REMOVED
    ]
    others = [loader for each in states if each not in own for loader in each.loaders]
    others += [loader for each in states for loader in each.old_loaders]
    if not states:
        return None
    return {"bundles": [asdict(each) for each in own], "other_loaders": others}


def tail_of(path: Path, most: int = 4 << 20) -> str:
    """The end of a log file, from a line's beginning.

    Args:
        path: the file.
        most: bytes at the most.
    """
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - most))
        text = file.read(most).decode("utf-8", "replace")
    return text if size <= most else text.partition("\n")[2]


def ask(what: str, problems: list[str], source: Callable[[], Any]) -> Any:
    """What a source says; None, and a line among the problems, when it does not answer."""
    try:
        return source()
    except NO_ANSWER as error:
        problems.append(f"{what}: {error}")
        return None
