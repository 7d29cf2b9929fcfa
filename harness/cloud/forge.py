"""What the platform does for a Forge app's transfer: the app itself posts no progress.

Documented (reference/app-migration-platform.md section 5.1): progress follows from uploads and
acknowledgements; a message that is not acknowledged within 15 minutes times the transfer out; an
export that nobody completes counts as completed after 15 idle minutes. Observed: a row that stays
at 80 % with "events are being processed". Inferred: only uploads have to be acknowledged; the
percentages in between; one failed message makes the transfer INCOMPLETE, and FAILED if all failed.
"""

from harness.cloud import events
from harness.cloud.changes import Change, ExportCompleted, MessagesWorkedOff, SettledByPlatform
from harness.cloud.state import SILENCE, Transfer
from harness.cloud.world import World
from harness.vocabulary.effects import Effect


def is_forge(world: World, transfer: Transfer) -> bool:
    """Whether the transfer's cloud half is a Forge app on the site."""
    app = world.state.apps.get(transfer.cloud_key)
    return app is not None and app.kind == "forge"


def completed(world: World, transfer: Transfer, at: int) -> list[Change]:
    """The changes that follow when the export is completed."""
    changes: list[Change] = [
        ExportCompleted(transfer.id, at),
        *events.queue(world, transfer, events.EXPORTED, at=at),
    ]
    if not transfer.awaiting:
        changes += _settled(world, transfer, transfer.worked_off, transfer.failed, at)
    return changes


def settling(world: World, transfer: Transfer, done: MessagesWorkedOff) -> list[Change]:
    """The changes that settle a transfer once its last message is worked off; none before that."""
    if not transfer.export_completed or transfer.awaiting.keys() - set(done.message_ids):
        return []
    count = len(done.message_ids)
    failed = transfer.failed + (count if done.failed else 0)
    return _settled(world, transfer, transfer.worked_off + count, failed, done.at)


def due(world: World, transfer: Transfer, at: int) -> tuple[Effect, str, list[Change]] | None:
    """What has to happen to a Forge app's transfer at a deadline; None if nothing has to."""
    oldest = min(transfer.awaiting.values(), default=None)
    if oldest is not None and oldest + SILENCE <= at:
        changes: list[Change] = [
            SettledByPlatform(transfer.id, "TIMED_OUT", at),
            *events.queue(world, transfer, events.SETTLED, at=at),
        ]
        return Effect.TIMED_OUT, "a message was not acknowledged for 15 minutes", changes
    if not transfer.export_completed and transfer.exported_at + SILENCE <= at:
        reason = "nothing was uploaded for 15 minutes, so the export counts as completed"
        return Effect.EXPORT_COMPLETED, reason, completed(world, transfer, at)
    return None


def _settled(
    world: World, transfer: Transfer, worked_off: int, failed: int, at: int
) -> list[Change]:
    status = "SUCCESS"
    if failed:
        status = "FAILED" if failed == worked_off else "INCOMPLETE"
    return [
        SettledByPlatform(transfer.id, status, at),
        *events.queue(world, transfer, events.SETTLED, at=at),
    ]
