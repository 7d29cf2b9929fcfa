"""The migrations dashboard and a plan's "View logs": list, delete, download.

Source: reference/app-migration-platform.md sections 4.3, 4.4 and 4.6.
"""

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Locator, Page
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from harness.drivers.browser.drawn_page import await_drawn
from harness.drivers.browser.migration_assistant import open_home, open_plan, plan_id_in
from harness.drivers.browser.network_change import repeatable
from harness.drivers.browser.popups import click
from harness.drivers.browser.rows import normalised
from harness.drivers.confluence.session import Account
from harness.errors import DriverError

_STATES = ("SAVED", "RUNNING", "FINISHED", "STOPPED", "INCOMPLETE", "FAILED")
_DELETE = re.compile(r"^delete\b", re.IGNORECASE)
_VIEW = re.compile(r"^(view details?|details|view|open)$", re.IGNORECASE)
_LOGS = re.compile(r"^view logs?$", re.IGNORECASE)
_SHORT = 10_000

_SNAPSHOT = """() => [...document.querySelectorAll('tr,[role=row]')].map((row) => ({
    links: [...row.querySelectorAll('a')].map((a) => [a.getAttribute('href') || '', a.textContent]),
    cells: [...row.querySelectorAll('td,th,[role=cell],[role=gridcell],[role=rowheader]')]
        .map((cell) => cell.textContent),
}))"""


@dataclass(frozen=True)
class PlanRow:
    """A plan as the dashboard lists it."""

    id: str
    name: str
    status: str


@repeatable
def plans(page: Page, base_url: str, account: Account | None = None) -> tuple[PlanRow, ...]:
    """Return the plans on the dashboard, read in one piece.

    Raises:
        DriverError: the assistant is not served.
    """
    open_home(page, base_url, account)
    found = []
    for row in page.evaluate(_SNAPSHOT):
        linked = ((plan_id_in(href), text) for href, text in row["links"])
        plan = next(((plan_id, text) for plan_id, text in linked if plan_id), None)
        if plan is not None:
            states = (normalised(cell) for cell in row["cells"])
            status = next((state for state in states if state in _STATES), "")
            texts = [" ".join(text.split()) for text in (plan[1], *row["cells"])]
            name = next((text for text in texts if text and not _VIEW.match(text)), "")
            found.append(PlanRow(plan[0], name, status))
    return tuple(found)


@repeatable
def delete_plan(page: Page, base_url: str, plan_id: str, account: Account | None = None) -> None:
    """Delete a plan on the dashboard and wait until it is gone; a missing plan is not an error.

    Raises:
        DriverError: it cannot be deleted, for example while it runs.
    """
    if plan_id not in {plan.id for plan in plans(page, base_url, account)}:
        return
    row = _row_of(page, plan_id)
    try:
        click(page, row.get_by_role("button", name=_DELETE).first, _SHORT)
        confirm = page.get_by_role("dialog").get_by_role("button", name=_DELETE)
        if confirm.count():
            confirm.first.click(timeout=_SHORT)
        row.wait_for(state="detached", timeout=_SHORT)
    except PlaywrightTimeout as error:
        raise DriverError(
            f"deleting the plan {plan_id}",
            "the dashboard still lists it",
            "A plan that runs cannot be deleted",
        ) from error


@repeatable
def view_logs(
    page: Page,
    plan_id: str,
    folder: Path,
    *,
    base_url: str | None = None,
    account: Account | None = None,
) -> Path:
    """Download a plan's progress log by its "View logs" link; return the CSV file's path.

    Raises:
        DriverError: the page has no such link (CCMA before 3.4.11, or a plan that never ran).
    """
    open_plan(page, plan_id, base_url=base_url, account=account)
    link = page.get_by_role("link", name=_LOGS).or_(page.get_by_role("button", name=_LOGS)).first
    try:
        _open_the_tab_of(page, link)
        with page.expect_download(timeout=_SHORT) as download:
            click(page, link, _SHORT)
    except PlaywrightTimeout as error:
        raise DriverError(
            f"reading the logs of the plan {plan_id}",
            "its page has no View logs",
            "They exist since CCMA 3.4.11, once the plan has run",
        ) from error
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"plan-{re.sub(r'[^A-Za-z0-9-]', '_', plan_id)}.csv"
    download.value.save_as(path)
    return path


def parse_logs(text: str) -> list[Mapping[str, str]]:
    """Read a progress log's CSV: one mapping per row by the file's own header, newest first."""
    return [dict(row) for row in csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))]


def _open_the_tab_of(page: Page, target: Locator) -> None:
    """Opens the tabs in turn until the target is visible; it may be on none of them."""
    tabs = page.get_by_role("tab")
    for index in range(tabs.count()):
        if target.is_visible():
            return
        click(page, tabs.nth(index), _SHORT)
        await_drawn(page)


def _row_of(page: Page, plan_id: str) -> Locator:
    link = page.locator(f"a[href*={plan_id!r}]")
    return page.get_by_role("row").filter(has=link).first
