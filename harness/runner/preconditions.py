"""What a case wants of the cloud and of the app assessment, put in place and taken back.

Faults end with the next reset of the cloud; everything else outlives one, so each step registers
its own undoing at the moment it is done.
"""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any

from playwright.sync_api import Page

from harness.cases import CloudSetup
from harness.drivers.browser import assessment
from harness.drivers.browser.page_cache import stale_plans
from harness.environment.services.standin import CONFLUENCE, HOME
from harness.errors import DriverError
from harness.settings import STANDIN
from harness.testbed.testbed import Bench


@contextmanager
def wanted(bench: Bench, setup: CloudSetup) -> Iterator[None]:
    """Puts the surroundings of a case in place; takes them back at the end.

    Args:
        bench: what the case runs on, reset, with the app installed.
        setup: what the case wants.

    Raises:
        DriverError: the cloud or the assistant does not take it.
    """
    with ExitStack() as undo:
        _pair(bench, setup, undo)
        _switch(bench, setup.switches, undo)
        if setup.install == "missing":
            _uninstall(bench, undo)
        elif setup.install == "no-webhook":
            undo.callback(_install_anew, bench, webhook=True)
            _install_anew(bench, webhook=False)
        if setup.assessment != "needed":
            _decide(bench, assessment.Decision.NOT_NEEDED)
            undo.callback(_decide, bench, assessment.Decision.NEEDED)
        if setup.consent != "given":
            _agree(bench, agree=False)
            undo.callback(_agree, bench, agree=True)
        if setup.core == "fails":
            _in_confluence(bench, 'rm -rf "$exports" && : > "$exports"')
            undo.callback(_in_confluence, bench, 'rm -f "$exports"')
        if setup.browser == "stale":
            undo.enter_context(stale_plans(bench.context))
        for fault in setup.faults:
            bench.stack.cloud.add_fault(fault)
        yield


def _pair(bench: Bench, setup: CloudSetup, undo: ExitStack) -> None:
    cloud, app = bench.stack.cloud, bench.app
    if setup.pairing == "unlisted":
        undo.callback(cloud.list_pair, app.server.key, app.cloud.key, listed=True)
        cloud.list_pair(app.server.key, app.cloud.key, listed=False)
    elif setup.pairing == "open":
        _switch(bench, {"marketplace": "open"}, undo)


def _switch(bench: Bench, switches: Mapping[str, Any], undo: ExitStack) -> None:
    if not switches:
        return
    cloud = bench.stack.cloud
    before = cloud.switches()
    undo.callback(cloud.set_switches, {name: before[name] for name in switches})
    cloud.set_switches(switches)


def _uninstall(bench: Bench, undo: ExitStack) -> None:
    address = _address(bench)
    bench.stack.cloud.uninstall(bench.app.cloud.key)
    undo.callback(bench.stack.cloud.install, address)


def _install_anew(bench: Bench, *, webhook: bool) -> None:
    """Installs the cloud app from a descriptor with its migration webhook, or without one."""
    address = _address(bench)
    bench.stack.cloud_app.describe(webhook=webhook)
    bench.stack.cloud.uninstall(bench.app.cloud.key)
    bench.stack.cloud.install(address)


def _address(bench: Bench) -> str:
    key = bench.app.cloud.key
    return str(next(app["base_url"] for app in bench.stack.cloud.apps() if app["key"] == key))


def _decide(bench: Bench, decision: assessment.Decision) -> None:
    with _page(bench) as page:
        key = bench.app.server.key
        assessment.assess(page, bench.stack.confluence_url, {key: decision})


def _agree(bench: Bench, *, agree: bool) -> None:
    with _page(bench) as page:
        assessment.prepare(page, bench.stack.confluence_url, agree=agree)


def _in_confluence(bench: Bench, commands: str) -> None:
    """Runs commands where Confluence runs; `$exports` is where a stand-in's core exports to."""
    attempted = "a core migration that fails"
    if bench.stack.confluence != STANDIN:
        raise DriverError(attempted, f"{bench.stack.confluence} exports to where nobody knows")
    script = f'exports="${{CONFLUENCE_HOME:-{HOME}}}/migration"; {commands}'
    status, told = bench.stack.running[CONFLUENCE].execute(["sh", "-c", script])
    if status:
        raise DriverError(attempted, told.strip() or f"exit status {status}")


@contextmanager
def _page(bench: Bench) -> Iterator[Page]:
    page = bench.context.new_page()
    try:
        yield page
    finally:
        page.close()
