"""The app's two faces: the Connect app that the site calls, and the control API of a test."""

import asyncio
import json
from typing import Any

from pydantic import TypeAdapter, ValidationError
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from harness.cloud.door import Door, Turned
from harness.cloud_app.runner import Runner
from harness.cloud_app.site import Installation, NotTrusted, SiteClient
from harness.vocabulary.behaviours import BEHAVIOURS
from harness.vocabulary.script import Behaviour, Step

WEBHOOK = "/migration-webhook"
_STEPS = TypeAdapter(list[Step])


class _Guard:
    """Turns away those who may not use a listener."""

    def __init__(self, app: ASGIApp, door: Door, control: bool) -> None:
        self._app, self._door, self._control = app, door, control

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app: ASGIApp = self._app
        if turned := self._turned(scope):
            app = JSONResponse({"message": turned.reason}, turned.status)
        await app(scope, receive, send)

    def _turned(self, scope: Scope) -> Turned | None:
        headers = Headers(scope=scope)
        turned = self._door.turns_stranger_away(dict(reversed(scope["headers"])))
        if turned is None and self._control:
            return self._door.turns_away(lambda name: headers.get(name.decode()))
        return turned


class CloudApp:
    """A scripted Connect app.

    Args:
        key: its app key.
        base_url: where the site reaches it.
        scale: script seconds per wall second.
    """

    def __init__(self, key: str, base_url: str, scale: float = 1.0) -> None:
        self.key, self.base_url = key, base_url.rstrip("/")
        self.site = SiteClient(key)
        self.runner = Runner(self.site, scale)
        self._names_webhook = True

    async def close(self) -> None:
        """Stops the scripts and closes connections."""
        await self.runner.close()
        await self.site.close()

    def public(self, door: Door) -> Starlette:
        """The application that the site calls.

        Args:
            door: who may.
        """
        return Starlette(
            middleware=[Middleware(_Guard, door=door, control=False)],
            routes=[
                Route("/atlassian-connect.json", self._descriptor),
                Route("/installed", self._installed, methods=["POST"]),
                Route("/enabled", self._enabled, methods=["POST"]),
                Route("/uninstalled", self._uninstalled, methods=["POST"]),
                Route(WEBHOOK, self._webhook, methods=["POST"]),
            ],
        )

    def control(self, door: Door) -> Starlette:
        """The application that a test calls.

        Args:
            door: who may.
        """
        return Starlette(
            middleware=[Middleware(_Guard, door=door, control=True)],
            routes=[
                Route("/_app/script", self._put_script, methods=["PUT"]),
                Route("/_app/script", self._get_script, methods=["GET"]),
                Route("/_app/descriptor", self._put_descriptor, methods=["PUT"]),
                Route("/_app/events", self._get_events, methods=["GET"]),
                Route("/_app/reset", self._reset, methods=["POST"]),
            ],
        )

    async def _descriptor(self, _request: Request) -> Response:
        webhook = {"cloudAppMigration": {"migrationWebhookPath": WEBHOOK}}
        return JSONResponse(
            {
                "key": self.key,
                "name": self.key,
                "description": "The migration harness's scripted cloud app",
                "baseUrl": self.base_url,
                "authentication": {"type": "jwt"},
                "apiMigrations": {"signed-install": True},
                "lifecycle": {
                    "installed": "/installed",
                    "enabled": "/enabled",
                    "uninstalled": "/uninstalled",
                },
                "scopes": ["READ", "WRITE"],
            }
            | (webhook if self._names_webhook else {})
        )

    async def _installed(self, request: Request) -> Response:
        body = await request.json()
        if (refused := await self._check_install(request, body)) is not None:
            return refused
        self.site.installation = Installation(
            body["clientKey"], body["sharedSecret"], body["baseUrl"].rstrip("/")
        )
        self.runner.note("installed", baseUrl=body["baseUrl"])
        return Response(status_code=204)

    async def _enabled(self, request: Request) -> Response:
        if (refused := self._check_call(request)) is not None:
            return refused
        self.runner.note("enabled")
        return Response(status_code=204)

    async def _uninstalled(self, request: Request) -> Response:
        body = await request.json()
        if (refused := await self._check_install(request, body)) is not None:
            return refused
        self.site.installation = None
        self.runner.note("uninstalled")
        return Response(status_code=204)

    async def _webhook(self, request: Request) -> Response:
        payload: dict[str, Any] = await request.json()
        if (refused := self._check_call(request)) is not None:
            return refused
        behaviour = self.runner.behaviour
        if behaviour.crash_on_first and self.runner.is_new(payload):
            self.runner.note("crashed", str(payload.get("transferId")))
            return Response("crashed, as the script says", status_code=500)
        count = self.runner.webhook(payload)
        if behaviour.answer_after and count <= behaviour.slow_answers:
            await asyncio.sleep(behaviour.answer_after)
        return Response(status_code=200)

    async def _check_install(self, request: Request, body: Any) -> Response | None:
        try:
            await self.site.check_install(
                request.headers.get("authorization", ""),
                request.method,
                request.url.path,
                self.base_url,
                str(body.get("baseUrl", "")),
            )
        except NotTrusted as error:
            return self._not_trusted(request, error)
        return None

    def _check_call(self, request: Request) -> Response | None:
        try:
            self.site.check_call(
                request.headers.get("authorization", ""),
                request.method,
                request.url.path,
                request.url.query,
            )
        except NotTrusted as error:
            return self._not_trusted(request, error)
        return None

    def _not_trusted(self, request: Request, error: NotTrusted) -> Response:
        self.runner.note("refused", path=request.url.path, reason=str(error))
        return JSONResponse({"message": str(error)}, status_code=401)

    async def _put_script(self, request: Request) -> Response:
        try:
            behaviour = read_behaviour(await request.json())
        except (ValidationError, ValueError) as error:
            return JSONResponse({"message": str(error)}, status_code=400)
        await self.runner.behave(behaviour)
        return Response(status_code=204)

    async def _get_script(self, _request: Request) -> Response:
        return Response(
            self.runner.behaviour.model_dump_json(by_alias=True), media_type="application/json"
        )

    async def _put_descriptor(self, request: Request) -> Response:
        self._names_webhook = bool((await request.json())["webhook"])
        return Response(status_code=204)

    async def _get_events(self, _request: Request) -> Response:
        return Response(json.dumps({"events": self.runner.events}), media_type="application/json")

    async def _reset(self, _request: Request) -> Response:
        await self.runner.reset()
        return Response(status_code=204)


def read_behaviour(value: Any) -> Behaviour:
    """Reads a behaviour from JSON: a list of steps, `{"behaviour": NAME}`, or a full behaviour.

    Raises:
        ValueError: it is none of these.
    """
    if isinstance(value, list):
        return Behaviour(steps=_STEPS.validate_python(value))
    if isinstance(value, dict) and set(value) == {"behaviour"}:
        name = value["behaviour"]
        if not isinstance(name, str) or name not in BEHAVIOURS:
            raise ValueError(f"there is no behaviour {name!r}; there are {', '.join(BEHAVIOURS)}")
        return BEHAVIOURS[name]
    return Behaviour.model_validate(value)
