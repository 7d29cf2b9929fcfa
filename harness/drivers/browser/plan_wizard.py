"""Makes a migration plan the way an admin does: the wizard's pages, one after the other.

The wizard differs between versions: in the order of pages, which of them exist, and whether an
earlier choice is asked for again. So each page is read by its headings and labels, what is known
on it is filled in, and then its one way forward is taken; the review's "Save" is the end. The short
form of a single page with a name and "Save" is the same thing with one page.
Source: reference/app-migration-platform.md section 4.3.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from playwright.sync_api import Locator, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from harness.drivers.browser.navigation import GIVEN_UP, is_given_up
from harness.drivers.browser.popups import click
from harness.errors import DriverError

MAX_PAGES = 12
_STEP_MS = 30_000
"""Milliseconds for a page to give way to the next."""

_CHECKS_MS = 300_000
"""Milliseconds for a page to offer a way forward: the checks for errors run on one of them."""

_NAME = re.compile(r"(migration|plan) name|^name\b", re.IGNORECASE)
_STAGE = re.compile(r"stage", re.IGNORECASE)
_SITE = re.compile(r"(destination|cloud) site|^site|^destination", re.IGNORECASE)
_ALLOW = re.compile(r"allow|i (agree|understand|consent)", re.IGNORECASE)
_EVERY = re.compile(r"^(select all|all spaces|all users)\b", re.IGNORECASE)
_SPACE = re.compile(r"\((~?\w+)\)\s*$")
"""How a space is listed: its name, and its key in parentheses."""
_LABELS = "(boxes) => boxes.map((box) => box.labels[0].textContent)"
_USERS = re.compile(r"^all users\b", re.IGNORECASE)
_TRUST = re.compile(r"^trust\b", re.IGNORECASE)
_SAVE = re.compile(r"^save( migration| plan| for later)?$", re.IGNORECASE)
_ONWARD = re.compile(
    r"^(next|continue|confirm|proceed|check for errors|review migration|review)$", re.IGNORECASE
)
_PASSWORD = "input[type=password]"  # noqa: S105 - a selector
_ALERT = re.compile(r"\S")
_FAILED = re.compile(r"^\s*(error|failed)\b", re.IGNORECASE)
_FINGERPRINT = """() => location.href + '|' +
    [...document.querySelectorAll('h1,h2,[role=heading]')].map((h) => h.textContent).join('|')"""


_IS_DRAWN = """() => {
    if (location.protocol === 'chrome-error:') return true;
    const visible = (e) => e.getClientRects().length > 0;
    const busy = [...document.querySelectorAll('[aria-busy=true]')].some(visible);
    const ends = 'button,[role=button],input[type=submit],[role=alert]:not(:empty)';
    return !busy && [...document.querySelectorAll(ends)]
        .some((e) => visible(e) && !e.closest('header,nav,footer'));
}"""
_HAS_CHOICE = """(radio) => radio.checked || (radio.name !== '' &&
    [...document.querySelectorAll('input[type=radio]')]
        .some((other) => other.name === radio.name && other.checked))"""


@dataclass(frozen=True)
class Choices:
    """What to choose in the wizard; what is left out stays as the page proposes it.

    Args:
        site: the destination site's address or part of it, as the page lists it.
        stage: informative only.
        include: kinds of data -> whether to migrate them, by the page's own words ("Apps",
            "Spaces", "Users and groups", "Global templates", "Attachments"), in any case.
        spaces: the keys of the spaces to migrate; all of them without one.
        may_trust: whether the users' email domains may be trusted where the wizard asks for it.
            That is a decision for the whole server.
    """

    site: str | None = None
    stage: Literal["production", "testing"] | None = None
    include: Mapping[str, bool] = field(default_factory=lambda: {"apps": True})
    spaces: tuple[str, ...] = ()
    may_trust: bool = True


def fill_wizard(page: Page, name: str, choices: Choices) -> None:
    """Go from the wizard's first page to the saved plan.

    Args:
        page: shows the wizard's first page.
        name: the plan's name.
        choices: what to choose on the way.

    Raises:
        DriverError: a page has no way forward, stays where it is (its messages are in the error),
            or asks for a password since the session has ended; or there are too many of them.
    """
    for _ in range(MAX_PAGES):
        try:
            _fill(page, name, choices)
        except PlaywrightTimeout as error:
            attempted = f"creating the plan {name!r}"
            raise DriverError(attempted, f"no way forward on {where(page)}") from error
        if is_given_up(page):
            raise DriverError(f"creating the plan {name!r}", GIVEN_UP)
        save = page.get_by_role("button", name=_SAVE)
        onward = page.get_by_role("button", name=_ONWARD)
        attempted = f"creating the plan {name!r}"
        try:
            message = page.get_by_role("alert").filter(has_text=_ALERT)
            ends = save.or_(onward).or_(message).or_(page.locator(_PASSWORD))
            ends.first.wait_for(state="visible", timeout=_CHECKS_MS)
        except PlaywrightTimeout as error:
            raise DriverError(attempted, f"no way forward on {where(page)}") from error
        is_last = save.first.is_visible()
        if not is_last and not onward.first.is_visible():
            if page.locator(_PASSWORD).first.is_visible():
                raise DriverError(attempted, f"the session has ended: {where(page)} came instead")
            raise DriverError(attempted, f"stopped by {where(page)}")
        press(page, save.first if is_last else onward.first, attempted)
        if is_last:
            return
    raise DriverError(
        f"creating the plan {name!r}", f"still not at its end after {MAX_PAGES} pages"
    )


def where(page: Page) -> str:
    """Return what a page shows, for an error: its headings and its messages."""
    headings = [text.strip() for text in page.get_by_role("heading").all_inner_texts()]
    failed = page.get_by_role("listitem").or_(page.get_by_role("row")).filter(has_text=_FAILED)
    alerts = page.get_by_role("alert").filter(has_text=_ALERT)
    texts = [*failed.all_inner_texts(), *alerts.all_inner_texts()]
    message = f", which says {'; '.join(' '.join(t.split()) for t in texts)!r}" if texts else ""
    return f"the page {' / '.join(headings) or page.title()!r}{message}"


def _fill(page: Page, name: str, choices: Choices) -> None:
    _await_fields(page)
    field_ = page.get_by_role("textbox", name=_NAME)
    if field_.count() and field_.first.is_editable():
        field_.first.fill(name)
    if choices.stage is not None:
        _choose(page, _STAGE, re.compile(choices.stage, re.IGNORECASE))
    if choices.site is not None:
        _choose(page, _SITE, re.compile(re.escape(choices.site), re.IGNORECASE))
    for kind, is_included in choices.include.items():
        box = page.get_by_role("checkbox", name=re.compile(rf"^{re.escape(kind)}\b", re.IGNORECASE))
        if box.count() and box.first.is_enabled():
            _set(box.first, is_included)
    _choose_spaces(page, name, choices.spaces)
    _choose_every(page, _USERS if choices.spaces else _EVERY)
    _trust_domains(page, name, may_trust=choices.may_trust)
    consent = page.get_by_role("checkbox", name=_ALLOW)
    for index in range(consent.count()):
        _set(consent.nth(index), True)


def _choose(page: Page, label: re.Pattern[str], option: re.Pattern[str]) -> None:
    """Choose in the drop-down with this label, or among the radio buttons of a group."""
    menu = page.get_by_role("combobox", name=label)
    if menu.count():
        options = menu.first.get_by_role("option")
        texts = options.all_inner_texts()
        match = next((text for text in texts if option.search(text)), None)
        if match is None:
            raise DriverError(
                f"choosing {option.pattern!r}", f"only {', '.join(texts) or 'nothing'} is offered"
            )
        menu.first.select_option(label=match)
        return
    radio = page.get_by_role("radio", name=option)
    if radio.count():
        _set(radio.first, True)


def _await_fields(page: Page) -> None:
    """Waits until the page has been drawn: it says that nothing is loading, and has a button."""
    page.wait_for_function(_IS_DRAWN, timeout=_CHECKS_MS)


def _choose_spaces(page: Page, name: str, keys: tuple[str, ...]) -> None:
    """On the page that lists the spaces, choose those with these keys and no others.

    Raises:
        DriverError: a space is not listed.
    """
    listed = page.get_by_role("checkbox", name=_SPACE)
    if not keys or not listed.count():
        return
    offered = [_SPACE.findall(text)[-1] for text in listed.evaluate_all(_LABELS)]
    if missing := sorted(set(keys) - set(offered)):
        raise DriverError(
            f"creating the plan {name!r}",
            f"there is no space {', '.join(missing)}, but {', '.join(offered)}",
            "name the keys of spaces that the server has (`site:` in app.yaml)",
        )
    for index, key in enumerate(offered):
        _set(listed.nth(index), key in keys)


def _choose_every(page: Page, every: re.Pattern[str]) -> None:
    """Where spaces or users have to be chosen and none are, choose all."""
    boxes = page.get_by_role("checkbox", name=every)
    for index in range(boxes.count()):
        if boxes.nth(index).is_visible() and boxes.nth(index).is_enabled():
            _set(boxes.nth(index), True)
    radios = page.get_by_role("radio", name=every)
    for index in range(radios.count()):
        group = radios.nth(index).evaluate(_HAS_CHOICE)
        if not group and radios.nth(index).is_visible():
            _set(radios.nth(index), True)


def _trust_domains(page: Page, name: str, *, may_trust: bool) -> None:
    """Trusts the email domains that the page lists: users migrate only then.

    Raises:
        DriverError: some are not trusted, and may not be.
    """
    buttons = page.get_by_role("button", name=_TRUST)
    if not may_trust and buttons.count():
        rows = page.get_by_role("row").filter(has=buttons).all_inner_texts()
        listed = ", ".join(row.split()[0] for row in rows)
        raise DriverError(
            f"creating the plan {name!r}",
            f"email domains of the server's users are not trusted: {listed or 'the page has them'}",
            "Trusting one is a decision for the whole server, and is not made here: trust them "
            "once in the assistant, or name a plan that has run by --plan",
        )
    for _ in range(buttons.count()):
        before = buttons.count()
        click(page, buttons.first, _STEP_MS)
        expect(buttons).not_to_have_count(before, timeout=_STEP_MS)


def _set(box: Locator, checked: bool) -> None:
    """Sets a box, by its label where something else lies over the box itself."""
    if box.is_checked() != checked:
        box.set_checked(checked, timeout=_STEP_MS)


def press(page: Page, button: Locator, attempted: str) -> None:
    """Press a button or link and wait until its page is gone, by navigation or by being redrawn.

    Raises:
        DriverError: it is not there or cannot be pressed, or the page stays as it was.
    """
    before = page.evaluate(_FINGERPRINT)
    try:
        click(page, button, _STEP_MS)
        page.wait_for_function(
            f"(before) => ({_FINGERPRINT})() !== before", arg=before, timeout=_STEP_MS
        )
        page.wait_for_load_state("domcontentloaded")
    except PlaywrightTimeout as error:
        raise DriverError(attempted, f"stuck on {where(page)}") from error
