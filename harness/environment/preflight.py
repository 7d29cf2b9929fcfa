"""Asks a Confluence that somebody else runs what it is and what can be done there.

One line for each thing. What makes every case impossible ends it, with what to do about it.
"""

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal

import httpx
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page

from harness.drivers.browser import dashboard
from harness.drivers.browser.drawn_page import await_drawn
from harness.drivers.browser.launch import AS_USUAL, Launch, browser_session
from harness.drivers.browser.login import log_in
from harness.drivers.browser.migration_assistant import open_home
from harness.drivers.confluence import apps, dark_features, email_domains, startup_checks
from harness.drivers.confluence.manifest import confluence_version
from harness.drivers.confluence.pages import read_page
from harness.drivers.confluence.session import Account, ConfluenceClient, who_am_i
from harness.environment.remote import RemoteConfluence
from harness.environment.services.names import LOG
from harness.errors import BadInput, DriverError, HarnessError
from harness.planning.attached import (
    TRIGGER_SINCE,
    Abilities,
    AppThere,
    witness_of,
)
from harness.store.evidence import CloudWitness
from harness.support.console import Progress
from harness.support.versions import parse_version
from harness.vocabulary.features import FEATURE

Mark = Literal["yes", "no", "unknown", "note"]

_CLOCK_DIFFERS = timedelta(minutes=1)
"""Beyond this a clock is worth a line; tokens are judged by wall time, within half a minute."""

_RUNS_FAST = 2.0
"""Server seconds per wall second above which a clock that should be true is not."""

_NEVER_RAN = "SAVED"

_EXPIRED = re.compile(
    r"connection.{0,60}(expired|lost)|connect (again|to (your )?cloud)", re.I | re.S
)


@dataclass(frozen=True)
class Hand:
    """What is at hand for a look at a server.

    Attributes:
        address: its base URL.
        account: an administrator.
        client: logged in as that.
        confluence: the server, with its log and debugger where they were named.
        stub: whether a stub serves it, whose journal can be read.
        scale: server seconds per wall second, as was named.
        plan: the plan that is to be run again, where one was named.
        launch: how a browser is started, so that it accepts the server's certificate.
        may_try: whether a request may be sent that a server that is well refuses (an upload of
            nothing).
    """

    address: str
    account: Account
    client: ConfluenceClient
    confluence: RemoteConfluence
    stub: bool
    scale: float
    plan: str | None = None
    launch: Launch = AS_USUAL
    may_try: bool = True


def preflight(hand: Hand, said: Progress) -> Abilities:
    """Says what a server can and cannot do; changes nothing there.

    Args:
        hand: what is at hand.
        said: takes each line.

    Raises:
        BadInput: no case can run there; says why, and what to do.
    """
    return _Preflight(hand, said).run()


@dataclass
class _Preflight:
    hand: Hand
    said: Progress
    _began: float = field(default_factory=time.monotonic)

    def run(self) -> Abilities:
        hand, client = self.hand, self.hand.client
        first = startup_checks.server_time(client)
        self._server()
        self._user()
        self._access_mode()
        there = {each.key: each for each in self._listed()}
        assistant = there.get(apps.ASSISTANT)
        version = assistant.version if assistant else "unknown"
        self._assistant(version, enabled=assistant is None or assistant.enabled)
        known = parse_version(version)
        if hand.plan and known and known < TRIGGER_SINCE:
            raise BadInput(
                f"--plan: the assistant {version} cannot run a plan again by REST (3.4.8 can)"
            )
        uploads = self._uploads()
        features = self._features()
        self._websudo()
        self._pages()
        self._email_domains()
        self._log()
        self._debugger()
        self._clock(first)
        witness = witness_of(tells=hand.stub, records=False, assistant=version)
        self._witness(witness, version)
        return Abilities(
            assistant=version,
            witness=witness,
            uploads=uploads,
            installed={
                each.key: AppThere(each.version, each.enabled)
                for each in there.values()
                if each.user_installed
            },
            system_features=features.system,
            user_features=dark_features.user(client),
            scale=hand.scale,
            plan=hand.plan,
        )

    def _line(self, mark: Mark, topic: str, says: str) -> None:
        self.said(f"  {mark:<7}  {topic:<19} {says}")

    def _server(self) -> None:
        version = confluence_version(self.hand.client)
        mark: Mark = "yes" if version else "unknown"
        self._line(mark, "Confluence", version or "its manifest names no version")

    def _user(self) -> None:
        name = who_am_i(self.hand.client)
        try:
            dark_features.listed(self.hand.client, "site")
        except DriverError as error:
            self._line("no", "permission", str(error))
            raise BadInput(
                f"{self.hand.address}: {name or self.hand.account.user} cannot open the page of "
                f"dark features ({error.came_back}): name a system administrator by --user"
            ) from None
        self._line("yes", "permission", f"{name} is an administrator")

    def _access_mode(self) -> None:
        answer = self.hand.client.get("/rest/api/accessmode")
        mode = answer.text.strip().strip('"') if answer.is_success else ""
        if mode == "READ_ONLY":
            self._line("no", "read-only mode", "the server takes no changes")
            raise BadInput(
                f"{self.hand.address}: the server is in read-only mode, so no plan can be made and "
                "no app installed: switch that off under Administration, Maintenance"
            )
        known = mode == "READ_WRITE"
        self._line(
            "yes" if known else "unknown",
            "read-only mode",
            "off" if known else f"the server does not say (HTTP {answer.status_code})",
        )

    def _listed(self) -> tuple[apps.App, ...]:
        try:
            return apps.listed(self.hand.client)
        except (DriverError, httpx.HTTPError) as error:
            self._line("no", "UPM", str(error))
            raise BadInput(f"{self.hand.address}: UPM does not list the apps ({error})") from None

    def _assistant(self, version: str, *, enabled: bool) -> None:
        if not enabled:
            self._line("no", "assistant", f"{version}, disabled in UPM")
            raise BadInput(f"{self.hand.address}: the Migration Assistant is disabled in UPM")
        mark: Mark = "unknown" if version == "unknown" else "yes"
        self._line(mark, "assistant", version if mark == "yes" else "UPM lists no such plugin")

    def _uploads(self) -> bool | None:
        if not self.hand.may_try:
            self._line("unknown", "UPM upload", "is tried when cases run, by an upload of nothing")
            return None
        try:
            found = apps.takes_uploads(self.hand.client)
        except DriverError as error:
            self._line("no", "UPM upload", error.came_back)
            return False
        if found is False:
            self._line("no", "UPM upload", "closed: -Dupm.plugin.upload.enabled=true opens it")
        else:
            known = found is not None
            self._line("yes" if known else "unknown", "UPM upload", "open" if known else "not said")
        return found

    def _features(self) -> dark_features.DarkFeatures:
        by_rest = dark_features.is_on(self.hand.client, FEATURE)
        if by_rest is None:
            self._line("no", "dark features", "REST does not tell them; the admin page is used")
        else:
            self._line("yes", "dark features", "by REST, read back")
        return dark_features.listed(self.hand.client, "site")

    def _websudo(self) -> None:
        answer = self.hand.client.get("/authenticate.action", params={"destination": "/"})
        asks = answer.is_success and read_page(answer.text).form_with("password") is not None
        if not asks:
            self._line("yes", "websudo", "no password is asked for again")
        elif self.hand.account.password:
            self._line("yes", "websudo", "the password is asked for again, and given")
        else:
            self._line(
                "note",
                "websudo",
                "on: where a page asks for the password a token cannot "
                "give it; HARNESS_ATTACH_PASSWORD can",
            )

    def _pages(self) -> None:
        """What only a browser sees: the assistant's home, its language, the connection."""
        hand = self.hand
        try:
            with (
                browser_session(launch=hand.launch) as browser,
                browser.new_context() as context,
            ):
                page = context.new_page()
                log_in(page, hand.address, hand.account)
                language = page.locator("html").get_attribute("lang") or ""
                open_home(page, hand.address, hand.account)
                self._language(page.locator("html").get_attribute("lang") or language)
                self._connection(page)
                if hand.plan:
                    self._plan(hand.plan, dashboard.plans(page, hand.address, hand.account))
        except BadInput:
            raise  # it was said already
        except (HarnessError, PlaywrightError) as error:
            first = str(error).splitlines()[0]
            self._line("no", "assistant's pages", first)
            raise BadInput(
                f"{hand.address}: the assistant's pages cannot be read: {first}"
            ) from None

    def _language(self, language: str) -> None:
        if language and not language.lower().startswith("en"):
            self._line("no", "language", f"pages are in {language}")
            raise BadInput(
                f"{self.hand.address}: its pages are in {language}, and they are read by their "
                f"English words: set the language of {self.hand.account.user} to English, or name "
                "another user"
            )
        self._line("yes", "language", language or "not said; pages are read by English words")

    def _connection(self, page: Page) -> None:
        await_drawn(page)
        alerts = " ".join(page.get_by_role("alert").all_inner_texts())
        if _EXPIRED.search(alerts):
            self._line("no", "site connected", " ".join(alerts.split())[:120])
            raise BadInput(
                f"{self.hand.address}: the assistant has no connection to its cloud site: connect "
                "it on its home page, which takes a person who logs in to Atlassian"
            )
        self._line("yes", "site connected", "the assistant's home shows no want of it")

    def _email_domains(self) -> None:
        """Whether a plan with users can run: trusting a domain is for the server's own admins."""
        try:
            rules = email_domains.rules(self.hand.client)
        except DriverError as error:
            self._line("unknown", "email domains", error.came_back)
            return
        open_ones = [name for name, rule in (rules or {}).items() if rule != email_domains.TRUSTED]
        if rules is None:
            self._line("unknown", "email domains", "the assistant does not list them")
        elif open_ones:
            self._line(
                "note",
                "email domains",
                f"not trusted: {', '.join(open_ones)}; where the wizard asks for it, "
                "they have to be trusted by hand first",
            )
        else:
            self._line("yes", "email domains", f"all {len(rules)} are trusted")

    def _plan(self, named: str, listed: Sequence[dashboard.PlanRow]) -> None:
        plan = next((each for each in listed if named in (each.id, each.name)), None)
        if plan is None:
            others = ", ".join(repr(each.name) for each in listed[:5]) or "none at all"
            self._line("no", "plan", f"the dashboard lists no {named!r}")
            raise BadInput(
                f"--plan {named!r}: the assistant's dashboard lists no such plan, but {others}"
            )
        if plan.status == _NEVER_RAN:
            self._line("no", "plan", f"{plan.name} has never run")
            raise BadInput(
                f"--plan {named!r}: the plan has never run, and only one that has is run again "
                "by REST: run it once on its page"
            )
        self._line("yes", "plan", f"{plan.name}, {plan.status or 'in no known state'}")

    def _log(self) -> None:
        log = self.hand.confluence.log
        if log is None:
            self._line("no", "log", "none was named (--log): causes that only it shows stay open")
        elif not log.read(LOG, 0):
            self._line("no", "log", f"{log.where()} is empty or cannot be read")
        else:
            zone = log.zone()
            times = f"times in {zone}" if zone else "times are taken for UTC (--log-zone)"
            self._line("yes", "log", f"{log.where()}, {times}")

    def _debugger(self) -> None:
        address = self.hand.confluence.debugger
        if address is None:
            self._line(
                "no", "debugger", "none was named (--jdwp): the listener's calls stay unseen"
            )
        elif startup_checks.jdwp_answers(*address):
            self._line("yes", "debugger", f"{address[0]}:{address[1]}")
        else:
            self._line("no", "debugger", f"{address[0]}:{address[1]} does not answer as one")

    def _clock(self, first: datetime) -> None:
        hand = self.hand
        if hand.scale != 1:
            startup_checks.check_rate(hand.client, hand.scale)
            self._line("yes", "server time", f"passes {hand.scale:g} times as fast, as was named")
            return
        now = startup_checks.server_time(hand.client)
        passed, wall = (now - first).total_seconds(), time.monotonic() - self._began
        if passed > _RUNS_FAST * wall + 2:
            raise BadInput(
                f"{hand.address}: its clock passes about {passed / wall:.0f} times as fast as "
                "time: name the rate by --time-scale"
            )
        off = now - datetime.now(UTC)
        if abs(off) <= _CLOCK_DIFFERS:
            self._line("yes", "clock", "within a minute of this machine's")
            return
        minutes = abs(off).total_seconds() / 60
        ahead = "ahead of" if off > timedelta(0) else "behind"
        self._line(
            "note",
            "clock",
            f"{minutes:.0f} min {ahead} this machine's; times in results "
            "are the server's, and a cloud may refuse its tokens",
        )

    def _witness(self, witness: CloudWitness, version: str) -> None:
        if witness == "journal":
            self._line("yes", "what cloud recorded", "by the stub's journal")
        elif witness == "progress REST":
            self._line(
                "note",
                "what cloud recorded",
                "by the assistant's progress REST: the state that was polled last, no single polls",
            )
        else:
            self._line(
                "no",
                "what cloud recorded",
                f"nothing tells: the assistant {version} has "
                "no progress REST (3.9.6), and no stub's journal was named",
            )
