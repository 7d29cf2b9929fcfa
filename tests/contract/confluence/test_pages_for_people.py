"""The stand-in's pages as an admin meets them: keyboard alone, two widths, a quiet console."""

from collections.abc import Iterator

import pytest
from people import complaints, tab_to
from playwright.sync_api import Browser, Page, expect
from standin_processes import await_running, run_standin

from harness.drivers.browser import migration_assistant
from harness.drivers.browser.login import log_in
from harness.drivers.confluence import apps, dark_features
from harness.drivers.confluence.session import Account, open_client
from harness.vocabulary.features import FEATURE

pytestmark = pytest.mark.standin

ADMIN = Account("admin", "admin")
HOME = "/plugins/servlet/ial/migration/home"
PLAN = "/plugins/servlet/ial/migration/plan?planId="
PAGES = (
    HOME,
    "/plugins/servlet/ial/migration/create",
    "/plugins/servlet/ial/migration/assess",
    "/plugins/servlet/ial/migration/prepare",
    "/plugins/servlet/upm",
    "/admin/darkfeatures.action",
    "/users/darkfeatures.action",
    "/nothing/here",
)
NAMELESS = """() => [...document.querySelectorAll('a, button, input, select, textarea')]
    .filter(each => each.type !== 'hidden' && each.offsetParent !== null)
    .filter(each => !each.innerText?.trim() && !each.labels?.length && !each.ariaLabel)
    .map(each => each.outerHTML)"""
WIDER = "() => document.scrollingElement.scrollWidth - document.documentElement.clientWidth"


# What is pressed in the wizard, in order, and by which key.
WIZARD = {
    "script": (
        ("Select all", "Space"),
        ("All users and groups", "Space"),
        ("Next", "Enter"),
        ("Trust", "Space"),
        ("Next", "Enter"),
    ),
    "server": (("Next", "Enter"),),
}


@pytest.fixture(scope="module", params=WIZARD)
def drawn_by(request) -> str:
    return request.param


@pytest.fixture(scope="module")
def site(built, charts, tmp_path_factory, drawn_by) -> Iterator[str]:
    flags = ["password.confirmation.disabled=true"]
    variables = {"STANDIN_PAGES": drawn_by}
    with run_standin(built, tmp_path_factory.mktemp("people"), variables, flags) as standin:
        await_running(standin.url)
        with open_client(standin.url, ADMIN) as client:
            apps.install(client, charts)
            dark_features.set_site(client, {FEATURE: True})
            yield standin.url


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    """A page that is logged in; whatever its console complains of fails the test."""
    context = browser.new_context()
    page = context.new_page()
    log_in(page, site, ADMIN)
    said = complaints(page)
    yield page
    context.close()
    # The browser itself says of a page that is not there what status it has.
    assert [line for line in said if "501" not in line] == []


@pytest.mark.parametrize("width", [1280, 768])
def test_no_page_is_wider_than_its_window_and_each_control_has_a_name(page, site, width):
    page.set_viewport_size({"width": width, "height": 800})
    for path in (*PAGES, plan_of(page, site)):
        page.goto(site + path)
        page.get_by_role("heading", level=1).wait_for()
        assert page.get_by_role("heading", level=1).count() == 1, path
        assert page.evaluate(WIDER) <= 0, path
        assert page.evaluate(NAMELESS) == [], path


def plan_of(page: Page, site: str) -> str:
    name = f"a plan with a name that is long {'x' * 60}"
    return f"{PLAN}{migration_assistant.create_plan(page, site, name)}"


def test_a_plan_is_made_and_run_with_the_keyboard_alone(page, site, drawn_by):
    page.goto(site + HOME)
    for name, typed in (
        ("Create new migration", "Enter"),
        ("Allow the assistant", "Space"),
        ("Continue", "Enter"),
        *WIZARD[drawn_by],
        ("Review migration", "Enter"),
        ("Save", "Enter"),
    ):
        before = page.get_by_role("heading", level=1).inner_text()
        if name == "Allow the assistant":
            page.keyboard.type("by keyboard")  # the name's field has the focus
        button = page.get_by_role("button", name=name, exact=True)
        if name == "Trust" and not button.count():
            continue  # another test's plan has trusted the domain
        if button.count():
            expect(button).to_be_enabled()  # a domain is trusted over REST
        tab_to(page, name)
        page.keyboard.press(typed)
        if typed == "Enter":
            page.wait_for_function(
                "was => document.querySelector('h1')?.innerText !== was", arg=before
            )
    assert page.get_by_role("heading", level=1).inner_text() == "by keyboard"
    tab_to(page, "Run")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Run").wait_for(state="detached")
