"""Who may call the Forge API: an installed Forge app with its bearer token.

Forge's runtime adds the real token to `requestAtlassian` calls; ours is issued at the install.
"""

from harness.cloud.call import Call, Refusal
from harness.cloud.connect_api.access import transfer_in_path
from harness.cloud.state import App, Transfer
from harness.cloud.world import World
from harness.vocabulary.effects import Effect


def forge_app(world: World, call: Call) -> App:
    """The Forge app that calls.

    Raises:
        Refusal: 401, no token, or not one of ours; 403, the token of a Connect app.
    """
    kind, _, token = (call.header(b"authorization") or "").partition(" ")
    if kind.lower() == "jwt":
        raise Refusal(403, Effect.NOT_A_FORGE_APP, "This API is only for Forge apps")
    if kind.lower() != "bearer":
        raise Refusal(
            401, Effect.NO_TOKEN, "send Authorization: Bearer <token>", claim="Authorization"
        )
    key, _, mac = token.strip().rpartition(".")
    app = world.state.apps.get(key)
    if app is None or app.kind != "forge" or not world.vault.is_mac(mac, "forge", key):
        raise Refusal(401, Effect.BAD_BEARER, "the token belongs to no Forge app on the site")
    call.caller = call.app_key = app.key
    return app


def its_transfer(world: World, call: Call) -> Transfer:
    """The active transfer in the path; it must belong to the calling app.

    Raises:
        Refusal: as `forge_app` and `connect_api.access.transfer_in_path`.
    """
    return transfer_in_path(world, call, forge_app(world, call))
