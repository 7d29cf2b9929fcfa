"""The pytest fixtures that vendors import in their own repositories.

    @pytest.mark.dark_features({"migration-assistant.app-migration.feature": True})
    def test_my_app(migration, progress_row):
        migration.start()
        progress_row.becomes("COMPLETE", 100)

Options: `--engine`, `--confluence`, `--ccma`, `--time-scale`, `--app`. Markers: `dark_features`,
`ccma`, `cloud_app`, `app`. A stack is brought up once for each CCMA version and app that tests
ask for, and serves all of them.
"""

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    # Imported late at run time: a test session that uses no stack should not pay for them.
    from playwright.sync_api import Browser

    from harness.cases import Case
    from harness.drivers.cloud import CloudControl
    from harness.drivers.confluence.session import ConfluenceClient
    from harness.environment.stack import Stack
    from harness.lifecycle.runs import Run
    from harness.settings import Settings
    from harness.store.results import CaseResult
    from harness.support.console import Progress
    from harness.testbed.testbed import Bench, Benches, Migration, RowWatch

FEATURE = "migration-assistant.app-migration.feature"
DEV_MODE = "migration-assistant.app-migration.dev-mode"

_PARTS = "harness_parts"

_MARKERS = (
    "dark_features(flags): dark features of the test, key -> on or off",
    "ccma(version): the CCMA version that the test needs",
    "cloud_app(behaviour): what the scripted cloud app does",
    "app(folder): folder of the app under test, with app.yaml",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds the harness's options to pytest's."""
    group = parser.getgroup("migration harness")
    group.addoption("--engine", choices=("auto", "docker", "local"), default=None)
    group.addoption("--confluence", default=None, help="an image name, or `standin`")
    group.addoption("--ccma", default=None, help="CCMA version where a test does not say")
    group.addoption("--time-scale", type=float, default=None, help="server s per wall s")
    group.addoption("--app", type=Path, default=None, help="folder with app.yaml")


def pytest_configure(config: pytest.Config) -> None:
    """Registers the harness's markers."""
    for marker in _MARKERS:
        config.addinivalue_line("markers", marker)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tells a worker of `pytest -n` where to leave the schedule's parts."""
    node.workerinput[_PARTS] = str(_parts_file(node.nodemanager.testrunuid))


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
    on_stacks = [item for item in items if "benches" in getattr(item, "fixturenames", ())]
    if _PARTS not in worker or not on_stacks:
        return
    from harness.pytest_plugin import scheduling

    of = int(worker["workercount"])
    parts = scheduling.parts(on_stacks, _settings(config), config.getoption("app"), of)
    scheduling.write(parts, Path(worker[_PARTS]))


def _parts_file(test_run: str) -> Path:
    return Path(tempfile.gettempdir()) / f"mh-parts-{test_run}.json"


@pytest.fixture(scope="session")
def harness_run() -> "Iterator[Run]":
    """This test session's run: its id, and the folder for what must not outlive it."""
    from harness.lifecycle import runs

    with runs.open_run() as run:
        yield run


@pytest.fixture(scope="session")
def harness_browser() -> "Iterator[Browser]":
    """The session's one browser: Playwright's sync API allows one in each thread."""
    from harness.drivers.browser.launch import browser_session

    with browser_session() as browser:
        yield browser


@pytest.fixture(scope="session")
def benches(
    request: pytest.FixtureRequest, harness_run: "Run", harness_browser: "Browser"
) -> "Iterator[Benches]":
    """All stacks of this session, each brought up when it is first asked for."""
    from harness.engines.ready import prepare
    from harness.environment.reaper import sweep
    from harness.environment.services.confluence import images_wanted
    from harness.testbed.testbed import Benches

    progress = _progress(request.config)
    settings = _settings(request.config)
    ready = prepare(settings.engine, progress, images_wanted(settings))
    sweep(ready.client)
    every = Benches(settings, ready, harness_run, progress, lambda: harness_browser)
    yield every
    every.close()


@pytest.fixture
def bench(request: pytest.FixtureRequest, benches: "Benches") -> "Bench":
    """A stack with a logged-in browser and REST client, reset for this test."""
    from harness.support import assets

    ccma = _marked(request, "ccma", benches.default_ccma)
    chosen = _marked(request, "app", request.config.getoption("app"))
    bench = benches.get(str(ccma), Path(chosen or assets.sample_app("charts")))
    bench.reset(cloud_app=_marked(request, "cloud_app", None), name=request.node.nodeid)
    return bench


@pytest.fixture
def stack(bench: "Bench") -> "Stack":
    """The running stack: its services, their addresses, their logs."""
    return bench.stack


@pytest.fixture
def confluence(bench: "Bench") -> "ConfluenceClient":
    """A client of Confluence's REST, logged in as the administrator."""
    return bench.client


@pytest.fixture
def cloud(bench: "Bench") -> "CloudControl":
    """The cloud's control API: journal, transfers, clock."""
    return bench.stack.cloud


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
    request: pytest.FixtureRequest, bench: "Bench", dark_features: object
) -> "Iterator[Migration]":
    """A migration plan of this test, with the app installed; `start()` runs it."""
    del dark_features  # set before the plan is made, since plans depend on them
    bench.install()
    migration = bench.plan(request.node.name)
    yield migration
    migration.close()


@pytest.fixture
def progress_row(migration: "Migration") -> "RowWatch":
    """What the admin sees for the app; `becomes(status, percent)` waits for it."""
    return migration.row


@pytest.fixture
def run_case(benches: "Benches", harness_run: "Run") -> "Callable[[Case], CaseResult]":
    """Runs a case of a YAML file on a stack that suits it, and returns its result."""
    from harness.runner.case import run_case as run_on
    from harness.runner.run import case_folder

    def run(case: "Case") -> "CaseResult":
        bench = benches.get(
            case.ccma or benches.default_ccma,
            case.app,
            case.time_scale,
            tuple(sorted(key for key, on in case.system_features.items() if on)),
        )
        folder = case_folder(benches.settings.results / harness_run.id, case)
        return run_on(bench, case, folder)

    return run


def _settings(config: pytest.Config) -> "Settings":
    from harness.settings import resolve

    names = ("engine", "confluence", "ccma", "time_scale")
    flags = {name: config.getoption(name) for name in names}
    return resolve(flags, os.environ).settings


def _progress(config: pytest.Config) -> "Progress":
    """Says what is built and brought up although pytest captures output: it may take a while."""
    capture = config.pluginmanager.getplugin("capturemanager")
    reporter = config.pluginmanager.getplugin("terminalreporter")

    def tell(line: str) -> None:
        if capture and reporter:
            with capture.global_and_fixture_disabled():
                reporter.ensure_newline()
                reporter.write_line(line)

    return tell


def _marked(request: pytest.FixtureRequest, name: str, default: Any) -> Any:
    marker = request.node.get_closest_marker(name)
    return marker.args[0] if marker else default
