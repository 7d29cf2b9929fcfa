"""Screenshots and traces, kept in a folder of the run's own."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from playwright.sync_api import BrowserContext, Page
from playwright.sync_api import Error as PlaywrightError

from harness.drivers.browser.bounded import bounded
from harness.drivers.browser.launch import end_driver
from harness.errors import DriverError


def screenshot(page: Page, path: Path) -> Path:
    """Take a picture of the whole page and return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=path, full_page=True, animations="disabled")
    return path


@contextmanager
def trace(context: BrowserContext, path: Path) -> Iterator[Path]:
    """Record what happens in a context, and write it even when the body fails.

    Begin it after the log-in: a trace holds what was typed.

    Raises:
        DriverError: it was not written in time. There is no trace then, and the driver, which may
            wait for good, has been ended with its browser.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # Snapshots show each step; a film of the page beside them would slow down what is watched.
    context.tracing.start(screenshots=False, snapshots=True)
    try:
        yield path
    finally:
        try:
            with (
                suppress(PlaywrightError),  # a context that is closed already has nothing to save
                bounded(_WRITTEN_WITHIN, "writing the trace"),
            ):
                context.tracing.stop(path=path)
        except DriverError:
            end_driver()
            path.unlink(missing_ok=True)
            raise


_WRITTEN_WITHIN = 60.0
"""Wall seconds; a trace takes a tenth of one."""
