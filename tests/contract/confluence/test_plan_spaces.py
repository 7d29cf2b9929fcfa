"""A plan takes the spaces that were chosen in the wizard, and the core migration moves those."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cloud_processes import CloudDriver, running
from playwright.sync_api import Browser, Page
from standin_processes import await_running, run_standin

from harness.drivers.browser import migration_assistant
from harness.drivers.browser.login import log_in
from harness.drivers.browser.plan_wizard import Choices
from harness.drivers.confluence import site
from harness.drivers.confluence.session import Account, open_client
from harness.errors import DriverError
from harness.wait import wait_for

pytestmark = pytest.mark.standin

ADMIN = Account("admin", "admin")
DESCRIPTION: dict[str, Any] = {
    "spaces": [
        {"key": "DS", "name": "Demo space", "pages": [{"title": "Home"}, {"title": "Charts"}]},
        {"key": "HR", "name": "People (old)", "pages": [{"title": "Staff"}]},
        {"key": "IT", "pages": []},
    ],
    "users": [{"username": "ada"}],
    "groups": [],
}


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CloudDriver]:
    folder = tmp_path_factory.mktemp("cloud")
    arguments = ("--port", "0", "--data", str(folder / "data"))
    with running("harness.cloud", folder, *arguments) as process:
        driver = CloudDriver(process.url("http"))
        yield driver
        driver.close()


@pytest.fixture(scope="module", params=["server", "script"])
def url(
    request: pytest.FixtureRequest,
    built: Path,
    cloud: CloudDriver,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    """A stand-in that holds the description, and whose pages are drawn in either way."""
    variables = {"STANDIN_PAGES": request.param, "CCMA_PLATFORM_URL": cloud.url}
    flags = ["password.confirmation.disabled=true"]
    with run_standin(built, tmp_path_factory.mktemp("spaces"), variables, flags) as standin:
        await_running(standin.url)
        with open_client(standin.url, ADMIN) as client:
            site.describe(client, DESCRIPTION)
        yield standin.url


@pytest.fixture
def page(browser: Browser, url: str) -> Iterator[Page]:
    context = browser.new_context()
    opened = context.new_page()
    log_in(opened, url, ADMIN)
    yield opened
    context.close()


@pytest.mark.parametrize(
    ("chosen", "moved"),
    [
        ((), ["Charts", "Home", "Staff"]),
        (("HR",), ["Staff"]),
        (("DS", "IT"), ["Charts", "Home"]),
    ],
    ids=lambda value: ",".join(value),
)
def test_the_spaces_that_are_chosen_are_moved(
    page: Page, url: str, cloud: CloudDriver, chosen: tuple[str, ...], moved: list[str]
) -> None:
    cloud.control("POST", "reset", expect=204)
    choices = Choices(spaces=chosen)
    plan = migration_assistant.create_plan(page, url, f"plan of {chosen}", ADMIN, choices)
    migration_assistant.run_plan(page, plan)

    def titles() -> list[str] | None:
        held = cloud.control("GET", "content")
        is_whole = {each["key"] for each in held["spaces"]} >= set(chosen or ("DS", "HR", "IT"))
        found = sorted(each["title"] for each in held["pages"])
        return found if is_whole and len(found) >= len(moved) else None

    assert wait_for("the core migration", titles, within=20) == moved
    keys = {each["key"] for each in cloud.control("GET", "content")["spaces"]}
    assert keys == set(chosen or ("DS", "HR", "IT"))


def test_a_space_that_is_not_there_is_said(page: Page, url: str) -> None:
    with pytest.raises(DriverError, match="there is no space NONE, but DS, HR, IT"):
        migration_assistant.create_plan(page, url, "none", ADMIN, Choices(spaces=("NONE",)))
