"""A request as handlers see it, and what a handler returns.

Thinner than Starlette's own request and response: CCMA's poll and the progress post are
measured against an empty route, and every answer has to tell the journal what it did.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qs

import orjson

from harness.cloud.changes import Change
from harness.vocabulary.effects import Effect

Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Scope = Mapping[str, Any]

JSON_LIMIT = 1024 * 1024
"""The longest JSON body in bytes; a longer one is answered 413."""

JSON_TYPE = b"application/json"

_UNREAD: Any = object()


class Refusal(Exception):
    """A request is not carried out.

    Args:
        status: the HTTP status.
        effect: what the journal says.
        message: why, for the caller and the journal.
        more: further fields of the answer's JSON body.
    """

    def __init__(self, status: int, effect: Effect, message: str, **more: Any) -> None:
        self.status, self.effect, self.message, self.more = status, effect, message, more
        super().__init__(message)


class NoRoute(Exception):
    """A path matches the form of a route, but the stub does not know it all the same."""


class ClientGone(Exception):
    """The client went away before its whole body had been read."""


@dataclass(slots=True)
class Answer:
    """An HTTP answer.

    With `stream`, `body` is not used, and `length` may be given. With `cut_after`, the connection
    is cut after that many bytes of the body; 0 sends nothing at all.
    """

    status: int = 200
    body: bytes = b""
    content_type: bytes = JSON_TYPE
    headers: Sequence[tuple[bytes, bytes]] = ()
    stream: AsyncGenerator[bytes, None] | None = None
    length: int | None = None
    cut_after: int | None = None


@dataclass(slots=True)
class Outcome:
    """An answer, what the request did and why; `changes` are made once the journal has them."""

    answer: Answer
    effect: Effect
    reason: str = ""
    changes: Sequence[Change] = ()
    detail: Mapping[str, Any] | None = None


CONNECTION = "harness.connection"
"""Key in the state of a request's scope: the connection that it came by."""
LATE = "harness.late"
"""Key in a request's scope: the client took too long to send the next piece of its body."""


class Call:
    """A request.

    Whoever finds out `caller`, `app_key` and `transfer_id` sets them; the journal takes them from
    here, even when the request is refused.

    Args:
        scope: the request's head, as ASGI has it.
        receive: gives the next piece of the body.
        patience: wall seconds to wait for the client's next piece.
    """

    # Defaults of the class: most requests set few of them, and setting each costs every request.
    route = ""
    params: Mapping[str, str] = MappingProxyType({})
    caller = "unknown"
    app_key: str | None = None
    transfer_id: str | None = None
    journalled_body: Any = None
    tolerated = ""
    """Why the product would refuse this call, which only this stub lets through."""
    _body: bytes | None = None
    _json: Any = _UNREAD

    def __init__(self, scope: Scope, receive: Receive, patience: float) -> None:
        self.scope, self.receive, self.patience = scope, receive, patience
        self.method: str = scope["method"]
        self.raw_path: str = scope["raw_path"].decode("latin-1")
        self.query: str = scope["query_string"].decode("latin-1")
        self.headers: Mapping[bytes, bytes] = dict(reversed(scope["headers"]))
        """By the name in lower case; of several with a name, the first."""

    @property
    def secure(self) -> bool:
        """Whether it came by the TLS listener."""
        return bool(self.scope["scheme"] == "https")

    def header(self, name: bytes) -> str | None:
        """The value of the first header with this name, which must be in lower case."""
        value = self.headers.get(name)
        return None if value is None else value.decode("latin-1")

    def query_value(self, name: str) -> str | None:
        """A query parameter's value; None when it is missing.

        Raises:
            Refusal: 400, it is given more than once.
        """
        values = parse_qs(self.query, keep_blank_values=True).get(name)
        if not values:
            return None
        if len(values) > 1:
            raise Refusal(
                400, Effect.MALFORMED, f"the query parameter {name} is given more than once"
            )
        return values[0]

    def query_int(self, name: str, default: int, least: int, most: int) -> int:
        """A query parameter as a whole number.

        Args:
            name: its name.
            default: what it is when it is missing.
            least: the smallest number allowed.
            most: the greatest number allowed.

        Raises:
            Refusal: 400, it is not a whole number, or outside the limits.
        """
        given = self.query_value(name)
        if given is None:
            return default
        if not (given.isascii() and given.isdecimal() and len(given) < 10):
            raise Refusal(400, Effect.MALFORMED, f"{name} is {given!r}, not a whole number")
        number = int(given)
        if not least <= number <= most:
            raise Refusal(
                400, Effect.OVER_LIMIT, f"{name} is {number}; it must be {least} to {most}"
            )
        return number

    def required_query_value(self, name: str) -> str:
        """A query parameter that must be given.

        Raises:
            Refusal: 400, it is missing or empty.
        """
        given = self.query_value(name)
        if not given:
            raise Refusal(400, Effect.MALFORMED, f"the query parameter {name} is missing")
        return given

    @property
    def connection(self) -> Any:
        """The connection that the request came by."""
        return self.scope["state"][CONNECTION]

    def is_abandoned(self) -> bool:
        """Whether the client has gone away; without this check, a stream for it would never end."""
        return bool(self.connection.is_closing())

    async def cut(self, after_sending: bool = False) -> None:
        """Cuts the connection, either at once or once what was sent so far has gone out."""
        (self.connection.close if after_sending else self.connection.abort)()
        # Waits until the server has noticed; otherwise it would answer 500 itself.
        while (await self.receive())["type"] != "http.disconnect":
            pass

    async def chunks(self) -> AsyncIterator[bytes]:
        """The body as it arrives.

        Raises:
            ClientGone: the client went away before the end.
            TimeoutError: the next piece took too long.
        """
        more = True
        while more:
            chunk, more = await self._piece()
            if chunk:
                yield chunk

    async def _piece(self) -> tuple[bytes, bool]:
        """The next piece of the body, and whether more follow."""
        message = await self.receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        chunk, more = message.get("body", b""), message.get("more_body", False)
        if more and not chunk and self.scope.get(LATE):
            raise TimeoutError
        return chunk, more

    async def body(self, limit: int = JSON_LIMIT) -> bytes:
        """The whole body.

        Raises:
            Refusal: 413, it is longer than `limit` bytes.
            ClientGone: the client went away before the end.
        """
        if self._body is None:
            announced = self.header(b"content-length")
            if announced and int(announced) > limit:
                raise _too_large(limit)
            body, more = await self._piece()
            if more:
                body = await self._rest(body, limit)
            if len(body) > limit:
                raise _too_large(limit)
            self._body = body
        return self._body

    async def _rest(self, begun: bytes, limit: int) -> bytes:
        """Reads the rest of a body; stops as soon as it is too long."""
        whole, more = bytearray(begun), True
        while more and len(whole) <= limit:
            piece, more = await self._piece()
            whole += piece
        return bytes(whole)

    async def json(self, limit: int = JSON_LIMIT) -> Any:
        """The body as JSON.

        Raises:
            Refusal: 400, it is not JSON; 413, it is too long.
            ClientGone: the client went away before the end.
        """
        await self.body(limit)
        return self.json_of_body()

    async def json_object(self, limit: int = JSON_LIMIT) -> dict[str, Any]:
        """The body as a JSON object.

        Raises:
            Refusal: 400, it is not a JSON object; 413, it is too long.
            ClientGone: the client went away before the end.
        """
        await self.body(limit)
        return self.object_of_body()

    def json_of_body(self) -> Any:
        """The body, which was read before, as JSON.

        Raises:
            Refusal: 400, it is not JSON.
        """
        if self._json is _UNREAD:
            try:
                assert self._body is not None, "the body has not been read"
                self._json = orjson.loads(self._body)
            except ValueError as error:
                raise Refusal(400, Effect.MALFORMED, f"the body is not JSON: {error}") from error
            self.journalled_body = self._json
        return self._json

    def object_of_body(self) -> dict[str, Any]:
        """The body, which was read before, as a JSON object.

        Raises:
            Refusal: 400, it is not a JSON object.
        """
        value = self.json_of_body()
        if not isinstance(value, dict):
            raise Refusal(400, Effect.MALFORMED, "the body must be a JSON object")
        return value


def answer_json(value: Any, status: int = 200) -> Answer:
    """A JSON answer."""
    return Answer(status, orjson.dumps(value))


def _too_large(limit: int) -> Refusal:
    return Refusal(413, Effect.TOO_LARGE, f"the body is longer than {limit} bytes")
