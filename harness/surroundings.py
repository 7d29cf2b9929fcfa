"""What a case wants of the cloud and of the app assessment, put in place and taken back.

Faults end with the next reset of the cloud; everything else outlives one, so each step registers
its own undoing at the moment it is done.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from harness.bench import Bench
from harness.browser import assessment
from harness.cases import CloudSetup


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
        _switch(bench, setup, undo)
        if not setup.installed:
            _uninstall(bench, undo)
        if setup.assessment != "needed":
            _decide(bench, assessment.Decision.NOT_NEEDED)
            undo.callback(_decide, bench, assessment.Decision.NEEDED)
        for fault in setup.faults:
            bench.stack.cloud.add_fault(fault)
        yield


def _pair(bench: Bench, setup: CloudSetup, undo: ExitStack) -> None:
    if setup.pairing == "open":
        return
    cloud, app = bench.stack.cloud, bench.app
    # Listing a pair makes the cloud look at listings, so the switch goes back last.
    undo.callback(cloud.set_switches, {"marketplace": cloud.switches()["marketplace"]})
    cloud.list_pair(app.server.key, app.cloud.key, listed=setup.pairing == "listed")
    cloud.set_switches({"marketplace": "listed"})


def _switch(bench: Bench, setup: CloudSetup, undo: ExitStack) -> None:
    if not setup.switches:
        return
    cloud = bench.stack.cloud
    before = cloud.switches()
    undo.callback(cloud.set_switches, {name: before[name] for name in setup.switches})
    cloud.set_switches(setup.switches)


def _uninstall(bench: Bench, undo: ExitStack) -> None:
    cloud, key = bench.stack.cloud, bench.app.cloud.key
    address = next(app["base_url"] for app in cloud.apps() if app["key"] == key)
    cloud.uninstall(key)
    undo.callback(cloud.install, address)


def _decide(bench: Bench, decision: assessment.Decision) -> None:
    page = bench.context.new_page()
    try:
        key = bench.app.server.key
        assessment.assess(page, bench.stack.confluence_url, {key: decision})
    finally:
        page.close()
