"""Looks at one app's row on the plan's page, with the server's own time and proof of the look.

A look reloads the page, as an admin would, and waits until it is fully drawn. Where the page is
not the plan's, the look does once what an admin would do (log in again, give the password, ask
again) and records it; a page that stays unreadable is an error with what was seen, never a row.
"""

import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Any

from playwright.sync_api import Page, Response

from harness.drivers.browser.bounded import bounded
from harness.drivers.browser.drawn_page import DrawnPage, snapshot_of
from harness.drivers.browser.login import log_in
from harness.drivers.browser.navigation import base_of, confirm_password, navigated
from harness.drivers.browser.network_change import CHANGES, going_on
from harness.drivers.browser.page_state import ADVICE, Judged, PageSnapshot, Sought, State
from harness.drivers.browser.page_watch import NETWORK_CHANGED, watch_of
from harness.drivers.browser.plan_address import plan_id_in
from harness.drivers.browser.rows import ProgressBlock, parse_progress
from harness.drivers.confluence.session import Account
from harness.errors import DriverError, PageUnreadable
from harness.vocabulary.rows import Row

SERVED_WITHIN = 5.0
"""Wall seconds for a page that is not served now (429, 502, 503, 504) to be served again."""

_LOOKED_WITHIN = 300.0
"""Wall seconds for a whole look, whatever is stopped meanwhile; it takes a tenth of one."""

_BETWEEN_LOOKS_MS = 40
_TOO_MANY = 429
"""The status of an answer by which a server is there, and busy."""

_CLOCK = "Confluence, by the Date of the page's answer"


@dataclass(frozen=True)
class Proof:
    """Why a row is believed.

    Attributes:
        url: the page's address.
        plan_id: the plan's id by that address.
        plan_name: the plan's name, where the page was checked for it.
        user: whose session it was, where the server says.
        clock: whose clock the time of the look is.
        found_by: whether the row was found by the app's key or its name; None without a row.
    """

    url: str
    plan_id: str | None
    plan_name: str | None
    user: str | None
    clock: str = _CLOCK
    found_by: str | None = None


@dataclass(frozen=True)
class Look:
    """A row, the server's time of the look, and why it is believed; `row, when = look(...)`.

    Attributes:
        row: what the page shows, `ABSENT` without the block, `NO_ROW` without the app in it.
        server_time: the server's own time of the page's answer, in UTC; what the page shows is
            as new as that or newer.
        proof: what the page was.
        remarks: what had to be done to read it, one sentence each; usually none.
        patience: wall seconds of the look that were spent only to see that nothing more comes.
        was_away: whether the server, or a proxy before it, did not serve the page at first.
    """

    row: Row
    server_time: datetime
    proof: Proof
    remarks: tuple[str, ...] = ()
    patience: float = 0.0
    was_away: bool = False

    def __iter__(self) -> Iterator[Any]:
        return iter((self.row, self.server_time))

    def as_data(self) -> dict[str, Any]:
        """The proof and the remarks, as they are kept with a result."""
        kept = {name: value for name, value in asdict(self.proof).items() if value is not None}
        return kept | ({"remarks": list(self.remarks)} if self.remarks else {})


def look(
    page: Page,
    server_app_key: str,
    *,
    account: Account | None = None,
    plan_name: str | None = None,
    app_names: tuple[str, ...] = (),
) -> Look:
    """Reloads the plan's page and reads the row of one app.

    Args:
        page: shows the plan, or did at the last look.
        server_app_key: whose row.
        account: logs in again, or confirms its password, where the session has ended meanwhile.
        plan_name: the plan's name; the page has to show it.
        app_names: names of the app, for pages that do not show keys.

    Raises:
        PageUnreadable: the page is not the plan's, not drawn or without a user, and stayed so.
        DriverError: the browser's driver no longer answers.
        PlaywrightError: the server cannot be reached, or the browser is gone.
    """
    watch = watch_of(page)
    if plan_id_in(page.url):
        watch.plan_url = page.url
    if watch.plan_url is None:
        attempted, state = f"reading the row of {server_app_key}", State.NOT_THE_PLAN
        raise PageUnreadable(attempted, state.value, f"the page is at {page.url}", "Open a plan")
    sought = Sought(server_app_key, app_names, plan_id_in(watch.plan_url), plan_name)
    with bounded(_LOOKED_WITHIN, f"reading the row of {server_app_key}"):
        return _Looking(page, watch.plan_url, sought, account).result()


def pause(page: Page) -> None:
    """Leaves the server room to work between two looks."""
    page.wait_for_timeout(_BETWEEN_LOOKS_MS)


def read_progress(page: Page) -> ProgressBlock:
    """Reads the block as the page shows it at this moment, without proof of anything."""
    return parse_progress(snapshot_of(page).block)


def row_of(shown: ProgressBlock, server_app_key: str) -> Row:
    """The row of one app; `ABSENT` without the block, `NO_ROW` without the app in it."""
    if not shown.block:
        return Row("ABSENT")
    row = shown.row(server_app_key)
    return Row("NO_ROW") if row is None else Row(row.status, row.percent)


def server_date(headers: dict[str, str]) -> datetime:
    """The server's own time from an answer's headers, to the second, in UTC.

    Raises:
        DriverError: there is no readable Date.
    """
    try:
        return parsedate_to_datetime(headers["date"]).astimezone(UTC)
    except (KeyError, ValueError) as error:
        raise DriverError("reading the server's time", "an answer without a Date") from error


class _Looking:
    """One look: loads the page until it can be read, and tries each remedy once."""

    def __init__(self, page: Page, url: str, sought: Sought, account: Account | None) -> None:
        self._page, self._url, self._sought, self._account = page, url, sought, account
        self._watch = watch_of(page)
        self._remarks: list[str] = []
        self._mended: set[State] = set()
        self._patience = 0.0
        self._was_away = False

    def result(self) -> Look:
        until = time.monotonic() + SERVED_WITHIN
        changes = CHANGES
        while True:
            answer = self._load()
            drawn = DrawnPage(self._page, self._watch, self._sought, answer)
            found, snapshot = drawn.read()
            self._patience += drawn.patience
            if snapshot.is_scripted and not self._watch.is_listening:
                self._watch.listen(self._page)  # its requests have to be seen from the beginning
                continue
            if not snapshot.is_scripted:
                self._watch.rest(self._page)
            if found.row is not None:
                return self._look(found.row, found, snapshot, answer)
            if changes and any(NETWORK_CHANGED in each for each in self._watch.failed()):
                changes -= 1
                self._remark("loaded again, since an address of this machine changed meanwhile")
                continue
            if found.state is State.UNAVAILABLE:
                self._was_away |= answer is not None and answer.status != _TOO_MANY
            if found.state is State.UNAVAILABLE and time.monotonic() < until:
                self._remark(f"asked again after {found.seen.split(',')[0]}")
                pause(self._page)
            else:
                self._mend(found)

    def _load(self) -> Response | None:
        page, url = self._page, self._url
        if page.url == url:
            return navigated(page, lambda: page.reload(wait_until="domcontentloaded"))
        return navigated(page, lambda: page.goto(url, wait_until="domcontentloaded"))

    def _look(
        self, row: Row, found: Judged, snapshot: PageSnapshot, answer: Response | None
    ) -> Look:
        headers = answer.headers if answer else {}
        proof = Proof(
            url=snapshot.url,
            plan_id=plan_id_in(snapshot.url),
            plan_name=self._sought.plan_name if snapshot.names_plan else None,
            user=headers.get("x-ausername") or snapshot.user,
            found_by=found.found_by,
        )
        remarks, when = tuple(self._remarks), server_date(headers)
        return Look(row, when, proof, remarks, self._patience, self._was_away)

    def _mend(self, found: Judged) -> None:
        """Does once what an admin would do.

        Raises:
            PageUnreadable: nothing can be done, or it was done and did not help.
        """
        account = None if found.state in self._mended else self._account
        self._mended.add(found.state)
        if account is not None and found.state is State.LOGGED_OUT:
            self._remark("logged in again: the session had ended")
            log_in(self._page, base_of(self._url), account)
        elif account is not None and found.state is State.PASSWORD:
            self._remark("the password was asked for, and given again")
            give = partial(confirm_password, self._page, account)
            # Where that was cut short, it is given again at the next loading, if asked for still.
            going_on(self._page, give, lambda: self._mended.discard(State.PASSWORD))
        else:
            attempted = f"reading the row of {self._sought.server_app_key}"
            seen = "; ".join([found.seen, *self._remarks])
            advice = ADVICE.get(found.state, "")
            raise PageUnreadable(
                attempted, found.state.value, seen, advice, was_away=self._was_away
            )

    def _remark(self, text: str) -> None:
        if text not in self._remarks:
            self._remarks.append(text)
