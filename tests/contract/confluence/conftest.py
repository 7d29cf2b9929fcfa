"""The Confluence that these tests run against: `--harness-confluence`, on `--harness-engine`.

It is a stack as the harness brings it up, at real time. Tests of what only a stand-in can be asked
for (variables, switches, a kill) are marked `standin`, start one of their own, and are deselected
where a real image is named.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from harness.cases import app as sample_apps
from harness.drivers.browser.login import log_in, save_state
from harness.drivers.confluence import apps, dark_features
from harness.drivers.confluence.session import Account, ConfluenceClient, open_client
from harness.engines import builds
from harness.engines.app_builds import server_jar
from harness.environment.stack import Stack
from harness.settings import resolve
from harness.support import assets
from harness.testbed.pool import TestbedPool


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselects what only a stand-in can be asked for, where a real image is named."""
    chosen = resolve({"confluence": config.getoption("--harness-confluence")}, os.environ).settings
    if not chosen.is_standin:
        deselected = [item for item in items if item.get_closest_marker("standin")]
        config.hook.pytest_deselected(items=deselected)
        items[:] = [item for item in items if item not in deselected]


@pytest.fixture(scope="session")
def built() -> Path:
    """Return the folder with the built stand-in."""
    return builds.standin(lambda _: None)


@pytest.fixture(scope="session")
def confluence_stack(testbeds: TestbedPool) -> Stack:
    """Return the stack of the session: set up, connected to a cloud, at real time."""
    charts = assets.sample_app("charts")
    return testbeds.get(testbeds.default_ccma, charts, scale=1).stack


@pytest.fixture(scope="session")
def confluence_url(confluence_stack: Stack) -> str:
    """Return the base URL of a Confluence that is set up."""
    return confluence_stack.confluence_url


@pytest.fixture(scope="session")
def admin(confluence_stack: Stack) -> Account:
    return confluence_stack.account


@pytest.fixture
def client(confluence_url: str, admin: Account) -> Iterator[ConfluenceClient]:
    with open_client(confluence_url, admin) as opened:
        yield opened


@pytest.fixture(scope="session")
def browser(harness_browser: Browser) -> Browser:
    """Return the session's one browser."""
    return harness_browser


@pytest.fixture(scope="session")
def storage_state(
    browser: Browser, confluence_url: str, admin: Account, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Return the state of one log-in, for the contexts of all tests."""
    path = tmp_path_factory.mktemp("browser") / "state.json"
    context = browser.new_context()
    log_in(context.new_page(), confluence_url, admin)
    save_state(context, path)
    context.close()
    return path


@pytest.fixture
def context(browser: Browser, storage_state: Path) -> Iterator[BrowserContext]:
    opened = browser.new_context(storage_state=storage_state)
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.fixture
def clean(client: ConfluenceClient) -> Iterator[ConfluenceClient]:
    """Return the administrator's client; apps and site features it added are removed after."""
    before = dark_features.site(client), {app.key for app in apps.user_installed(client)}
    yield client
    now = dark_features.site(client)
    changed = {key: key in before[0] for key in now ^ before[0]}
    dark_features.set_site(client, changed)
    for app in apps.user_installed(client):
        if app.key not in before[1]:
            apps.uninstall(client, app.key)


@pytest.fixture(scope="session")
def charts() -> Path:
    """Return the jar of the sample server app."""
    folder = assets.sample_app("charts")
    return server_jar(folder, sample_apps.load(folder), lambda _: None)
