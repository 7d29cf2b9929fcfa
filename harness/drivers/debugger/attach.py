"""Getting attached to a JVM, or saying why not.

A JVM serves one debugger and, with dt_socket, does not even listen while one is attached: a
second one is refused like at a closed port, or accepted and dropped by a port proxy in front.
Telling these apart saves somebody an hour.
"""

import ipaddress
import socket
import time

import psutil

from harness.drivers.debugger.client import Jvm
from harness.drivers.debugger.connection import Connection
from harness.drivers.debugger.packets import HANDSHAKE
from harness.errors import (
    CommandRefused,
    DebuggerBusy,
    JvmGone,
    MalformedPacket,
    NoDebuggee,
    NoReply,
)

_RETRY_SECONDS = 0.02
_FREE_IT = "Detach it (an IDE, jdb or another run), or wait until it is done"


def attach(host: str, port: int, *, within: float = 5.0, reply_seconds: float = 5.0) -> Jvm:
    """Attach to the JVM at `host:port`.

    Tries again until `within` wall seconds are over, because a JVM that has just let another
    debugger go does not listen for a moment. (A JVM told to take any free port, `address=...:0`,
    listens on another port afterwards; it prints the new one.)

    Args:
        host: the agent's host.
        port: its port.
        within: bound for getting attached, wall seconds.
        reply_seconds: bound for each command's reply afterwards, wall seconds.

    Raises:
        NoDebuggee: nobody listens there.
        MalformedPacket: who listens there does not speak JDWP.
        DebuggerBusy: another debugger is attached.
    """
    deadline = time.monotonic() + within
    while True:
        try:
            left = max(deadline - time.monotonic(), _RETRY_SECONDS)
            return _attempt(host, port, left, reply_seconds)
        except (NoDebuggee, DebuggerBusy):
            if time.monotonic() + _RETRY_SECONDS >= deadline:
                raise
            time.sleep(_RETRY_SECONDS)


def _attempt(host: str, port: int, seconds: float, reply_seconds: float) -> Jvm:
    attempted = f"attaching to the JVM at {host}:{port}"
    try:
        sock = socket.create_connection((host, port), timeout=seconds)
    except OSError as error:
        if _another_is_connected(host, port):
            raise DebuggerBusy(attempted, "another debugger is attached", _FREE_IT) from error
        raise _nobody(attempted, str(error)) from error
    try:
        _shake_hands(sock, attempted, host, port)
        sock.settimeout(None)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection = Connection(sock, reply_seconds)
    except BaseException:
        sock.close()
        raise
    try:
        return Jvm(connection, first_reply_seconds=seconds)
    except (NoReply, JvmGone, CommandRefused) as error:
        connection.close()
        raise DebuggerBusy(
            attempted,
            f"the handshake was answered, then nothing more ({error.came_back})",
            _FREE_IT,
        ) from error
    except BaseException:
        connection.close()
        raise


def _shake_hands(sock: socket.socket, attempted: str, host: str, port: int) -> None:
    received = b""
    try:
        sock.sendall(HANDSHAKE)
        while len(received) < len(HANDSHAKE):
            chunk = sock.recv(len(HANDSHAKE) - len(received))
            if not chunk:
                break
            received += chunk
    except TimeoutError as error:
        raise DebuggerBusy(
            attempted,
            "the connection was accepted, the handshake is not answered",
            f"Most likely another debugger is attached or half attached. {_FREE_IT}",
        ) from error
    except OSError:
        received = b""
    if received == HANDSHAKE:
        return
    if received:
        raise MalformedPacket(f"the handshake was answered with {received!r}")
    sock.close()
    if _another_is_connected(host, port):
        raise DebuggerBusy(attempted, "another debugger is attached", _FREE_IT)
    raise _nobody(attempted, "the connection was accepted and closed (a port proxy does that)")


def _nobody(attempted: str, came_back: str) -> NoDebuggee:
    return NoDebuggee(
        attempted,
        came_back,
        "The JVM runs without -agentlib:jdwp, is not up yet, listens elsewhere (inside a container "
        "the address must be *:PORT), or another debugger is attached, for then it does not listen",
    )


def _another_is_connected(host: str, port: int) -> bool:
    """Whether this machine's own connections show a debugger at a loopback port.

    A port published by a container engine is seen too, through its proxy. False where the system
    does not tell.
    """
    try:
        if not ipaddress.ip_address(socket.gethostbyname(host)).is_loopback:
            return False
        connections = psutil.net_connections("tcp")
    except (OSError, psutil.Error):
        return False
    return any(
        each.status == psutil.CONN_ESTABLISHED and each.laddr and each.laddr.port == port
        for each in connections
    )
