"""Looks at a running Confluence: a stack left by `harness up`, or any other.

It asks every source at hand and changes nothing. Earlier events have left traces in the log, the
journal and the page; calls of the listener are seen only from now on.
"""

import json
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, Page

from harness.diagnosis.attribution import about_the_pair
from harness.diagnosis.evidence import (
    AppUnderTest,
    AssistantVersion,
    Evidence,
    Origin,
    PlanStatus,
    RowShown,
)
from harness.diagnosis.facts import PAGE, Facts
from harness.diagnosis.readers.run_folder import StoredCase, read_artifact
from harness.drivers.browser.dashboard import plans
from harness.drivers.browser.launch import browser_session
from harness.drivers.browser.login import log_in
from harness.drivers.browser.look import look
from harness.drivers.browser.migration_assistant import open_plan, read_progress
from harness.drivers.cloud import CloudControl
from harness.drivers.confluence import session
from harness.drivers.debugger.probes import Probe
from harness.environment.document import StackDocument
from harness.errors import BadInput
from harness.explain import collect
from harness.plugin_jar.read import PluginJar
from harness.redaction import cleaned, without_secrets
from harness.store.layout import (
    HOST,
    JOURNAL,
    NOT_THERE,
    OSGI,
    PROBE,
    PROGRESS,
    SERVER_LOG,
    SITE,
    UPM,
)
from harness.store.server_log import with_zone
from harness.vocabulary.effects import Effect

_ATTACH_SECONDS = 2.0
_BEGINS = ("POST", "/server/v1/migrations")


@dataclass(frozen=True)
class Target:
    """What is known of a running Confluence; None is what is not at hand.

    Args:
        base_url: Confluence's address with its context path.
        account: an administrator.
        log: its application log as a file on this machine.
        zone: the time zone that the log is written in, by its name or offset.
        debugger: host and port of its jdwp agent.
        control_url: the stub's control address.
        control_token: what it wants to be sent.
        jar: the server app.
        server_key: the listener's server app key.
        cloud_key: the cloud app's key.
        plan: a plan's id; None takes the newest.
        ccma: the assistant's version.
    """

    base_url: str | None = None
    account: session.Account | None = None
    log: Path | None = None
    zone: str | None = None
    debugger: tuple[str, int] | None = None
    control_url: str | None = None
    control_token: str = ""
    jar: PluginJar | None = None
    server_key: str | None = None
    cloud_key: str | None = None
    plan: str | None = None
    ccma: str | None = None


def of_stack(document: StackDocument, asked: Target) -> Target:
    """What is known of a stack that `harness up` left running, with what was given beside it."""
    confluence = document.confluence
    log = Path(confluence.log_path)
    return Target(
        base_url=confluence.base_url,
        account=session.Account(confluence.admin_user, confluence.admin_password),
        log=asked.log or (log if log.is_file() else None),
        zone=asked.zone,
        debugger=(confluence.jdwp_host, confluence.jdwp_port),
        control_url=document.cloud.control_url if document.cloud else None,
        control_token=document.cloud.control_token if document.cloud else "",
        jar=asked.jar,
        server_key=asked.server_key,
        cloud_key=asked.cloud_key,
        plan=asked.plan,
        ccma=confluence.ccma,
    )


def see(hand: Target, name: str, browser: Browser | None = None) -> StoredCase:
    """Looks at everything that is at hand.

    Args:
        hand: what that is.
        name: what to call it.
        browser: the caller's, since Playwright allows one in each thread; None starts one.

    Raises:
        BadInput: nothing is at hand.
    """
    if not any((hand.base_url, hand.log, hand.debugger, hand.control_url)):
        raise BadInput(
            "--attach needs something to look at: --base-url with --user, --log, --jdwp or --cloud"
        )
    sight = _Sight(hand, browser)
    sight.look()
    facts = Facts(about_the_pair(sight.items), frozenset(sight.sources))
    return StoredCase(name, facts, tuple(sight.problems))


class _Sight:
    """One look: evidence, the sources it came from, and the problems met."""

    def __init__(self, hand: Target, browser: Browser | None) -> None:
        self._hand, self._browser = hand, browser
        self.items: list[Evidence] = []
        self.sources: set[str] = set()
        self.problems: list[str] = []
        self._subject = collect.subject_of(hand.jar, hand.server_key, hand.cloud_key)
        self._server_key, self._cloud_key = hand.server_key, hand.cloud_key

    def look(self) -> None:
        """Asks every source."""
        hand = self._hand
        if hand.ccma:
            self.items.append(AssistantVersion(origin=Origin("stack"), version=hand.ccma))
        if log := hand.log:
            self._read(
                SERVER_LOG, lambda: with_zone(without_secrets(collect.tail_of(log)), hand.zone)
            )
            if not hand.zone:
                self.problems.append(
                    f"{SERVER_LOG}: its time zone is not known, so its times are read as UTC; "
                    "name the server's zone by --log-zone"
                )
        if hand.control_url:
            self._cloud(CloudControl(hand.control_url, token=hand.control_token))
        if hand.base_url and hand.account:
            self._confluence(hand.base_url, hand.account)
        elif hand.base_url:
            self.problems.append("Confluence was not asked: that needs an administrator (--user)")
        if hand.debugger:
            self._jvm(*hand.debugger)
        if self._server_key and self._cloud_key:
            origin = Origin("what was asked")
            pair = AppUnderTest(
                origin=origin, server_key=self._server_key, cloud_key=self._cloud_key
            )
            self.items.append(pair)

    def _cloud(self, cloud: CloudControl) -> None:
        try:
            self._read(JOURNAL, lambda: _of_newest(cloud.journal()[0]))
            self._read(SITE, lambda: json.dumps({"apps": self._cloud_apps(cloud)}))
        finally:
            cloud.close()

    def _cloud_apps(self, cloud: CloudControl) -> list[dict[str, Any]]:
        """The site's apps; if no key was named and it has one app, that one is meant."""
        told = collect.cloud_apps(cloud, self._cloud_key)
        if self._cloud_key is None and len(told) == 1:
            self._cloud_key = str(told[0]["key"])
        return told

    def _confluence(self, base_url: str, account: session.Account) -> None:
        plugin_key = self._subject.plugin_key
        try:
            client = session.connect(base_url, account)
        except collect.NO_ANSWER as error:
            self.problems.append(f"Confluence: {error}")
            return
        with client:
            self._read("flags", lambda: json.dumps(collect.flags(client)))
            if plugin_key:
                self._read(UPM, lambda: json.dumps(collect.plugin(client, plugin_key, None)))
                self._read(HOST, lambda: _text(collect.host_calls(client, plugin_key)))
            self._read(NOT_THERE, lambda: _text(collect.not_there(client)))
            self._page(base_url, account, client)
            if key := self._server_key:
                self._read(SITE, lambda: json.dumps(collect.assessment(client, key)))

    def _page(self, base_url: str, account: session.Account, client: httpx.Client) -> None:
        """Reads the row, and what the progress REST says beside it."""

        def seen() -> None:
            with (
                nullcontext(self._browser) if self._browser else browser_session() as browser,
                browser.new_context() as context,
            ):
                page = context.new_page()
                log_in(page, base_url, account)
                self._plan(page, base_url, client)

        collect.ask("the plan's page", self.problems, seen)

    def _plan(self, page: Page, base_url: str, client: httpx.Client) -> None:
        every = plans(page, base_url)
        wanted = self._hand.plan
        plan = next((each for each in every if each.id == wanted), None) if wanted else None
        if plan is None and not wanted and every:
            plan = every[0]  # the dashboard begins with the newest
        if plan is None:
            self.problems.append("the plan's page: there is no such plan on the dashboard")
            return
        self.items.append(PlanStatus(origin=Origin("dashboard"), status=plan.status))
        open_plan(page, plan.id, base_url=base_url)
        shown = read_progress(page).rows
        if self._server_key is None and len(shown) == 1:
            self._server_key = shown[0].server_app_key
        if self._server_key is None:
            self.problems.append(f"the row: {len(shown)} are shown, name one by --server-key")
            return
        key, id_ = self._server_key, plan.id
        row, at = look(page, key, plan_name=plan.name)
        origin = Origin(f"page of plan {plan.name}", None, at)
        self.items.append(RowShown(origin=origin, status=row.status, percent=row.percent, until=at))
        self.sources.add(PAGE)
        self._read(PROGRESS, lambda: _text(collect.progress_beside_page(client, page, id_, key)))

    def _jvm(self, host: str, port: int) -> None:
        probe = Probe(
            host,
            port,
            listener_classes=self._subject.listeners,
            attach_seconds=_ATTACH_SECONDS,
        )
        try:
            probe.start()
        except collect.NO_ANSWER as error:
            self.problems.append(f"{PROBE}: {error}")
            return
        try:
            self._read(OSGI, lambda: _text(self._bundles(probe)))
        finally:
            record = probe.stop()
        self._read(PROBE, record.to_json)

    def _bundles(self, probe: Probe) -> dict[str, Any] | None:
        return collect.bundles(probe.bundles(self._subject.classes), self._subject)

    def _read(self, name: str, source: Callable[[], str | None]) -> None:
        text = collect.ask(name, self.problems, source)
        if text is not None:
            self.items += read_artifact(name, text)
            self.sources.add(name)


def _of_newest(entries: Sequence[Any]) -> str:
    """The journal from the newest migration on, with the apps' installations before it."""
    begins = [
        index
        for index, entry in enumerate(entries)
        if (entry.get("method"), entry.get("path")) == _BEGINS
    ]
    start = begins[-1] if begins else 0
    kept = [
        entry
        for index, entry in enumerate(entries)
        if index >= start or entry.get("effect") in (Effect.INSTALLED, Effect.UNINSTALLED)
    ]
    own = (cleaned(entry) for entry in kept if entry.get("effect") != Effect.READ)
    return "".join(json.dumps(entry) + "\n" for entry in own)


def _text(data: dict[str, Any] | None) -> str | None:
    return None if data is None else json.dumps(data)
