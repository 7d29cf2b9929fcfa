"""Watches a row: looks at the plan's page again and again, and at what the cloud has recorded.

Each look reloads the page, as an admin would, and reads it in one piece. The time of a look is
the server's own, from the Date of the page's answer. A row changes when the server and the cloud
have talked, so the next look waits for the journal to grow; and now and then it does not wait,
since the server may change a row by itself.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from playwright.sync_api import Page

from harness.cases import Case
from harness.checker.timing import GIVE_UP
from harness.checker.verdict import Observation, decides_at, is_decided
from harness.drivers.browser.progress_row import look, pause
from harness.drivers.cloud import CloudControl, platform_time
from harness.errors import WaitTimedOut
from harness.vocabulary.effects import EFFECTIVE, Effect
from harness.vocabulary.refresh import REFRESH
from harness.vocabulary.rows import Seen

_SECOND = timedelta(seconds=1)
"""What the Date of an answer may lag behind."""

_AT_LEAST_EACH = REFRESH / 3
"""Server time between two looks when the journal is silent."""

_LONGEST_WAIT = 2.0
"""Wall seconds of that."""

_GRACE_SECONDS = 60.0
"""Wall seconds beyond what the server time that has to pass should cost."""


@dataclass
class CloudRecord:
    """What the cloud's journal has told about the case so far."""

    cloud: CloudControl
    since: int
    status: str | None = None
    percent: int | None = None
    settled: datetime | None = None
    refreshes: int = 0

    def update(self, wait: float = 0) -> None:
        """Reads the journal's new entries; waits some wall seconds for one where there is none."""
        entries, self.since = self.cloud.journal(self.since, wait)
        for entry in entries:
            if entry["effect"] in EFFECTIVE:
                detail = entry.get("detail") or {}
                self.status = detail.get("status", self.status)
                self.percent = detail.get("percent", self.percent)
            if entry["effect"] == Effect.SETTLED:
                self.settled = platform_time(entry)
            if entry["effect"] == Effect.POLLED and self.settled:
                self.refreshes += 1


@dataclass
class Watched:
    """The end of a watch: the observation, and what the cloud had recorded."""

    observation: Observation
    record: CloudRecord


def watch(
    page: Page,
    server_app_key: str,
    case: Case,
    record: CloudRecord,
    scale: float,
    begun: datetime,
    clock: Callable[[], float] = time.monotonic,
) -> Watched:
    """Watches the row of one app until the case is decided.

    Args:
        page: a page that shows the plan.
        server_app_key: whose row.
        case: what is expected, and how long that is watched.
        record: the cloud's journal, read on from the case's start.
        scale: server seconds per wall second.
        begun: server time at which the migration was started.
        clock: monotonic wall seconds.

    Raises:
        WaitTimedOut: server time does not pass as it should.
    """
    first = clock()
    lasts = max(case.expectation.lasts, case.known_bug.lasts if case.known_bug else timedelta(0))
    bound = 2 * (GIVE_UP + lasts).total_seconds() / scale + _GRACE_SECONDS
    timeline: list[Seen] = []
    while True:
        row, now = look(page, server_app_key)
        if not timeline or timeline[-1].row != row:
            timeline.append(Seen(row, now, clock() - first))
        record.update()
        seen = Observation(timeline, begun, now, record.settled, record.refreshes)
        if is_decided(case.expectation, case.known_bug, seen):
            return Watched(seen, record)
        if clock() - first > bound:
            raise WaitTimedOut(f"a verdict on {case.id}", bound, f"row {row}, server time {now}")
        due = decides_at(case.expectation, case.known_bug, seen) - now + _SECOND
        silence = min(due, _AT_LEAST_EACH).total_seconds() / scale
        record.update(wait=min(silence, _LONGEST_WAIT))
        pause(page)
