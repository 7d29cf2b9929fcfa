"""What the platform does on its own when time is up: it settles what nobody else has settled.

Deadlines are kept in a heap. They are checked before each request, so that an answer is never
behind the clock, and by a task that sleeps until the next one.
"""

import asyncio
import heapq

from harness.cloud import events, forge
from harness.cloud.changes import (
    CancelRequested,
    DataUploaded,
    ExportCompleted,
    ListenerTriggered,
    MessageAwaited,
    MessagesWorkedOff,
    Reset,
    SettledByPlatform,
)
from harness.cloud.state import CANCELS_AFTER, DAY, SILENCE, Transfer
from harness.cloud.world import World
from harness.vocabulary.effects import Effect


class Deadlines:
    """The heap of deadlines, and the task that watches it.

    Args:
        world: the transfers that the deadlines are about.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._heap: list[tuple[int, str]] = []
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def add_expiry(self, change: ListenerTriggered) -> None:
        """Adds the end of the 14 days that begin with the listener's call."""
        self._add(change.at + change.lives, change.transfer_id)

    def add_silence(
        self, change: ListenerTriggered | DataUploaded | MessageAwaited | MessagesWorkedOff
    ) -> None:
        """Adds the end of the 15 minutes that a Forge app's transfer may be silent."""
        if forge.is_forge(self._world, self._world.state.transfers[change.transfer_id]):
            self._add(change.at + SILENCE, change.transfer_id)

    def add_settling(self, change: ExportCompleted) -> None:
        """Adds the time at which a Forge app's transfer settles though nothing was uploaded."""
        if change.settles_at is not None:
            self._add(change.settles_at, change.transfer_id)

    def add_cancel(self, change: CancelRequested) -> None:
        """Adds the end of the hour in which the app has to settle after a cancel."""
        self._add(change.at + CANCELS_AFTER, change.transfer_id)

    def forget(self, _change: Reset) -> None:
        """Removes all deadlines: no transfer is left."""
        self._heap.clear()

    def _add(self, at: int, transfer_id: str) -> None:
        heapq.heappush(self._heap, (at, transfer_id))
        self.wake()

    def wake(self) -> None:
        """Makes the task look up the next deadline again: the clock or the heap has changed."""
        self._changed.set()

    def is_due(self) -> bool:
        """Whether a deadline has passed."""
        return bool(self._heap) and self._heap[0][0] <= self._world.now()

    def run_due(self) -> None:
        """Acts on every deadline that has passed.

        Raises:
            OSError: the journal could not be written; the rest stays due.
        """
        while self.is_due():
            at, transfer_id = self._heap[0]
            transfer = self._world.state.transfers.get(transfer_id)
            if transfer is not None and not transfer.settled:
                self._settle(transfer, at)
            heapq.heappop(self._heap)

    def _settle(self, transfer: Transfer, at: int) -> None:
        if forge.is_forge(self._world, transfer) and (due := forge.due(self._world, transfer, at)):
            effect, reason, changes = due
            self._world.record_own(effect, reason, changes, transfer.id, transfer.cloud_key)
            return
        expired = transfer.expires_at is not None and at >= transfer.expires_at
        cancelled = transfer.cancel_requested_at is not None and not expired
        if expired:
            status, effect = "TIMED_OUT", Effect.TIMED_OUT
            days = f"{transfer.lives / DAY:g} days"
            reason = f"{days} of platform time passed since the listener was triggered"
        elif cancelled:
            status, effect = "CANCELLED", Effect.CANCELLED
            reason = "the app did not settle within 1 hour of the cancel"
        else:
            return
        changes = [
            SettledByPlatform(transfer.id, status, at),
            *events.queue(self._world, transfer, events.SETTLED, at=at),
        ]
        self._world.record_own(effect, reason, changes, transfer.id, transfer.cloud_key)

    def start(self) -> None:
        """Starts the task; to be called inside the loop."""
        self._task = asyncio.create_task(self._keep())

    async def stop(self) -> None:
        """Stops the task."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _keep(self) -> None:
        while True:
            self._changed.clear()
            wait = self._world.clock.wall_seconds_until(self._heap[0][0]) if self._heap else None
            try:
                # Not wait_for: until Python 3.12 it loses a cancel that comes with the event.
                async with asyncio.timeout(wait):
                    await self._changed.wait()
            except TimeoutError:
                try:
                    self.run_due()
                except OSError:  # the disk is full: try again a second later
                    await asyncio.sleep(1)
