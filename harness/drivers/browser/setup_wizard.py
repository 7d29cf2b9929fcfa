"""Passes the set-up wizard in a browser as a person would: read the page, fill it in, press on.

The HTTP driver (harness.drivers.confluence.setup) is quicker and survives more; this one shows
that the pages themselves work. The hooks are documented: reference/confluence-container.md 2.1.
"""

import re
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from harness.drivers.confluence.pages import read_page
from harness.drivers.confluence.setup_steps import SetupInput, is_finished, step_of
from harness.errors import BadInput, DriverError

MAX_PAGES = 24
FIRST_PAGE_MS = 600_000
"""Milliseconds for the first page: the real image takes minutes until it can serve it."""

_STEP_MS = 120_000
_NEXT = re.compile(r"^(next|continue|finish)$", re.IGNORECASE)


def set_up(page: Page, base_url: str, setup_input: SetupInput) -> tuple[str, ...]:
    """Go through the wizard and return the names of the steps that were passed.

    Args:
        page: a page of any context.
        base_url: Confluence's address, with its context path; it is in FIRST_RUN.
        setup_input: administrator, licence and database.

    Raises:
        BadInput: a licence or database is asked for and was not given.
        DriverError: an unknown page, or one that comes back after it was filled in.
    """
    page.goto(f"{base_url.rstrip('/')}/", wait_until="domcontentloaded", timeout=FIRST_PAGE_MS)
    passed: list[str] = []
    for _ in range(MAX_PAGES):
        path = urlsplit(page.url).path
        if is_finished(path):
            return tuple(passed)
        step = step_of(path, read_page(page.content()))
        if step is None or step.name not in _FILL:
            raise DriverError("passing the set-up wizard", f"unknown page {page.title()!r}")
        button = _FILL[step.name](page, setup_input)
        try:
            with page.expect_navigation(wait_until="domcontentloaded", timeout=_STEP_MS):
                button.click()
        except PlaywrightTimeout as error:
            raise DriverError(
                f"passing the set-up wizard's step {step.name}", "its button leads nowhere"
            ) from error
        after = read_page(page.content())
        if step_of(urlsplit(page.url).path, after) == step:
            raise DriverError(
                f"passing the set-up wizard's step {step.name}",
                f"the same form came back: {'; '.join(after.errors) or 'without a message'}",
            )
        passed.append(step.name)
    raise DriverError("passing the set-up wizard", f"still not at its end after {MAX_PAGES} pages")


def _next(page: Page) -> Locator:
    documented = page.locator("#setupTypeCustom, #setup-next-button")
    return page.get_by_role("button", name=_NEXT).or_(documented).first


def _start(page: Page, _: SetupInput) -> Locator:
    page.locator("#custom, [name=setupType][value=custom]").first.check()
    return _next(page)


def _licence(page: Page, setup_input: SetupInput) -> Locator:
    if setup_input.licence is None:
        raise BadInput("Confluence asks for a licence and none was given")
    page.locator("textarea[name=confLicenseString]").fill(setup_input.licence.reveal())
    return _next(page)


def _deployment(page: Page, _: SetupInput) -> Locator:
    single = re.compile(r"non-clustered|standalone", re.IGNORECASE)
    page.get_by_role("radio", name=single).first.check()
    return _next(page)


def _database_choice(page: Page, setup_input: SetupInput) -> Locator:
    kind = "embedded" if setup_input.database is None else "custom"
    page.locator(f"#{kind}, [name=dbChoice][value={kind}]").first.check()
    return _next(page)


def _database(page: Page, setup_input: SetupInput) -> Locator:
    if setup_input.database is None:
        raise BadInput("Confluence asks for its database's address and none was given")
    page.locator("[name='dbConfigInfo.databaseType']").first.select_option("postgresql")
    by_url = page.locator("#dbConfigInfo-customize")
    if by_url.count():
        by_url.first.check()
    page.locator("[name='dbConfigInfo.databaseUrl']").fill(setup_input.database.url)
    page.locator("[name='dbConfigInfo.userName'], #dbConfigInfo-username").first.fill(
        setup_input.database.user
    )
    page.locator("[name='dbConfigInfo.password'], #dbConfigInfo-password").first.fill(
        setup_input.database.password
    )
    return _next(page)


def _content(page: Page, _: SetupInput) -> Locator:
    return page.get_by_role("button", name=re.compile("empty site", re.IGNORECASE)).first


def _users(page: Page, _: SetupInput) -> Locator:
    return page.get_by_role("button", name=re.compile("within confluence", re.IGNORECASE)).first


def _administrator(page: Page, setup_input: SetupInput) -> Locator:
    fields = {
        "username": setup_input.admin.user,
        "fullName": setup_input.full_name,
        "email": setup_input.email,
        "password": setup_input.admin.password,
        "confirm": setup_input.admin.password,
    }
    for name, text in fields.items():
        page.locator(f"input[name={name}]").fill(text)
    return _next(page)


def _bundle(page: Page, _: SetupInput) -> Locator:
    return _next(page)


_FILL: Mapping[str, Callable[[Page, SetupInput], Locator]] = {
    "start": _start,
    "bundle selection": _bundle,
    "licence": _licence,
    "deployment type": _deployment,
    "database choice": _database_choice,
    "database type": _database,
    "content": _content,
    "user management": _users,
    "administrator": _administrator,
}
