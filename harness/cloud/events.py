"""The events of a transfer, with their payloads: five for a Connect app, seven for a Forge app.

Sources: developer documentation, events, app data and re-run pages; the nesting of
`migrationDetails` follows the transfer API.
"""

import uuid
from typing import Any

from harness.cloud.changes import MessageAwaited, MessageQueued
from harness.cloud.state import Migration, Transfer, Upload
from harness.cloud.world import World
from harness.vocabulary.forge_events import FORGE_EVENTS

TRIGGERED = "listener-triggered"
UPLOADED = "app-data-uploaded"
ERRORED = "listener-errored"
CANCEL = "transfer-cancellation-requested"
SETTLED = "transfer-settled"
PRELOADED = "app-data-preloaded"
"""Forge only: data that was there before the migration; acknowledged like an upload."""
EXPORTED = "export-completed"
"""Forge only: the server has uploaded everything."""


def migration_details(migration: Migration) -> dict[str, Any]:
    """The migration as it appears in events, in the transfer API and to the listener."""
    return {
        "migrationId": migration.id,
        "migrationScopeId": migration.scope_id,
        "name": migration.name,
        "createdAt": migration.created_at,
        "cloudUrl": migration.cloud_url,
        "jiraClientKey": None,
        "confluenceClientKey": migration.client_key,
    }


def queue(
    world: World,
    transfer: Transfer,
    event: str,
    upload: Upload | None = None,
    at: int | None = None,
) -> list[MessageQueued | MessageAwaited]:
    """The changes that send an event to the transfer's app.

    A Forge app gets Forge's names and fields, and has to acknowledge the event of each upload.

    Args:
        world: the state, and the current time.
        transfer: the transfer.
        event: one of this module's names.
        upload: with `UPLOADED` and `PRELOADED`, what was uploaded.
        at: platform time in milliseconds; the current time when left out.
    """
    message_id = str(uuid.uuid4())
    app = world.state.apps.get(transfer.cloud_key)
    for_forge = app is not None and app.kind == "forge"
    payload: dict[str, Any] = {
        "eventType": FORGE_EVENTS[event] if for_forge else event,
        **({} if for_forge else {"cloudAppKey": transfer.cloud_key}),
        "transferId": transfer.id,
        "messageId": message_id,
        "migrationDetails": migration_details(world.state.migrations[transfer.migration_id]),
    }
    if upload is not None:
        payload["key" if for_forge else "s3Key"] = upload.key
        if upload.label is not None:
            payload["label"] = upload.label
    if transfer.original_id is not None:
        payload["originalTransferId"] = transfer.original_id
    created_at = world.now() if at is None else at
    message = {
        "id": message_id,
        "app_key": transfer.cloud_key,
        "transfer_id": transfer.id,
        "event": event,
        "payload": payload,
        "created_at": created_at,
    }
    if for_forge and event in (UPLOADED, PRELOADED):
        return [MessageAwaited(transfer.id, message_id, created_at), MessageQueued(message)]
    return [MessageQueued(message)]
