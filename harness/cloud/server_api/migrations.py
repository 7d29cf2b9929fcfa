"""What CCMA calls about a run: attach, look up an app, create migrations and transfers, poll."""

import uuid
from collections.abc import Mapping
from typing import Any

import orjson
from pydantic import BaseModel, Field

from harness.cloud.call import Answer, Call, Outcome, answer_json
from harness.cloud.changes import MigrationCreated, ServerAttached, TransferCreated
from harness.cloud.events import migration_details
from harness.cloud.models import check_address, parse
from harness.cloud.server_api.access import (
    attached_server,
    connected_server,
    make_token,
    own_migration,
)
from harness.cloud.state import DAY, Migration, Polled, State
from harness.cloud.world import World
from harness.vocabulary.effects import Effect


class Attach(BaseModel):
    """Body of `POST /attach`."""

    serverId: str = Field(min_length=1, max_length=200)  # noqa: N815 - the protocol's names
    serverBaseUrl: str = Field(default="", max_length=2000)  # noqa: N815
    cloudUrl: str = Field(min_length=1, max_length=2000)  # noqa: N815


class NewMigration(BaseModel):
    """Body of `POST /migrations`."""

    planId: str = Field(min_length=1, max_length=200)  # noqa: N815
    name: str = Field(max_length=1000)


class NewTransfer(BaseModel):
    """Body of `POST /migrations/{migrationId}/transfers`."""

    containerId: str = Field(min_length=1, max_length=200)  # noqa: N815
    serverAppKey: str = Field(min_length=1, max_length=200)  # noqa: N815
    cloudAppKey: str = Field(min_length=1, max_length=200)  # noqa: N815
    dataAccessScopes: list[str] = []  # noqa: N815
    originalTransferId: str | None = None  # noqa: N815
    forgeEnvironment: str | None = Field(default=None, max_length=200)  # noqa: N815


async def attach(world: World, call: Call) -> Outcome:
    """`POST /attach`: an administrator connects a Confluence to the site, or connects it again."""
    body = parse(Attach, await call.json_object())
    call.caller = f"server {body.serverId}"
    check_address("cloudUrl", body.cloudUrl)
    if body.serverBaseUrl:
        check_address("serverBaseUrl", body.serverBaseUrl)
    # Mappings belong to the pair of server and site, so the id of the scope is made from both.
    scope_id = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{body.serverId} {world.addresses.public_url}"))
    server = {
        "id": body.serverId,
        "base_url": body.serverBaseUrl,
        "cloud_url": body.cloudUrl,
        "scope_id": scope_id,
        "connected_at": world.now(),
    }
    answer = {
        **make_token(world, body.serverId),
        "cloudUrl": body.cloudUrl,
        "migrationScopeId": scope_id,
        "confluenceClientKey": world.client_key,
    }
    return Outcome(answer_json(answer), Effect.ATTACHED, changes=[ServerAttached(server)])


async def renew_token(world: World, call: Call) -> Outcome:
    """`POST /token`: a new token for the old one, as long as the site's connection lives."""
    await call.body()
    server = connected_server(world, call)
    return Outcome(answer_json(make_token(world, server.id)), Effect.RENEWED)


async def connection(world: World, call: Call) -> Outcome:
    """`GET /connection`: whether the server is still connected, and until when."""
    server = attached_server(world, call)
    ends_at = server.connected_at + round(world.switches.connection_days * DAY)
    answer = {"cloudUrl": server.cloud_url, "connectedAt": server.connected_at, "endsAt": ends_at}
    return Outcome(answer_json(answer), Effect.READ)


async def find_app(world: World, call: Call) -> Outcome:
    """`GET /apps/{cloudAppKey}`: whether the cloud app is installed on the site, and its kind."""
    attached_server(world, call)
    key = call.params["cloudAppKey"]
    call.app_key = key
    app = world.state.apps.get(key)
    reason = "" if app else f"{key} is not installed on the site"
    shown = {"cloudAppKey": key, "installed": app is not None, "kind": app.kind if app else None}
    return Outcome(answer_json(shown), Effect.READ, reason)


async def create_migration(world: World, call: Call) -> Outcome:
    """`POST /migrations`: an admin runs a plan."""
    body = parse(NewMigration, await call.json_object())
    server = attached_server(world, call)
    migration: dict[str, Any] = {
        "id": str(uuid.uuid4()),
        "plan_id": body.planId,
        "name": body.name,
        "server_id": server.id,
        "scope_id": server.scope_id,
        "cloud_url": server.cloud_url,
        "client_key": world.client_key,
        "created_at": world.now(),
    }
    change = MigrationCreated(migration)
    scratch = State()
    change.apply(scratch)
    details = migration_details(scratch.migrations[migration["id"]])
    return Outcome(answer_json(details, 201), Effect.CREATED, changes=[change])


async def create_transfer(world: World, call: Call) -> Outcome:
    """`POST /migrations/{migrationId}/transfers`: once for each listener and run."""
    body = parse(NewTransfer, await call.json_object())
    migration = own_migration(world, call)
    number = world.state.transfer_count + 1
    # Live transfer ids are name-based UUIDs of version 3 (seed thread), so ours are too.
    name = f"{migration.id}/{body.containerId}/{number}"
    transfer_id = str(uuid.uuid3(uuid.NAMESPACE_URL, name))
    call.transfer_id, call.app_key = transfer_id, body.cloudAppKey
    linked, why = is_linked(world, body.serverAppKey, body.cloudAppKey)
    now = world.now()
    transfer = {
        "id": transfer_id,
        "migration_id": migration.id,
        "container_id": body.containerId,
        "server_key": body.serverAppKey,
        "cloud_key": body.cloudAppKey,
        "linked": linked,
        "scopes": body.dataAccessScopes,
        "original_id": body.originalTransferId,
        "environment": body.forgeEnvironment,
        "created_at": now,
        "updated_at": now,
    }
    return Outcome(
        answer_json({"transferId": transfer_id, "linked": linked}, 201),
        Effect.CREATED,
        why,
        [TransferCreated(transfer)],
        {"serverAppKey": body.serverAppKey, "linked": linked},
    )


def is_linked(world: World, server_key: str, cloud_key: str) -> tuple[bool, str]:
    """Whether the platform links a server app with a cloud app, and why.

    Source: staff in the seed thread: the keys must be those of the Marketplace entry; a private
    app must have the same key on both sides.
    """
    if server_key == cloud_key:
        return True, "linked: the keys are the same"
    if (server_key, cloud_key) in world.state.listings:
        return True, "linked: the Marketplace lists the pair"
    if world.switches.marketplace == "open":
        return True, "linked: the switch marketplace is open"
    return False, f"not linked: the Marketplace does not list {server_key} with {cloud_key}"


async def poll(world: World, call: Call) -> Outcome:
    """`GET /migrations/{migrationId}/progress`: CCMA's poll, every 10 minutes."""
    migration = own_migration(world, call)
    polled = migration.polled
    if polled is None or polled.generation != world.state.generation:
        polled = migration.polled = _polled(world.state, migration)
    detail = {"transfers": polled.journalled}
    return Outcome(Answer(body=polled.body), Effect.POLLED, detail=detail)


def _polled(state: State, migration: Migration) -> Polled:
    shown, journalled = [], []
    for each in map(state.transfers.__getitem__, migration.transfers):
        if not each.linked:
            continue  # no cloud app is behind it, so its row gets no news
        journalled.append({"transferId": each.id, "status": each.status, "percent": each.percent})
        shown.append(
            {
                "transferId": each.id,
                "containerId": each.container_id,
                "serverAppKey": each.server_key,
                "cloudAppKey": each.cloud_key,
                "status": each.status,
                "percent": each.percent,
                "message": each.message,
                "lastUpdatedAt": each.updated_at,
            }
        )
    return Polled(state.generation, orjson.dumps({"transfers": shown}), journalled)


async def progress_log(world: World, call: Call) -> Outcome:
    """`GET /migrations/{migrationId}/log`: the rows behind View Logs, newest first."""
    migration = own_migration(world, call)
    rows = [_shown(row, world.switches.log_message) for row in reversed(migration.log)]
    if migration.log_cut:
        rows.append(
            {
                "time": rows[-1]["time"],
                "level": "INFO",
                "type": "OLDER_LOGS_LEFT_OUT",
                "message": "Older logs have been omitted for brevity.",
            }
        )
    return Outcome(answer_json({"rows": rows}), Effect.READ)


def _shown(row: Mapping[str, Any], limit: int) -> dict[str, Any]:
    """A row as an admin reads it: of what the app said, no more than the limit."""
    rest = {name: value for name, value in row.items() if name != "said"}
    return rest | {"message": f"{row['message']}{row.get('said', '')[:limit]}"}
