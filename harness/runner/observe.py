"""Watches a row: looks at the plan's page again and again, and reads the cloud's journal between.

Each look reloads the page, as an admin would, and reads it in one piece. A row changes when the
server and the cloud have talked, so the next look waits for the journal to grow; and now and then
it does not wait, since the server may change a row by itself.

The harness's monotonic clock decides all order: what was read from the journal before a look began
happened before that look. Server time comes from the Date of the page's answer.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from typing import ClassVar

from playwright.sync_api import Page

from harness.cases import Case
from harness.checker.record import Record
from harness.checker.timeline import minutes
from harness.checker.timing import GIVE_UP, GRACE, PATIENCE
from harness.checker.verdict import (
    ENDED_PLANS,
    Verdict,
    has_hope,
    judge,
    longest,
    looks_again_at,
    too_little,
)
from harness.drivers.browser.look import look, pause
from harness.drivers.browser.migration_assistant import plan_status
from harness.drivers.browser.page_state import State
from harness.drivers.cloud import CloudControl
from harness.drivers.confluence.session import Account
from harness.errors import DriverError, HarnessError, PageUnreadable
from harness.runner.progress_cloud import ProgressCloud
from harness.runner.recorded_cloud import RecordedCloud
from harness.store.evidence import CloudWitness, Evidence, Look, Mishap, Pause, Paused
from harness.vocabulary.refresh import REFRESH

_SECOND = timedelta(seconds=1)
"""How far the Date of an answer may lag behind."""

_AT_LEAST_EACH = REFRESH / 3
"""Server time between two looks when the journal is silent."""

_LONGEST_WAIT = 2.0
"""The most wall seconds between two such looks."""

_GRACE_SECONDS = 60.0
"""Wall seconds allowed beyond what the required server time should take."""

_STOOD_STILL = 3.0
"""Wall seconds beyond the usual after which a pause is recorded."""

_LOGGED_OUT = State.LOGGED_OUT.value
_TURNED_AWAY = 3
"""Looks in a row that met a log-in page after logging in, or without an account to do so; or that
met no page of the plan, after which it is asked whether there still is a plan."""

_NOT_THE_PLAN, _HTTP_ERROR = State.NOT_THE_PLAN.value, State.HTTP_ERROR.value

_UNAVAILABLE = State.UNAVAILABLE.value
_SERVED_AGAIN_WITHIN = 300.0
"""Wall seconds that a server's restart may take, behind a proxy that answers meanwhile."""

_CLOCK_MOVED = 3.0
"""Wall seconds by which the machine's clock may differ from its monotonic clock."""


class TimeScaleTooHigh(HarnessError):
    """Server time passes faster than this machine can look at it.

    Args:
        scale: the stack's scale.
        seconds: wall seconds that a look takes.
    """

    def __init__(self, scale: float, seconds: float) -> None:
        self.scale = scale
        self.carries = max(1, int(carried_scale(seconds)))
        passes = minutes(timedelta(seconds=seconds * scale))
        super().__init__(
            f"the time scale {scale:g} is more than this machine carries: in one look, which takes "
            f"{seconds:.2f} s, {passes} of server time pass, and the row may change every "
            f"{minutes(REFRESH)}. Use --time-scale {self.carries} or less"
        )


def carried_scale(look_seconds: float) -> float:
    """The scale at which two looks fit into each refresh, when a look takes this long.

    Args:
        look_seconds: wall seconds of a usual look.
    """
    return REFRESH.total_seconds() / (_LOOKS_EACH * look_seconds)


_LOOKS_EACH = 2


@dataclass
class CaseCloud:
    """The cloud's journal from a case's start on, on the harness's clock.

    Args:
        cloud: the cloud's control.
        since: the journal's number to begin with.
        record: takes what is about the case.
        clock: harness seconds.
        wall: the machine's clock, in epoch seconds.
        app_names: names of the app, for pages that do not show keys.
    """

    cloud: CloudControl
    since: int
    record: Record
    clock: Callable[[], float]
    wall: Callable[[], float] = time.time
    told_by: ClassVar[CloudWitness] = "journal"
    stood_still: list[Pause] = field(default_factory=list)
    _read: float = float("-inf")

    def update(self, wait: float = 0) -> None:
        """Reads the journal's new entries; waits some wall seconds for one where there is none.

        Raises:
            DriverError: the cloud does not answer.
        """
        began = self.clock()
        entries, self.since = self.cloud.journal(self.since, wait)
        known, now = self.clock(), self.wall()
        if (late := known - began - wait) > _STOOD_STILL:
            self.stood_still.append(Pause("the cloud", began, late))
            self.record.mishaps.append(
                Mishap(
                    "cloud-stood-still",
                    f"the cloud did not answer for {late:.1f} s of wall time",
                    "the cloud's control",
                    "cloud-stood-still" in self.record.declared.kinds,
                )
            )
        for entry in entries:
            written = datetime.fromisoformat(str(entry["wall_time"])).timestamp()
            happened = min(max(known - (now - written), self._read), known)
            self.record.take(entry, happened, known)
        self._read = known


@dataclass
class Watched:
    """The end of a watch: the verdict, and what it rests on."""

    verdict: Verdict
    evidence: Evidence
    record: Record


@dataclass
class Watch:
    """One case's row, watched.

    Args:
        page: a page that shows the plan.
        server_app_key: whose row.
        case: what is expected.
        cloud: the cloud's journal, read on from the case's start.
        scale: server seconds per wall second.
        begun: server time at which the migration was started.
        account: logs in again where the session has ended meanwhile.
        at_the_end: what else went wrong, called once a verdict could be given.
        clock: harness seconds.
        wall: the machine's clock, in epoch seconds.
        app_names: names of the app, for pages that do not show keys.
        is_listed: whether the assistant lists the plan; asked where its page is not there.
        is_undisturbed: raises once somebody else has changed what the case rests on.
    """

    page: Page
    server_app_key: str
    case: Case
    cloud: CaseCloud | RecordedCloud | ProgressCloud
    scale: float
    begun: datetime
    account: Account | None = None
    at_the_end: Callable[[Record], Iterable[Mishap]] = lambda _: ()
    clock: Callable[[], float] = time.monotonic
    wall: Callable[[], float] = time.time
    app_names: tuple[str, ...] = ()
    is_listed: Callable[[], bool] = lambda: True
    is_undisturbed: Callable[[], None] = lambda: None
    looks: list[Look] = field(default_factory=list, init=False)
    pauses: list[Pause] = field(default_factory=list, init=False)
    _took: list[float] = field(default_factory=list, init=False)

    @property
    def evidence(self) -> Evidence:
        """All that was seen so far."""
        record = self.cloud.record
        return Evidence(
            self.begun,
            self.scale,
            tuple(self.looks),
            tuple(record.polls),
            tuple(record.changes),
            tuple(sorted([*self.pauses, *self.cloud.stood_still], key=lambda each: each.began)),
            tuple(record.mishaps),
            len(self.looks),
            self.cloud.told_by,
        )

    def run(self) -> Watched:
        """Watches until the case is decided, or what is missing can no longer come.

        Raises:
            DriverError: the browser or the cloud does not answer, or the plan was deleted.
            TimeScaleTooHigh: the rows change faster than this machine can look.
        """
        expectation, bug = self.case.expectation, self.case.known_bug
        first = self.clock()
        lasts = longest(expectation, bug)
        bound = 2 * (GIVE_UP + PATIENCE + lasts).total_seconds() / self.scale + _GRACE_SECONDS
        while True:
            self._look()
            if self.looks[-1].row is not None:
                self.is_undisturbed()
            self._check_served()
            self._check_plan()
            self.cloud.update()
            verdict = judge(expectation, bug, self.evidence)
            is_over = self.clock() - first > bound + sum(each.seconds for each in self.pauses)
            if not verdict.is_open or self._is_turned_away():
                return self._ended()
            if is_over or not has_hope(expectation, bug, self.evidence):
                self._check_scale(looks=1)  # rather the cause than that too little was seen
                return self._ended()
            self._check_scale(looks=_ENOUGH_LOOKS)
            self.cloud.update(wait=self._silence())
            pause(self.page)

    def _is_turned_away(self) -> bool:
        """Whether the browser is not let in, however often it logs in."""
        last = self.looks[-_TURNED_AWAY:]
        return len(last) == _TURNED_AWAY and all(each.met == _LOGGED_OUT for each in last)

    def _check_plan(self) -> None:
        """Ends the watch of a plan that somebody has deleted, of which nothing more can be seen.

        Raises:
            DriverError: it was.
        """
        missed = 0
        for each in reversed(self.looks):
            if not _is_missing(each):
                break
            missed += 1
        if missed and missed % _TURNED_AWAY == 0 and not self.is_listed():
            raise DriverError(
                f"watching the row of {self.server_app_key}",
                f"its plan {self.cloud.record.plan or ''} is gone: {missed} looks in a row met "
                f"({self.looks[-1].saw}), and the assistant no longer lists it",
                "Somebody deleted it while the case ran; run the case again",
            )

    def _check_served(self) -> None:
        """Ends the watch where the server, or a proxy before it, serves nothing any longer.

        Raises:
            DriverError: it has not for longer than a restart takes.
        """
        gone = list(takewhile(lambda each: each.met == _UNAVAILABLE, reversed(self.looks)))
        if gone and (since := gone[0].ended - gone[-1].began) > _SERVED_AGAIN_WITHIN:
            raise DriverError(
                f"watching the row of {self.server_app_key}",
                f"its page was not served for {since:.0f} s ({gone[0].saw})",
                "Is the server down? Run the case again once it is up",
            )

    def _ended(self) -> Watched:
        """The verdict, with what else went wrong."""
        record = self.cloud.record
        record.mishaps += self.at_the_end(record)
        evidence = self.evidence
        verdict = judge(self.case.expectation, self.case.known_bug, evidence)
        return Watched(too_little(verdict, evidence), evidence, record)

    def _look(self) -> None:
        began, wall = self.clock(), self.wall()
        if self.looks:
            self._notice_moved_clock(began, wall)
        seen = Look(began, began, None, wall_time=datetime.fromtimestamp(wall, UTC))
        patience = 0.0
        try:
            found = look(
                self.page, self.server_app_key, account=self.account, app_names=self.app_names
            )
            patience = found.patience
            seen = replace(
                seen,
                row=found.row,
                saw="; ".join(found.remarks),
                server_time=found.server_time,
                url=found.proof.url,
                plan=found.proof.plan_id,
                user=found.proof.user,
                plan_status=self._plan_status(),
                was_away=found.was_away,
            )
        except PageUnreadable as error:
            seen = replace(
                seen, saw=str(error), met=error.state, url=self.page.url, was_away=error.was_away
            )
        seen = replace(seen, ended=self.clock())
        self.looks.append(seen)
        took = seen.ended - began - patience
        if seen.met != _UNAVAILABLE:  # else it was mostly waited for the server to be there again
            self._took.append(took)
        if took > _STOOD_STILL:
            self._stood_still("Confluence", began, took)

    def _plan_status(self) -> str | None:
        """The plan's own status, read until it has ended."""
        last = self.looks[-1].plan_status if self.looks else None
        return last if last in ENDED_PLANS else plan_status(self.page)

    def _notice_moved_clock(self, began: float, wall: float) -> None:
        """Notices a machine that slept, which its monotonic clock does not count."""
        last = self.looks[-1]
        assert last.wall_time is not None
        gone = wall - last.wall_time.timestamp() - (began - last.began)
        if abs(gone) > _CLOCK_MOVED:
            self._stood_still("this machine", began, max(gone, 0.0))

    def _stood_still(self, who: Paused, began: float, seconds: float) -> None:
        self.pauses.append(Pause(who, began, seconds))

    def _check_scale(self, looks: int) -> None:
        """Refuses a scale at which a look takes longer than the rows stay.

        Args:
            looks: how many tell how long a look takes.

        Raises:
            TimeScaleTooHigh: it does.
        """
        if len(self._took) < looks:
            return
        usual = sorted(self._took)[len(self._took) // 2]
        if self.scale > carried_scale(usual):
            raise TimeScaleTooHigh(self.scale, usual)

    def _silence(self) -> float:
        """Wall seconds to wait for the journal before the next look."""
        record, now = self.cloud.record, self.clock()
        # Between the beginnings of two looks, so that those of a slow page are no rarer.
        usual = sorted(self._took)[len(self._took) // 2] if self._took else 0.0
        silence = max(timedelta(0), _AT_LEAST_EACH - timedelta(seconds=usual * self.scale))
        again = looks_again_at(self.case.expectation, self.case.known_bug, self.evidence)
        last = self.looks[-1].server_time
        if again and last:
            silence = min(silence, again - last + _SECOND)
        seconds = silence.total_seconds() / self.scale
        # A look that comes soon enough after a poll to count, and no sooner.
        due = [each.known + GRACE - now for each in record.polls[-1:] if each.known + GRACE > now]
        return min([seconds, _LONGEST_WAIT, *(left + 0.01 for left in due)])


_ENOUGH_LOOKS = 3


def _is_missing(seen: Look) -> bool:
    """Whether there was no page of the plan at its address."""
    return seen.met == _NOT_THE_PLAN or (seen.met == _HTTP_ERROR and "HTTP 404" in seen.saw)
