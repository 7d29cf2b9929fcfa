"""Looks at one app's row on the plan's page, with the server's own time of the look."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from playwright.sync_api import Page

from harness.drivers.browser.navigation import navigated
from harness.drivers.browser.rows import Progress, read_progress
from harness.errors import DriverError
from harness.vocabulary.rows import Row

_BETWEEN_LOOKS_MS = 40


def look(page: Page, server_app_key: str) -> tuple[Row, datetime]:
    """Reloads the plan's page; the row of one app, and the server time of the look."""
    answer = navigated(page, lambda: page.reload(wait_until="domcontentloaded"))
    now = server_date(answer.headers if answer else {})
    return row_of(read_progress(page), server_app_key), now


def pause(page: Page) -> None:
    """Leaves the server room to work between two looks."""
    page.wait_for_timeout(_BETWEEN_LOOKS_MS)


def row_of(shown: Progress, server_app_key: str) -> Row:
    """The row of one app; `ABSENT` without the block, `NO_ROW` without the app in it."""
    if not shown.block:
        return Row("ABSENT")
    for row in shown.rows:
        if row.server_app_key == server_app_key:
            return Row(row.status, row.percent)
    return Row("NO_ROW")


def server_date(headers: dict[str, str]) -> datetime:
    """The server's own time from an answer's headers, to the second, in UTC.

    Raises:
        DriverError: there is no readable Date.
    """
    try:
        return parsedate_to_datetime(headers["date"]).astimezone(UTC)
    except (KeyError, ValueError) as error:
        raise DriverError("reading the server's time", "an answer without a Date") from error
