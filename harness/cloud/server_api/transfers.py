"""What the listener's gateway and CCMA call about one transfer."""

import uuid

from pydantic import BaseModel, Field

from harness.cloud import events, forge
from harness.cloud.call import Answer, Call, Outcome, Refusal, answer_json
from harness.cloud.changes import CancelRequested, DataUploaded, ListenerErrored, ListenerTriggered
from harness.cloud.models import parse
from harness.cloud.server_api.access import active_transfer, own_transfer
from harness.cloud.site_pages import container_page, find_mappings, mapping_page
from harness.cloud.state import DAY, Upload
from harness.cloud.world import World
from harness.vocabulary.effects import Effect

UPLOAD_LIMIT = 25 * 1024**3
"""The most bytes of one upload (developer documentation, app data, August 2024: 25 GB)."""

LABEL_LIMIT = 1000


class Errored(BaseModel):
    """Body of `POST /transfers/{transferId}/errored`."""

    exceptionType: str = Field(default="", max_length=1000)  # noqa: N815 - the protocol's names
    safeStackTrace: str = Field(default="", max_length=65536)  # noqa: N815


async def triggered(world: World, call: Call) -> Outcome:
    """`POST .../triggered`: the listener was called; the 14 days begin, and the app is notified."""
    await call.body()
    transfer = active_transfer(world, call)
    changes = [
        ListenerTriggered(transfer.id, world.now(), round(world.switches.transfer_days * DAY)),
        *events.queue(world, transfer, events.TRIGGERED),
    ]
    return Outcome(Answer(202), Effect.TRIGGERED, changes=changes)


async def errored(world: World, call: Call) -> Outcome:
    """`POST .../errored`: the listener ended with an exception; the app is notified."""
    body = parse(Errored, await call.json_object())
    transfer = active_transfer(world, call)
    error = {"exceptionType": body.exceptionType, "safeStackTrace": body.safeStackTrace}
    changes = [
        ListenerErrored(transfer.id, world.now(), error),
        *events.queue(world, transfer, events.ERRORED),
    ]
    return Outcome(Answer(202), Effect.ERRORED, body.exceptionType, changes)


async def upload(world: World, call: Call) -> Outcome:
    """`POST .../data?label=L`: one upload; the app is notified once it is complete.

    With `preloaded=true` a Forge app is told that the data was there before the migration.
    """
    transfer = active_transfer(world, call)
    preloaded = call.query_value("preloaded") == "true"
    if preloaded and not forge.is_forge(world, transfer):
        raise Refusal(
            409, Effect.NOT_A_FORGE_APP, f"{transfer.cloud_key} is not a Forge app: no preloading"
        )
    label = call.query_value("label")
    if label is not None and len(label) > LABEL_LIMIT:
        raise Refusal(400, Effect.OVER_LIMIT, f"the label is longer than {LABEL_LIMIT} characters")
    key, limit = str(uuid.uuid4()), UPLOAD_LIMIT
    try:
        size = await world.store.write(key, call.chunks(), limit)
    except OverflowError as error:
        raise Refusal(
            413, Effect.TOO_LARGE, f"an upload may have at most {limit} bytes; split it"
        ) from error
    # Checked again: the transfer may have settled while the bytes were arriving.
    transfer = active_transfer(world, call)
    now = world.now()
    stored = Upload(key, transfer.id, label, size, now)
    changes = [
        DataUploaded(transfer.id, key, label, size, now),
        *events.queue(world, transfer, events.PRELOADED if preloaded else events.UPLOADED, stored),
    ]
    return Outcome(
        answer_json({"s3Key": key, "size": size}, 201),
        Effect.UPLOADED,
        changes=changes,
        detail={"s3Key": key, "label": label, "size": size},
    )


async def export_completed(world: World, call: Call) -> Outcome:
    """`POST .../export-completed`: the listener of a Forge app has uploaded everything."""
    await call.body()
    transfer = active_transfer(world, call)
    if not forge.is_forge(world, transfer):
        raise Refusal(
            409,
            Effect.NOT_A_FORGE_APP,
            f"{transfer.cloud_key} is not a Forge app: it settles its transfers itself",
        )
    if transfer.export_completed:
        return Outcome(Answer(202), Effect.EXPORT_COMPLETED, "was completed before")
    changes = forge.completed(world, transfer, world.now())
    reason = "" if transfer.uploads else forge.NOTHING_UPLOADED
    return Outcome(Answer(202), Effect.EXPORT_COMPLETED, reason, changes)


async def cancel(world: World, call: Call) -> Outcome:
    """`POST .../cancel`: an admin cancelled; the app has an hour to settle."""
    await call.body()
    transfer = active_transfer(world, call)
    if transfer.cancel_requested_at is not None:
        return Outcome(Answer(202), Effect.CANCEL_REQUESTED, "was requested before")
    changes = [
        CancelRequested(transfer.id, world.now()),
        *events.queue(world, transfer, events.CANCEL),
    ]
    return Outcome(Answer(202), Effect.CANCEL_REQUESTED, changes=changes)


async def feedback(world: World, call: Call) -> Outcome:
    """`GET .../feedback`: what the cloud app left for the listener."""
    transfer = own_transfer(world, call)
    if transfer.feedback is None:
        raise Refusal(404, Effect.NOT_FOUND, "the cloud app has left no feedback")
    return Outcome(answer_json({"details": transfer.feedback}), Effect.READ)


async def find_mapping(world: World, call: Call) -> Outcome:
    """`POST .../mapping/find?namespace=NS`."""
    keys = await call.json()
    return find_mappings(world, call, own_transfer(world, call), keys)


async def page_mapping(world: World, call: Call) -> Outcome:
    """`GET .../mapping/page?namespace=NS`."""
    return mapping_page(world, call, own_transfer(world, call))


async def page_containers(world: World, call: Call) -> Outcome:
    """`GET .../containers?containerType=T`."""
    return container_page(world, call, own_transfer(world, call))
