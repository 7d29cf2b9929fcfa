"""Logs a browser in, by either form, and keeps the session for later contexts.

Ids are the documented ones of both forms: reference/confluence-container.md section 2.6.
"""

import re
from functools import partial
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, Response, Route
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from harness.drivers.browser.navigation import confirm_password, go, navigated
from harness.drivers.browser.network_change import going_on, repeatable
from harness.drivers.browser.popups import dismiss_popups
from harness.drivers.confluence.session import Account, PersonalToken, token_from
from harness.errors import DriverError

_USER = "#os_username, #username-field"
_PASSWORD = "#os_password, #password-field"  # noqa: S105 - a selector
_BUTTON = "#loginButton, #login-button"
_WHO = "/rest/api/user/current"
_NOBODY = '"anonymous"'
"""What that says of a session that is no user's."""


def log_in(page: Page, base_url: str, account: Account, *, within: float = 30) -> None:
    """Log in by whichever form Confluence shows, and start a secure administrator session.

    Args:
        page: any page of the context that is to be logged in.
        base_url: Confluence's address, with its context path.
        account: who logs in.
        within: wall seconds for the form to appear and for it to be gone.

    Raises:
        DriverError: neither form appeared, or the log-in was refused.
    """
    base = base_url.rstrip("/")
    if account.token and not account.password:
        _send_token(page, base, account)
        return
    form = partial(_fill_form, page, base, account, within)
    going_on(page, form, lambda: None if _is_logged_in(page, base) else form())
    step_up(page, base, account)
    dismiss_popups(page)


def _fill_form(page: Page, base: str, account: Account, within: float) -> None:
    navigated(page, lambda: page.goto(f"{base}/login.action", wait_until="domcontentloaded"))
    attempted = f"logging {account.user} in by browser"
    try:
        page.locator(_USER).first.fill(account.user, timeout=within * 1000)
        page.locator(_PASSWORD).first.fill(account.password)
        page.locator(_BUTTON).first.click()
        page.wait_for_url(
            re.compile(r"^(?!.*/(do)?login\.action)"),
            wait_until="domcontentloaded",
            timeout=within * 1000,
        )
    except PlaywrightTimeout as error:
        raise DriverError(attempted, _what_is_shown(page), "Check user and password") from error
    if not logged_in(page, base):
        raise DriverError(attempted, "the session is still anonymous", "Check user and password")


def _is_logged_in(page: Page, base: str) -> bool:
    """Whether a page's context is logged in, wherever the page is; it then shows the answer."""
    return _is_a_users(_asked_who(page, base))


def _asked_who(page: Page, base: str) -> Response | None:
    return navigated(page, lambda: page.goto(f"{base}{_WHO}", wait_until="domcontentloaded"))


def _is_a_users(answer: Response | None) -> bool:
    return answer is not None and answer.ok and _NOBODY not in answer.text()


def _send_token(page: Page, base: str, account: Account) -> None:
    """Makes a page's context send an access token, to this Confluence alone and to no other host.

    Raises:
        DriverError: it is not accepted.
    """
    bearer = {"authorization": f"Bearer {account.token}"}

    def with_token(route: Route) -> None:
        route.continue_(headers={**route.request.headers, **bearer})

    page.context.unroute(f"{base}/**")
    page.context.route(f"{base}/**", with_token)
    answer = _asked_who(page, base)
    if not _is_a_users(answer):
        raise DriverError(
            f"logging {account.user} in by access token",
            f"HTTP {answer.status if answer else 'nothing'}",
            "It may have expired or been revoked; pages may want a password instead: put it into "
            "HARNESS_ATTACH_PASSWORD",
        )


@repeatable
def step_up(page: Page, base_url: str, account: Account) -> None:
    """Start a secure administrator session if Confluence has them; it lasts ten minutes, rolling.

    Raises:
        DriverError: the password was refused.
    """
    url = f"{base_url.rstrip('/')}/authenticate.action?destination=/"
    answer = navigated(page, lambda: page.goto(url, wait_until="domcontentloaded"))
    # Where websudo is off there is no prompt: the page redirects or is an error page.
    if answer is not None and answer.ok and page.locator("#authenticateButton").count():
        confirm_password(page, account)


@repeatable
def logged_in(page: Page, base_url: str) -> bool:
    """Ask Confluence whether the session of a page that it has served belongs to a user."""
    told: str | None = page.evaluate(
        """async (url) => {
            const answer = await fetch(url, {credentials: 'same-origin'});
            return answer.ok ? await answer.text() : null;
        }""",
        f"{base_url.rstrip('/')}{_WHO}",
    )
    return told is not None and _NOBODY not in told


def save_state(context: BrowserContext, path: Path) -> None:
    """Keep a context's session for `browser.new_context(storage_state=path)`.

    The file holds session cookies, so only its owner may read it.
    """
    path.touch(mode=0o600, exist_ok=True)
    path.chmod(0o600)
    context.storage_state(path=path)


def create_token(
    page: Page, base_url: str, name: str, *, days: int = 1, account: Account | None = None
) -> PersonalToken:
    """Make a personal access token by a request from a logged-in page.

    Where Basic is closed this is the way that Confluence's XSRF check accepts.

    Raises:
        DriverError: Confluence refused.
    """
    base = base_url.rstrip("/")
    go(page, f"{base}/index.action", account)
    answer = page.evaluate(
        """async ([url, body]) => {
            const answer = await fetch(url, {
                method: 'POST', credentials: 'same-origin', body: JSON.stringify(body),
                headers: {'Content-Type': 'application/json', 'X-Atlassian-Token': 'no-check'},
            });
            return {status: answer.status, body: await answer.json().catch(() => null)};
        }""",
        [f"{base}/rest/pat/latest/tokens", {"name": name, "expirationDuration": days}],
    )
    if answer["status"] not in {200, 201}:
        raise DriverError(
            f"creating the personal access token {name} in a page", f"HTTP {answer['status']}"
        )
    return token_from(answer["body"], name)


def _what_is_shown(page: Page) -> str:
    heading = page.get_by_role("heading").all_inner_texts()
    return f"the page {page.title()!r} at {page.url.split('?')[0]} with headings {heading}"
