"""Who may call the server's side: a Confluence that has attached, with its bearer token.

A token lives for some hours and is renewed by the server itself; the connection lives longer, and
at its end an administrator has to connect the site again. Published is that the connection ends
and how it is renewed (Atlassian's support article on renewing the authentication token), and 24
hours as the life of an attachment (public Migration API); the rest is inferred.
"""

import base64
import binascii
from functools import lru_cache
from typing import Any

from harness.cloud.call import Call, Refusal
from harness.cloud.state import DAY, HOUR, Migration, Server, Transfer
from harness.cloud.vault import Vault
from harness.cloud.world import World
from harness.vocabulary.effects import Effect


def make_token(world: World, server_id: str) -> dict[str, Any]:
    """Makes a token of a server, with its end, as the server is told."""
    name = base64.urlsafe_b64encode(server_id.encode()).decode().rstrip("=")
    now = world.now()
    token = f"{name}.{now}.{world.vault.mac('server', server_id, str(now))}"
    return {"token": token, "expiresAt": round(now + _token_life(world))}


def attached_server(world: World, call: Call) -> Server:
    """The server that calls.

    Raises:
        Refusal: 401; `code` says whether its token is unknown or expired, or its connection is.
    """
    server, made_at, now = _server(world, call)
    if (old := now - made_at) >= _token_life(world):
        raise Refusal(
            401,
            Effect.EXPIRED_BEARER,
            f"the server's token is {old / HOUR:.1f} hours old and was valid for "
            f"{world.switches.server_token_hours:g}: renew it with POST /token",
            code="token-expired",
        )
    return server


def connected_server(world: World, call: Call) -> Server:
    """The server that calls, even if its token has expired.

    Raises:
        Refusal: 401; `code` says whether its token is unknown or its connection has expired.
    """
    return _server(world, call)[0]


def _token_life(world: World) -> float:
    return world.switches.server_token_hours * HOUR


def _server(world: World, call: Call) -> tuple[Server, int, int]:
    """The server that calls, when its token was made, and the time now."""
    call.caller = "server"
    given = _made_for(world.vault, call.header(b"authorization") or "")
    if given is None:
        raise Refusal(401, Effect.NO_TOKEN, "send Authorization: Bearer <token from /attach>")
    made_for, made_at = given
    server = world.state.servers.get(made_for)
    if server is None:
        raise Refusal(
            401,
            Effect.BAD_BEARER,
            "the token is not one that /attach issued",
            code="unknown-token",
        )
    call.caller = f"server {server.id}"
    now = world.now()
    if (old := now - server.connected_at) >= world.switches.connection_days * DAY:
        raise Refusal(
            401,
            Effect.CONNECTION_EXPIRED,
            f"the connection of server {server.id} to the site is {old / DAY:.1f} days old and was "
            f"valid for {world.switches.connection_days:g}: an administrator has to connect the "
            "site again",
            code="connection-expired",
        )
    return server, made_at, now


@lru_cache(maxsize=256)
def _made_for(vault: Vault, authorization: str) -> tuple[str, int] | None:
    """The server that a header's token was made for, and when; None without a bearer token.

    No server has the empty id, which stands for a token that is not ours. Cached, since CCMA polls
    with the same token again and again.
    """
    kind, _, token = authorization.partition(" ")
    if kind.lower() != "bearer":
        return None
    name, _, rest = token.strip().partition(".")
    made_at, _, mac = rest.partition(".")
    try:
        server_id = base64.urlsafe_b64decode(name + "=" * (-len(name) % 4)).decode()
    except (binascii.Error, ValueError):
        return "", 0
    is_ours = vault.is_mac(mac, "server", server_id, made_at)
    return (server_id, int(made_at)) if is_ours else ("", 0)


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
