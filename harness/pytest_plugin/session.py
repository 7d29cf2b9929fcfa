"""What a test session has of the harness: its settings, its stacks and its browser's thread.

Imported when the first fixture is asked for, and not before.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from harness.cases import app as apps
from harness.drivers.browser.launch import BrowserSession
from harness.engines.app_builds import server_jar
from harness.engines.ready import Ready
from harness.environment import golden
from harness.environment.attach import AttachedStack, attached_stack
from harness.environment.reaper import sweep, take_down
from harness.environment.services.confluence import prepared
from harness.errors import BadInput
from harness.lifecycle import runs
from harness.lifecycle.interrupt import Stop
from harness.lifecycle.runs import Run
from harness.pytest_plugin import browser_options, options
from harness.pytest_plugin.book import Book
from harness.pytest_plugin.browser_output import Kept, kept_of
from harness.runner.fitting import fitted_engine
from harness.settings import Settings, check_cloud_of_stack, resolve
from harness.support import assets
from harness.support.console import Progress
from harness.support.own_thread import OwnThread
from harness.testbed.pool import TestbedPool
from harness.testbed.testbed import Testbed


def settings_of(config: pytest.Config) -> Settings:
    """The session's settings; its results lie in the project, wherever pytest was started.

    Raises:
        BadInput: a value or name that is wrong, with its place.
    """
    given = {each.name: config.getoption(each.flag) for each in options.SETTINGS}
    ini = {
        each.name: options.beside(config, each, value)
        for each in options.SETTINGS
        if (value := config.getini(each.ini)) is not None
    }
    resolved = resolve({}, os.environ, config.rootpath, ini=ini, options=given)
    settings = resolved.settings
    check_cloud_of_stack(settings)
    if resolved.sources["results"] == "default":
        settings = settings.model_copy(update={"results": config.rootpath / settings.results})
    return settings


def app_of(config: pytest.Config) -> Path:
    """The folder of the app under test, where a test does not say."""
    return options.given(config, options.APP) or assets.sample_app("charts")


@dataclass
class Session:
    """The stacks of a test session, driven from a thread of their own.

    Attributes:
        pool: the stacks, each brought up when it is first asked for; used in the thread only.
        in_thread: works there.
        run: the run that owns everything.
        book: takes the tests' results.
        evidence: whose evidence is kept: `retain-on-failure`, `on` or `off`.
        kept: what is kept in pytest-playwright's folders.
        attached: the one stack to run on, where that is given.
    """

    pool: TestbedPool
    in_thread: OwnThread
    run: Run
    book: Book
    evidence: str
    kept: Kept
    attached: AttachedStack | None = None
    is_over: bool = field(default=False, init=False)
    """Whether an interrupt has taken everything down, so that nothing has to be put back."""
    _is_adopted: bool = field(default=False, init=False)

    def testbed(
        self,
        ccma: str | None,
        folder: Path,
        scale: float | None = None,
        system_features: tuple[str, ...] = (),
    ) -> Testbed:
        """A stack with that CCMA version and app, and what drives it; called in the thread.

        Raises:
            BadInput: such a stack cannot be had here.
            HarnessError: it does not come up.
        """
        pool = self.pool
        if self.attached and not self._is_adopted:
            app = apps.load(folder)
            jar = server_jar(folder, app, pool.progress)
            pool.adopt(self.attached.stack, self.attached.requirements, app, jar)
            self._is_adopted = True
        return pool.get(ccma or pool.default_ccma, folder, scale, system_features)

    def give_up(self, error: BaseException) -> None:
        """Ends what the thread waits for, since whoever waits for the thread is interrupted."""
        if isinstance(error, KeyboardInterrupt):
            self.is_over = True
            take_down(self.run, self.pool.ready.client)
        elif not self.attached:
            for stack in self.pool.stacks:
                for service in stack.running.values():
                    service.kill()


@contextmanager
def opened(request: pytest.FixtureRequest, stop: Stop) -> Iterator[Session]:
    """A session's stacks, until the block ends.

    Args:
        request: of a fixture of the session's.
        stop: how the session was interrupted, if it was.
    """
    config = request.config
    progress = progress_of(config)
    launch = browser_options.launch(request)
    with ExitStack() as at_end:
        settings, attached = _settled(config, at_end)
        if not attached:
            settings = fitted_engine(settings, [app_of(config)], {}, progress)
        run = at_end.enter_context(runs.open_run(config.rootpath))
        ready = at_end.enter_context(prepared(settings, progress))
        sweep(ready.client)
        at_end.callback(_take_down_if_stopped, stop, run, ready)
        thread = at_end.enter_context(OwnThread())
        browsers = BrowserSession(run.environment, launch)
        at_end.callback(thread, browsers.close)
        kept = kept_of(config)
        pool = TestbedPool(
            settings,
            ready,
            run,
            progress,
            browsers.browser,
            context={"record_video_dir": run.scratch / "videos"} if kept.films else {},
        )
        at_end.callback(thread, pool.close)
        evidence = options.given(config, options.EVIDENCE) or "retain-on-failure"
        book = Book(settings, ready, settings.results / run.id)
        session = Session(pool, thread, run, book, evidence, kept, attached)
        thread.give_up = session.give_up
        yield session


def _settled(config: pytest.Config, at_end: ExitStack) -> tuple[Settings, AttachedStack | None]:
    """The settings, with what the stack that is attached to has decided already."""
    settings = settings_of(config)
    if settings.golden:
        golden.read(settings.golden)  # refused before anything is pulled or built
    which = options.given(config, options.STACK)
    if which is None:
        return settings, None
    attached = at_end.enter_context(attached_stack(which, settings.docker_socket, config.rootpath))
    stack = attached.stack
    has: dict[str, Any] = {"engine": stack.engine.name, "time_scale": stack.scale}
    if settings.is_standin:
        has["ccma"] = stack.ccma
    for name in ("engine", "time_scale", "ccma"):
        asked = config.getoption(f"--harness-{name.replace('_', '-')}")
        if name in has and asked not in (None, has[name]):
            raise BadInput(
                f"--harness-stack: the stack has {name.replace('_', ' ')} {has[name]}, so it "
                f"cannot be {asked}"
            )
    return settings.model_copy(update=has), attached


def _take_down_if_stopped(stop: Stop, run: Run, ready: Ready) -> None:
    """An interrupt took effect anywhere, also between the start of something and the note of it."""
    if stop.came:
        take_down(run, ready.client)


def progress_of(config: pytest.Config) -> Progress:
    """Says what is built and brought up although pytest captures output: it may take a while.

    A worker of `pytest -n` has no reporter, but the terminal as its standard error.
    """
    capture = config.pluginmanager.getplugin("capturemanager")
    reporter = config.pluginmanager.getplugin("terminalreporter")
    worker = getattr(config, "workerinput", {}).get("workerid")

    def tell(line: str) -> None:
        if capture and (reporter or worker):
            with capture.global_and_fixture_disabled():
                if worker:
                    sys.stderr.write(f"[{worker}] {line}\n")
                else:
                    reporter.ensure_newline()
                    reporter.write_line(line)

    return tell
