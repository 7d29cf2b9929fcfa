"""What a worker or a test session keeps from case to case: a stack and what drives it."""

from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from httpx import TransportError
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize
from playwright.sync_api import Error as PlaywrightError

from harness import app as apps
from harness.app import AppDescription
from harness.browser import migration_assistant
from harness.browser.login import log_in
from harness.confluence import apps as plugins
from harness.confluence import boot
from harness.confluence.session import ConfluenceClient
from harness.engines.ready import Ready
from harness.errors import HarnessError, WaitTimedOut
from harness.progress import Progress
from harness.rows import FINAL, Row
from harness.runs import Run
from harness.settings import Settings
from harness.stack import Stack, bring_up
from harness.verdict import PATIENCE
from harness.watch import look, pause

_VIEWPORT: ViewportSize = {"width": 1280, "height": 800}


@dataclass
class Bench:
    """A stack with a logged-in browser and REST client, for one app."""

    stack: Stack
    client: ConfluenceClient
    context: BrowserContext
    app: AppDescription
    jar: Path
    _installed: bool = field(default=False, init=False)

    def reset(self, *, cloud_app: str | None, name: str) -> None:
        """Makes the stack forget the last case.

        Args:
            cloud_app: how the scripted cloud app behaves from now on; None as the app says.
            name: whose marker goes into the cloud's journal.
        """
        self.stack.cloud.reset()
        # A case may have moved the platform's clock by days.
        self.stack.cloud.set_clock(boot.server_time(self.client), self.stack.scale)
        self.stack.cloud.mark(name)
        self.stack.cloud_app.behave(cloud_app or self.app.cloud.behaviour)

    def install(self) -> None:
        """Installs the server app, once for each stack."""
        if not self._installed:
            plugins.install(self.client, self.jar)
            self._installed = True

    def plan(self, name: str) -> "Migration":
        """A new migration plan on a page of its own."""
        page = self.context.new_page()
        plan_id = migration_assistant.create_plan(page, self.stack.confluence_url, name)
        row = RowWatch(page, self.app.server.key, self.stack.scale)
        return Migration(page, plan_id, row)


@dataclass
class RowWatch:
    """Looks at the row of one app, as an admin would who reloads the plan's page."""

    page: Page
    server_app_key: str
    scale: float

    def now(self) -> Row:
        """The row at this moment."""
        return look(self.page, self.server_app_key)[0]

    def becomes(self, status: str, percent: int | None = None, within: timedelta = PATIENCE) -> Row:
        """Waits until the row shows a status, and a percent where one is given.

        Args:
            status: such as `COMPLETE`.
            percent: such as 100; None accepts any.
            within: server time.

        Raises:
            WaitTimedOut: it did not, or it shows another status that no poll changes.
        """
        wanted = f"row {status}" + ("" if percent is None else f" {percent} %")
        row, begun = look(self.page, self.server_app_key)
        now = begun
        while row.status != status or percent not in (None, row.percent):
            if now - begun > within or (row.status in FINAL and row.status != status):
                seconds = within.total_seconds() / self.scale
                raise WaitTimedOut(f"{wanted} for {self.server_app_key}", seconds, str(row))
            pause(self.page)
            row, now = look(self.page, self.server_app_key)
        return row

    def stays(self, status: str, through: timedelta) -> Row:
        """Watches the row through some server time, and returns it if it never changed.

        Raises:
            WaitTimedOut: it changed.
        """
        row, begun = look(self.page, self.server_app_key)
        now: datetime = begun
        while now - begun < through:
            if row.status != status:
                minutes = (now - begun).total_seconds() / 60
                raise WaitTimedOut(f"row to stay {status}", minutes * 60 / self.scale, str(row))
            pause(self.page)
            row, now = look(self.page, self.server_app_key)
        return row


@dataclass
class Migration:
    """A migration plan on its own page."""

    page: Page
    plan_id: str
    row: RowWatch

    def start(self) -> None:
        """Presses Run, as an admin would."""
        migration_assistant.run_plan(self.page, self.plan_id)

    def close(self) -> None:
        """Closes the page."""
        self.page.close()


def open_bench(
    stack: Stack, app: AppDescription, jar: Path, browser: Browser, at_end: ExitStack
) -> Bench:
    """A logged-in browser context and REST client for a stack, closed by `at_end`.

    The browser is the caller's, since Playwright's sync API allows one in each thread.

    Raises:
        ServiceDied: a service of the stack ended meanwhile.
        DriverError: the browser could not log in, although all services are alive.
    """
    try:
        client = at_end.enter_context(stack.client())
        context = browser.new_context(viewport=_VIEWPORT)
        at_end.callback(_close, context)
        page = context.new_page()
        log_in(page, stack.confluence_url, stack.account)
        page.close()
    except (HarnessError, TransportError, PlaywrightError) as error:
        raise stack.explained("the browser to log in", error) from error
    return Bench(stack, client, context, app, jar)


def _close(context: BrowserContext) -> None:
    with suppress(PlaywrightError):  # a browser that died has closed it already
        context.close()


@dataclass
class Benches:
    """The benches of a test session, each opened when it is first asked for."""

    settings: Settings
    ready: Ready
    run: Run
    progress: Progress
    browser: Browser
    at_end: ExitStack
    _open: dict[tuple[str, Path, float, tuple[str, ...]], Bench] = field(default_factory=dict)

    @property
    def default_ccma(self) -> str:
        """The CCMA version where a case does not say."""
        return self.settings.ccma_for()

    def get(
        self,
        ccma: str,
        app_folder: Path,
        scale: float | None = None,
        system_features: tuple[str, ...] = (),
    ) -> Bench:
        """A bench with that CCMA version, app and JVM.

        Args:
            ccma: the CCMA version.
            app_folder: the app's folder.
            scale: server seconds per wall second; None for the session's.
            system_features: dark features that the JVM is started with, sorted.

        Raises:
            BadInput: a real image is to show another CCMA than it has.
        """
        if ccma != self.default_ccma:
            ccma = self.settings.ccma_for(ccma)
        settings = self.settings.model_copy(update={"time_scale": scale or self.settings.scale})
        key = (ccma, app_folder.resolve(), settings.scale, system_features)
        if key not in self._open:
            app = apps.load(app_folder)
            jar = apps.server_jar(app_folder, app, self.progress)
            stack = bring_up(
                settings,
                self.ready,
                self.run,
                app,
                ccma=ccma,
                name=f"stack-{len(self._open) + 1}",
                progress=self.progress,
                system_features=system_features,
            )
            self.at_end.callback(stack.close)
            self._open[key] = open_bench(stack, app, jar, self.browser, self.at_end)
        return self._open[key]
