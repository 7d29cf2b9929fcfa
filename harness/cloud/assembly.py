"""Puts a cloud together, and says what follows from which change."""

from dataclasses import dataclass

from harness.cloud.changes import (
    AppUninstalled,
    CancelRequested,
    ClockSet,
    DataUploaded,
    ExportCompleted,
    ListenerTriggered,
    MessageAwaited,
    MessageQueued,
    MessagesWorkedOff,
    Reset,
    SwitchesSet,
)
from harness.cloud.deadlines import Deadlines
from harness.cloud.settings import ServeSettings
from harness.cloud.site import Site
from harness.cloud.webhooks import Deliveries
from harness.cloud.world import World


@dataclass(frozen=True)
class Cloud:
    """A world, and what runs in it alongside requests."""

    world: World
    deadlines: Deadlines
    deliveries: Deliveries

    def start(self) -> None:
        """Starts what runs alongside requests; to be called inside the loop."""
        self.deadlines.start()
        for message in list(self.world.state.messages.values()):
            self.deliveries.start(message)

    async def stop(self) -> None:
        """Stops what runs alongside requests, and closes the world."""
        await self.deadlines.stop()
        await self.deliveries.stop()
        await self.world.close()


def assemble(settings: ServeSettings, site: Site | None = None) -> Cloud:
    """Makes a cloud, in the state that an earlier one left in the data folder.

    Args:
        settings: how the cloud was started.
        site: the content of the site; empty when left out.

    Raises:
        BadInput: another cloud uses the data folder, or a file in it is damaged.
        OSError: the data folder cannot be used.
    """
    world = World(settings, site)
    try:
        return _assembled(world)
    except BaseException:
        world.journal.close()
        raise


def _assembled(world: World) -> Cloud:
    deadlines, deliveries = Deadlines(world), Deliveries(world)

    # Deadlines also follow from what happened before a restart.
    world.subscribe(ListenerTriggered, deadlines.add_expiry)
    world.subscribe(ListenerTriggered, deadlines.add_silence)
    world.subscribe(DataUploaded, deadlines.add_silence)
    world.subscribe(MessageAwaited, deadlines.add_silence)
    world.subscribe(MessagesWorkedOff, deadlines.add_silence)
    world.subscribe(ExportCompleted, deadlines.add_settling)
    world.subscribe(CancelRequested, deadlines.add_cancel)
    world.subscribe(Reset, deadlines.forget)
    world.recover()

    # Everything else follows only from what happens from now on.
    world.subscribe(AppUninstalled, lambda change: world.vault.forget_shared_secret(change.app_key))
    world.subscribe(ClockSet, world.set_clock)
    world.subscribe(ClockSet, lambda _: deadlines.wake())
    world.subscribe(ClockSet, lambda _: deliveries.wake())
    world.subscribe(SwitchesSet, world.set_switches)
    world.subscribe(MessageQueued, deliveries.start_queued)
    world.subscribe(Reset, lambda _: deliveries.forget())
    world.subscribe(Reset, world.reset)
    return Cloud(world, deadlines, deliveries)
