"""An app's row as a test waits for it."""

from dataclasses import dataclass
from datetime import timedelta

from playwright.sync_api import Page

from harness.checker.timing import PATIENCE
from harness.drivers.browser.progress_row import Look, look, pause
from harness.drivers.confluence.session import Account
from harness.errors import WaitTimedOut
from harness.vocabulary.rows import FINAL, Row


@dataclass
class ProgressRow:
    """Looks at the row of one app, as an admin would who reloads the plan's page.

    Args:
        page: shows the plan.
        server_app_key: whose row.
        scale: server seconds per wall second.
        account: logs in again where the session has ended.
        plan_name: the plan's name, which the page has to show.
        app_names: names of the app, for pages that do not show keys.
    """

    page: Page
    server_app_key: str
    scale: float
    account: Account | None = None
    plan_name: str | None = None
    app_names: tuple[str, ...] = ()

    def now(self) -> Row:
        """The row at this moment."""
        return self.look().row

    def look(self) -> Look:
        """The row at this moment, with the server's time and why it is believed.

        Raises:
            PageUnreadable: the page cannot be read.
        """
        return look(
            self.page,
            self.server_app_key,
            account=self.account,
            plan_name=self.plan_name,
            app_names=self.app_names,
        )

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
        seen = self.look()
        begun = seen.server_time
        while (row := seen.row).status != status or percent not in (None, row.percent):
            if seen.server_time - begun > within or (row.status in FINAL and row.status != status):
                seconds = within.total_seconds() / self.scale
                raise WaitTimedOut(f"{wanted} for {self.server_app_key}", seconds, str(row))
            pause(self.page)
            seen = self.look()
        return row

    def stays(self, status: str, through: timedelta) -> Row:
        """Watches the row through some server time, and returns it if it never changed.

        Raises:
            WaitTimedOut: it changed.
        """
        seen = self.look()
        begun = seen.server_time
        while seen.server_time - begun < through:
            if (row := seen.row).status != status:
                minutes = (seen.server_time - begun).total_seconds() / 60
                raise WaitTimedOut(f"row to stay {status}", minutes * 60 / self.scale, str(row))
            pause(self.page)
            seen = self.look()
        return seen.row
