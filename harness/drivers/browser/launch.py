"""Finds a browser and starts it quietly, whether Playwright brought it or the system did."""

import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Playwright, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from harness.errors import BadInput, DriverError
from harness.lifecycle import child_environment
from harness.lifecycle.runs import inherited

VARIABLE = "HARNESS_CHROMIUM"
NAMES = (
    "chromium-headless-shell",  # starts and draws in about two thirds of the others' time
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
QUIET = (
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-auto-reload",
    "--no-first-run",
)
ADVICE = (
    f"run `playwright install chromium`, install Debian's `chromium`, or name one in {VARIABLE}"
)


@dataclass(frozen=True)
class Found:
    """A browser that can be started; `source` says where it came from, for `harness doctor`."""

    path: Path
    source: str


def find_browser() -> Found | None:
    """Find a browser: Playwright's own, else the one named by HARNESS_CHROMIUM, else on PATH.

    Starts Playwright's driver for a moment, but no browser.

    Raises:
        BadInput: HARNESS_CHROMIUM names no executable file.
    """
    with sync_playwright() as playwright:
        return _find(playwright, os.environ)


@contextmanager
def browser_session(environment: Mapping[str, str] | None = None) -> Iterator[Browser]:
    """Start a browser and close it in the end, with Playwright's driver.

    Each case makes its own context in it (`browser.new_context(...)`), which is cheap.

    Args:
        environment: variables of the driver and the browser, such as `Run.environment`. Beside
            them the browser has what it needs to start, and the driver, which is Playwright's own
            and takes no environment, all variables of this process.

    Raises:
        BadInput: no browser was found.
        DriverError: the browser that was found does not start.
    """
    with ExitStack() as at_end:
        with inherited(environment or {}):
            playwright = at_end.enter_context(sync_playwright())
        found = _find(playwright, os.environ)
        if found is None:
            raise BadInput(f"no browser was found: {ADVICE}")
        try:
            browser = playwright.chromium.launch(
                executable_path=found.path,
                args=launch_arguments(os.geteuid()),
                env={**child_environment.for_browser(), **(environment or {})},
            )
        except PlaywrightError as error:
            raise DriverError(
                f"starting the browser {found.path}",
                why(error.message),
                f"If it cannot run here, {ADVICE}",
            ) from error
        try:
            yield browser
        finally:
            browser.close()


def launch_arguments(uid: int) -> list[str]:
    """Return the browser's arguments; its sandbox is given up only where root leaves no choice."""
    return [*QUIET, "--no-sandbox"] if uid == 0 else list(QUIET)


def why(message: str) -> str:
    """Return what matters of Playwright's message: its first line, the browser's own errors and
    how its process ended; the long command line and call log are left out.
    """
    first, *rest = message.splitlines()
    told = [line.split("]", 1)[-1].strip() for line in rest if "[err]" in line]
    ended = re.findall(r"<process did exit: ([^>]*)>", message)
    return "; ".join([first, *dict.fromkeys(told[:4]), *dict.fromkeys(ended)])


def _find(playwright: Playwright, environment: Mapping[str, str]) -> Found | None:
    return choose(Path(playwright.chromium.executable_path), environment)


def choose(own: Path, environment: Mapping[str, str]) -> Found | None:
    """Choose among Playwright's own browser, the variable's and those on PATH.

    Raises:
        BadInput: the variable names no executable file.
    """
    if own.is_file():
        return Found(own, "Playwright")
    named = environment.get(VARIABLE)
    if named:
        if not os.access(named, os.X_OK) or not Path(named).is_file():
            raise BadInput(f"{VARIABLE} is {named}, which is no executable file")
        return Found(Path(named), VARIABLE)
    for name in NAMES:
        path = shutil.which(name, path=environment.get("PATH"))
        if path:
            return Found(Path(path), "PATH")
    return None
