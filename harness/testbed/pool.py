"""The testbeds of a worker or a test session: one for each kind of stack, as many as fit."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize
from playwright.sync_api import Error as PlaywrightError

from harness.cases import app as apps
from harness.cases.app import AppDescription
from harness.drivers.browser.navigation import is_given_up
from harness.engines.app_builds import server_jar
from harness.engines.ready import Ready
from harness.environment.bring_up import StackPlan, bring_up
from harness.environment.document import leave_running
from harness.environment.stack import Stack
from harness.errors import BadInput, HarnessError
from harness.lifecycle.runs import Run
from harness.planning.requirements import StackRequirements
from harness.settings import Settings
from harness.support.console import Progress
from harness.testbed.attached import AttachedTestbed
from harness.testbed.testbed import Testbed, open_testbed

_VIEWPORT: ViewportSize = {"width": 1280, "height": 800}


def _close(context: BrowserContext) -> None:
    with suppress(PlaywrightError):  # a browser that died has closed it already
        context.close()


@dataclass
class _Opened:
    """A testbed, what closes it, and whether its stack is another command's."""

    testbed: Testbed
    at_end: ExitStack
    adopted: bool = False


@dataclass
class TestbedPool:
    """The testbeds of a worker or a test session, each opened when it is first needed.

    Args:
        settings: where and how.
        ready: the engine.
        run: the run that owns what is brought up.
        progress: takes lines about what is brought up.
        browser: returns a running browser; called while a stack boots.
        name: how the names of the stacks begin, which differ within a run.
        most: how many stacks may run at once; None for any number.
        context: what else a browser's context is made with, as Playwright's `new_context` says it.
    """

    __test__ = False  # the name begins as pytest's own test classes do

    settings: Settings
    ready: Ready
    run: Run
    progress: Progress
    browser: Callable[[], Browser]
    name: str = "stack"
    most: int | None = None
    context: Mapping[str, Any] = field(default_factory=dict)
    started: int = field(default=0, init=False)
    """How many stacks were brought up."""
    _open: dict[StackRequirements, _Opened] = field(default_factory=dict, init=False)

    @property
    def default_ccma(self) -> str:
        """The CCMA version where a case does not say."""
        return self.settings.ccma_for()

    @property
    def stacks(self) -> list[Stack]:
        """The stacks that run now."""
        return [opened.testbed.stack for opened in list(self._open.values())]

    def get(
        self,
        ccma: str,
        app_folder: Path,
        scale: float | None = None,
        system_features: tuple[str, ...] = (),
    ) -> Testbed:
        """A testbed with that CCMA version, app and JVM; arguments as for `StackRequirements`.

        Raises:
            BadInput: a real image is to show another CCMA than it has.
        """
        if ccma != self.default_ccma and not self.settings.is_standin:
            raise BadInput(
                f"a test asks for CCMA {ccma}, but {self.settings.confluence} has the CCMA it has: "
                "leave the test out, or run it on the stand-in"
            )
        app = apps.load(app_folder)
        jar = server_jar(app_folder, app, self.progress)
        rate = scale or self.settings.scale
        return self.matching(
            StackRequirements(ccma, rate, system_features, app.cloud_half), app, jar
        )

    def matching(self, needs: StackRequirements, app: AppDescription, jar: Path) -> Testbed:
        """A testbed whose stack is alive and is what `needs` says, with that app in use.

        Raises:
            BadInput: an adopted stack is not what `needs` says, or such a stack cannot be had here.
            HarnessError: the stack does not come up, or an adopted one has ended.
        """
        opened = self._open.get(needs)
        if opened and opened.testbed.died():
            if opened.adopted:
                raise opened.testbed.stack.explained("the next case", HarnessError("it ended"))
            self._close(needs)
            opened = None
        if opened and not self.has_browser(opened.testbed):
            # Its browser has ended, and with it what was logged in there.
            self._close(needs)
            if opened.adopted:
                self.adopt(opened.testbed.stack, needs, app, jar)
            opened = self._open.get(needs)
        if opened is None:
            self._make_room(needs)
            opened = self._bring_up(needs, app, jar)
            self._open[needs] = opened
        opened.testbed.use(app, jar)
        return opened.testbed

    def has_browser(self, testbed: Testbed) -> bool:
        """Whether a testbed's browser is the one that runs; starts another where it has ended.

        Raises:
            BadInput: it has ended, and no browser is found any more.
            DriverError: it has ended, and another one does not start.
        """
        return testbed.context.browser is self.browser()

    def has_pages(self, testbed: Testbed) -> bool:
        """Whether a testbed's pages are the server's, and none the browser's own error page."""
        return not any(is_given_up(page) for page in testbed.context.pages)

    def adopt(self, stack: Stack, needs: StackRequirements, app: AppDescription, jar: Path) -> None:
        """Takes a stack that runs already as the only one; its owner closes it, not this pool."""
        at_end = ExitStack()
        kind = AttachedTestbed if stack.remote else Testbed
        with ExitStack() as if_it_fails:
            if_it_fails.callback(at_end.close)
            testbed = open_testbed(stack, app, jar, self._empty_page(at_end), at_end, kind)
            if_it_fails.pop_all()
        testbed.start, testbed.tap = self.settings.start, self.settings.tap
        testbed.again, testbed.run_id = self.settings.plan, self.run.id
        self._open[needs] = _Opened(testbed, at_end, adopted=True)

    def close(self) -> None:
        """Closes all testbeds, and the stacks that were brought up here."""
        for needs in list(self._open):
            self._close(needs)

    def _bring_up(self, needs: StackRequirements, app: AppDescription, jar: Path) -> _Opened:
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
                StackPlan(app, needs.ccma, needs.system_features, f"{self.name}-{self.started}"),
                progress=self.progress,
                meanwhile=lambda: pages.append(self._empty_page(at_end)),
            )
            at_end.callback(partial(leave_running, stack) if self.settings.keep else stack.close)
            testbed = open_testbed(stack, app, jar, pages[0], at_end)
            testbed.start, testbed.tap = self.settings.start, self.settings.tap
            if_it_fails.pop_all()
        return _Opened(testbed, at_end)

    def _empty_page(self, at_end: ExitStack) -> Page:
        options: dict[str, Any] = {"viewport": _VIEWPORT, **self.context}
        context = self.browser().new_context(**options)
        at_end.callback(_close, context)
        return context.new_page()

    def _make_room(self, needs: StackRequirements) -> None:
        for other, opened in list(self._open.items()):
            if opened.adopted:
                raise BadInput(f"the stack of --stack does not match: {other.difference(needs)}")
        while self.most is not None and len(self._open) >= self.most:
            self._close(next(iter(self._open)))

    def _close(self, needs: StackRequirements) -> None:
        self._open.pop(needs).at_end.close()
