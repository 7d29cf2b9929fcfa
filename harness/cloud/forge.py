"""What the platform does for a Forge app's transfer: the app itself posts no progress.

Documented (developer documentation, report progress for Forge and for Forge containers, prepare
your cloud app for Forge): progress follows from uploads and acknowledgements; while messages wait,
15 minutes since the last success message of any event, and since the last upload, time the
transfer out; an export that nobody completes counts as completed after 15 idle minutes; a transfer
with no upload takes long to settle. Observed: a row that stays at 80 % with "events are being
processed". Inferred: only app data has to be acknowledged; the percentages in between; one failed
message makes the transfer INCOMPLETE, and FAILED if all failed; how long "long" is (a switch).
"""

from harness.cloud import events
from harness.cloud.changes import Change, ExportCompleted, MessagesWorkedOff, SettledByPlatform
from harness.cloud.state import HOUR, SILENCE, Transfer
from harness.cloud.world import World
from harness.vocabulary.effects import Effect

NOTHING_UPLOADED = (
    "nothing was uploaded, so the transfer takes long to settle: a Forge app's listener has to "
    "upload at least one file"
)


def make_token(world: World, app_key: str) -> str:
    """Makes the token of a Forge app."""
    return f"{app_key}.{world.vault.mac('forge', app_key)}"


def is_forge(world: World, transfer: Transfer) -> bool:
    """Whether the transfer's cloud half is a Forge app on the site."""
    app = world.state.apps.get(transfer.cloud_key)
    return app is not None and app.kind == "forge"


def completed(world: World, transfer: Transfer, at: int) -> list[Change]:
    """The changes that follow when the export is completed."""
    settles_at = None
    if not transfer.uploads:
        settles_at = at + round(world.switches.forge_empty_hours * HOUR)
    changes: list[Change] = [
        ExportCompleted(transfer.id, at, settles_at),
        *events.queue(world, transfer, events.EXPORTED, at=at),
    ]
    if transfer.uploads and not transfer.awaiting:
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
    heard_at = max(transfer.acknowledged_at, transfer.exported_at, *transfer.awaiting.values(), 0)
    if transfer.awaiting and heard_at + SILENCE <= at:
        changes: list[Change] = [
            SettledByPlatform(transfer.id, "TIMED_OUT", at),
            *events.queue(world, transfer, events.SETTLED, at=at),
        ]
        reason = (
            f"for 15 minutes there was no success message and no upload, and "
            f"{len(transfer.awaiting)} of the messages are not acknowledged"
        )
        return Effect.TIMED_OUT, reason, changes
    if transfer.settles_at is not None and transfer.settles_at <= at:
        return Effect.SETTLED, NOTHING_UPLOADED, _settled(world, transfer, 0, 0, at)
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
