"""The rows that were seen, in order, and where others may have been missed. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from functools import cache
from itertools import zip_longest

from harness.cases import Expectation, Window
from harness.checker.timing import OVERLAP
from harness.store.evidence import Evidence, Look
from harness.vocabulary.rows import FINAL, Row, Seen


class Match(IntEnum):
    """Whether something was so, as far as the looks show."""

    NO = 0
    MAYBE = 1
    YES = 2


@dataclass(frozen=True)
class Shown:
    """A row, and when it came: after one time and by another, both since the start.

    Attributes:
        row: the row.
        after: the last look before it; it came later.
        by: the first look that showed it.
        slack: how much of `after` may be due to a pause.
    """

    row: Row
    after: timedelta
    by: timedelta
    slack: timedelta = timedelta(0)


@dataclass(frozen=True)
class Unseen:
    """A time between two looks in which the row could change more than once.

    Attributes:
        after, until: server time of the looks; before the first look, from the start.
        low, high: what they showed; a row does not fall back, so what was between lies between.
    """

    after: datetime
    until: datetime
    low: Row | None
    high: Row

    def could_hold(self, row: Row | None) -> bool:
        """Whether that row may have come and gone."""
        low = rank(self.low) if self.low else None
        return (
            row is not None and (low is None or low <= rank(row)) and rank(row) <= rank(self.high)
        )


Step = Shown | Unseen

_ORDER = ("ABSENT", "NO_ROW", "READY", "STARTING", "RUNNING", "CANCELLING")


def rank(row: Row) -> tuple[int, int]:
    """How far a row is: no later one ranks lower, except in a migration that is run again."""
    status = _ORDER.index(row.status) if row.status in _ORDER else len(_ORDER)
    return status, -1 if row.percent is None or row.status in FINAL else row.percent


def readable(evidence: Evidence) -> list[Look]:
    """The looks that showed a row, or that there is none."""
    return [look for look in evidence.looks if look.row is not None and look.server_time]


def timeline_of(evidence: Evidence) -> list[Seen]:
    """The rows, each as it was first seen."""
    timeline: list[Seen] = []
    for look in readable(evidence):
        if look.row and look.server_time and (not timeline or timeline[-1].row != look.row):
            timeline.append(Seen(look.row, look.server_time, look.began))
    return timeline


def steps_of(evidence: Evidence) -> list[Step]:
    """The rows in order, with the gaps between looks in which others may have come and gone."""
    steps: list[Step] = []
    before, last = evidence.begun, None
    for look in readable(evidence):
        assert look.row is not None
        assert look.server_time is not None
        if _could_hide(evidence, last, look):
            steps.append(Unseen(before, look.server_time, last.row if last else None, look.row))
        if last is None or last.row != look.row:
            steps.append(
                Shown(
                    look.row,
                    before - evidence.begun,
                    look.server_time - evidence.begun,
                    stood_still(evidence, look.ended),
                )
            )
        before, last = look.server_time, look
    return steps


def _could_hide(evidence: Evidence, one: Look | None, two: Look) -> bool:
    """Whether a row could come and go between two looks; before the first, one change does."""
    times = [poll.happened for poll in evidence.polls]
    times += [
        change.happened
        for change in evidence.changes
        if change.what not in ("recorded", "settled")  # the server hears of these by a poll
    ]
    if one is None:
        return any(time <= two.ended for time in times)
    return sum(one.began - OVERLAP < time <= two.ended for time in times) > 1


def stood_still(evidence: Evidence, until: float, since: float = 0.0) -> timedelta:
    """Server time that passed while Confluence or the machine stood still.

    Args:
        evidence: what was seen.
        until: harness seconds; pauses that began later do not count.
        since: likewise for those that began before.
    """
    seconds = sum(
        pause.seconds
        for pause in evidence.pauses
        if pause.who in ("Confluence", "this machine") and since <= pause.began <= until
    )
    return timedelta(seconds=seconds * evidence.scale)


def match(expectation: Expectation, steps: Sequence[Step]) -> Match:
    """Whether the expected rows came in their order and time, the last of them as the last row.

    A gap in which something may have been missed may hold any row that is not the last.
    """
    wanted = list(zip_longest(expectation.rows, expectation.times, fillvalue=None))
    shown = [n for n, step in enumerate(steps) if isinstance(step, Shown)]
    if not shown:
        return Match.NO

    @cache
    def best(row: int, step: int) -> Match:
        """The rows from `row` on, in the steps from `step` on."""
        if step == len(steps):
            return Match.NO
        here = _fits(wanted[row], steps[step])
        if row == len(wanted) - 1:
            return here if step == shown[-1] else best(row, step + 1)
        found = min(here, best(row + 1, step + 1))
        if isinstance(steps[step], Unseen) and here:
            found = max(found, min(here, best(row + 1, step)))
        return max(found, best(row, step + 1))

    return best(0, 0)


def _fits(wanted: tuple[Row | None, Window | None], step: Step) -> Match:
    row, window = wanted
    if isinstance(step, Unseen):
        return Match.MAYBE if step.could_hold(row) else Match.NO
    if step.row != row:
        return Match.NO
    return Match.YES if window is None else in_time(window, step)


def in_time(window: Window, shown: Shown) -> Match:
    """Whether a row came in its time: it came at some moment between two looks."""
    if shown.by < window.after or (
        window.within is not None and shown.after - shown.slack > window.within
    ):
        return Match.NO
    is_late = window.within is not None and shown.by > window.within
    return Match.MAYBE if shown.after < window.after or is_late else Match.YES


def expected_text(expectation: Expectation) -> str:
    """The expected rows in words, with their times where they have any."""
    if not expectation.times:
        return " then ".join(str(row) for row in expectation.rows)
    return " then ".join(
        str(row)
        + (f" after {minutes(window.after)}" if window.after else "")
        + (f" within {minutes(window.within)}" if window.within is not None else "")
        for row, window in zip(expectation.rows, expectation.times, strict=True)
    )


def seen_text(evidence: Evidence, *, timed: bool) -> str:
    """The rows that were seen in words, with their times where they matter."""
    rows = [
        f"{each.row} at {minutes(each.server_time - evidence.begun)}" if timed else str(each.row)
        for each in timeline_of(evidence)
    ]
    return " then ".join(rows) or "no row at all"


def unseen_text(expectation: Expectation, evidence: Evidence) -> str:
    """The first gap between looks that may hold a row that was missed; empty without one."""
    steps = steps_of(evidence)
    seen = {step.row for step in steps if isinstance(step, Shown)}
    missed = [row for row in expectation.rows if row not in seen]
    for step in steps:
        if isinstance(step, Unseen) and any(map(step.could_hold, missed)):
            what = "between the looks at" if step.low else "before the first look, between"
            return (
                f"the row may have changed more than once {what} {step.after:%H:%M:%S} and "
                f"{step.until:%H:%M:%S} server time"
            )
    return ""


def minutes(time: timedelta) -> str:
    """A time as people read it: `40 s`, `10.0 min`."""
    seconds = time.total_seconds()
    return f"{seconds / 60:.1f} min" if seconds >= 60 else f"{seconds:.0f} s"
