"""Goes to a Confluence address, and passes the password prompt on the way."""

from collections.abc import Callable
from contextlib import suppress
from urllib.parse import urlsplit

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page, Response
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from harness.drivers.browser.network_change import CHANGES
from harness.drivers.browser.page_watch import NETWORK_CHANGED, watch_of
from harness.drivers.confluence.session import Account
from harness.errors import DriverError

_MARKERS = ("/plugins/servlet/", "/admin/", "/login.action", "/authenticate.action", "/pages/")
_ERROR_PAGE = "chrome-error:"
_CROSSED = ("Not attached to an active page", "net::ERR_ABORTED")
"""What Chromium says when another page, such as a form's answer, takes the place of the one that is
requested anew."""
_TAKES_ITS_PLACE_MS = 1_000
"""Milliseconds for it to have done so."""


def base_of(url: str) -> str:
    """Return the base URL of the Confluence that a page's address belongs to.

    The context path is what comes before the first known Confluence path.

    Raises:
        DriverError: the page has not been anywhere yet.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"}:
        raise DriverError("finding Confluence's address", f"the page is at {url!r}")
    ends = [parts.path.find(marker) for marker in _MARKERS if marker in parts.path]
    context = parts.path[: min(ends)] if ends else ""
    return f"{parts.scheme}://{parts.netloc}{context}"


def go(page: Page, url: str, account: Account | None = None) -> Response | None:
    """Open an address; where Confluence asks for the password again (websudo), give it.

    Args:
        page: a page of a logged-in context.
        url: the whole address.
        account: whose password to give; without it a prompt is an error.

    Returns:
        The last answer, as Playwright gives it.

    Raises:
        DriverError: the page asks for a log-in, or for a password that is not known or wrong.
    """
    watch_of(page).listen(page)  # before the page begins to make requests
    answer = navigated(page, lambda: page.goto(url, wait_until="domcontentloaded"))
    if _at(page, "/authenticate.action"):
        confirm_password(page, account)
        if page.url.split("#")[0] != url.split("#")[0]:
            answer = navigated(page, lambda: page.goto(url, wait_until="domcontentloaded"))
    if asks_for_log_in(page) and not urlsplit(url).path.endswith("/login.action"):
        raise DriverError(
            f"opening {url}", "Confluence asks for a log-in", "Log in first, or again"
        )
    return answer


def navigated(page: Page, navigate: Callable[[], Response | None]) -> Response | None:
    """Requests a page, and again if that was cut short; requesting a page again changes nothing.

    Chromium gives a request up when an address of this machine changes, and refuses one while
    another page, such as a form's answer, takes the place of the one that it is made on.

    Args:
        page: what navigates.
        navigate: requests the page by GET.

    Raises:
        PlaywrightError: it cannot be loaded for another reason, or addresses keep changing.
    """
    watch = watch_of(page)
    for _ in range(CHANGES):
        before = watch.network_changes
        try:
            return navigate()
        except PlaywrightError as error:
            if NETWORK_CHANGED in error.message:
                # Chromium's error page comes by itself, and would interrupt an earlier request.
                page.wait_for_url(f"{_ERROR_PAGE}//**", wait_until="commit")
                watch.network_changes = before  # nobody else has to do anything again
            elif any(each in error.message for each in _CROSSED):
                with suppress(PlaywrightTimeout):  # it may have done so before this waits
                    page.wait_for_event("framenavigated", timeout=_TAKES_ITS_PLACE_MS)
            else:
                raise
    return navigate()


def is_given_up(page: Page) -> bool:
    """Whether the browser shows its own error page in the place of the server's."""
    return page.url.startswith(_ERROR_PAGE)


GIVEN_UP = (
    "the browser gave the page up; it does so when an address of this machine changes, as when "
    "another run makes or removes a Docker network"
)
"""What came of a request that must not be repeated, since it may have been a form's."""


def confirm_password(page: Page, account: Account | None) -> None:
    """Fill in the secure-admin prompt that the page shows.

    Raises:
        DriverError: there is no account to fill in, or its password was refused.
    """
    attempted = "passing the secure administrator prompt"
    if account is None:
        raise DriverError(attempted, "no password was given for it", "Pass the account")
    # The ids are the documented ones (#password, #authenticateButton).
    page.locator("#password").fill(account.password)
    with page.expect_navigation(wait_until="domcontentloaded"):
        page.locator("#authenticateButton").click()
    if _at(page, "authenticate.action"):
        raise DriverError(attempted, f"the password of {account.user} was refused")


def asks_for_log_in(page: Page) -> bool:
    """Whether Confluence has led a page to its log-in form: the session has ended."""
    return _at(page, "/login.action")


def _at(page: Page, ending: str) -> bool:
    return urlsplit(page.url).path.endswith(ending)
