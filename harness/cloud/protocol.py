"""HTTP/1.1 on a listener's connections: uvicorn's, with what a stand-in for a cloud needs more.

The application may cut a connection as a fault, and answers in one write; slow clients are given
up; and who offers another protocol is answered in this one.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, cast

import httptools
from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)

from harness.cloud.call import CONNECTION, LATE

AsgiApp = Callable[..., Awaitable[None]]

_FRAMING = (b"content-length", b"transfer-encoding")
"""Headers that say where a body ends."""


class Connection:
    """A connection as the application uses it beyond ASGI: to cut it, and to answer in one write.

    Args:
        transport: the connection's.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        self.is_closing, self.close, self.abort = (
            transport.is_closing,
            transport.close,
            transport.abort,
        )
        self.cycle: RequestResponseCycle | None = None
        """Of the request that is being answered; others may have been read already."""

    async def answer_json(self, status: int, body: bytes) -> None:
        """Answers the request with JSON.

        uvicorn looks at each header, and writes head and body one after the other; each write is a
        system call. Nearly all answers are of this form, whose head needs no looking at.

        Args:
            status: the HTTP status; one that has a body.
            body: the JSON.
        """
        cycle = self.cycle
        assert cycle is not None, "no request is being answered"
        if cycle.flow.write_paused:
            await cycle.flow.drain()
        if self.is_closing():
            cycle.disconnected = True
            return
        lines = [b"%b: %b\r\n" % each for each in cycle.default_headers]
        if not cycle.keep_alive:
            lines.append(b"connection: close\r\n")
        head = _JSON % (STATUS_LINE[status], b"".join(lines), len(body))
        cycle.transport.write(head + body)
        cycle.response_started = cycle.response_complete = True
        cycle.message_event.set()
        if not cycle.keep_alive:
            cycle.transport.close()
        cycle.on_response()


_JSON = b"%b%bcontent-type: application/json\r\ncontent-length: %d\r\n\r\n"


@dataclass(frozen=True)
class Patience:
    """How slow a client may be.

    Attributes:
        within: wall seconds to wait for a request's whole head, and for the next piece of its body.
        note_late_head: called when a connection was closed because the head did not arrive in
            time; the application itself deals with a late body, for which the scope has `LATE`.
    """

    within: float
    note_late_head: Callable[[], None]


class _Declined:
    """Takes the rest of a request that offered another protocol, and all later ones, from a parser.

    Args:
        protocol: has the request's head already.
    """

    def __init__(self, protocol: "Protocol") -> None:
        self._protocol, self._in_head = protocol, True
        self.on_body, self.on_message_complete = protocol.on_body, protocol.on_message_complete

    def on_message_begin(self) -> None:
        if not self._in_head:
            self._protocol.on_message_begin()

    def on_url(self, url: bytes) -> None:
        if not self._in_head:
            self._protocol.on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._in_head:
            self._protocol.on_header(name, value)

    def on_headers_complete(self) -> None:
        if self._in_head:
            self._in_head = False
        else:
            self._protocol.on_headers_complete()


class Protocol(HttpToolsProtocol):
    """Hands the connection to the application, which may answer in one write or cut it as a fault.

    It also watches for slow clients. A timer runs only while it waits for a connection's first
    request or for the rest of a request: one that arrives in one piece, as nearly all do, needs
    none. And one timer ends a connection that is idle for too long, where uvicorn has one for each
    answer: to make and cancel those took a tenth of a poll's time.
    """

    def __init__(self, patience: Patience | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._patience = patience
        self._timer: asyncio.TimerHandle | None = None
        self._last_at = 0.0
        """When something came or an answer was complete, by the loop's clock."""

    def connection_made(self, transport: Any) -> None:
        self._connection = Connection(transport)
        # Each request's scope gets a copy: set here, it costs nothing for a request.
        self.app_state = {CONNECTION: self._connection}
        super().connection_made(transport)
        self._watch()
        self._watch_idleness(self.timeout_keep_alive)

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_watching()
        self._unset_keepalive_if_required()
        if (answered := self._connection.cycle) and not answered.response_complete:
            # uvicorn tells the request that was read last, which need not be the one.
            answered.disconnected = True
            answered.message_event.set()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._last_at = self.loop.time()
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as offer:
            if self.parser.get_method() != b"CONNECT":
                self._decline(data[offer.args[0] :])
        except httptools.HttpParserError:
            self.send_400_response("Invalid HTTP request received.")
            return
        if self._timer or not self._is_complete():
            self._watch()

    def on_response_complete(self) -> None:
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
        else:
            self._last_at = self.loop.time()

    def _watch_idleness(self, seconds: float) -> None:
        self.timeout_keep_alive_task = self.loop.call_later(seconds, self._look_for_idleness)

    def _look_for_idleness(self) -> None:
        whole = self.timeout_keep_alive
        is_answered = self._head_is_complete() and self.cycle.response_complete
        idle = self.loop.time() - self._last_at if is_answered else 0.0
        if idle >= whole:
            self.timeout_keep_alive_handler()
        else:
            self._watch_idleness(whole - idle)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: AsgiApp) -> None:
        self._connection.cycle = cycle
        self.tasks.add(self.loop.create_task(self._run(cycle, app)))

    async def _run(self, cycle: RequestResponseCycle, app: AsgiApp) -> None:
        try:
            await cycle.run_asgi(app)
        finally:
            # A callback when it is done, as uvicorn has it, would be a turn of the loop by itself.
            self.tasks.discard(cast("asyncio.Task[None]", asyncio.current_task()))

    def _decline(self, rest: bytes) -> None:
        """Goes on in HTTP/1.1 where a client offers another protocol, such as h2c (RFC 9110, 7.8).

        The parser takes such a request for ended with its head, and stops. Another one is given
        what frames the body, and then the body; the application has not begun yet.

        Args:
            rest: what came after the head.
        """
        cycle, scope = self.cycle, self.scope
        cycle.more_body = True
        cycle.message_event.clear()
        head = [f"{scope['method']} / HTTP/{scope['http_version']}\r\n".encode()]
        head += [b"%b: %b\r\n" % each for each in self.headers if each[0] in _FRAMING]
        self.parser = httptools.HttpRequestParser(_Declined(self))
        self.data_received(b"".join([*head, b"\r\n", rest]))

    def _head_is_complete(self) -> bool:
        """Whether the head of the request that began last is here: uvicorn then makes its cycle."""
        return self.cycle is not None and self.cycle.scope is self.scope

    def _is_complete(self) -> bool:
        """Whether nothing of the request that began last is awaited any more."""
        cycle = self.cycle
        return self._head_is_complete() and (not cycle.more_body or cycle.response_complete)

    def _watch(self) -> None:
        """Restarts the timer while a request is incomplete, and stops it otherwise."""
        self._stop_watching()
        if self._patience and not self._is_complete():
            self._timer = self.loop.call_later(self._patience.within, self._late)

    def _stop_watching(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None

    def _late(self) -> None:
        self._timer = None
        if self._patience is None or self.transport.is_closing():
            return
        if not self._head_is_complete():
            self.transport.close()
            self._patience.note_late_head()
        elif self.flow.read_paused:
            self._watch()  # we are slow, not the client
        else:
            self.cycle.scope[LATE] = True  # type: ignore[literal-required]  # an extension of ours
            self.cycle.message_event.set()
