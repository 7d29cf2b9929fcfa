"""Reads the assistant's pages with the page objects that cases use, and says how far they got.

Nothing is pressed that changes something. Kept are states and counts, no text of a page.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page

from harness.contract.facts import Claim
from harness.contract.results import Answered
from harness.drivers.browser.dashboard import plans
from harness.drivers.browser.login import log_in
from harness.drivers.browser.look import look, read_progress
from harness.drivers.browser.migration_assistant import open_home, open_plan
from harness.drivers.confluence.session import Account
from harness.errors import DriverError

_PAGES_ROW = (
    "The assistant's pages are drawn by script over REST: loading state, rows that change without "
    'a reload, tabs, a button "Create new migration"; the resources are ours. A server draws them '
    "with STANDIN_PAGES=server"
)
LOG_IN = Claim(
    "log-in-by-browser",
    "a browser logs in by the form",
    "Legacy and two-step login forms, ids and members; tsv answer's shape",
)
HOME = Claim("home-page", "the assistant's home shows its heading", _PAGES_ROW)
PLANS = Claim("plans-on-the-dashboard", "the dashboard's plans can be read", _PAGES_ROW)
PLAN = Claim("a-plans-page", "the newest plan's page is known for what it is", _PAGES_ROW)
PAGE_CLAIMS = (LOG_IN, HOME, PLANS, PLAN)

_NOBODYS_KEY = "org.migrationharness.not-installed"


def read_pages(page: Page, base_url: str, account: Account) -> Iterator[Answered]:
    """Walks from the log-in to the newest plan; what comes after a break is not asked.

    Args:
        page: a page of a context of its own.
        base_url: Confluence's address, with its context path.
        account: an administrator.
    """
    walk = _Walk(page, base_url, account)
    steps = {LOG_IN: walk.log_in, HOME: walk.home, PLANS: walk.plans, PLAN: walk.plan}
    broken = ""
    for claim, step in steps.items():
        if broken:
            yield Answered.of(claim, "not asked", broken)
            continue
        try:
            shape = step()
        except (DriverError, PlaywrightError) as error:
            broken = f"it comes after {claim.id}"
            yield Answered.of(claim, "differs", _without_texts(error))
            continue
        if shape is None:
            yield Answered.of(claim, "not asked", "there is no plan yet")
        else:
            yield Answered.of(claim, "same", shape=shape)


class _Walk:
    """What one step found, the next begins with."""

    def __init__(self, page: Page, base_url: str, account: Account) -> None:
        self._page, self._base_url, self._account = page, base_url, account
        self._plan_id: str | None = None

    def log_in(self) -> Mapping[str, Any]:
        log_in(self._page, self._base_url, self._account)
        return {}

    def home(self) -> Mapping[str, Any]:
        open_home(self._page, self._base_url, self._account)
        return {}

    def plans(self) -> Mapping[str, Any]:
        found = plans(self._page, self._base_url, self._account)
        self._plan_id = found[0].id if found else None
        return {"plans": len(found), "states": sorted({each.status for each in found})}

    def plan(self) -> Mapping[str, Any] | None:
        if self._plan_id is None:
            return None
        open_plan(self._page, self._plan_id, base_url=self._base_url, account=self._account)
        rows = read_progress(self._page).rows
        keys = [row.server_app_key for row in rows if row.server_app_key]
        seen = look(self._page, keys[0] if keys else _NOBODYS_KEY, account=self._account)
        rows = read_progress(self._page).rows
        return {
            "row": seen.row.status,
            "found by": seen.proof.found_by,
            "remarks": list(seen.remarks),
            "rows": [{"status": row.status, "keyed": bool(row.server_app_key)} for row in rows],
        }


def _without_texts(error: DriverError | PlaywrightError) -> str:
    """What came back, up to where an error quotes the page."""
    said = error.came_back if isinstance(error, DriverError) else type(error).__name__
    return said.split(": '")[0].split(' "')[0]
