"""The pytest fixtures for tests of vendors, and of the harness itself.

    @pytest.mark.dark_features({"migration-assistant.app-migration.feature": True})
    def test_my_app(migration, progress_row):
        migration.start()
        progress_row.becomes("COMPLETE", 100)

Options: `--harness-engine`, `--harness-confluence`, `--harness-ccma`, `--harness-time-scale`,
`--harness-app`; each may stand in pytest's own configuration, as `harness_engine` and so on.
Markers: `dark_features`, `ccma`, `cloud_app`, `app`. A stack is brought up once for each CCMA
version and app that tests need, and serves all of them.
"""

import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from harness.settings import Settings, flags_of, resolve
from harness.vocabulary.features import DEV_MODE as DEV_MODE
from harness.vocabulary.features import FEATURE as FEATURE

if TYPE_CHECKING:
    # Imported late at run time: a test session that uses no stack should not pay for them.
    from playwright.sync_api import Browser

    from harness.cases import Case
    from harness.drivers.browser.launch import BrowserSession
    from harness.drivers.cloud import CloudControl
    from harness.drivers.confluence.session import ConfluenceClient
    from harness.environment.stack import Stack
    from harness.lifecycle.interrupt import Stop
    from harness.lifecycle.runs import Run
    from harness.store.results import CaseResult
    from harness.support.console import Progress
    from harness.testbed.pool import TestbedPool
    from harness.testbed.progress_row import ProgressRow
    from harness.testbed.testbed import Migration, Testbed

_PARTS = "harness_parts"

_MARKERS = (
    "dark_features(flags): dark features of the test, key -> on or off",
    "ccma(version): the CCMA version that the test needs",
    "cloud_app(behaviour): what the scripted cloud app does",
    "app(folder): folder of the app under test, with app.yaml",
)


_APP = "folder with app.yaml, where a test's marker names none; by default the sample app"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds the harness's options to pytest's."""
    group = parser.getgroup("migration harness")
    for each in flags_of("pytest"):
        group.addoption(each.option, type=each.type, choices=each.choices or None, help=each.help)
        parser.addini(each.ini, f"{each.help}; as {each.option}", default=None)
    group.addoption("--harness-app", type=Path, default=None, help=_APP)
    parser.addini(
        "harness_app", f"{_APP}, beside pytest's configuration; as --harness-app", "paths"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Registers the harness's markers."""
    for marker in _MARKERS:
        config.addinivalue_line("markers", marker)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tells a worker of `pytest -n` where to leave the schedule's parts."""
    parts = _parts_file(node.nodemanager.testrunuid)
    node.workerinput[_PARTS] = str(parts)
    node.config.add_cleanup(lambda: parts.unlink(missing_ok=True))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Keeps tests of one part of the schedule on one worker, unless `--dist` asks otherwise."""
    if config.option.dist != "load":
        return None
    from harness.pytest_plugin.xdist import StackScheduling

    manager: Any = config.pluginmanager.get_plugin("dsession")
    return StackScheduling(config, log, _parts_file(manager.nodemanager.testrunuid))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """In a worker of `pytest -n`: divides the tests that need a stack, as `harness run` would."""
    worker: dict[str, Any] = getattr(config, "workerinput", {})
    on_stacks = [item for item in items if "testbeds" in getattr(item, "fixturenames", ())]
    if _PARTS not in worker or not on_stacks:
        return
    from harness.pytest_plugin import scheduling

    of = int(worker["workercount"])
    parts = scheduling.parts(on_stacks, _settings(config), _app(config), of)
    scheduling.write(parts, Path(worker[_PARTS]))


def _parts_file(test_run: str) -> Path:
    return Path(tempfile.gettempdir()) / f"mh-parts-{test_run}.json"


@pytest.fixture(scope="session")
def harness_stop() -> "Iterator[Stop]":
    """How this session was interrupted, if it was: SIGTERM and SIGHUP end it as Ctrl-C does."""
    from harness.lifecycle import interrupt

    stop = interrupt.Stop()
    with interrupt.interrupting(stop, lambda _: None):  # pytest itself says so
        yield stop


@pytest.fixture(scope="session")
def harness_run(harness_stop: "Stop") -> "Iterator[Run]":
    """This test session's run: its id, and the folder for what must not outlive it."""
    from harness.lifecycle import runs

    del harness_stop  # from here on an interrupt leaves in order
    with runs.open_run() as run:
        yield run


@pytest.fixture(scope="session")
def harness_browsers(harness_run: "Run") -> "Iterator[BrowserSession]":
    """The session's browser, and the next one when it has ended."""
    from harness.drivers.browser.launch import BrowserSession

    with BrowserSession(harness_run.environment) as browsers:
        yield browsers


@pytest.fixture(scope="session")
def harness_browser(harness_browsers: "BrowserSession") -> "Browser":
    """The session's one browser: Playwright's sync API allows one in each thread."""
    return harness_browsers.browser()


@pytest.fixture(scope="session")
def testbeds(
    request: pytest.FixtureRequest,
    harness_stop: "Stop",
    harness_run: "Run",
    harness_browsers: "BrowserSession",
) -> "Iterator[TestbedPool]":
    """All stacks of this session, each brought up when it is first asked for."""
    from harness.environment.reaper import sweep, take_down
    from harness.environment.services.confluence import prepared
    from harness.testbed.pool import TestbedPool

    progress = _progress(request.config)
    settings = _settings(request.config)
    with prepared(settings, progress) as ready:
        sweep(ready.client)
        every = TestbedPool(settings, ready, harness_run, progress, harness_browsers.browser)
        yield every
        try:
            every.close()
        finally:
            if harness_stop.came:
                # It took effect anywhere, also between the start of something and the note of it.
                take_down(harness_run, ready.client)


@pytest.fixture
def testbed(request: pytest.FixtureRequest, testbeds: "TestbedPool") -> "Testbed":
    """A stack with a logged-in browser and REST client, reset for this test."""
    from harness.support import assets

    ccma = _marked(request, "ccma", testbeds.default_ccma)
    chosen = _marked(request, "app", _app(request.config))
    testbed = testbeds.get(str(ccma), Path(chosen or assets.sample_app("charts")))
    testbed.reset(cloud_app=_marked(request, "cloud_app", None), name=request.node.nodeid)
    return testbed


@pytest.fixture
def stack(testbed: "Testbed") -> "Stack":
    """The running stack: its services, their addresses, their logs."""
    return testbed.stack


@pytest.fixture
def confluence(testbed: "Testbed") -> "ConfluenceClient":
    """A client of Confluence's REST, logged in as the administrator."""
    return testbed.client


@pytest.fixture
def cloud(testbed: "Testbed") -> "CloudControl":
    """The cloud's control API: journal, transfers, clock."""
    return testbed.stack.cloud


@pytest.fixture
def dark_features(
    request: pytest.FixtureRequest, confluence: "ConfluenceClient"
) -> Iterator[Callable[[Mapping[str, bool]], None]]:
    """Sets site dark features; those of the marker are set already, all are off afterwards."""
    from harness.drivers.confluence import dark_features as driver

    touched: set[str] = set()

    def set_flags(flags: Mapping[str, bool]) -> None:
        touched.update(flags)
        driver.set_site(confluence, flags)

    set_flags(_marked(request, "dark_features", {}))
    yield set_flags
    driver.set_site(confluence, dict.fromkeys(touched, False))


@pytest.fixture
def migration(
    request: pytest.FixtureRequest, testbed: "Testbed", dark_features: object
) -> "Iterator[Migration]":
    """A migration plan of this test, with the app installed; `start()` runs it."""
    del dark_features  # set before the plan is made, since plans depend on them
    testbed.install()
    migration = testbed.plan(request.node.name)
    yield migration
    migration.close()


@pytest.fixture
def progress_row(migration: "Migration") -> "ProgressRow":
    """What the admin sees for the app; `becomes(status, percent)` waits for it."""
    return migration.row


@pytest.fixture
def run_case(testbeds: "TestbedPool", harness_run: "Run") -> "Callable[[Case], CaseResult]":
    """Runs a case of a YAML file on a stack that suits it, and returns its result."""
    from harness.runner.case import run_case as run_on
    from harness.store.layout import case_folder

    def run(case: "Case") -> "CaseResult":
        testbed = testbeds.get(
            case.ccma or testbeds.default_ccma,
            case.app,
            case.time_scale,
            tuple(sorted(key for key, on in case.system_features.items() if on)),
        )
        folder = case_folder(testbeds.settings.results / harness_run.id, case.id)
        return run_on(testbed, case, folder)

    return run


def _settings(config: pytest.Config) -> Settings:
    taken = flags_of("pytest")
    options = {each.name: config.getoption(each.option) for each in taken}
    ini = {each.name: value for each in taken if (value := config.getini(each.ini)) is not None}
    return resolve({}, os.environ, ini=ini, options=options).settings


def _app(config: pytest.Config) -> Path | None:
    """The folder of the app under test, where a test does not say."""
    given: Path | None = config.getoption("--harness-app")
    return given or next(iter(config.getini("harness_app")), None)


def _progress(config: pytest.Config) -> "Progress":
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


def _marked(request: pytest.FixtureRequest, name: str, default: Any) -> Any:
    marker = request.node.get_closest_marker(name)
    return marker.args[0] if marker else default
