"""Who may call Confluence's REST on the site: an installed app, within its scopes.

Source: "Scopes for Connect apps": READ to view, WRITE to create or edit, DELETE to delete, and each
of them implies those before it. What a Forge app's manifest asks for is not known here.
"""

from harness.cloud.call import Call, Refusal
from harness.cloud.connect_api.access import connect_app
from harness.cloud.forge_api.access import forge_app
from harness.cloud.state import App
from harness.cloud.world import World
from harness.vocabulary.effects import Effect

_ORDER = ("READ", "WRITE", "DELETE", "SPACE_ADMIN", "ADMIN")
_OF_METHOD = {"GET": "READ", "HEAD": "READ", "POST": "WRITE", "PUT": "WRITE", "DELETE": "DELETE"}


def app_within_scopes(world: World, call: Call) -> App:
    """The app that calls, if its descriptor asks for what the method needs.

    Raises:
        Refusal: as `connect_app` and `forge_app`; 403, the scope is not asked for.
    """
    if (call.header(b"authorization") or "").lower().startswith("bearer "):
        return forge_app(world, call)
    app = connect_app(world, call)
    needed = _OF_METHOD[call.method]
    if not set(_ORDER[_ORDER.index(needed) :]) & set(app.scopes):
        raise Refusal(
            403,
            Effect.NO_APP_SCOPE,
            f"{call.method} needs the scope {needed}; the descriptor of {app.key} asks for "
            f"{', '.join(app.scopes) or 'none'}",
        )
    return app


def only(call: Call, *known: str) -> None:
    """Refuses a query parameter that the product knows or not, but this stub does not act on.

    Raises:
        Refusal: 501, and its name.
    """
    given = {each.partition("=")[0] for each in call.query.split("&") if each}
    if missing := sorted(given - {*known, "jwt"}):
        raise not_there(f"the query parameter {', '.join(missing)}")


def not_there(what: str) -> Refusal:
    """What the product has and this stub does not."""
    return Refusal(501, Effect.NOT_MODELLED, f"asked for and not there: {what[:200]}")
