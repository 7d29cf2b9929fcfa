"""Assesses and prepares apps for a migration: which are needed in cloud, and the consent.

Source: reference/app-migration-platform.md section 4.3 (Assess your apps, Prepare your apps).
"""

import re
from collections.abc import Mapping
from enum import Enum

from playwright.sync_api import Locator, Page
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from harness.drivers.browser.dom_text import texts_of
from harness.drivers.browser.migration_assistant import control, open_home
from harness.drivers.browser.network_change import repeatable
from harness.drivers.browser.plan_wizard import press, where
from harness.drivers.confluence.session import Account
from harness.errors import DriverError

_ASSESS = re.compile(r"assess (your )?apps|start assess|begin assess|view assess", re.IGNORECASE)
_PREPARE = re.compile(r"prepare (your )?apps|begin preparing|continue preparing", re.IGNORECASE)
_AGREE = re.compile(r"agree", re.IGNORECASE)
_DONE = re.compile(r"^(done|save|finish|next|continue)$", re.IGNORECASE)
_SHORT = 10_000


class Decision(Enum):
    """What can be decided about an app; the value is how the page's option begins."""

    NEEDED = "needed in cloud"
    NOT_NEEDED = "not needed"
    NONE = "no decision"


@repeatable
def assess(
    page: Page,
    base_url: str,
    decisions: Mapping[str, Decision],
    *,
    others: Decision = Decision.NOT_NEEDED,
    account: Account | None = None,
) -> None:
    """Decide about each app on "Assess your apps" and finish the assessment.

    Args:
        page: a page of a logged-in context.
        base_url: Confluence's address, with its context path.
        decisions: by the app's name or server app key, as its row shows it.
        others: for apps that `decisions` does not name; the assessment ends only at 100 %.
        account: for the password prompt, should it come.

    Raises:
        DriverError: an app that was named has no row, or the page is not as expected.
    """
    open_assessment(page, base_url, account)
    left = dict(decisions)
    menus = page.get_by_role("row").filter(has=page.get_by_role("combobox"))
    for index in range(menus.count()):
        row = menus.nth(index)
        texts = {text.casefold() for text in texts_of(row)}
        named = next((app for app in left if app.casefold() in texts), None)
        _decide(row.get_by_role("combobox").first, left.pop(named) if named else others)
    if left:
        raise DriverError(
            "assessing apps", f"no row for {', '.join(left)} on {where(page)}", "Is it installed?"
        )
    _finish(page, "assessing apps")


@repeatable
def decisions(
    page: Page, base_url: str, account: Account | None = None
) -> dict[str, tuple[str, ...]]:
    """Return what "Assess your apps" shows: app -> its decision, then the row's other texts."""
    open_assessment(page, base_url, account)
    rows = page.get_by_role("row").filter(has=page.get_by_role("combobox"))
    shown = {}
    for index in range(rows.count()):
        menu = rows.nth(index).get_by_role("combobox").first
        chosen = menu.locator("option:checked").inner_text()
        app, *others = texts_of(rows.nth(index))
        shown[app] = (chosen.strip(), *others)
    return shown


@repeatable
def open_assessment(page: Page, base_url: str, account: Account | None = None) -> None:
    """Open "Assess your apps" from the assistant's home."""
    open_home(page, base_url, account)
    press(page, control(page, _ASSESS), "opening the app assessment")


@repeatable
def prepare(
    page: Page, base_url: str, *, agree: bool = True, account: Account | None = None
) -> None:
    """Go through "Prepare your apps": agree to the app migrations and finish.

    Args:
        page: a page of a logged-in context.
        base_url: Confluence's address, with its context path.
        agree: False takes every consent back.
        account: for the password prompt, should it come.

    Raises:
        DriverError: the page is not as expected.
    """
    open_home(page, base_url, account)
    try:
        press(page, control(page, _PREPARE), "preparing apps")
        boxes = page.get_by_role("checkbox", name=_AGREE)
        buttons = page.get_by_role("button", name=_AGREE)
        boxes.or_(buttons).or_(page.get_by_role("button", name=_DONE)).first.wait_for(
            timeout=_SHORT
        )
        for index in range(boxes.count()):
            boxes.nth(index).set_checked(agree)
        while agree and buttons.count() and buttons.first.is_enabled():
            buttons.first.click()
    except PlaywrightTimeout as error:
        raise DriverError("preparing apps", f"not as expected: {where(page)}") from error
    _finish(page, "preparing apps")


def _decide(menu: Locator, decision: Decision) -> None:
    texts = menu.get_by_role("option").all_inner_texts()
    match = next((t for t in texts if t.strip().casefold().startswith(decision.value)), None)
    if match is None:
        raise DriverError("assessing apps", f"{decision.value!r} is not among {', '.join(texts)}")
    menu.select_option(label=match)


def _finish(page: Page, attempted: str) -> None:
    done = page.get_by_role("button", name=_DONE).or_(page.get_by_role("link", name=_DONE)).first
    if done.count() and not done.is_enabled():
        raise DriverError(
            attempted, f"it cannot be finished: {where(page)}", "Some apps have no decision yet"
        )
    press(page, done, attempted)
