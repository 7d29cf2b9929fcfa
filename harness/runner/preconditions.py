"""What a case wants of the cloud and of the app assessment, put in place and taken back.

Faults end with the next reset of the cloud; everything else outlives one, so each step registers
its own undoing at the moment it is done.
"""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any

from playwright.sync_api import Page

from harness.cases import CloudSetup
from harness.drivers.browser import assessment
from harness.drivers.browser.proxies import lost_sessions, stale_plans
from harness.drivers.confluence import apps, email_domains
from harness.environment.services.names import CONFLUENCE, HOME
from harness.errors import DriverError
from harness.plugin_jar.read import read_plugin
from harness.settings import STANDIN
from harness.testbed.testbed import Testbed

_PROXIES = {"stale": stale_plans, "signed-out": lost_sessions}
"""What stands between the browser and Confluence, by the setting's word."""

_NO_EXPORT = {
    "fails": ': > "$exports"',
    "incomplete": (
        'mkdir "$exports" && chown --reference="$(dirname "$exports")" "$exports" && '
        ': > "$exports/attachments"'
    ),
}
"""Puts a file in place of the folder that the core exports to, or of that for attachments.

In a container that is done as root, and the rest of the folder stays the server's.
"""


@contextmanager
def establish(testbed: Testbed, setup: CloudSetup) -> Iterator[None]:
    """Puts a case's preconditions in place, and takes them back at the end.

    Args:
        testbed: what the case runs on, reset, with the app installed.
        setup: what the case wants.

    Raises:
        DriverError: the cloud or the assistant does not take it.
    """
    with ExitStack() as undo:
        _pair(testbed, setup, undo)
        _switch(testbed, setup.switches, undo)
        if setup.install == "missing":
            _uninstall(testbed, undo)
        elif setup.install == "no-webhook":
            undo.callback(_install_anew, testbed, webhook=True)
            _install_anew(testbed, webhook=False)
        if setup.server_app == "disabled":
            _enable(testbed, enabled=False)
            undo.callback(_enable, testbed, enabled=True)
        if setup.assessment != "needed":
            _decide(testbed, assessment.Decision.NOT_NEEDED)
            undo.callback(_decide, testbed, assessment.Decision.NEEDED)
        if setup.consent != "given":
            _agree(testbed, agree=False)
            undo.callback(_agree, testbed, agree=True)
        if setup.email_domains == "not-trusted":
            undo.callback(email_domains.decide, testbed.client, email_domains.TRUSTED)
            email_domains.decide(testbed.client, email_domains.NOT_TRUSTED)
        if blocked := _NO_EXPORT.get(setup.core):
            undo.callback(_in_confluence, testbed, 'rm -rf "$exports"')
            _in_confluence(testbed, f'rm -rf "$exports" && {blocked}')
        if between := _PROXIES.get(setup.browser):
            undo.enter_context(between(testbed.context))
        for fault in setup.faults:
            testbed.stack.cloud.add_fault(fault)
        yield


def of_the_server(setup: CloudSetup) -> CloudSetup:
    """What is left to put in place where a recording answers: the cloud did its part then."""
    return replace(setup, install="installed", pairing="listed", faults=(), switches={})


def _pair(testbed: Testbed, setup: CloudSetup, undo: ExitStack) -> None:
    cloud, app = testbed.stack.cloud, testbed.app
    if setup.pairing == "unlisted":
        undo.callback(cloud.list_pair, app.server.key, app.cloud.key, listed=True)
        cloud.list_pair(app.server.key, app.cloud.key, listed=False)
    elif setup.pairing == "open":
        _switch(testbed, {"marketplace": "open"}, undo)


def _switch(testbed: Testbed, switches: Mapping[str, Any], undo: ExitStack) -> None:
    if not switches:
        return
    cloud = testbed.stack.cloud
    before = cloud.switches()
    undo.callback(cloud.set_switches, {name: before[name] for name in switches})
    cloud.set_switches(switches)


def _uninstall(testbed: Testbed, undo: ExitStack) -> None:
    installed = _installed(testbed)
    testbed.stack.cloud.uninstall(testbed.app.cloud.key)
    undo.callback(testbed.stack.cloud.put_back, installed)


def _install_anew(testbed: Testbed, *, webhook: bool) -> None:
    """Installs the cloud app from a descriptor with its migration webhook, or without one."""
    installed = _installed(testbed)
    testbed.stack.cloud_app.describe(webhook=webhook)
    testbed.stack.cloud.uninstall(testbed.app.cloud.key)
    testbed.stack.cloud.put_back(installed)


def _installed(testbed: Testbed) -> Mapping[str, Any]:
    key = testbed.app.cloud.key
    return next(app for app in testbed.stack.cloud.apps() if app["key"] == key)


def _enable(testbed: Testbed, *, enabled: bool) -> None:
    key = read_plugin(testbed.jar).facts.key or testbed.app.server.key
    apps.set_enabled(testbed.client, key, enabled)


def _decide(testbed: Testbed, decision: assessment.Decision) -> None:
    with _page(testbed) as page:
        key = testbed.app.server.key
        assessment.assess(page, testbed.stack.confluence_url, {key: decision})


def _agree(testbed: Testbed, *, agree: bool) -> None:
    with _page(testbed) as page:
        assessment.prepare(page, testbed.stack.confluence_url, agree=agree)


def _in_confluence(testbed: Testbed, commands: str) -> None:
    """Runs commands where Confluence runs; `$exports` is where a stand-in's core exports to."""
    attempted = "a core migration that fails"
    if testbed.stack.confluence != STANDIN:
        raise DriverError(attempted, f"{testbed.stack.confluence} exports to an unknown folder")
    script = f'exports="${{CONFLUENCE_HOME:-{HOME}}}/migration"; {commands}'
    status, output = testbed.stack.running[CONFLUENCE].execute(["sh", "-c", script])
    if status:
        raise DriverError(attempted, output.strip() or f"exit status {status}")


@contextmanager
def _page(testbed: Testbed) -> Iterator[Page]:
    page = testbed.context.new_page()
    try:
        yield page
    finally:
        page.close()
