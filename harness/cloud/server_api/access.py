"""Who may call the server's side: a Confluence that has attached, with its bearer token."""

import base64
import binascii
from functools import lru_cache

from harness.cloud.call import Call, Refusal
from harness.cloud.state import Migration, Server, Transfer
from harness.cloud.vault import Vault
from harness.cloud.world import World
from harness.vocabulary.effects import Effect


def make_token(world: World, server_id: str) -> str:
    """Makes the token of a server."""
    name = base64.urlsafe_b64encode(server_id.encode()).decode().rstrip("=")
    return f"{name}.{world.vault.mac('server', server_id)}"


def attached_server(world: World, call: Call) -> Server:
    """The server that calls.

    Raises:
        Refusal: 401, its token is missing or not one of ours.
    """
    call.caller = "server"
    given = call.header(b"authorization") or ""
    kind, _, token = given.partition(" ")
    if kind.lower() != "bearer":
        raise Refusal(401, Effect.NO_TOKEN, "send Authorization: Bearer <token from /attach>")
    server = world.state.servers.get(_server_of(world.vault, token.strip()) or "")
    if server is None:
        raise Refusal(401, Effect.BAD_BEARER, "the token is not one that /attach issued")
    call.caller = f"server {server.id}"
    return server


@lru_cache(maxsize=256)
def _server_of(vault: Vault, token: str) -> str | None:
    """The server that a token was made for; cached, since CCMA polls with the same token."""
    name, _, mac = token.partition(".")
    try:
        server_id = base64.urlsafe_b64decode(name + "=" * (-len(name) % 4)).decode()
    except (binascii.Error, ValueError):
        return None
    return server_id if vault.is_mac(mac, "server", server_id) else None


def own_migration(world: World, call: Call) -> Migration:
    """The migration in the path; the calling server must have created it.

    Raises:
        Refusal: 401 or 404.
    """
    server = attached_server(world, call)
    migration = world.state.migrations.get(call.params["migrationId"])
    if migration is None or migration.server_id != server.id:
        raise Refusal(
            404, Effect.NOT_FOUND, f"there is no migration {call.params['migrationId'][:80]!r}"
        )
    return migration


def own_transfer(world: World, call: Call) -> Transfer:
    """The transfer in the path; the calling server must have created it.

    Raises:
        Refusal: 401 or 404.
    """
    server = attached_server(world, call)
    transfer = world.state.transfers.get(call.params["transferId"])
    call.transfer_id = call.params["transferId"]
    if transfer is None or world.state.migrations[transfer.migration_id].server_id != server.id:
        raise Refusal(
            404, Effect.UNKNOWN_TRANSFER, f"there is no transfer {call.transfer_id[:80]!r}"
        )
    call.app_key = transfer.cloud_key
    return transfer


def active_transfer(world: World, call: Call) -> Transfer:
    """The active transfer in the path; the calling server must have created it.

    Raises:
        Refusal: 401 or 404; 409, it is settled; 410, it is expired.
    """
    transfer = own_transfer(world, call)
    expires = transfer.expires_at
    if expires is not None and expires <= world.now():
        raise Refusal(410, Effect.EXPIRED, f"transfer {transfer.id} is past its 14 days")
    if transfer.settled:
        raise Refusal(
            409, Effect.ALREADY_SETTLED, f"transfer {transfer.id} is settled: {transfer.status}"
        )
    return transfer
