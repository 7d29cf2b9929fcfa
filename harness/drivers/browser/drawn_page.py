"""Waits until a page is fully drawn, and says what it then is.

Only what the page itself shows and does ends the wait: no sign of loading, no request of its own
under way, and no more changes; how much of that is needed depends on what was found. A page
without scripts is drawn as soon as it has loaded.
"""

import time
from typing import Any

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page, Response
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from harness.drivers.browser.page_activity import SOON_MS
from harness.drivers.browser.page_script import BLOCK, CHANGED, OPEN_TAB, SETTLE, TAKE, UNFOLD
from harness.drivers.browser.page_state import (
    FOUND,
    MAY_CHANGE,
    PLAN_STATES,
    Answer,
    Judged,
    PageSnapshot,
    Sought,
    State,
    judge,
    unread_tabs,
)
from harness.drivers.browser.page_watch import PageWatch, watch_of
from harness.drivers.browser.rows import KNOWN

DRAWN_WITHIN = 20.0
"""Wall seconds for a page to be fully drawn."""

_STILL_MS = 50
"""A row is read once the page has not changed for this long; a page without scripts never does."""

_GONE_MS = 2_000
"""A scripted page must not change for this long before what it does not show counts as absent,
unless it is known that it has nothing to do."""

_A_SECOND = 1_000
_ABSENCES = frozenset({State.ABSENT, State.NO_ROW})
_ON_A_TAB = _ABSENCES | {State.NOT_THE_PLAN, State.DRAWING}


class DrawnPage:
    """One loading of a page.

    Args:
        page: the page, loaded as far as its document.
        watch: follows its requests.
        sought: the row that is looked for, and its plan.
        answer: the document's answer.
    """

    def __init__(
        self, page: Page, watch: PageWatch, sought: Sought, answer: Response | None
    ) -> None:
        self._page, self._watch, self._sought = page, watch, sought
        headers = answer.headers if answer else {}
        self._status, self._user = answer.status if answer else None, headers.get("x-ausername")
        self._opened: list[str] = []
        self._until = time.monotonic() + DRAWN_WITHIN
        self.patience = 0.0
        """Wall seconds spent only to see that nothing more comes: the reader's own, not the
        server's."""

    def read(self) -> tuple[Judged, PageSnapshot]:
        """What the page is once it is drawn, or what kept it from being drawn."""
        while True:
            try:
                found, snapshot, is_still = self._look()
                if self._left() <= 0:
                    return self._unfinished(found, is_still), snapshot
                if not (self._open_more(found, snapshot) or self._wait(found, snapshot, is_still)):
                    return found, snapshot
            except PlaywrightError as error:
                if "context was destroyed" not in error.message or self._left() <= 0:
                    raise
                # The page navigated by itself; the new one is looked at instead.
                self._page.wait_for_load_state("domcontentloaded")

    def _left(self) -> float:
        return self._until - time.monotonic()

    def _look(self) -> tuple[Judged, PageSnapshot, bool]:
        snapshot, is_still = self._settled(_STILL_MS)
        found = self._judged(snapshot)
        may_come = _ABSENCES | MAY_CHANGE - {State.DRAWING}
        if snapshot.is_scripted and found.state in may_come:
            began = time.monotonic()
            snapshot, is_still = self._settled(_GONE_MS)
            self.patience += time.monotonic() - began
            found = self._judged(snapshot)
        return found, snapshot, is_still

    def _settled(self, quiet: int) -> tuple[PageSnapshot, bool]:
        taken = _settled(self._page, self._sought, quiet)
        return PageSnapshot.model_validate(taken["page"]), bool(taken["quiet"])

    def _judged(self, snapshot: PageSnapshot) -> Judged:
        answer = Answer(self._status, self._user, self._watch.failed())
        return judge(snapshot, self._sought, answer)

    def _open_more(self, found: Judged, snapshot: PageSnapshot) -> bool:
        """Opens what may hide the block: its own fold, or a tab that was not read yet."""
        if found.state not in _ON_A_TAB:
            return False
        if snapshot.block.folded and BLOCK not in self._opened:
            self._opened.append(BLOCK)
            self._page.evaluate(UNFOLD, BLOCK)
            return True
        if found.state in _ABSENCES:
            self._opened += [tab.label for tab in snapshot.tabs if tab.open]
        tabs = () if snapshot.block.block else unread_tabs(snapshot, self._opened)
        if tabs:
            self._opened.append(tabs[0])
            self._page.evaluate(OPEN_TAB, tabs[0])
        return bool(tabs)

    def _wait(self, found: Judged, snapshot: PageSnapshot, is_still: bool) -> bool:
        """Waits for the next event that may change what was found; False if none can."""
        longest = min(self._left() * _A_SECOND, _A_SECOND)
        if self._watch.under_way() and found.state in FOUND | MAY_CHANGE:
            _await_request(self._page, longest)
            return True
        if snapshot.is_scripted and found.state is State.DRAWING:
            self._page.evaluate(CHANGED, [what_to_look_for(self._sought), longest])
            return True
        return not is_still and found.state in FOUND

    def _unfinished(self, found: Judged, is_still: bool) -> Judged:
        """Time is up; a row on a page that still loads or changes is not believed."""
        under_way = self._watch.under_way()
        if found.state not in FOUND or (is_still and not under_way):
            return found
        why = f"{under_way[0]} is under way" if under_way else "it goes on changing"
        return Judged(State.DRAWING, f"after {DRAWN_WITHIN:g} s {why}: {found.seen}")


def await_drawn(page: Page) -> PageSnapshot:
    """Waits until a page shows no sign of loading and has its requests answered, whatever it is.

    Returns:
        What it is then, or after `DRAWN_WITHIN` seconds.
    """
    watch, until = watch_of(page), time.monotonic() + DRAWN_WITHIN
    while True:
        taken = _settled(page, None, _STILL_MS)
        snapshot = PageSnapshot.model_validate(taken["page"])
        left = min(until - time.monotonic(), 1) * _A_SECOND
        if left <= 0 or not (snapshot.busy or watch.under_way()):
            return snapshot
        if watch.under_way():
            _await_request(page, left)
        else:
            page.evaluate(CHANGED, [what_to_look_for(), left])


def _settled(page: Page, sought: Sought | None, quiet: int) -> dict[str, Any]:
    longest = _STILL_MS * 4 if quiet == _STILL_MS else SOON_MS + quiet
    query = what_to_look_for(sought)
    taken: dict[str, Any] = page.evaluate(SETTLE, [query, _STILL_MS, quiet, SOON_MS, longest])
    return taken


def _await_request(page: Page, longest: float) -> None:
    try:
        with page.expect_event("requestfinished", timeout=longest):
            pass
    except PlaywrightTimeout:
        return


def snapshot_of(page: Page) -> PageSnapshot:
    """Takes the page as it is at this moment."""
    return PageSnapshot.model_validate(page.evaluate(TAKE, what_to_look_for()))


def what_to_look_for(sought: Sought | None = None) -> dict[str, Any]:
    """What the page's script has to know."""
    return {
        "block": BLOCK,
        "key": sought.server_app_key if sought else None,
        "names": list(sought.app_names) if sought else [],
        "plan": sought.plan_name if sought else None,
        "statuses": sorted(KNOWN),
        "plan_states": list(PLAN_STATES),
    }
