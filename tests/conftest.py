"""Fixtures of tests that drive a stack and its browser themselves, in their own thread.

The plugin's own, which tests of vendors use, keep the browser in a thread apart.
"""

import os
from collections.abc import Callable, Iterator
from typing import Any

import hypothesis
import pytest
from playwright.sync_api import Browser

from harness.cases import Case
from harness.drivers.browser.launch import BrowserSession
from harness.engines.docker_host import engine_answers
from harness.environment.reaper import sweep, take_down
from harness.environment.services.confluence import prepared
from harness.lifecycle import runs
from harness.lifecycle.interrupt import Stop
from harness.lifecycle.runs import Run
from harness.pytest_plugin import markers
from harness.pytest_plugin.session import app_of, progress_of, settings_of
from harness.runner.case import run_case as run_on
from harness.settings import resolve
from harness.store.layout import case_folder
from harness.store.results import CaseResult
from harness.testbed.pool import TestbedPool
from harness.testbed.testbed import Testbed

# How long an example takes is the machine's: one fell behind while others were at work.
hypothesis.settings.register_profile("any machine", deadline=None)
hypothesis.settings.load_profile("any machine")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Return who shares the tests out where they are shared out by file.

    Not on Docker: each network that it makes or removes cuts the requests of every browser here,
    and the files that make many stacks would then do so beside all others.
    """
    is_docker = config.getoption("--harness-engine") == "docker"
    if config.getoption("dist") != "loadfile" or is_docker:
        return None
    from side_by_side import SideBySide

    return SideBySide(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselects what only the other engine has."""
    bound = {item: mark.args[0] for item in items if (mark := item.get_closest_marker("engine"))}
    if bound:
        engine = engine_under_test(config)
        elsewhere = [item for item, name in bound.items() if name != engine]
        config.hook.pytest_deselected(items=elsewhere)
        items[:] = [item for item in items if item not in elsewhere]


def engine_under_test(config: pytest.Config) -> str:
    """The engine of `--harness-engine`, and for auto the one that is there."""
    named = config.getoption("--harness-engine") or "auto"
    if named != "auto":
        return str(named)
    is_docker = engine_answers(resolve({}, os.environ).settings.docker_socket)
    return "docker" if is_docker else "local"


@pytest.fixture(scope="session")
def harness_run(harness_stop: Stop) -> Iterator[Run]:
    """Return this test session's run: its id, and the folder for what must not outlive it."""
    del harness_stop  # from here on an interrupt leaves in order
    with runs.open_run() as run:
        yield run


@pytest.fixture(scope="session")
def harness_browsers(harness_run: Run) -> Iterator[BrowserSession]:
    """Return the session's browser, and the next one when it has ended."""
    with BrowserSession(harness_run.environment) as browsers:
        yield browsers


@pytest.fixture(scope="session")
def harness_browser(harness_browsers: BrowserSession) -> Browser:
    """Return the session's one browser: Playwright's sync API allows one in each thread."""
    return harness_browsers.browser()


@pytest.fixture(scope="session")
def testbeds(
    request: pytest.FixtureRequest,
    harness_stop: Stop,
    harness_run: Run,
    harness_browsers: BrowserSession,
) -> Iterator[TestbedPool]:
    """Return all stacks of this session, each brought up when it is first asked for."""
    progress = progress_of(request.config)
    settings = settings_of(request.config)
    with prepared(settings, progress) as ready:
        sweep(ready.client)
        every = TestbedPool(settings, ready, harness_run, progress, harness_browsers.browser)
        yield every
        try:
            every.close()
        finally:
            if harness_stop.came:
                take_down(harness_run, ready.client)


@pytest.fixture
def testbed(request: pytest.FixtureRequest, testbeds: TestbedPool) -> Testbed:
    """Return a stack with a logged-in browser and REST client, reset for this test."""
    ccma = markers.ccma(request.node) or testbeds.default_ccma
    app = markers.app(request.node) or app_of(request.config)
    testbed = testbeds.get(ccma, app)
    testbed.reset(cloud_app=markers.cloud_app(request.node), name=request.node.nodeid)
    return testbed


@pytest.fixture
def run_case(testbeds: TestbedPool, harness_run: Run) -> Callable[[Case], CaseResult]:
    """Return what runs a case of a YAML file on a stack that suits it, and returns its result."""

    def run(case: Case) -> CaseResult:
        testbed = testbeds.get(
            case.ccma or testbeds.default_ccma,
            case.app,
            case.time_scale,
            tuple(sorted(key for key, on in case.system_features.items() if on)),
        )
        folder = case_folder(testbeds.settings.results / harness_run.id, case.id)
        return run_on(testbed, case, folder)

    return run
