"""An app's row as a test waits for it."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from playwright.sync_api import Page

from harness.checker.timing import PATIENCE
from harness.drivers.browser.look import Look, look, pause
from harness.drivers.confluence.session import Account
from harness.errors import BadInput, RowMismatch, WaitTimedOut
from harness.support.own_thread import Hands, here
from harness.support.suggest import did_you_mean
from harness.vocabulary.rows import FINAL, MOST_PERCENT, STATUSES, Row

_GRACE_SECONDS = 60.0
"""Wall seconds beyond twice what the server time of a wait should cost."""


@dataclass
class ProgressRow:
    """Looks at the row of one app, as an admin would who reloads the plan's page.

    Args:
        page: shows the plan.
        server_app_key: whose row.
        scale: server seconds per wall second.
        account: logs in again where the session has ended.
        plan_name: the plan's name, which the page has to show.
        app_names: names of the app, for pages that do not show keys.
        clock: monotonic wall seconds.
        hands: works in the page's thread.
    """

    page: Page
    server_app_key: str
    scale: float
    account: Account | None = None
    plan_name: str | None = None
    app_names: tuple[str, ...] = ()
    clock: Callable[[], float] = time.monotonic
    hands: Hands = field(default=here, repr=False)
    seen: list[tuple[float, Look]] = field(default_factory=list, init=False, repr=False)
    """Every look so far, with the wall seconds at which it began."""
    wanted: tuple[str, int | None] | None = field(default=None, init=False)
    """The status and percent that were waited for last."""
    is_startable: bool = field(default=False, init=False)
    """Whether the migration has a `start()` that nobody has called yet."""

    def now(self) -> Row:
        """The row at this moment."""
        __tracebackhide__ = True
        return self.look().row

    def look(self) -> Look:
        """The row at this moment, with the server's time and why it is believed.

        Raises:
            PageUnreadable: the page cannot be read.
        """
        __tracebackhide__ = True
        return self.hands(self._look)

    def _look(self) -> Look:
        began = self.clock()
        found = look(
            self.page,
            self.server_app_key,
            account=self.account,
            plan_name=self.plan_name,
            app_names=self.app_names,
        )
        self.seen.append((began, found))
        return found

    def becomes(self, status: str, percent: int | None = None, within: timedelta = PATIENCE) -> Row:
        """Waits until the row shows a status, and a percent where one is given.

        Args:
            status: such as `COMPLETE`.
            percent: such as 100; None accepts any.
            within: server time.

        Raises:
            BadInput: no row shows such a status or percent.
            RowMismatch: it did not within that time, or it shows another status for good.
            WaitTimedOut: server time does not pass at its rate.
        """
        __tracebackhide__ = True
        _check("becomes", status, percent, {"within": within})
        self.wanted = status, percent
        return self.hands(partial(self._becomes, status, percent, within))

    def _becomes(self, status: str, percent: int | None, within: timedelta) -> Row:
        __tracebackhide__ = True
        expected = status if percent is None else f"{status} {percent} %"
        for seen, watched in self._looks(within, expected):
            if seen.row.status == status and percent in (None, seen.row.percent):
                return seen.row
            if seen.row.status in FINAL and seen.row.status != status:
                raise self._mismatch(expected, seen, watched, "no later poll changes that status")
        raise self._mismatch(expected, seen, watched, f"that is more than the {within} it may take")

    def stays(self, status: str, through: timedelta) -> Row:
        """Watches the row through some server time.

        Args:
            status: what it has to show at every look; its percent may change.
            through: server time; the last look is after it.

        Returns:
            The row of the last look.

        Raises:
            BadInput: no row shows such a status.
            RowMismatch: it showed another status.
            WaitTimedOut: server time does not pass at its rate.
        """
        __tracebackhide__ = True
        _check("stays", status, None, {"through": through})
        self.wanted = status, None
        return self.hands(partial(self._stays, status, through))

    def _stays(self, status: str, through: timedelta) -> Row:
        __tracebackhide__ = True
        for seen, watched in self._looks(through, f"{status} for {through}"):
            if seen.row.status != status:
                raise self._mismatch(status, seen, watched, f"it has to stay so for {through}")
        return seen.row

    def _looks(self, through: timedelta, expected: str) -> Iterator[tuple[Look, timedelta]]:
        """Looks until more server time than that has passed; the last look is after it.

        Yields:
            A look, and server time since the first one.
        """
        bound = 2 * through.total_seconds() / self.scale + _GRACE_SECONDS
        begun = self.clock()
        seen = first = self._look()
        yield seen, timedelta(0)
        while (watched := seen.server_time - first.server_time) <= through:
            if self.clock() - begun > bound:
                passed = f"row {seen.row}; only {watched} of server time had passed"
                raise WaitTimedOut(f"the row of {self.server_app_key}: {expected}", bound, passed)
            pause(self.page)
            seen = self._look()
            yield seen, seen.server_time - first.server_time

    def _mismatch(self, expected: str, seen: Look, watched: timedelta, why: str) -> RowMismatch:
        if self.is_startable:
            why += "; the migration was never started: call migration.start() before"
        return RowMismatch(
            self.server_app_key, expected, str(seen.row), seen.server_time, watched, why
        )


def _check(wait: str, status: object, percent: object, times: Mapping[str, object]) -> None:
    """Refuses to wait for what no row ever shows.

    Raises:
        BadInput: names the wait.
    """
    __tracebackhide__ = True
    if status not in STATUSES:
        hint = did_you_mean(str(status).upper(), STATUSES)
        raise BadInput(f"progress_row.{wait}: no row has the status {status!r}{hint}")
    if percent is not None and (type(percent) is not int or not 0 <= percent <= MOST_PERCENT):
        raise BadInput(
            f"progress_row.{wait}: no row has the percent {percent!r}: write a whole number from "
            f"0 to {MOST_PERCENT}"
        )
    for name, value in times.items():
        if not isinstance(value, timedelta):
            raise BadInput(
                f"progress_row.{wait}: {name}={value!r} is no time: write timedelta(minutes=30)"
            )
