"""What a page is: the plan's page with or without a row, or one of those shown in its place.

Pure: it judges what the page's script returned and what was seen of the answers. A row is believed
only on the right plan's page, fully drawn and in a user's session. The absence of a row needs the
same proof.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict

from harness.drivers.browser.plan_address import plan_id_in
from harness.drivers.browser.rows import Snapshot, find_row, parse_progress
from harness.vocabulary.rows import Row

PLAN_STATES = ("SAVED", "RUNNING", "FINISHED", "STOPPED", "INCOMPLETE", "FAILED")
"""A plan's own states: reference/app-migration-platform.md, section 4.4."""

_UPGRADING = re.compile(
    r"upgrad(e|ing) (is )?(in progress|task|your|confluence)|is being upgraded|upgrading|"
    r"under maintenance|maintenance mode|(confluence|server) is starting|is starting up",
    re.IGNORECASE,
)
_LICENCE = re.compile(r"licen[cs]e\b.{0,40}\b(expired|invalid|not valid)", re.IGNORECASE)
_LIKE_A_KEY = re.compile(r"(?!v?\d)(?=.*[.\-_])[a-z0-9._\-]+")
"""The form of app keys; a version or a vendor's name beside an app does not match."""

_NO_APPS = re.compile(r"\b(0|no) apps\b|nothing to migrate", re.IGNORECASE)
_UNAUTHORISED = 401
_FORBIDDEN = 403
_FIRST_ERROR = 400
_ENOUGH_HEADINGS = 2
"""The plan's own heading, and one other that its page shows."""

_PASSING = (429, 502, 503, 504)


class State(Enum):
    """What a page is; the value is the word that errors and results use."""

    ROW = "row"
    ABSENT = "absent"
    NO_ROW = "no-row"
    DRAWING = "not-drawn-yet"
    LOGGED_OUT = "logged-out"
    PASSWORD = "password-asked"  # noqa: S105 - a word
    UNAVAILABLE = "unavailable"
    HTTP_ERROR = "http-error"
    REQUEST_FAILED = "request-failed"
    ANOTHER_PLAN = "another-plan"
    NOT_THE_PLAN = "not-the-plan"
    UPGRADING = "upgrading"
    LICENCE_EXPIRED = "licence-expired"
    EMPTY = "empty"
    UNCLEAR = "unclear"


FOUND = frozenset({State.ROW, State.ABSENT, State.NO_ROW})
"""What the plan's page can be once it is fully drawn."""

MAY_CHANGE = frozenset(
    {
        State.DRAWING,
        State.EMPTY,
        State.NOT_THE_PLAN,
        State.ANOTHER_PLAN,
        State.UNCLEAR,
        State.UPGRADING,
    }
)
"""What a page that is drawn by script may be before it is drawn."""

ADVICE = {
    State.DRAWING: "The page shows that it is still loading",
    State.LOGGED_OUT: "The session ended, and the password for a new one is not known or refused",
    State.PASSWORD: "Pass the account, whose password it is",
    State.UNAVAILABLE: "The server, or a proxy before it, does not serve the page now",
    State.HTTP_ERROR: "See the server's log",
    State.REQUEST_FAILED: "The page could not load what it shows: see the server's log",
    State.ANOTHER_PLAN: "Something before the server keeps pages, or the plan was replaced",
    State.NOT_THE_PLAN: "Was the plan deleted, or is the assistant disabled?",
    State.UPGRADING: "Wait until the server is ready",
    State.LICENCE_EXPIRED: "Give the server a licence",
    State.EMPTY: "The server answered with a page on which nothing is",
    State.UNCLEAR: "Pass the app's name, or report the page so that it can be read",
}


class Busy(BaseModel):
    """A sign that something is still being loaded."""

    model_config = ConfigDict(frozen=True)

    text: str
    block: bool


class Tab(BaseModel):
    """A tab of the page."""

    model_config = ConfigDict(frozen=True)

    label: str
    open: bool


class PageSnapshot(BaseModel):
    """A page at one moment, as `page_script` returns it."""

    model_config = ConfigDict(frozen=True)

    url: str
    title: str
    headings: tuple[str, ...]
    text: str
    is_scripted: bool
    user: str | None
    asks_login: bool
    asks_password: bool
    names_plan: bool
    plan_state: str | None
    plan_ids: tuple[str, ...]
    busy: tuple[Busy, ...]
    tabs: tuple[Tab, ...]
    block: Snapshot


@dataclass(frozen=True)
class Sought:
    """Whose row is looked for, and in which plan.

    Args:
        server_app_key: the app's key.
        app_names: names that the page may show instead of the key.
        plan_id: the plan's id; None where it is not known.
        plan_name: the plan's name; None where it is not known.
    """

    server_app_key: str
    app_names: tuple[str, ...] = ()
    plan_id: str | None = None
    plan_name: str | None = None


@dataclass(frozen=True)
class Answer:
    """What was seen of the page's answer and of the requests that the page made itself.

    Args:
        status: of the page's own answer.
        user: the X-AUSERNAME of that answer; None where there is none.
        failed: the page's own requests that failed, as `GET path: 503`.
    """

    status: int | None = None
    user: str | None = None
    failed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Judged:
    """What a page is, why, and the row where it shows one."""

    state: State
    seen: str
    row: Row | None = None
    found_by: Literal["key", "name"] | None = None


def judge(page: PageSnapshot, sought: Sought, answer: Answer) -> Judged:
    """Decides what a page is."""
    return _closed(page, answer) or _elsewhere(page, sought) or _of_the_plan(page, sought, answer)


def describe(page: PageSnapshot) -> str:
    """What a page shows, for an error: its address, headings and beginning."""
    headings = " / ".join(page.headings) or page.title
    shown = f"the page {headings!r} at {page.url.split('?')[0]}"
    return f"{shown}: {page.text[:160]!r}" if page.text else f"{shown}, which is empty"


def _closed(page: PageSnapshot, answer: Answer) -> Judged | None:
    """A page in front of the plan's: a log-in, a password prompt, an error."""
    path = urlsplit(page.url).path
    if path.endswith("/authenticate.action") or (page.asks_password and not page.asks_login):
        return Judged(State.PASSWORD, f"a password is asked for by {describe(page)}")
    if path.endswith("/login.action") or page.asks_login or answer.status == _UNAUTHORISED:
        return Judged(State.LOGGED_OUT, f"a log-in is asked for by {describe(page)}")
    if answer.status and answer.status >= _FIRST_ERROR:
        state = State.UNAVAILABLE if answer.status in _PASSING else State.HTTP_ERROR
        return Judged(state, f"HTTP {answer.status}, {describe(page)}")
    nobody = "anonymous" if answer.user == "anonymous" else None if page.user is None else page.user
    if nobody in ("", "anonymous"):
        return Judged(State.LOGGED_OUT, f"the page is nobody's: {describe(page)}")
    refused = [each for each in answer.failed if each.endswith(f": {_UNAUTHORISED}")]
    if refused:
        return Judged(State.LOGGED_OUT, f"the page's own request was refused, {refused[0]}")
    return None


def _elsewhere(page: PageSnapshot, sought: Sought) -> Judged | None:
    """A page that is not the plan's, or shows too little to know."""
    here = plan_id_in(page.url)
    if sought.plan_id and here and here != sought.plan_id:
        return Judged(State.ANOTHER_PLAN, f"the address is of plan {here}: {describe(page)}")
    names_id = sought.plan_id is not None and sought.plan_id in page.plan_ids
    is_of_id = names_id and not sought.plan_name and _is_marked(page)
    if page.names_plan or (is_of_id and here):
        if here is not None or sought.plan_id is None:
            return None
        return Judged(State.NOT_THE_PLAN, f"its address names no plan: {describe(page)}")
    if page.plan_ids and not names_id and _is_marked(page) and sought.plan_id:
        others = ", ".join(page.plan_ids)
        return Judged(State.ANOTHER_PLAN, f"it names the plan {others}: {describe(page)}")
    return _no_page(page) or _unnamed(page, sought, here)


def _is_marked(page: PageSnapshot) -> bool:
    """Whether the page has something that only a plan's page has."""
    return page.block.block or page.plan_state is not None


def _no_page(page: PageSnapshot) -> Judged | None:
    """What is shown in place of the page."""
    if not page.text:
        return Judged(State.EMPTY, describe(page))
    words = f"{page.title} {' '.join(page.headings)} {page.text}"
    if _LICENCE.search(words):
        return Judged(State.LICENCE_EXPIRED, describe(page))
    if not _is_marked(page) and _UPGRADING.search(words):
        return Judged(State.UPGRADING, describe(page))
    return _drawing(page) if page.busy else None


def _unnamed(page: PageSnapshot, sought: Sought, here: str | None) -> Judged | None:
    """A page that does not name the plan: it is the plan's only if no name is expected."""
    if sought.plan_name:
        state = State.ANOTHER_PLAN if _is_marked(page) else State.NOT_THE_PLAN
        return Judged(state, f"it does not name {sought.plan_name!r}: {describe(page)}")
    if not _is_marked(page) or here is None or not page.headings:
        return Judged(State.NOT_THE_PLAN, f"nothing on it is a plan's: {describe(page)}")
    return None


def _of_the_plan(page: PageSnapshot, sought: Sought, answer: Answer) -> Judged:
    """The row on the plan's page, or its absence."""
    block = page.block
    if any(each.block for each in page.busy):
        return _drawing(page)
    if block.block:
        found = find_row(parse_progress(block), block, sought.server_app_key, sought.app_names)
        if found.problem:
            return Judged(State.UNCLEAR, f"{found.problem}: {block.text!r}")
        if found.row is not None:
            return Judged(State.ROW, block.text, found.row, found.by)
    if page.busy:
        return _drawing(page)
    if answer.failed:
        return Judged(State.REQUEST_FAILED, f"the page's own request failed, {answer.failed[0]}")
    if not block.block:
        if page.plan_state is None and len(page.headings) < _ENOUGH_HEADINGS:
            return Judged(State.DRAWING, f"only the plan's name is drawn: {describe(page)}")
        return Judged(State.ABSENT, describe(page), Row("ABSENT"))
    return _without_row(block, sought)


def _without_row(block: Snapshot, sought: Sought) -> Judged:
    """A block without the app: it must be clear that it lists other apps, or none."""
    if block.folded:
        return Judged(State.DRAWING, "the block is folded")
    progress = parse_progress(block)
    is_keyed = all(_LIKE_A_KEY.fullmatch(row.server_app_key or "") for row in progress.rows)
    if progress.rows and (is_keyed or sought.app_names):
        return Judged(State.NO_ROW, block.text, Row("NO_ROW"))
    if not progress.rows and not block.items and (block.headers or _NO_APPS.search(block.text)):
        return Judged(State.NO_ROW, block.text, Row("NO_ROW"))
    if not progress.rows and block.items and sought.app_names:
        return Judged(State.NO_ROW, block.text, Row("NO_ROW"))
    if progress.rows or block.items:
        return Judged(State.UNCLEAR, f"the rows show no keys, and no name is known: {block.text!r}")
    return Judged(
        State.UNCLEAR, f"the block shows neither apps nor that there are none: {block.text!r}"
    )


def _drawing(page: PageSnapshot) -> Judged:
    signs = ", ".join(repr(each.text) for each in page.busy)
    return Judged(State.DRAWING, f"still loading ({signs}): {describe(page)}")


def unread_tabs(page: PageSnapshot, opened: Sequence[str]) -> tuple[str, ...]:
    """The tabs on which a block that is not shown may be, the likeliest first."""
    labels = [tab.label for tab in page.tabs if not tab.open and tab.label not in opened]
    return tuple(sorted(labels, key=lambda label: not re.search("app|progress", label, re.I)))
