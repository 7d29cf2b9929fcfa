"""What a cloud app asks about its transfers: the recent ones, mappings, containers, the server's
error; and the feedback that it leaves.

Sources: the API reference pages of each group (`reference/app-migration-platform.md` 1.2).
"""

from harness.cloud.call import Answer, Call, Outcome, Refusal, answer_json
from harness.cloud.changes import FeedbackGiven
from harness.cloud.connect_api.access import connect_app, transfer_in_path
from harness.cloud.events import migration_details
from harness.cloud.site_pages import container_page, find_mappings, mapping_page
from harness.cloud.world import World
from harness.vocabulary.effects import Effect

RECENT = 100


async def recent(world: World, call: Call) -> Outcome:
    """`GET /transfer/recent`: up to 100 active transfers, newest first."""
    app = connect_app(world, call)
    now, shown = world.now(), []
    for each in reversed(world.state.transfers.values()):
        expired = each.expires_at is not None and each.expires_at <= now
        if each.cloud_key != app.key or each.settled or expired:
            continue
        migration = world.state.migrations[each.migration_id]
        shown.append(
            {
                "transferId": each.id,
                "status": each.state,
                "migrationDetails": migration_details(migration),
            }
        )
        if len(shown) == RECENT:
            break
    return Outcome(answer_json(shown), Effect.READ, f"{len(shown)} active transfers")


async def find_mapping(world: World, call: Call) -> Outcome:
    """`POST /mapping/{transferId}/find`."""
    await call.body()
    app = connect_app(world, call)
    keys = call.json_of_body()
    return find_mappings(world, call, transfer_in_path(world, call, app), keys)


async def page_mapping(world: World, call: Call) -> Outcome:
    """`GET /mapping/{transferId}/page`."""
    transfer = transfer_in_path(world, call, connect_app(world, call))
    return mapping_page(world, call, transfer)


async def page_containers(world: World, call: Call) -> Outcome:
    """`GET /container/{transferId}/page`."""
    transfer = transfer_in_path(world, call, connect_app(world, call))
    return container_page(world, call, transfer)


async def give_feedback(world: World, call: Call) -> Outcome:
    """`POST /feedback/{transferId}`: new feedback replaces the old."""
    await call.body()
    app = connect_app(world, call)
    body = call.object_of_body()
    transfer = transfer_in_path(world, call, app)
    details = body.get("details")
    if not isinstance(details, dict):
        raise Refusal(400, Effect.MALFORMED, "details must be a JSON object", field="details")
    replaced = "replaces earlier feedback" if transfer.feedback else ""
    return Outcome(
        Answer(), Effect.FEEDBACK_STORED, replaced, [FeedbackGiven(transfer.id, details)]
    )


async def read_error(world: World, call: Call) -> Outcome:
    """`GET /error/{transferId}`: the exception that ended the listener."""
    transfer = transfer_in_path(world, call, connect_app(world, call))
    if transfer.error is None:
        raise Refusal(404, Effect.NOT_FOUND, f"transfer {transfer.id} has no server-side error")
    return Outcome(answer_json(transfer.error), Effect.READ)
