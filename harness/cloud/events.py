"""The five events of a transfer and their payloads.

Sources: developer documentation, events, app data and re-run pages; the nesting of
`migrationDetails` follows the transfer API.
"""

import uuid
from typing import TYPE_CHECKING, Any

from harness.cloud.changes import MessageQueued
from harness.cloud.state import Migration, Transfer, Upload

if TYPE_CHECKING:
    from harness.cloud.platform import Cloud

TRIGGERED = "listener-triggered"
UPLOADED = "app-data-uploaded"
ERRORED = "listener-errored"
CANCEL = "transfer-cancellation-requested"
SETTLED = "transfer-settled"


def migration_details(migration: Migration) -> dict[str, Any]:
    """The migration as events, the transfer API and the listener show it."""
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
    cloud: "Cloud",
    transfer: Transfer,
    event: str,
    upload: Upload | None = None,
    at: int | None = None,
) -> list[MessageQueued]:
    """The change that sends an event to the transfer's app.

    Args:
        cloud: whose transfer it is.
        transfer: the transfer.
        event: one of this module's names.
        upload: with `UPLOADED`, what was uploaded.
        at: platform time in milliseconds; the present when left out.
    """
    message_id = str(uuid.uuid4())
    payload: dict[str, Any] = {
        "eventType": event,
        "cloudAppKey": transfer.cloud_key,
        "transferId": transfer.id,
        "messageId": message_id,
        "migrationDetails": migration_details(cloud.state.migrations[transfer.migration_id]),
    }
    if upload is not None:
        payload["s3Key"] = upload.key
        if upload.label is not None:
            payload["label"] = upload.label
    if transfer.original_id is not None:
        payload["originalTransferId"] = transfer.original_id
    message = {
        "id": message_id,
        "app_key": transfer.cloud_key,
        "transfer_id": transfer.id,
        "event": event,
        "payload": payload,
        "created_at": cloud.now() if at is None else at,
    }
    return [MessageQueued(message)]
