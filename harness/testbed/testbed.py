"""What a worker or a test session keeps from case to case: a stack and what drives it."""

from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from httpx import TransportError
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize
from playwright.sync_api import Error as PlaywrightError

from harness.cases import app as apps
from harness.cases.app import AppDescription
from harness.checker.verdict import PATIENCE
from harness.drivers.browser import migration_assistant
from harness.drivers.browser.login import log_in
from harness.drivers.confluence import apps as plugins
from harness.drivers.confluence import boot
from harness.drivers.confluence.session import ConfluenceClient
from harness.engines.ready import Ready
from harness.environment.stack import Stack, bring_up
from harness.errors import BadInput, HarnessError, WaitTimedOut
from harness.lifecycle.runs import Run
from harness.planning.requirements import StackNeeds
from harness.runner.observe import look, pause
from harness.settings import Settings, Start
from harness.support.console import Progress
from harness.testbed import reset
from harness.vocabulary.rows import FINAL, Row

_VIEWPORT: ViewportSize = {"width": 1280, "height": 800}


@dataclass
class Bench:
    """A stack with a logged-in browser and REST client, for one app."""

    stack: Stack
    client: ConfluenceClient
    context: BrowserContext
    app: AppDescription
    jar: Path
    pristine: reset.State
    start: Start = "wizard"
    executed: dict[str, str] = field(default_factory=dict, init=False)
    """Plans that have run on the stack, by what they were made from."""
    _installed: str | None = field(default=None, init=False)

    def died(self) -> bool:
        """Whether a service of the stack has ended."""
        return self.stack.dead() is not None

    def use(self, app: AppDescription, jar: Path) -> None:
        """Makes another app the one under test; its cloud half is the same."""
        if jar != self.jar:
            self.uninstall()
        self.app, self.jar = app, jar

    def reset(self, *, cloud_app: str | None, name: str) -> None:
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
        reset.restore(self.client, self.stack.cloud, self.pristine)
        self.stack.cloud.list_pair(self.app.server.key, self.app.cloud.key, listed=True)
        # A case may have moved the platform's clock by days.
        self.stack.cloud.set_clock(boot.server_time(self.client), self.stack.scale)
        self.stack.cloud.mark(name)

    def install(self) -> None:
        """Installs the server app, once for each stack."""
        if not self._installed:
            self._installed = plugins.install(self.client, self.jar).key
            if self.app.server.address:
                plugins.await_address(self.client, self.app.server.address)

    def uninstall(self) -> None:
        """Removes the server app, if `install` has put it there."""
        if self._installed:
            plugins.uninstall(self.client, self._installed)
            self._installed = None

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
    stack: Stack, app: AppDescription, jar: Path, page: Page, at_end: ExitStack
) -> Bench:
    """A logged-in browser context and REST client for a stack.

    Args:
        stack: the stack.
        app: whose cloud half it has.
        jar: the app's server half.
        page: an empty page of a context of its own. Its browser is the caller's, since
            Playwright's sync API allows one in each thread.
        at_end: closes what is opened here.

    Raises:
        ServiceDied: a service of the stack ended meanwhile.
        DriverError: the browser could not log in, although all services are alive.
    """
    try:
        client = at_end.enter_context(stack.client())
        log_in(page, stack.confluence_url, stack.account)
        page.close()
        # A stack that stood before may have more, which the first reset takes away.
        state = replace(reset.look(client, stack.cloud), transfers=(), faults=0)
    except (HarnessError, TransportError, PlaywrightError) as error:
        raise stack.explained("the browser to log in", error) from error
    return Bench(stack, client, page.context, app, jar, state)


def _close(context: BrowserContext) -> None:
    with suppress(PlaywrightError):  # a browser that died has closed it already
        context.close()


@dataclass
class _Opened:
    """A bench, what closes it, and whether its stack is somebody else's."""

    bench: Bench
    at_end: ExitStack
    given: bool = False


@dataclass
class Benches:
    """The benches of a worker or a test session, each opened when it is first asked for.

    Args:
        settings: where and how.
        ready: the engine.
        run: the run that owns what is brought up.
        progress: takes lines about what is brought up.
        browser: gives a running browser; asked while a stack boots.
        name: how the names of the stacks begin, which differ within a run.
        most: how many stacks may stand at once; None for as many as are asked for.
    """

    settings: Settings
    ready: Ready
    run: Run
    progress: Progress
    browser: Callable[[], Browser]
    name: str = "stack"
    most: int | None = None
    started: int = field(default=0, init=False)
    """How many stacks were brought up."""
    _open: dict[StackNeeds, _Opened] = field(default_factory=dict, init=False)

    @property
    def default_ccma(self) -> str:
        """The CCMA version where a case does not say."""
        return self.settings.ccma_for()

    @property
    def stacks(self) -> list[Stack]:
        """The stacks that stand now."""
        return [opened.bench.stack for opened in list(self._open.values())]

    def get(
        self,
        ccma: str,
        app_folder: Path,
        scale: float | None = None,
        system_features: tuple[str, ...] = (),
    ) -> Bench:
        """A bench with that CCMA version, app and JVM; arguments as for `StackNeeds`.

        Raises:
            BadInput: a real image is to show another CCMA than it has.
        """
        if ccma != self.default_ccma:
            ccma = self.settings.ccma_for(ccma)
        app = apps.load(app_folder)
        jar = apps.server_jar(app_folder, app, self.progress)
        rate = scale or self.settings.scale
        return self.suited(StackNeeds(ccma, rate, system_features, app.cloud_half), app, jar)

    def suited(self, needs: StackNeeds, app: AppDescription, jar: Path) -> Bench:
        """A bench whose stack is alive and is what is needed, with that app.

        Raises:
            HarnessError: it does not come up, or what is needed cannot be had.
        """
        opened = self._open.get(needs)
        if opened and opened.bench.died():
            if opened.given:
                raise opened.bench.stack.explained("the next case", HarnessError("it ended"))
            self._close(needs)
            opened = None
        if opened is None:
            self._make_room(needs)
            opened = self._bring_up(needs, app, jar)
            self._open[needs] = opened
        opened.bench.use(app, jar)
        return opened.bench

    def give(self, stack: Stack, needs: StackNeeds, app: AppDescription, jar: Path) -> None:
        """Takes a stack that stands already, and that nobody here closes, as the only one."""
        at_end = ExitStack()
        bench = open_bench(stack, app, jar, self._empty_page(at_end), at_end)
        bench.start = self.settings.start
        self._open[needs] = _Opened(bench, at_end, given=True)

    def close(self) -> None:
        """Closes all benches, and the stacks that were brought up here."""
        for needs in list(self._open):
            self._close(needs)

    def _bring_up(self, needs: StackNeeds, app: AppDescription, jar: Path) -> _Opened:
        self.started += 1
        pages: list[Page] = []
        at_end = ExitStack()
        with ExitStack() as if_it_fails:
            if_it_fails.callback(at_end.close)
            # Both take a second or two, on different parts of the machine.
            stack = bring_up(
                self.settings.model_copy(update={"time_scale": needs.scale}),
                self.ready,
                self.run,
                app,
                ccma=needs.ccma,
                name=f"{self.name}-{self.started}",
                progress=self.progress,
                meanwhile=lambda: pages.append(self._empty_page(at_end)),
                system_features=needs.system_features,
            )
            at_end.callback(stack.leave_standing if self.settings.keep else stack.close)
            bench = open_bench(stack, app, jar, pages[0], at_end)
            bench.start = self.settings.start
            if_it_fails.pop_all()
        return _Opened(bench, at_end)

    def _empty_page(self, at_end: ExitStack) -> Page:
        context = self.browser().new_context(viewport=_VIEWPORT)
        at_end.callback(_close, context)
        return context.new_page()

    def _make_room(self, needs: StackNeeds) -> None:
        for other, opened in list(self._open.items()):
            if opened.given:
                raise BadInput(f"the stack that stands does not suit: {other.difference(needs)}")
        while self.most is not None and len(self._open) >= self.most:
            self._close(next(iter(self._open)))

    def _close(self, needs: StackNeeds) -> None:
        self._open.pop(needs).at_end.close()
