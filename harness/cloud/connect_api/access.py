"""Who may call the Connect API, and about which transfer.

A Connect JWT (HS256, `iss` = app key, `qsh`) identifies the caller, which must be the transfer's
cloud app. Source: ordinary Connect rules; the migration pages do not repeat them, so the statuses
and bodies here are inferred.
"""

import uuid
from functools import lru_cache

from harness.cloud.call import Call, Refusal
from harness.cloud.state import App, Transfer
from harness.cloud.tokens import TokenRefused, peek, qsh, verify_hs256
from harness.cloud.world import World
from harness.vocabulary.effects import Effect

CONTEXT = "/wiki"
TOLERATED = (
    "the token's qsh is over the whole path, /wiki included: only this stub accepts it, the "
    "product would refuse the call"
)
"""What the journal says about a call whose token passes here alone."""


def connect_app(world: World, call: Call) -> App:
    """The Connect app that calls.

    Raises:
        Refusal: 401, with the claim that failed; 403, it is not a Connect app.
    """
    token = _token(call)
    try:
        # The journal should name who tried, even if the token turns out to be invalid.
        peeked = peek(token)
        issuer = peeked[1].get("iss")
        if isinstance(issuer, str) and issuer in world.state.apps:
            call.caller = call.app_key = issuer
        hashes = _hashes(call.method, call.raw_path, call.query)
        verified = verify_hs256(
            token, peeked, world.vault.shared_secret, hashes, world.switches.clock_skew
        )
        if peeked[1]["qsh"] != hashes[0]:
            call.tolerated = TOLERATED
    except TokenRefused as refused:
        raise Refusal(401, refused.effect, refused.message, claim=refused.claim) from refused
    app = world.state.apps.get(verified)
    if app is None:
        raise Refusal(401, Effect.UNKNOWN_ISSUER, f"{verified} is not installed", claim="iss")
    call.caller = call.app_key = app.key
    return app


def transfer_in_path(world: World, call: Call, app: App) -> Transfer:
    """The active transfer that the path names.

    Raises:
        Refusal: as `active_transfer`.
    """
    return active_transfer(world, call, app, call.params["transferId"])


def active_transfer(world: World, call: Call, app: App, transfer_id: str) -> Transfer:
    """A transfer of the app that is neither expired nor settled.

    Raises:
        Refusal: as `_own_transfer`; 403 or 409 (a switch), it is settled.
    """
    transfer = _own_transfer(world, call, app, transfer_id)
    if transfer.settled:
        raise Refusal(
            world.switches.after_settled,
            Effect.ALREADY_SETTLED,
            f"transfer {transfer.id} is already in a settled state: {transfer.status}",
        )
    return transfer


def check_uuid(name: str, given: str) -> None:
    """Checks the form of an id.

    Raises:
        Refusal: 400, it is not a UUID.
    """
    try:
        uuid.UUID(given)
    except ValueError as error:
        raise Refusal(400, Effect.MALFORMED, f"{name} is {given[:80]!r}, not a UUID") from error


def _token(call: Call) -> str:
    given = call.header(b"authorization")
    if given is None:
        from_query = call.query_value("jwt") if "jwt=" in call.query else None
        if from_query:
            return from_query
        raise Refusal(
            401, Effect.NO_TOKEN, "send Authorization: JWT <token>", claim="Authorization"
        )
    kind, _, token = given.partition(" ")
    if kind.lower() != "jwt":
        if kind.lower() == "bearer":
            raise Refusal(
                403,
                Effect.NOT_A_CONNECT_APP,
                "This API is only for Atlassian Connect apps; a Bearer token comes from a Forge "
                "or OAuth 2 app",
            )
        raise Refusal(
            401,
            Effect.NO_TOKEN,
            f"the Authorization header says {kind!r}; a Connect app sends JWT <token>",
            claim="Authorization",
        )
    return token.strip()


@lru_cache(maxsize=256)
def _hashes(method: str, path: str, query: str) -> tuple[str, ...]:
    """The `qsh` that are taken, the right one first; cached, since an app reports again and again.

    atlassian-connect-express hashes the path below the base URL's /wiki, others the whole path.
    """
    below = [path[len(CONTEXT) :]] if path.startswith(f"{CONTEXT}/") else []
    return tuple(qsh(method, each, query) for each in (*below, path))


def _own_transfer(world: World, call: Call, app: App, transfer_id: str) -> Transfer:
    """A transfer of the app that is not expired; the journal names it even if it is refused.

    Raises:
        Refusal: 400, not a UUID; 403, unknown (published API document); 403 or 404 (a switch),
            another app's; 400, past its 14 days.
    """
    call.transfer_id = transfer_id
    transfer = world.state.transfers.get(transfer_id)
    if transfer is None:
        check_uuid("transferId", transfer_id)
        raise Refusal(403, Effect.UNKNOWN_TRANSFER, f"there is no transfer {transfer_id[:80]!r}")
    if transfer.cloud_key != app.key:
        raise Refusal(
            world.switches.another_apps_transfer,
            Effect.ANOTHER_APPS_TRANSFER,
            f"transfer {transfer_id} belongs to {transfer.cloud_key}, not to {app.key}",
        )
    expires = transfer.expires_at
    if expires is not None and expires <= world.now():
        raise Refusal(
            400,
            Effect.EXPIRED,
            f"transfer {transfer_id} expired: 14 days have passed since the listener was triggered",
        )
    return transfer
