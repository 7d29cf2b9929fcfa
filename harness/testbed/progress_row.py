"""An app's row as a test waits for it."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from playwright.sync_api import Page

from harness.checker.timing import PATIENCE
from harness.drivers.browser.progress_row import look, pause
from harness.errors import RowMismatch, WaitTimedOut
from harness.vocabulary.rows import FINAL, Row

_GRACE_SECONDS = 60.0
"""Wall seconds beyond twice what the server time of a wait should cost."""


@dataclass(frozen=True)
class _Look:
    """A row, the server time at which it was seen, and server time since the first look."""

    row: Row
    at: datetime
    watched: timedelta


@dataclass
class ProgressRow:
    """Looks at the row of one app, as an admin would who reloads the plan's page.

    Args:
        page: a page that shows the plan.
        server_app_key: whose row.
        scale: server seconds per wall second.
        clock: monotonic wall seconds.
    """

    page: Page
    server_app_key: str
    scale: float
    clock: Callable[[], float] = time.monotonic

    def now(self) -> Row:
        """The row at this moment."""
        return look(self.page, self.server_app_key)[0]

    def becomes(self, status: str, percent: int | None = None, within: timedelta = PATIENCE) -> Row:
        """Waits until the row shows a status, and a percent where one is given.

        Args:
            status: such as `COMPLETE`.
            percent: such as 100; None accepts any.
            within: server time.

        Raises:
            RowMismatch: it did not within that time, or it shows another status for good.
            WaitTimedOut: server time does not pass at its rate.
        """
        expected = status if percent is None else f"{status} {percent} %"
        for seen in self._looks(within, expected):
            if seen.row.status == status and percent in (None, seen.row.percent):
                return seen.row
            if seen.row.status in FINAL and seen.row.status != status:
                raise self._mismatch(expected, seen, "no later poll changes that status")
        raise self._mismatch(expected, seen, f"that is more than the {within} it may take")

    def stays(self, status: str, through: timedelta) -> Row:
        """Watches the row through some server time.

        Args:
            status: what it has to show at every look; its percent may change.
            through: server time; the last look is after it.

        Returns:
            The row of the last look.

        Raises:
            RowMismatch: it showed another status.
            WaitTimedOut: server time does not pass at its rate.
        """
        for seen in self._looks(through, f"{status} for {through}"):
            if seen.row.status != status:
                raise self._mismatch(status, seen, f"it has to stay so for {through}")
        return seen.row

    def _looks(self, through: timedelta, expected: str) -> Iterator[_Look]:
        """Looks until more server time than that has passed; the last look is after it."""
        bound = 2 * through.total_seconds() / self.scale + _GRACE_SECONDS
        begun = self.clock()
        row, first = look(self.page, self.server_app_key)
        now = first
        yield _Look(row, now, now - first)
        while now - first <= through:
            if self.clock() - begun > bound:
                passed = f"row {row}; only {now - first} of server time had passed"
                raise WaitTimedOut(f"the row of {self.server_app_key}: {expected}", bound, passed)
            pause(self.page)
            row, now = look(self.page, self.server_app_key)
            yield _Look(row, now, now - first)

    def _mismatch(self, expected: str, seen: _Look, why: str) -> RowMismatch:
        return RowMismatch(self.server_app_key, expected, str(seen.row), seen.at, seen.watched, why)
