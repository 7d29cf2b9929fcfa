"""The ASGI application: takes a request from its route through the journal to its answer.

The journal's promise rests on the order: the handler decides, the journal writes, the state
changes, and only then does the answer go out. Nothing is awaited between the handler's return
and the change, so entries and changes are in the same order.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import aclosing
from typing import Any

from harness.cloud import redact, upstream
from harness.cloud.call import (
    JSON_TYPE,
    Answer,
    Call,
    ClientGone,
    NoRoute,
    Outcome,
    Receive,
    Refusal,
    Scope,
    answer_json,
)
from harness.cloud.deadlines import Deadlines
from harness.cloud.door import Door
from harness.cloud.router import Handler, Route, Router
from harness.cloud.world import World
from harness.vocabulary.effects import Effect

Send = Callable[[Mapping[str, Any]], Awaitable[None]]

_log = logging.getLogger(__name__)

CONTROL = "/_harness/"
_READING = ("GET", "HEAD")
_WITHOUT_LENGTH = (204, 304)


class Application:
    """The cloud as an ASGI application.

    Args:
        world: what handlers work on.
        deadlines: those that have passed are handled before each request.
        router: the routes.
        patience: wall seconds to wait for a client's next piece.
        door: who may use the listeners, and who the control API.
    """

    def __init__(
        self,
        world: World,
        deadlines: Deadlines,
        router: Router,
        patience: float = 30.0,
        door: Door = Door(),  # noqa: B008 - it is immutable
    ) -> None:
        self._world, self._deadlines, self._door = world, deadlines, door
        self._router, self._patience = router, patience

    def note_slow_head(self) -> None:
        """Journals that a connection was closed because its request did not arrive in time."""
        reason = (
            f"no complete request arrived within {self._patience:g} s, so the connection was closed"
        )
        self._world.record_own(Effect.CLIENT_TOO_SLOW, reason)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        if scope["type"] != "http":
            await _decline(scope, receive, send)
            return
        begun = time.perf_counter()
        call = Call(scope, receive, self._patience)
        outcome = await self._outcome(call)
        answer = outcome.answer
        if not (call.method in _READING and call.route.startswith(CONTROL)):
            # A test that watches the journal must not fill it by watching.
            answer = self._commit(call, outcome, time.perf_counter() - begun)
        try:
            await _send(send, answer, call)
        except TimeoutError:
            reason = f"nothing of the answer was taken for {self._patience:g} s"
            self._world.record_own(
                Effect.CLIENT_TOO_SLOW, reason, (), call.transfer_id, call.app_key
            )
            await call.cut()

    async def _outcome(self, call: Call) -> Outcome:
        try:
            if self._deadlines.is_due():
                self._deadlines.run_due()
            if turned := self._door.turns_stranger_away(call.headers):
                call.route = "any route"
                raise Refusal(turned.status, Effect.STRANGER, turned.reason)
            try:
                return await self._routed(call)
            except NoRoute:
                return await self._without_route(call)
        except Refusal as refusal:
            return _outcome_of(refusal)
        except ClientGone:
            return Outcome(
                Answer(400),
                Effect.CLIENT_GONE,
                "the client went away before it had sent its whole body",
            )
        except TimeoutError:
            reason = f"no more of the body arrived within {call.patience:g} s"
            return Outcome(_refused(408, reason, {}), Effect.CLIENT_TOO_SLOW, reason)
        except OSError as error:
            return _storage_failed(error)
        except Exception as error:
            _log.exception("a handler failed")
            reason = f"{type(error).__name__}: {error}"
            return Outcome(_refused(500, reason, {}), Effect.INTERNAL_ERROR, reason)

    def _routed(self, call: Call) -> Awaitable[Outcome]:
        """What the call's handler is going to do."""
        found = self._router.find(call.raw_path)
        if found is None:
            raise NoRoute
        route, call.params = found
        call.route = route.template
        # A HEAD is answered as a GET, without the body.
        handler = route.handlers.get("GET" if call.method == "HEAD" else call.method)
        if handler is None:
            handler = _method_not_allowed(route)
        elif call.route.startswith(CONTROL):
            _check_control(call, self._door)
        elif self._world.faults:
            return self._with_faults(handler, call)
        return handler(self._world, call)

    async def _without_route(self, call: Call) -> Outcome:
        call.route = f"{call.method} {call.raw_path}"
        return await upstream.answer(self._world, call) or _unknown_route(call)

    async def _handled(self, handler: Handler, call: Call) -> Outcome:
        try:
            return await handler(self._world, call)
        except Refusal as refusal:
            return _outcome_of(refusal)

    async def _with_faults(self, handler: Handler, call: Call) -> Outcome:
        if not self._world.state.forgotten.isdisjoint(call.params.values()):
            # What was under way before a reset is not what a fault of afterwards is meant for.
            return await self._handled(handler, call)
        striking = self._world.faults.striking(call, self._world.journal.case)
        note = "; ".join(f"fault: {fault.kind}" for fault in striking)
        for fault in striking:
            if (instead := await fault.before(call)) is not None:
                instead.reason = note
                return instead
        outcome = await self._handled(handler, call)
        for fault in striking:
            fault.after(call, outcome)
        if note:
            outcome.reason = f"{outcome.reason}; {note}" if outcome.reason else note
        return outcome

    def _commit(self, call: Call, outcome: Outcome, seconds: float) -> Answer:
        try:
            self._world.record(_entry(call, outcome, seconds), outcome.changes)
        except OSError as error:
            _log.error("the journal cannot be written: %s", error)
            return _storage_failed(error).answer
        return outcome.answer


def _outcome_of(refusal: Refusal) -> Outcome:
    answer = _refused(refusal.status, refusal.message, refusal.more)
    return Outcome(answer, refusal.effect, refusal.message)


def _entry(call: Call, outcome: Outcome, seconds: float) -> dict[str, Any]:
    reason = outcome.reason
    if call.tolerated:
        reason = f"{reason}; {call.tolerated}" if reason else call.tolerated
    entry: dict[str, Any] = {
        "caller": call.caller,
        "direction": "in",
        "method": call.method,
        "path": redact.path_and_query(call.raw_path, call.query),
        "route": call.route,
        "status": outcome.answer.status or None,
        "effect": outcome.effect,
        "reason": redact.text(reason) if reason else "",
        "transfer_id": call.transfer_id,
        "app_key": call.app_key,
        "body": redact.body(call.journalled_body) if call.journalled_body is not None else None,
        "seconds": int(seconds * 1_000_000) / 1_000_000,
    }
    detail = outcome.detail
    if outcome.answer.cut_after:
        # The status was sent, but the caller never had the whole answer.
        detail = {**(detail or {}), "cut": True}
    if detail:
        entry["detail"] = detail
    if call.tolerated:
        entry["tolerated"] = call.tolerated
    return entry


def _check_control(call: Call, door: Door) -> None:
    if call.secure:
        call.route = "control API"
        raise Refusal(
            404, Effect.NOT_PUBLIC, "the control API is served by the plain listener only"
        )
    if turned := door.turns_away(call.header):
        call.route = "control API"  # so that a read that was turned away is journalled, too
        raise Refusal(turned.status, Effect.NOT_LET_IN, turned.reason)
    call.caller = "harness"


def _unknown_route(call: Call) -> Outcome:
    reason = f"the stub has no route {call.route}"
    return Outcome(_refused(501, reason, {"route": call.route}), Effect.UNKNOWN_ROUTE, reason)


def _method_not_allowed(route: Route) -> Handler:
    methods = set(route.handlers) | ({"HEAD"} if "GET" in route.handlers else set())
    allowed = ", ".join(sorted(methods))

    async def refuse(_world: World, call: Call) -> Outcome:
        reason = f"{call.route} allows {allowed}, not {call.method}"
        answer = _refused(405, reason, {})
        answer.headers = [(b"allow", allowed.encode())]
        return Outcome(answer, Effect.METHOD_NOT_ALLOWED, reason)

    return refuse


def _storage_failed(error: OSError) -> Outcome:
    reason = f"nothing could be written to the data folder: {error.strerror or error}"
    return Outcome(_refused(507, reason, {}), Effect.STORAGE_FULL, reason)


def _refused(status: int, message: str, more: Mapping[str, Any]) -> Answer:
    return answer_json({"statusCode": status, "message": message, **more}, status)


def _is_plain(answer: Answer) -> bool:
    """Whether an answer is some JSON and nothing else."""
    return bool(
        answer.body
        and answer.stream is None
        and answer.cut_after is None
        and not answer.headers
        and answer.content_type is JSON_TYPE
    )


async def _send(send: Send, answer: Answer, call: Call) -> None:
    if answer.cut_after == 0:
        await call.cut()
        return
    bodiless = call.method == "HEAD"
    if _is_plain(answer) and not bodiless:
        await call.connection.answer_json(answer.status, answer.body)
        return
    length = len(answer.body) if answer.stream is None else answer.length
    headers = [(b"content-type", answer.content_type)] if length != 0 else []
    if length is not None and answer.status not in _WITHOUT_LENGTH:
        headers.append((b"content-length", b"%d" % length))
    headers.extend(answer.headers)
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    if bodiless:
        await send({"type": "http.response.body", "body": b""})
    elif answer.cut_after is not None:
        await _send_half(send, answer, call)
    elif answer.stream is None:
        await send({"type": "http.response.body", "body": answer.body})
    else:
        async with aclosing(answer.stream) as stream:
            async for piece in stream:
                if call.is_abandoned():
                    return
                async with asyncio.timeout(call.patience):
                    await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


async def _send_half(send: Send, answer: Answer, call: Call) -> None:
    piece = answer.body
    if answer.stream is not None:
        async with aclosing(answer.stream) as stream:
            piece = await anext(stream, b"")
    half = piece[: min(answer.cut_after or 0, max(len(piece) - 1, 0))]
    await send({"type": "http.response.body", "body": half, "more_body": True})
    await call.cut(after_sending=True)


async def _decline(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1000})
