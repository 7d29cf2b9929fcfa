"""What a worker or a test session keeps from case to case: a stack and what drives it."""

import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from httpx import TransportError
from playwright.sync_api import BrowserContext, Page
from playwright.sync_api import Error as PlaywrightError

from harness.cases.app import AppDescription
from harness.cases.site import server_site
from harness.drivers.browser import migration_assistant
from harness.drivers.browser.closing import closer
from harness.drivers.browser.login import log_in
from harness.drivers.browser.plan_wizard import Choices
from harness.drivers.confluence import apps as plugins
from harness.drivers.confluence import dark_features, host, site, startup_checks
from harness.drivers.confluence.session import ConfluenceClient
from harness.drivers.liveness import when_ended
from harness.environment.stack import Stack
from harness.errors import BadInput, HarnessError
from harness.settings import Start
from harness.support.own_thread import Hands, here
from harness.testbed import reset
from harness.testbed.progress_row import ProgressRow
from harness.vocabulary.script import Behaviour

T = TypeVar("T")


def _to_stderr(line: str) -> None:
    sys.stderr.write(f"{line}\n")


@dataclass
class Testbed:
    """A stack with a logged-in browser and REST client, for one app."""

    __test__ = False  # the name begins as pytest's own test classes do

    stack: Stack
    client: ConfluenceClient
    context: BrowserContext
    app: AppDescription
    jar: Path
    baseline: reset.Baseline
    start: Start = "wizard"
    tap: Path | None = None
    """Folder of the proxy before the cloud app, if one stands there."""
    again: str | None = None
    """Name or id of the one plan that is run again for every case; None where plans are made."""
    run_id: str = ""
    """The run that the testbed works for."""
    executed: dict[str, str] = field(default_factory=dict, init=False)
    """Plans that have run on the stack, by what they were made from."""
    said: Callable[[str], None] = field(default_factory=lambda: _to_stderr, init=False)
    """Takes a line that a person should read."""
    _installed: plugins.App | None = field(default=None, init=False)

    @property
    def app_names(self) -> tuple[str, ...]:
        """Names by which a page that does not show keys may call the app."""
        installed = (self._installed.name,) if self._installed else ()
        return tuple(dict.fromkeys((*installed, self.app.name)))

    def died(self) -> bool:
        """Whether a service of the stack has ended."""
        return self.stack.dead() is not None

    def use(self, app: AppDescription, jar: Path) -> None:
        """Makes another app the one under test; its cloud half is the same."""
        if jar != self.jar:
            self.uninstall()
        self.app, self.jar = app, jar

    def reset(self, *, cloud_app: str | Behaviour | None, name: str) -> None:
        """Makes the stack forget the last case, and proves that it did.

        The server app stays installed: it is the same for the next case, or `use` removed it.

        Args:
            cloud_app: how the scripted cloud app behaves from now on; None as the app says.
            name: whose marker goes into the cloud's journal.

        Raises:
            DriverError: something that the last case left is still there.
        """
        # First, so that no post of the last case comes after the cloud forgot it.
        if cloud_app or self.app.cloud.kind == "scripted":
            self.stack.cloud_app.behave(cloud_app or self.app.cloud.behaviour)
        reset.restore(self.client, self.stack.cloud, self.baseline)
        self.stack.cloud.list_pair(self.app.server.key, self.app.cloud.key, listed=True)
        # A case may have moved the platform's clock by days.
        now = startup_checks.server_time(self.client)
        self.stack.cloud.set_clock(now, self.stack.scale)
        self.stack.cloud.mark(name)
        if self.stack.recorder:
            self.stack.recorder.begin(name, now)

    def set_features(self, states: Mapping[str, bool]) -> None:
        """Sets the site features that a case names."""
        dark_features.set_site(self.client, states)

    def check_undisturbed(self) -> None:
        """Nobody else has this stack, so that nobody has changed a flag meanwhile."""

    def plan_name(self, case: str) -> str:
        """The name of a case's plan."""
        return case

    @property
    def plan_choices(self) -> Choices:
        """What to choose in the wizard."""
        return Choices()

    def put_back(self) -> None:
        """What was changed on this stack goes with it."""

    def install(self) -> None:
        """Installs the server app, once for each stack."""
        if not self._installed:
            self._installed = install_app(self.client, self.app, self.jar)
            if self._installed.left_disabled:
                self.said(
                    f"UPM left {self._installed.key} disabled; it was enabled, as an admin would"
                )

    def uninstall(self) -> None:
        """Removes the server app, if `install` has put it there."""
        if self._installed:
            plugins.uninstall(self.client, self._installed.key)
            self._installed = None

    def plan(self, name: str, hands: Hands = here) -> "Migration":
        """A new migration plan on a page of its own.

        Args:
            name: the plan's.
            hands: works in the browser's thread, for whoever has the migration; this is called
                there.
        """
        page = self.context.new_page()
        plan_id = migration_assistant.create_plan(
            page, self.stack.confluence_url, name, self.stack.account
        )
        row = ProgressRow(
            page,
            self.app.server.key,
            self.stack.scale,
            self.stack.account,
            name,
            self.app_names,
            hands=hands,
        )
        row.is_startable = True
        return Migration(page, plan_id, row, hands)


@dataclass
class Migration:
    """A migration plan on its own page.

    Attributes:
        page: shows the plan.
        plan_id: the plan's id.
        row: the app's row on that page.
        hands: works in the page's thread.
        before: called there before the plan is run.
    """

    page: Page
    plan_id: str
    row: ProgressRow
    hands: Hands = field(default=here, repr=False)
    before: Callable[[], object] = field(default=lambda: None, repr=False)
    _is_started: bool = field(default=False, init=False, repr=False)

    def start(self) -> None:
        """Presses Run, as an admin would.

        Raises:
            BadInput: it was pressed already.
            DriverError: the plan does not run.
        """
        __tracebackhide__ = True
        if self._is_started:
            raise BadInput("migration.start(): the migration was started already; a plan runs once")
        self.row.is_startable = False
        self.hands(self._start)
        self._is_started = True

    def _start(self) -> None:
        self.before()
        migration_assistant.run_plan(self.page, self.plan_id)

    def on_page(self, work: Callable[[Page], T]) -> T:
        """Does something with the plan's page, which belongs to the browser's thread.

        Args:
            work: takes the page; what it returns is returned, and must not be of the browser.
        """
        __tracebackhide__ = True
        return self.hands(partial(work, self.page))

    def close(self) -> None:
        """Closes the page."""
        self.hands(self.page.close)


def open_testbed(
    stack: Stack,
    app: AppDescription,
    jar: Path,
    page: Page,
    at_end: ExitStack,
    make: type[Testbed] = Testbed,
) -> Testbed:
    """A logged-in browser context and REST client for a stack.

    Args:
        stack: the stack.
        app: whose cloud half it has.
        jar: the app's server half.
        page: an empty page of a context of its own. Its browser is the caller's, since
            Playwright's sync API allows one in each thread.
        at_end: closes what is opened here.
        make: the kind of testbed.

    Raises:
        ServiceDied: a service of the stack ended meanwhile.
        DriverError: the browser could not log in, although all services are alive.
    """
    close = closer(page.context)
    services = list(stack.running.values())
    at_end.enter_context(when_ended(services, lambda each: close(f"{each.name} {each.ended()}")))
    try:
        client = at_end.enter_context(stack.client())
        log_in(page, stack.confluence_url, stack.account)
        page.close()
        # An attached stack may hold transfers and faults; the first reset removes them.
        state = replace(reset.snapshot(client, stack.cloud), transfers=(), faults=0)
    except (HarnessError, TransportError, PlaywrightError) as error:
        raise stack.explained("the browser to log in", error) from error
    testbed = make(stack, client, page.context, app, jar, state)
    at_end.callback(testbed.put_back)
    return testbed


def prepare_host(client: ConfluenceClient, app: AppDescription) -> None:
    """Gives a stand-in the parts of Confluence that an app is compiled to."""
    provided = [Path(jar) for jar in app.server.provided]
    host.prepare(client, provided, app.host)


def install_app(client: ConfluenceClient, app: AppDescription, jar: Path) -> plugins.App:
    """Installs a server app, with what a stand-in has to have for it.

    Args:
        client: an administrator's client.
        app: its description.
        jar: its jar.

    Returns:
        It, once it answers where its description says so.
    """
    prepare_host(client, app)
    site.describe(client, server_site(app.site))
    installed = plugins.install(client, jar)
    if app.server.address:
        plugins.await_address(client, app.server.address)
    return installed
