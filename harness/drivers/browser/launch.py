"""Finds a browser and starts it quietly, whether Playwright brought it or the system did.

A browser comes with a driver, Playwright's own process. Either may end unnoticed, so a
`BrowserSession` opens a new pair when it is next asked for a browser. The driver leads a process
session of its own, as the browser does: a Ctrl-C at the terminal reaches only the harness, which
closes both.
"""

import asyncio
import os
import re
import shutil
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from weakref import WeakKeyDictionary

import psutil
from playwright.sync_api import Browser, BrowserType, Playwright, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from harness.errors import BadInput, DriverError
from harness.lifecycle import child_environment
from harness.lifecycle.interrupt import deferred
from harness.lifecycle.runs import inherited
from harness.support.child import BROWSER_DRIVER

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
_DRIVER_ENDED = "Connection closed while reading from the driver"
_ENDS = {
    "Target crashed": "the page's renderer crashed",
    "Page crashed": "the page's renderer crashed",
    "Playwright connection closed": "the browser's driver has ended",
    _DRIVER_ENDED: "the browser's driver has ended",
    "browser has been closed": "the browser has ended, or the page was closed",
}
"""Part of Playwright's message -> what happened."""

_LAUNCH = "BrowserType.launch"
"""The start of the message about a browser that did not start."""

_LAUNCH_MS = 60_000
"""Milliseconds for a browser to start; it takes a second on an idle machine."""

_CLOSE_SECONDS = 20.0
"""Wall seconds for browser and driver to end in order."""

_DRIVER_SCRIPT = Path(__file__).with_name("driver.sh")
_NODE, _OWN_NODE = "PLAYWRIGHT_NODEJS_PATH", "HARNESS_NODE"
"""What Playwright starts as its Node.js; what the script starts, where the user named one."""

_KEEPS = "HARNESS_DRIVER_KEEPS"
"""The names of the variables that the script leaves to the driver."""

_PIPE, _CHILD = "--remote-debugging-pipe", "--type="
"""Words of a browser's command line: of its first process, and of those that it starts."""

ADVICE = (
    f"run `playwright install chromium`, install Debian's `chromium`, or name one in {VARIABLE}"
)


@dataclass(frozen=True)
class Found:
    """A browser that can be started; `source` says where it came from, for `harness doctor`."""

    path: Path
    source: str


@dataclass(frozen=True)
class Launch:
    """How a browser is started, where somebody says.

    Attributes:
        browser: chromium, firefox or webkit.
        options: as Playwright's `launch` takes them, such as headless, slow_mo and channel.
        connect: as Playwright's `connect` takes them, for a browser that runs elsewhere.
    """

    browser: str = "chromium"
    options: Mapping[str, Any] = field(default_factory=dict)
    connect: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_headed(self) -> bool:
        """Whether somebody looks on."""
        return self.options.get("headless") is False

    @property
    def names_its_program(self) -> bool:
        """Whether the program is given, so that none has to be found."""
        return self.browser != "chromium" or bool({"executable_path", "channel"} & {*self.options})


AS_USUAL = Launch()


def find_browser(*, is_headed: bool = False) -> Found | None:
    """Find a browser: Playwright's own, else the one named by HARNESS_CHROMIUM, else on PATH.

    Starts Playwright's driver for a moment, but no browser.

    Args:
        is_headed: whether it has to have a window.

    Raises:
        BadInput: HARNESS_CHROMIUM names no executable file.
    """
    with BrowserSession() as session:
        return _find(session.playwright(), os.environ, is_headed=is_headed)


class BrowserSession:
    """A browser and its driver, started when they are asked for and again when they have ended.

    Playwright's sync API belongs to one thread, and so does a session; a thread has one at a time.

    Args:
        environment: variables of the driver and the browser, such as `Run.environment`. Both also
            get what they need to start, and nothing else of this process's.
        launch: how the browser is started.
    """

    def __init__(
        self, environment: Mapping[str, str] | None = None, launch: Launch = AS_USUAL
    ) -> None:
        self._environment = environment or {}
        self._launch = launch
        self._playwright: Playwright | None = None
        self._driver: psutil.Process | None = None
        self._browser: Browser | None = None
        self._browser_process: psutil.Process | None = None

    def browser(self) -> Browser:
        """Returns the running browser; a new one, with a new driver, where either has ended.

        Each case makes its own context in it (`browser.new_context(...)`), which is cheap.

        Raises:
            BadInput: no browser was found.
            DriverError: the driver, or the browser that was found, does not start.
        """
        if self._browser and self._browser.is_connected() and self._processes_live():
            return self._browser
        self.close()
        kind: BrowserType = getattr(self.playwright(), self._launch.browser)
        options = self._options()
        try:
            with deferred():
                if self._launch.connect:
                    self._browser = kind.connect(**self._launch.connect)
                else:
                    self._browser = kind.launch(**options)
                self._browser_process = _browser_of(self._driver)
        except PlaywrightError as error:
            raise DriverError(
                f"starting the browser {options.get('executable_path', self._launch.browser)}",
                why(error.message),
                f"If it cannot run here, {ADVICE}",
            ) from error
        return self._browser

    def _options(self) -> dict[str, Any]:
        """What the browser is started with.

        Raises:
            BadInput: no browser was found.
        """
        given = dict(self._launch.options)
        arguments = launch_arguments(os.geteuid()) if self._launch.browser == "chromium" else []
        options: dict[str, Any] = {
            "timeout": _LAUNCH_MS,
            **given,
            "args": [*arguments, *given.get("args", ())],
            "env": {
                **child_environment.for_browser(),
                **self._environment,
                **given.get("env", {}),
            },
        }
        if not (self._launch.names_its_program or self._launch.connect):
            found = _find(self.playwright(), os.environ, is_headed=self._launch.is_headed)
            if found is None:
                raise BadInput(f"no browser was found: {ADVICE}")
            options["executable_path"] = found.path
        return options

    def playwright(self) -> Playwright:
        """Returns Playwright with its driver running.

        Raises:
            DriverError: the driver does not start.
        """
        if self._playwright is None:
            try:
                with deferred():  # a driver whose start is interrupted would run on
                    self._playwright, self._driver = _start_driver(self._environment)
            except PlaywrightError as error:
                raise DriverError("starting Playwright's driver", why(error.message)) from error
        return self._playwright

    def close(self) -> None:
        """Ends the browser and the driver, in whatever state they are."""
        browser, playwright, driver = self._browser, self._playwright, self._driver
        self._browser = self._playwright = self._driver = self._browser_process = None
        # Waiting for a driver that no longer answers would never end.
        patience = threading.Timer(_CLOSE_SECONDS, _kill, [driver])
        patience.start()
        try:
            with suppress(PlaywrightError):
                if browser:
                    browser.close()
            with suppress(PlaywrightError):
                if playwright:
                    playwright.stop()
        finally:
            patience.cancel()

    def _processes_live(self) -> bool:
        """Whether both processes do: Playwright learns of an end only while it waits."""
        return all(map(_lives, (self._driver, self._browser_process)))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@contextmanager
def browser_session(
    environment: Mapping[str, str] | None = None, launch: Launch = AS_USUAL
) -> Iterator[Browser]:
    """Starts a browser, and closes it with its driver at the end.

    Args:
        environment: as `BrowserSession` takes it.
        launch: likewise.

    Raises:
        BadInput: no browser was found.
        DriverError: the browser that was found does not start.
    """
    with BrowserSession(environment, launch) as session:
        yield session.browser()


def _start_driver(
    environment: Mapping[str, str],
) -> tuple[Playwright, psutil.Process | None]:
    """Starts Playwright's driver in a session of its own; returns its process where known."""
    kept = " ".join(sorted({*child_environment.for_browser(), *environment, _KEEPS}))
    variables = {**environment, _NODE: str(_DRIVER_SCRIPT), _KEEPS: kept}
    if own := os.environ.get(_NODE):
        variables[_OWN_NODE] = own
    with inherited(variables):
        others = set(_drivers())
        playwright = sync_playwright().start()
        asyncio.get_running_loop().set_exception_handler(_without_the_drivers_end)
        driver = next((each for each in _drivers() if each not in others), None)
        if driver:
            _DRIVERS[asyncio.get_running_loop()] = driver
        return playwright, driver


def end_driver() -> None:
    """Ends this thread's driver, which no longer answers; its session starts another."""
    driver = _DRIVERS.get(asyncio.get_running_loop())
    _kill(driver)
    psutil.wait_procs([driver] if driver else [], timeout=_CLOSE_SECONDS)


_DRIVERS: WeakKeyDictionary[asyncio.AbstractEventLoop, psutil.Process] = WeakKeyDictionary()
"""The loop in which a driver's answers come -> the driver."""


def _without_the_drivers_end(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Logs what asyncio logs, except the driver's end: whoever waits gets an error for that."""
    if _DRIVER_ENDED not in str(context.get("exception")):
        loop.default_exception_handler(context)


def _browser_of(driver: psutil.Process | None) -> psutil.Process | None:
    """The driver's browser, and none of the browser's own children; None where unknown."""
    with suppress(psutil.Error):
        for child in driver.children(recursive=True) if driver else ():
            words = child.cmdline()
            if _PIPE in words and not any(word.startswith(_CHILD) for word in words):
                return child
    return None


def _lives(process: psutil.Process | None) -> bool:
    with suppress(psutil.NoSuchProcess):
        return process is None or (
            process.is_running() and process.status() != psutil.STATUS_ZOMBIE
        )
    return False


def _drivers() -> Iterator[psutil.Process]:
    for child in psutil.Process().children():
        with suppress(psutil.Error):
            if BROWSER_DRIVER in child.cmdline():
                yield child


def _kill(driver: psutil.Process | None) -> None:
    with suppress(psutil.Error):
        if driver:
            driver.kill()


def launch_arguments(uid: int) -> list[str]:
    """Return the browser's arguments; its sandbox is given up only where root leaves no choice."""
    return [*QUIET, "--no-sandbox"] if uid == 0 else list(QUIET)


def why(message: str) -> str:
    """Returns the part of Playwright's message that matters, a sentence if a process has ended.

    Of a browser that did not start that is the first line, the browser's own errors and how its
    process ended. The long command line and the call log are left out.
    """
    first, *rest = message.splitlines() or [""]
    sentence = next((text for part, text in _ENDS.items() if part in first), None)
    if sentence and not first.startswith(_LAUNCH):
        return f"{sentence} ({first})"
    said = [line.split("]", 1)[-1].strip() for line in rest if "[err]" in line]
    ended = re.findall(r"<process did exit: ([^>]*)>", message)
    return "; ".join([first, *dict.fromkeys(said[:4]), *dict.fromkeys(ended)])


def _find(
    playwright: Playwright, environment: Mapping[str, str], *, is_headed: bool = False
) -> Found | None:
    return choose(Path(playwright.chromium.executable_path), environment, is_headed=is_headed)


def choose(own: Path, environment: Mapping[str, str], *, is_headed: bool = False) -> Found | None:
    """Choose among Playwright's own browser, the variable's and those on PATH.

    Args:
        own: where Playwright's own would be.
        environment: with the variable and PATH.
        is_headed: whether it has to have a window.

    Raises:
        BadInput: the variable names no executable file.
    """
    if own.is_file():
        return Found(own, "Playwright")
    named = environment.get(VARIABLE)
    if named:
        if not os.access(named, os.X_OK) or not Path(named).is_file():
            raise BadInput(f"{VARIABLE} is {named}, which is not an executable file")
        return Found(Path(named), VARIABLE)
    for name in NAMES[1:] if is_headed else NAMES:
        path = shutil.which(name, path=environment.get("PATH"))
        if path:
            return Found(Path(path), "PATH")
    return None
