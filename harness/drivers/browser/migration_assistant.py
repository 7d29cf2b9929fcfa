"""What an admin does on the Migration Assistant's pages: make a plan, open it, run it, read it.

Everything is found by role and visible text, so that the stand-in and the real assistant can be
driven alike. Both known addresses of the assistant are tried.
Source: reference/app-migration-platform.md section 4.3.
"""

import re
from urllib.parse import urlencode

from playwright.sync_api import Locator, Page
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from harness.drivers.browser.drawn_page import await_drawn
from harness.drivers.browser.login import log_in
from harness.drivers.browser.look import read_progress
from harness.drivers.browser.navigation import asks_for_log_in, base_of, go
from harness.drivers.browser.network_change import going_on, repeatable
from harness.drivers.browser.page_state import describe
from harness.drivers.browser.page_watch import watch_of
from harness.drivers.browser.plan_address import plan_id_in
from harness.drivers.browser.plan_wizard import Choices, fill_wizard, press
from harness.drivers.browser.popups import click
from harness.drivers.confluence.session import Account
from harness.errors import DriverError

__all__ = [
    "Choices",
    "control",
    "create_plan",
    "find_plan",
    "open_home",
    "open_plan",
    "plan_id_in",
    "plan_status",
    "read_progress",
    "run_plan",
]

HOMES = ("/plugins/servlet/ial/migration/home", "/admin/migration.action")
_PLAN = "/plugins/servlet/ial/migration/plan"
_TITLE = re.compile(r"migration assistant|migrations dashboard", re.IGNORECASE)
_CREATE = re.compile(r"create (a )?new migration", re.IGNORECASE)
_PLAN_STATES = re.compile(
    r"^\s*(saved|running|finished|stopped|incomplete|failed)\s*$", re.IGNORECASE
)
_BUTTONS = {
    "Run": re.compile(r"^run( now)?$", re.IGNORECASE),
    "Stop": re.compile(r"^(stop|cancel)( migration)?$", re.IGNORECASE),
}
"""The buttons of a plan's page, whose words differ between versions."""
_VIEW = re.compile(r"^(view details?|details|view|open)$", re.IGNORECASE)
_SHORT = 5_000
"""Milliseconds for an element that is there as soon as its page is drawn."""
_LONG = 30_000
"""Milliseconds for a server to answer."""


@repeatable
def open_home(page: Page, base_url: str, account: Account | None = None) -> None:
    """Open the assistant's home at whichever of its two addresses this version serves.

    Args:
        page: a page of a logged-in context.
        base_url: Confluence's address, with its context path.
        account: for the password prompt, should it come, and to log in again where the session
            has ended meanwhile.

    Raises:
        DriverError: neither address shows the assistant.
    """
    try:
        _open_home(page, base_url, account)
    except DriverError:
        if account is None or not asks_for_log_in(page):
            raise
        log_in(page, base_url, account)
        _open_home(page, base_url, account)


def _open_home(page: Page, base_url: str, account: Account | None) -> None:
    seen = []
    for home in HOMES:
        answer = go(page, base_url.rstrip("/") + home, account)
        if answer is not None and answer.ok:
            await_drawn(page)
            if _appears(page.get_by_role("heading", name=_TITLE)):
                return
        seen.append(f"{home} gave HTTP {answer.status if answer else 'nothing'}")
    raise DriverError(
        "opening the Migration Assistant",
        "; ".join(seen),
        "Check that the user is a system administrator and that the assistant is enabled",
    )


def create_plan(
    page: Page,
    base_url: str,
    name: str,
    account: Account | None = None,
    choices: Choices | None = None,
) -> str:
    """Make a plan with this name, by the short form or the full wizard, and return its id.

    Args:
        page: a page of a logged-in context.
        base_url: Confluence's address, with its context path.
        name: the plan's name; it should be new, since the plan is found by it.
        account: for the password prompt, should it come.
        choices: what to choose in the wizard.

    Raises:
        DriverError: the wizard is not as expected, or no plan came of it.
    """

    def create() -> str:
        open_home(page, base_url, account)
        begin = control(page, _CREATE)
        if not _appears(begin):
            raise DriverError(f"creating the plan {name!r}", f"no way to begin one at {page.url}")
        press(page, begin, f"creating the plan {name!r}")
        fill_wizard(page, name, choices or Choices())
        return find_plan(page, base_url, name, account)

    def find_or_create() -> str:
        before = watch_of(page).network_changes
        try:
            open_home(page, base_url, account)
            found = find_plan(page, base_url, name, account)
            open_plan(page, found, base_url=base_url, account=account)
            if plan_status(page) == "SAVED":
                return found
        except DriverError:
            if watch_of(page).network_changes != before:
                raise  # whether there is one is not known
        return create()

    return going_on(page, create, find_or_create)


@repeatable
def find_plan(page: Page, base_url: str, name: str, account: Account | None = None) -> str:
    """Return the id of the plan with this name, from its own page or from the dashboard.

    Raises:
        DriverError: there is none.
    """
    here = plan_id_in(page.url)
    if here is not None:
        return here
    link = page.get_by_role("link", name=name, exact=True)
    row = page.get_by_role("row").or_(page.get_by_role("listitem"))
    named = row.filter(has=page.get_by_text(name, exact=True)).first
    details = named.get_by_role("link", name=_VIEW).or_(named.get_by_role("button", name=_VIEW))
    way = link.or_(details).first
    if not _appears(way):
        open_home(page, base_url, account)
    href = way.get_attribute("href") if _appears(way) else None
    plan_id = plan_id_in(href or "")
    if plan_id is None and details.count():
        press(page, details.first, f"opening the plan {name!r}")
        plan_id = plan_id_in(page.url)
    if plan_id is None:
        raise DriverError(f"finding the plan {name!r}", "nothing on the dashboard leads to it")
    return plan_id


@repeatable
def open_plan(
    page: Page, plan_id: str, *, base_url: str | None = None, account: Account | None = None
) -> None:
    """Open a plan's page; opening it again shows the newest state.

    Args:
        page: a page of a logged-in context.
        plan_id: as `create_plan` returned it.
        base_url: Confluence's address; taken from where the page is when left out.
        account: for the password prompt, should it come.

    Raises:
        DriverError: there is no such plan.
    """
    base = (base_url or base_of(page.url)).rstrip("/")
    answer = go(page, f"{base}{_PLAN}?{urlencode({'planId': plan_id})}", account)
    if answer is None or not answer.ok:
        raise DriverError(
            f"opening the plan {plan_id}", f"HTTP {answer.status if answer else 'nothing'}"
        )
    shown = await_drawn(page)
    alerts = page.get_by_role("alert").filter(has_text=re.compile(r"\S"))
    if shown.plan_state is None and not shown.block.block and alerts.count():
        raise DriverError(f"opening the plan {plan_id}", describe(shown))


def run_plan(
    page: Page, plan_id: str, *, base_url: str | None = None, account: Account | None = None
) -> None:
    """Press "Run" on a plan's page and wait until the plan is no longer SAVED.

    Raises:
        DriverError: the plan cannot be run, or stayed as it was.
    """
    attempted = f"running the plan {plan_id}"
    if not _press_once(page, plan_id, "Run", attempted, base_url, account):
        raise DriverError(attempted, "the button Run is still there", "See its page")


def stop_plan(
    page: Page, plan_id: str, *, base_url: str | None = None, account: Account | None = None
) -> None:
    """Press "Stop" on a plan's page, which cancels what is under way.

    Raises:
        DriverError: the page has no such button.
    """
    _press_once(page, plan_id, "Stop", f"stopping the plan {plan_id}", base_url, account)


def _press_once(
    page: Page,
    plan_id: str,
    label: str,
    attempted: str,
    base_url: str | None,
    account: Account | None,
) -> bool:
    """Presses a button of a plan's page, and waits until it goes away: what it is for is done then.

    Returns:
        Whether it went away.

    Raises:
        DriverError: there is no such button, or it cannot be pressed.
    """
    base = base_url or base_of(page.url)
    pressed = False

    def press() -> bool:
        nonlocal pressed
        open_plan(page, plan_id, base_url=base, account=account)
        button = page.get_by_role("button", name=_BUTTONS[label]).first
        if pressed and not button.is_visible():
            return True  # what was pressed before has come to the server
        if not _appears(button):
            status = plan_status(page) or "unknown"
            raise DriverError(attempted, f"its page has no button {label}; the plan is {status}")
        pressed = True  # a click that times out may have been made
        try:
            click(page, button, _LONG)
        except PlaywrightTimeout as error:
            if button.is_visible():
                raise DriverError(attempted, f"the button {label} cannot be pressed") from error
            return True
        try:
            button.wait_for(state="hidden", timeout=_LONG)
        except PlaywrightTimeout:
            return False
        return True

    return going_on(page, press)


def plan_status(page: Page) -> str | None:
    """Return the plan's own status as its page shows it (SAVED, RUNNING, ...), or None."""
    shown = page.get_by_text(_PLAN_STATES).first
    return shown.inner_text().strip().upper() if shown.count() else None


def control(page: Page, name: re.Pattern[str]) -> Locator:
    """Find a link or a button by its text; versions differ in which of them it is."""
    return page.get_by_role("link", name=name).or_(page.get_by_role("button", name=name)).first


def _appears(locator: Locator) -> bool:
    try:
        locator.first.wait_for(state="visible", timeout=_SHORT)
    except PlaywrightTimeout:
        return False
    return True
