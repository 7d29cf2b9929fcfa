"""`/_harness/apps` and `/_harness/forge-apps`: install apps on the site and uninstall them."""

from contextlib import suppress
from dataclasses import asdict

from pydantic import BaseModel, Field

from harness.cloud import connect
from harness.cloud.call import Answer, Call, Outcome, Refusal, answer_json
from harness.cloud.changes import AppInstalled, AppUninstalled
from harness.cloud.forge import make_token
from harness.cloud.models import check_address, parse
from harness.cloud.state import App
from harness.cloud.world import World
from harness.vocabulary.effects import Effect


class Install(BaseModel):
    """Body of `POST /_harness/apps`: one of the two."""

    baseUrl: str | None = Field(default=None, min_length=1, max_length=2000)  # noqa: N815 - a name of Connect's
    descriptorUrl: str | None = Field(default=None, min_length=1, max_length=2000)  # noqa: N815

    @property
    def location(self) -> str:
        """Where the descriptor is."""
        if self.descriptorUrl is not None:
            return self.descriptorUrl
        base = self.baseUrl or ""
        return base if base.endswith(".json") else f"{base.rstrip('/')}/atlassian-connect.json"


async def install(world: World, call: Call) -> Outcome:
    """`POST /_harness/apps`: reads the descriptor, calls `installed` (signed), then `enabled`."""
    body = parse(Install, await call.json_object())
    if (body.baseUrl is None) == (body.descriptorUrl is None):
        raise Refusal(400, Effect.MALFORMED, "give either baseUrl or descriptorUrl")
    check_address("baseUrl" if body.descriptorUrl is None else "descriptorUrl", body.location)
    with world.egress.during_install(body.location):
        app = await connect.read_descriptor(world, body.location)
        call.app_key = app.key
        secret = await connect.call_installed(world, app)
    world.vault.keep_shared_secret(app.key, secret)
    installed = AppInstalled(asdict(app))
    world.record_own(
        Effect.INSTALLED, f"{app.key} accepted its install", [installed], app_key=app.key
    )
    reason = ""
    try:
        await connect.call_enabled(world, app)
    except Refusal as refusal:
        reason = refusal.message
    return Outcome(
        answer_json({"appKey": app.key, "clientKey": app.client_key}),
        Effect.CONTROLLED,
        reason or f"{app.key} is installed and enabled",
    )


class InstallForge(BaseModel):
    """Body of `POST /_harness/forge-apps`."""

    key: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9:/_-]{0,199}$")
    eventsUrl: str = Field(min_length=1, max_length=2000)  # noqa: N815 - as Connect's names
    environment: str = Field(default="production", min_length=1, max_length=200)


async def install_forge(world: World, call: Call) -> Outcome:
    """`POST /_harness/forge-apps`: calls nothing; answers with the app's token."""
    body = parse(InstallForge, await call.json_object())
    check_address("eventsUrl", body.eventsUrl)
    app = App(
        key=body.key,
        client_key=world.client_key,
        base_url=body.eventsUrl,
        endpoints=(body.eventsUrl,),
        kind="forge",
        environment=body.environment,
    )
    call.app_key = app.key
    installed = AppInstalled(asdict(app))
    world.record_own(
        Effect.INSTALLED,
        f"{app.key} is a Forge app in the environment {app.environment}",
        [installed],
        app_key=app.key,
    )
    answer = answer_json({"appKey": app.key, "token": make_token(world, app.key)})
    return Outcome(answer, Effect.CONTROLLED, f"{app.key} is installed")


async def uninstall(world: World, call: Call) -> Outcome:
    """`DELETE /_harness/apps/{key}`."""
    app = world.state.apps.get(call.params["key"])
    if app is None:
        raise Refusal(404, Effect.NOT_FOUND, f"no app {call.params['key'][:80]!r} is installed")
    call.app_key = app.key
    with suppress(Refusal):  # already journalled; an app cannot prevent its removal
        await connect.call_uninstalled(world, app)
    return Outcome(Answer(204), Effect.UNINSTALLED, changes=[AppUninstalled(app.key)])


async def list_all(world: World, _call: Call) -> Outcome:
    """`GET /_harness/apps`."""
    return Outcome(
        answer_json({"apps": [asdict(app) for app in world.state.apps.values()]}), Effect.READ
    )
