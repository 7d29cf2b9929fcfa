"""An app's row as a test waits for it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from playwright.sync_api import Page

from harness.checker.timing import PATIENCE
from harness.drivers.browser.progress_row import look, pause
from harness.errors import WaitTimedOut
from harness.vocabulary.rows import FINAL, Row


@dataclass
class ProgressRow:
    """Looks at the row of one app, as an admin would who reloads the plan's page."""

    page: Page
    server_app_key: str
    scale: float

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
            WaitTimedOut: it did not, or it shows another status that no poll changes.
        """
        wanted = f"row {status}" + ("" if percent is None else f" {percent} %")
        row, begun = look(self.page, self.server_app_key)
        now = begun
        while row.status != status or percent not in (None, row.percent):
            if now - begun > within or (row.status in FINAL and row.status != status):
                seconds = within.total_seconds() / self.scale
                raise WaitTimedOut(f"{wanted} for {self.server_app_key}", seconds, str(row))
            pause(self.page)
            row, now = look(self.page, self.server_app_key)
        return row

    def stays(self, status: str, through: timedelta) -> Row:
        """Watches the row through some server time, and returns it if it never changed.

        Raises:
            WaitTimedOut: it changed.
        """
        row, begun = look(self.page, self.server_app_key)
        now: datetime = begun
        while now - begun < through:
            if row.status != status:
                minutes = (now - begun).total_seconds() / 60
                raise WaitTimedOut(f"row to stay {status}", minutes * 60 / self.scale, str(row))
            pause(self.page)
            row, now = look(self.page, self.server_app_key)
        return row
