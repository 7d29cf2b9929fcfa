"""Reads on what a server was told, from the proxy that records or replays it."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from harness.checker.record import Record
from harness.checker.recorded import RecordedStory
from harness.drivers.recorder import RecorderControl
from harness.store.evidence import CloudWitness, Pause


@dataclass
class RecordedCloud:
    """A case's exchanges from its start on, on the harness's clock.

    Args:
        recorder: the proxy's control.
        since: the line's number to begin with.
        story: takes the exchanges.
        clock: harness seconds.
        wall: the machine's clock, in epoch seconds.
    """

    recorder: RecorderControl
    since: int
    story: RecordedStory
    clock: Callable[[], float]
    wall: Callable[[], float] = time.time
    stood_still: list[Pause] = field(default_factory=list)
    told_by: CloudWitness = "recording"
    _read: float = float("-inf")

    @property
    def record(self) -> Record:
        """What is about the case."""
        return self.story.record

    def update(self, wait: float = 0) -> None:
        """Reads the new exchanges; waits some wall seconds for one where there is none.

        Raises:
            DriverError: the proxy does not answer.
        """
        exchanges, self.since = self.recorder.exchanges(self.since, wait)
        known, now = self.clock(), self.wall()
        for each in exchanges:
            answered = each.wall.timestamp() + each.seconds
            happened = min(max(known - (now - answered), self._read), known)
            self.story.take(each, happened, known)
        self._read = known
