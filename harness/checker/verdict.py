"""Judges a case: the rows that were seen against the rows that were wanted. Pure.

A known bug is strict both ways: the case has to fail in exactly the stated way, and when it
does not, that is said (`fixed`) rather than passed over.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import zip_longest

from harness.cases import Expectation, KnownBug, Window
from harness.checker.timing import GIVE_UP, PATIENCE
from harness.store.results import VerdictName
from harness.vocabulary.refresh import REFRESH
from harness.vocabulary.rows import FINAL, Row, Seen


@dataclass(frozen=True)
class Observation:
    """What is known of a case at one moment.

    Attributes:
        timeline: the rows, each as it was first seen.
        begun: server time at which the migration was started.
        now: server time of the last look.
        settled: server time at which the cloud recorded a final status, if it did.
        refreshes: polls that the cloud answered since then.
    """

    timeline: Sequence[Seen]
    begun: datetime
    now: datetime
    settled: datetime | None = None
    refreshes: int = 0

    @property
    def rows(self) -> list[Row]:
        """The rows in order."""
        return [seen.row for seen in self.timeline]

    @property
    def watched(self) -> timedelta:
        """Server time watched since the cloud recorded a final status."""
        return self.now - self.settled if self.settled else timedelta(0)


@dataclass(frozen=True)
class Verdict:
    """The verdict on a case, and why in a sentence."""

    name: VerdictName
    reason: str


def is_decided(expectation: Expectation, bug: KnownBug | None, seen: Observation) -> bool:
    """Whether further watching could not change the verdict."""
    if _shows(bug, seen) or _met(expectation, seen):
        return True
    if bug and set(seen.rows) <= {bug.row}:
        return seen.now - seen.begun > GIVE_UP + bug.lasts
    last = seen.rows[-1] if seen.rows else None
    # No poll changes a final row: it is wrong, or came too late, or after the wrong ones.
    enough = last != expectation.rows[-1] or seen.now - seen.begun >= expectation.lasts
    if last and last.status in FINAL and enough:
        return True
    if seen.settled:
        return seen.watched > max(PATIENCE, expectation.lasts)
    return seen.now - seen.begun > GIVE_UP + expectation.lasts


def decides_at(expectation: Expectation, bug: KnownBug | None, seen: Observation) -> datetime:
    """The next server time at which the case may be decided although no row changes."""
    times = [seen.begun + expectation.lasts, seen.begun + GIVE_UP + expectation.lasts]
    if bug:
        times.append(seen.begun + GIVE_UP + bug.lasts)
    if seen.settled:
        times.append(seen.settled + max(PATIENCE, expectation.lasts))
        times += [seen.settled + bug.lasts] if bug else []
    return min((time for time in times if time > seen.now), default=seen.now)


def judge(expectation: Expectation, bug: KnownBug | None, seen: Observation) -> Verdict:
    """The verdict on what was seen.

    Args:
        expectation: the rows that are wanted.
        bug: the known bug that the case is marked with, if any.
        seen: everything that was observed.
    """
    wanted, got = _wanted(expectation), _got(expectation, seen)
    if bug:
        if _shows(bug, seen):
            minutes = seen.watched.total_seconds() / 60
            return Verdict(
                "known-bug",
                f"{bug.statement} Watched for {minutes:.0f} min of server time and "
                f"{seen.refreshes} refreshes after the cloud had recorded its final status",
            )
        if _met(expectation, seen):
            return Verdict("fixed", f"known bug {bug.id} did not show: {got}. Remove its marker")
        return Verdict("failed", f"wanted {wanted}, or {bug.row} for good ({bug.id}); got {got}")
    if _met(expectation, seen):
        return Verdict("passed", f"saw {got}")
    return Verdict("failed", f"wanted {wanted}; got {got}")


def _met(expectation: Expectation, seen: Observation) -> bool:
    rows = seen.rows
    if not rows or rows[-1] != expectation.rows[-1]:
        return False
    remaining = iter(seen.timeline)
    steps = zip_longest(expectation.rows, expectation.times, fillvalue=None)
    in_order = all(
        any(each.row == row and _in_time(window, each, seen.begun) for each in remaining)
        for row, window in steps
    )
    return in_order and seen.now - seen.begun >= expectation.lasts


def _in_time(window: Window | None, seen: Seen, begun: datetime) -> bool:
    passed = seen.server_time - begun
    if window is None:
        return True
    return window.after <= passed and (window.within is None or passed <= window.within)


def _wanted(expectation: Expectation) -> str:
    """The wanted rows in words, with their times where they have any."""
    if not expectation.times:
        return " then ".join(str(row) for row in expectation.rows)
    return " then ".join(
        str(row)
        + (f" after {_minutes(window.after)}" if window.after else "")
        + (f" within {_minutes(window.within)}" if window.within is not None else "")
        for row, window in zip(expectation.rows, expectation.times, strict=True)
    )


def _got(expectation: Expectation, seen: Observation) -> str:
    """The rows that were seen in words, with their times where the wanted ones have any."""
    timed = expectation.times
    told = (
        f"{each.row} at {_minutes(each.server_time - seen.begun)}" if timed else str(each.row)
        for each in seen.timeline
    )
    return " then ".join(told) or "no row at all"


def _minutes(time: timedelta) -> str:
    return (
        f"{time.total_seconds() / 60:.1f} min"
        if time >= timedelta(minutes=1)
        else (f"{time.total_seconds():.0f} s")
    )


def _shows(bug: KnownBug | None, seen: Observation) -> bool:
    if bug is None or set(seen.rows) != {bug.row} or seen.settled is None:
        return False
    return seen.watched >= bug.lasts and seen.refreshes >= bug.lasts // REFRESH
