"""The listeners of a process: plain and TLS in one loop, until a signal ends them.

Sockets are bound before anything else is made, so that whoever needs to know the ports does.
"""

import asyncio
import gc
import json
import signal
import socket
import ssl
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httptools
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from harness.cloud.call import CONNECTION, LATE
from harness.errors import BadInput

_BACKLOG = 1024
_KEEP_ALIVE = 75
"""Wall seconds before an idle connection is closed; a scaled JVM would often hit a shorter time."""
_SHUTDOWN_GRACE = 2
"""Wall seconds that requests in progress are given when the process is stopped."""

_FRAMING = (b"content-length", b"transfer-encoding")
"""Headers that say where a body ends."""

_GC_THRESHOLD = 50_000
"""New objects between two collections; a request makes a few dozen, nearly all freed at once."""

AsgiApp = Callable[..., Awaitable[None]]


@dataclass(frozen=True)
class Certificate:
    """PEM files of a TLS listener."""

    chain: Path
    key: Path


@dataclass(frozen=True)
class Listener:
    """A listener to be started: its name, its bound socket, and its certificate if it has TLS."""

    name: str
    bound: socket.socket
    certificate: Certificate | None = None

    @property
    def port(self) -> int:
        """The port it is bound to."""
        return int(self.bound.getsockname()[1])


def bind(name: str, host: str, port: int, certificate: Certificate | None = None) -> Listener:
    """Binds a socket to a port.

    Args:
        name: the listener's name.
        host: the address.
        port: the port; 0 for any free one.
        certificate: for a TLS listener.

    Raises:
        BadInput: the port is taken, or this machine does not have the address.
    """
    bound = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
    except (OSError, OverflowError) as error:
        bound.close()
        raise BadInput(
            f"{host}:{port} cannot be listened on: {getattr(error, 'strerror', None) or error}. "
            "Choose another port, or 0 for any free one"
        ) from error
    return Listener(name, bound, certificate)


def with_port(url: str, port: int) -> str:
    """A URL in which port 0 is replaced by the port that was bound."""
    parts = urlsplit(url)
    return parts._replace(netloc=f"{parts.hostname}:{port}").geturl() if parts.port == 0 else url


async def run(
    apps: Mapping[str, AsgiApp],
    listeners: list[Listener],
    ports_file: Path | None,
    host: str,
    what: str,
    patience: "Patience | None" = None,
) -> None:
    """Serves until SIGTERM or SIGINT.

    Args:
        apps: the application of each listener, by the listener's name.
        listeners: the listeners.
        ports_file: where to write the ports, as JSON, once all listen.
        host: their address, for the line on standard output.
        what: what listens, for that line.
        patience: how slow a client may be; None for no limit.

    Raises:
        BadInput: a certificate cannot be used.
    """
    servers = [_Server(_config(apps[each.name], each, patience)) for each in listeners]
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    tasks = [
        asyncio.create_task(server.serve([each.bound]))
        for server, each in zip(servers, listeners, strict=True)
    ]
    for server in servers:
        await server.listening.wait()
    _announce(listeners, ports_file, host, what)
    await stop.wait()
    for server in servers:
        server.should_exit = True
    await asyncio.gather(*tasks)
    for server in servers:
        await server.abort_connections()


def run_loop(main: Callable[[], Any]) -> None:
    """Runs a coroutine function in a loop of uvloop."""
    # What exists by now stays: searching it for garbage again and again would slow answers down.
    gc.freeze()
    gc.set_threshold(_GC_THRESHOLD)
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(main())


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop]:
    if sys.platform == "win32":
        return asyncio.new_event_loop
    import uvloop

    return uvloop.new_event_loop


class Connection:
    """A transport that can hold an answer's head back until its body comes.

    uvicorn writes one after the other, and each write is a system call: a single write costs half.
    Everything else is passed to the transport.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._holding = False
        self._held = b""

    def hold(self) -> None:
        """Holds back the next write, to send it with the one that follows."""
        self._holding = True

    def write(self, data: bytes) -> None:
        """Writes the data, together with what was held back."""
        if self._holding:
            self._holding, self._held = False, data
            return
        if self._held:
            data, self._held = self._held + data, b""
        if data:
            self._transport.write(data)

    def is_closing(self) -> bool:
        """Whether the transport is closed or about to be; uvicorn asks after each answer."""
        return self._transport.is_closing()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


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

    def __init__(self, protocol: "_Protocol") -> None:
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


class _Protocol(HttpToolsProtocol):
    """Hands the connection to the application, which joins writes and may cut it as a fault.

    It also watches for slow clients. A timer runs only while it waits for a connection's first
    request or for the rest of a request: one that arrives in one piece, as nearly all do, needs
    none.
    """

    def __init__(self, patience: Patience | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._patience = patience
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        connection = Connection(transport)
        # Each request's scope gets a copy: set here, it costs nothing for a request.
        self.app_state = {CONNECTION: connection}
        super().connection_made(connection)  # type: ignore[arg-type]  # acts as one
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_watching()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._unset_keepalive_if_required()
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


class _Server(uvicorn.Server):
    """One listener's server; signals are handled in one place for all of them."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Does nothing: `run` handles signals."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Starts, and sets `listening`."""
        await super().startup(sockets)
        self.listening.set()

    async def abort_connections(self) -> None:
        """Ends connections that were told to close and did not.

        Over TLS a close waits for the client's own, and a client that keeps connections for later
        does not look.
        """
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        await asyncio.sleep(0)  # the loop takes the aborted ones off in its next turn


def _config(app: AsgiApp, listener: Listener, patience: Patience | None) -> uvicorn.Config:
    certificate = listener.certificate
    config = uvicorn.Config(
        app,
        http=partial(_Protocol, patience),  # type: ignore[arg-type]  # a factory of protocols
        ws="none",
        lifespan="off",
        interface="asgi3",
        access_log=False,
        log_level="warning",
        proxy_headers=False,
        server_header=False,
        backlog=_BACKLOG,
        timeout_keep_alive=_KEEP_ALIVE,
        timeout_graceful_shutdown=_SHUTDOWN_GRACE,
        ssl_certfile=certificate.chain if certificate else None,
        ssl_keyfile=certificate.key if certificate else None,
    )
    try:
        config.load()
    except (OSError, ssl.SSLError) as error:
        raise BadInput(f"the TLS listener's certificate or key cannot be used: {error}") from error
    return config


def _announce(listeners: list[Listener], ports_file: Path | None, host: str, what: str) -> None:
    if ports_file is not None:
        temporary = ports_file.with_suffix(".new")
        temporary.write_text(json.dumps({each.name: each.port for each in listeners}))
        temporary.replace(ports_file)
    shown = ", ".join(
        f"{'https' if each.certificate else 'http'}://{host}:{each.port}" for each in listeners
    )
    sys.stdout.write(f"{what} listens on {shown}\n")
    sys.stdout.flush()
