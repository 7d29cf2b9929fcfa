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
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import uvicorn

from harness.cloud.protocol import AsgiApp, Patience, Protocol
from harness.errors import BadInput

_BACKLOG = 1024
_KEEP_ALIVE = 75
"""Wall seconds before an idle connection is closed; a scaled JVM would often hit a shorter time."""
_SHUTDOWN_GRACE = 2
"""Wall seconds that requests in progress are given when the process is stopped."""

_GC_THRESHOLD = 50_000
"""New objects between two collections; a request makes a few dozen, nearly all freed at once."""


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
    patience: Patience | None = None,
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
        http=partial(Protocol, patience),  # type: ignore[arg-type]  # a factory of protocols
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
