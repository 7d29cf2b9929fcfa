"""Opens a browser with a window for a person, logged in, which stays when the harness has ended.

Playwright ends what it starts, so this browser is started beside it. It is driven over its
debugging port, on loopback, until it is logged in, and belongs to the person from then on. It
carries the run's id, so that `harness down` ends it with the stack.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path

from playwright.sync_api import Error as PlaywrightError

from harness.drivers.browser.launch import (
    ADVICE,
    BrowserSession,
    Found,
    find_browser,
    launch_arguments,
    why,
)
from harness.drivers.browser.login import log_in
from harness.drivers.browser.navigation import navigated
from harness.drivers.confluence.session import Account
from harness.errors import BadInput, DriverError
from harness.lifecycle import child_environment
from harness.wait import NotYet, wait_for

DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY")
_PORT_FILE, _OUTPUT = "DevToolsActivePort", "output"
_UP_WITHIN = 60.0
"""Wall seconds for the browser to start; it takes a second on an idle machine."""


def check_window(environ: Mapping[str, str] = os.environ, platform: str = "") -> Found:
    """Finds the browser whose window a person is to use.

    Args:
        environ: with the display's variables.
        platform: as `sys.platform` has it, which is meant where none is given.

    Raises:
        BadInput: there is no display, or no browser.
    """
    if (platform or sys.platform) == "linux" and not any(environ.get(name) for name in DISPLAYS):
        raise BadInput(
            f"--headed: there is no display here ({' and '.join(DISPLAYS)} are not set): run it "
            "where one is (ssh -X, a desktop, xvfb-run with a viewer), or leave --headed out and "
            "open the address that is printed in a browser of yours"
        )
    found = find_browser(is_headed=True)
    if found is None:
        raise BadInput(f"--headed: no browser was found: {ADVICE}")
    return found


def open_window(
    browser: Found,
    folder: Path,
    base_url: str,
    path: str,
    account: Account,
    environment: Mapping[str, str],
    options: tuple[str, ...] = (),
) -> int:
    """Opens the window at a page, logged in, and leaves it open.

    Args:
        browser: as `check_window` found it.
        folder: of its profile; made when missing.
        base_url: Confluence's address.
        path: of the page to show.
        account: who is logged in.
        environment: what tells whose process it is.
        options: more words of its command line.

    Returns:
        The browser's process id.

    Raises:
        DriverError: it does not start, or the log-in was refused.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    output = folder / _OUTPUT
    words = [
        *(str(browser.path), *launch_arguments(os.geteuid())),
        *(f"--user-data-dir={folder}", "--remote-debugging-port=0", "--no-default-browser-check"),
        *("--ozone-platform-hint=auto", *options, "about:blank"),
    ]
    with output.open("wb") as said:
        process = subprocess.Popen(
            words,
            env={**_of_the_display(), **child_environment.for_browser(), **environment},
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            start_new_session=True,
        )
    try:
        port = wait_for(
            "the browser to open",
            partial(_port, folder / _PORT_FILE),
            within=_UP_WITHIN,
            alive=lambda: None if process.poll() is None else f"exited with {process.returncode}",
            log_tail=lambda: output.read_text(errors="replace")[-500:],
            service="browser",
        )
        with BrowserSession(environment) as session:
            driven = session.playwright().chromium.connect_over_cdp(f"http://127.0.0.1:{port}")
            context = driven.contexts[0]
            page = context.pages[0] if context.pages else context.new_page()
            log_in(page, base_url, account)
            navigated(page, lambda: page.goto(f"{base_url}{path}", wait_until="domcontentloaded"))
    except BaseException as error:
        # The program may be a shell that waits for the browser.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if isinstance(error, PlaywrightError):
            raise DriverError("opening a browser for you", why(error.message)) from error
        raise
    # Else Python warns of a child that it takes for forgotten.
    process.returncode = 0
    return process.pid


def _port(file: Path) -> str | NotYet:
    """The debugging port, which the browser writes down once it listens."""
    try:
        port, newline, _ = file.read_text().partition("\n")
    except FileNotFoundError:
        return NotYet("it has not said its port yet")
    return port if newline else NotYet("it has not said its port yet")


def _of_the_display() -> dict[str, str]:
    return {name: os.environ[name] for name in (*DISPLAYS, "XAUTHORITY") if os.environ.get(name)}
