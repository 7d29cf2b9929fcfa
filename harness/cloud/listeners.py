"""Listeners of one process: plain and TLS side by side in one loop, until a signal.

Sockets are bound before anything else is made, so that parts which must know their ports do.
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

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from harness.cloud.call import LATE
from harness.errors import BadInput

_BACKLOG = 1024
_KEEP_ALIVE = 75
"""Wall seconds that an idle connection is kept; a scaled JVM would meet a shorter one often."""
_LEAVE_WITHIN = 2
"""Wall seconds that requests under way have when the process is stopped."""

_GARBAGE = 50_000
"""New objects between two collections; a request makes some dozen, nearly all freed at once."""

AsgiApp = Callable[..., Awaitable[None]]


@dataclass(frozen=True)
class Certificate:
    """PEM files of a TLS listener."""

    chain: Path
    key: Path


@dataclass(frozen=True)
class Listener:
    """A listener that is to be: its name, its bound socket, and TLS where it has it."""

    name: str
    bound: socket.socket
    certificate: Certificate | None = None

    @property
    def port(self) -> int:
        """The port it took."""
        return int(self.bound.getsockname()[1])


def bind(name: str, host: str, port: int, certificate: Certificate | None = None) -> Listener:
    """Takes a port.

    Raises:
        BadInput: it is taken, or the address is none of this machine's.
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
    """A URL with port 0 in it replaced by the port that was taken."""
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
        apps: the application of each listener, by its name.
        listeners: the listeners.
        ports_file: where to write the ports as JSON once all listen.
        host: their address, for the line on standard output.
        what: what listens, for that line.
        patience: how slow a client may be; None bears any.

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


def run_loop(main: Callable[[], Any]) -> None:
    """Runs a coroutine function in a loop of uvloop."""
    # What is there by now stays: looking through it again and again is what slow answers are.
    gc.freeze()
    gc.set_threshold(_GARBAGE)
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(main())


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop]:
    if sys.platform == "win32":
        return asyncio.new_event_loop
    import uvloop

    return uvloop.new_event_loop


class Connection:
    """A transport that can hold an answer's head back until its body is there.

    uvicorn writes the two one after the other, and a write is a system call: together they
    cost half. All else goes to the transport as it is.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._holding = False
        self._held = b""

    def hold(self) -> None:
        """Holds the next write back until the one after it."""
        self._holding = True

    def write(self, data: bytes) -> None:
        """Writes, together with what was held back."""
        if self._holding:
            self._holding, self._held = False, data
            return
        if self._held:
            data, self._held = self._held + data, b""
        if data:
            self._transport.write(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


@dataclass(frozen=True)
class Patience:
    """How slow a client may be.

    Attributes:
        within: wall seconds for a request's head to be whole, and between two pieces of its body.
        note_late_head: called when a connection was closed since a head was not whole in time;
            a late body is the application's affair, which finds `call.LATE` in the scope.
    """

    within: float
    note_late_head: Callable[[], None]


class _Protocol(HttpToolsProtocol):
    """Hands the connection to the application too: it joins writes, and a fault may cut it.

    It also watches slow clients. A timer runs only while a connection's first request, or the
    rest of one, is waited for: what comes in one piece, as nearly all do, costs none.
    """

    def __init__(self, patience: Patience | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._patience = patience
        self._timer: asyncio.TimerHandle | None = None
        self._head_is_whole = False
        self._is_whole = False

    def connection_made(self, transport: Any) -> None:
        super().connection_made(Connection(transport))  # type: ignore[arg-type]  # acts as one
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        self._is_whole = True
        self._watch()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["harness.connection"] = self.transport  # type: ignore[typeddict-unknown-key]  # an extension of ours
        self._head_is_whole = self._is_whole = False

    def on_headers_complete(self) -> None:
        self._head_is_whole = True
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._is_whole = True
        super().on_message_complete()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._timer or not self._is_whole:
            self._watch()

    def _watch(self) -> None:
        """Starts to wait anew for the rest of a request, or ends to where it is whole."""
        if self._timer:
            self._timer.cancel()
            self._timer = None
        if self._patience and not self._is_whole:
            self._timer = self.loop.call_later(self._patience.within, self._late)

    def _late(self) -> None:
        self._timer = None
        if self._patience is None or self.transport.is_closing():
            return
        if not self._head_is_whole:
            self.transport.close()
            self._patience.note_late_head()
        elif self.flow.read_paused:
            self._watch()  # it is we who are slow
        else:
            self.cycle.scope[LATE] = True  # type: ignore[literal-required]  # an extension of ours
            self.cycle.message_event.set()


class _Server(uvicorn.Server):
    """One listener's server; signals are handled once for all."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leaves signals to `run`."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Starts, and says so."""
        await super().startup(sockets)
        self.listening.set()


def _config(app: AsgiApp, listener: Listener, patience: Patience | None) -> uvicorn.Config:
    certificate = listener.certificate
    config = uvicorn.Config(
        app,
        http=partial(_Protocol, patience),  # type: ignore[arg-type]  # it makes protocols
        ws="none",
        lifespan="off",
        interface="asgi3",
        access_log=False,
        log_level="warning",
        proxy_headers=False,
        server_header=False,
        backlog=_BACKLOG,
        timeout_keep_alive=_KEEP_ALIVE,
        timeout_graceful_shutdown=_LEAVE_WITHIN,
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
        beside = ports_file.with_suffix(".new")
        beside.write_text(json.dumps({each.name: each.port for each in listeners}))
        beside.replace(ports_file)
    shown = ", ".join(
        f"{'https' if each.certificate else 'http'}://{host}:{each.port}" for each in listeners
    )
    sys.stdout.write(f"{what} listens on {shown}\n")
    sys.stdout.flush()
