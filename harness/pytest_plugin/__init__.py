"""The pytest fixtures for tests of vendors: a guest in their test suite.

    @pytest.mark.dark_features({"migration-assistant.app-migration.feature": True})
    def test_my_app(migration, progress_row):
        migration.start()
        progress_row.becomes("COMPLETE", 100)

Every test session of an environment that has the harness imports this module, whether it uses it or
not. So it imports nothing of the harness but its own options; what a fixture needs is imported when
that is asked for. A stack is brought up once for each CCMA version and app that tests need, and
serves all of them. Options and fixtures: docs/api.md.
"""

import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from harness.pytest_plugin import options

if TYPE_CHECKING:
    from harness.cases import Case
    from harness.drivers.cloud import CloudControl
    from harness.drivers.confluence.session import ConfluenceClient
    from harness.environment.stack import Stack
    from harness.lifecycle.interrupt import Stop
    from harness.pytest_plugin.session import Session
    from harness.store.results import CaseResult
    from harness.testbed.progress_row import ProgressRow
    from harness.testbed.testbed import Migration, Testbed

_PARTS = "harness_parts"
_STACKS = frozenset({"harness_testbed", "harness_session", "testbeds"})
"""Fixtures that tests with a stack have."""

_MARKERS = (
    "dark_features(flags): dark features of the test, key -> on or off",
    "ccma(version): the CCMA version that the test needs",
    "cloud_app(behaviour): what the scripted cloud app does",
    "app(folder): folder of the app under test, with app.yaml",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds the harness's options to pytest's."""
    options.add(parser)


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(
    early_config: pytest.Config, parser: pytest.Parser
) -> Iterator[None]:
    """Adds the browser's options, where neither pytest-playwright nor a conftest has them."""
    yield
    from harness.pytest_plugin import browser_options

    browser_options.add(early_config, parser)


def pytest_configure(config: pytest.Config) -> None:
    """Registers the harness's markers."""
    for marker in _MARKERS:
        config.addinivalue_line("markers", marker)


def pytest_report_header(config: pytest.Config) -> str | None:
    """Says which file serves the project's settings, where it has one."""
    from harness.errors import BadInput
    from harness.support import project

    try:
        file = project.settings_file(config.rootpath)
    except BadInput as error:
        return f"harness: {error}"
    return f"harness: settings of {project.named(file)} in {file.parent}" if file else None


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


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Says where the results of a worker of `pytest -n` are."""
    folder = getattr(node, "workeroutput", {}).get("harness_results")
    reporter: Any = node.config.pluginmanager.get_plugin("terminalreporter")
    if folder and reporter:
        reporter.ensure_newline()
        reporter.write_line(f"harness: results of {node.gateway.id} in {folder}")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """In a worker of `pytest -n`: divides the tests that need a stack, as `harness run` would."""
    worker: dict[str, Any] = getattr(config, "workerinput", {})
    if _PARTS not in worker:
        return
    on_stacks = [item for item in items if _STACKS & {*getattr(item, "fixturenames", ())}]
    if not on_stacks:
        return
    from harness.pytest_plugin import scheduling, session

    of = int(worker["workercount"])
    parts = scheduling.parts(on_stacks, session.settings_of(config), session.app_of(config), of)
    scheduling.write(parts, Path(worker[_PARTS]))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Refuses what the markers of a test with a stack say wrongly, before one is brought up."""
    if "harness_testbed" not in getattr(item, "fixturenames", ()):
        return
    from harness.pytest_plugin import markers
    from harness.pytest_plugin.lines import in_one_line

    with in_one_line():
        markers.check(item)


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
def harness_session(request: pytest.FixtureRequest, harness_stop: "Stop") -> "Iterator[Session]":
    """The stacks of this session, and the thread that its browser works in."""
    from harness.pytest_plugin.lines import in_one_line
    from harness.pytest_plugin.reporter import Reporter
    from harness.pytest_plugin.session import opened

    config = request.config
    with in_one_line(), opened(request, harness_stop) as session:
        reporter = Reporter(session, config.invocation_params.dir)
        config.pluginmanager.register(reporter, "harness-reporter")
        yield session
        if not session.book.is_empty and hasattr(config, "workeroutput"):
            config.workeroutput["harness_results"] = str(session.book.folder)


@pytest.fixture
def harness_testbed(
    request: pytest.FixtureRequest, harness_session: "Session"
) -> "Iterator[Testbed]":
    """A stack in order for this test, with all that drives it; used in the browser's thread."""
    from harness.pytest_plugin import markers
    from harness.pytest_plugin.lines import in_one_line
    from harness.pytest_plugin.record import TestRecord
    from harness.pytest_plugin.reporter import RECORD
    from harness.pytest_plugin.session import app_of

    test, in_thread = request.node, harness_session.in_thread
    with in_one_line():
        ccma, folder = markers.ccma(test), markers.app(test) or app_of(request.config)
        flags, behaviour = markers.dark_features(test), markers.cloud_app(test)
        bed = in_thread(lambda: harness_session.testbed(ccma, folder))
        record = test.stash[RECORD] = TestRecord(harness_session, bed, test.nodeid, flags)
        in_thread(lambda: record.begin(behaviour))
    yield bed
    if not harness_session.is_over:
        record.end()


@pytest.fixture
def stack(harness_testbed: "Testbed") -> "Stack":
    """The running stack: its services, their addresses, their logs."""
    return harness_testbed.stack


@pytest.fixture
def confluence(harness_testbed: "Testbed") -> "ConfluenceClient":
    """A client of Confluence's REST, logged in as the administrator."""
    return harness_testbed.client


@pytest.fixture
def cloud(harness_testbed: "Testbed") -> "CloudControl":
    """The cloud's control API: journal, transfers, clock."""
    from harness.drivers.cloud import CloudControl

    cloud = harness_testbed.stack.cloud
    assert isinstance(cloud, CloudControl)  # tests run on stacks with a stub
    return cloud


@pytest.fixture
def dark_features(
    request: pytest.FixtureRequest, harness_session: "Session", confluence: "ConfluenceClient"
) -> Iterator[Callable[[Mapping[str, bool]], None]]:
    """Sets site dark features; those of the marker are set already, all are off afterwards."""
    from harness.drivers.confluence import dark_features as driver
    from harness.errors import BadInput
    from harness.pytest_plugin import markers
    from harness.vocabulary import features

    touched: set[str] = set()

    def set_flags(flags: Mapping[str, bool]) -> None:
        __tracebackhide__ = True
        try:
            markers.flags(flags)
        except BadInput as error:
            raise BadInput(f"{request.node.name}: dark_features: {error.what}") from None
        for doubt in filter(None, map(features.doubt, flags)):
            request.node.warn(pytest.PytestWarning(doubt))
        touched.update(flags)
        driver.set_site(confluence, flags)

    set_flags(markers.dark_features(request.node))
    yield set_flags
    if not harness_session.is_over:
        driver.set_site(confluence, dict.fromkeys(touched, False))


@pytest.fixture
def migration(
    request: pytest.FixtureRequest,
    harness_session: "Session",
    harness_testbed: "Testbed",
    dark_features: object,
) -> "Iterator[Migration]":
    """A migration plan of this test, with the app installed; `start()` runs it."""
    from harness.pytest_plugin.reporter import RECORD

    del harness_testbed, dark_features  # set before the plan is made, since plans depend on them
    record = request.node.stash[RECORD]
    migration = harness_session.in_thread(lambda: record.plan(request.node.name))
    yield migration
    if not harness_session.is_over:
        migration.close()


@pytest.fixture
def progress_row(migration: "Migration") -> "ProgressRow":
    """What the admin sees for the app; `becomes(status, percent)` waits for it."""
    return migration.row


@pytest.fixture
def run_case(
    request: pytest.FixtureRequest, harness_session: "Session"
) -> "Iterator[Callable[[Case], CaseResult]]":
    """Runs a case of a YAML file on a stack that suits it, and returns its result."""
    from harness.pytest_plugin.cases import CasesOfTest

    with CasesOfTest(harness_session, request.node) as cases:
        yield cases.run
