"""Tells how far Confluence's start has come; each step is bounded.

The order is the documented one: /status, then an authenticated REST call, since RUNNING precedes
REST; a 200 of /status alone proves nothing. Source: reference/confluence-container.md 1.7 and 5.
"""

import socket
import struct
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypedDict, TypeVar, Unpack

import httpx

from harness.drivers.confluence.session import who_am_i
from harness.errors import DriverError, WaitTimedOut
from harness.wait import NotYet, wait_for

T = TypeVar("T")

STATES = frozenset({"STARTING", "FIRST_RUN", "RUNNING", "ERROR", "STOPPING"})
_ERROR_GRACE = 15.0
"""Wall seconds that ERROR may last: it is allowed to become RUNNING, but seldom does."""

_WHO = "/rest/api/user/current"
_NOBODY = (
    "wrong user or password, or Basic is closed "
    "(-Dcom.atlassian.plugins.authentication.basic.auth.filter.force.allow=true opens it)"
)
_SEEN_SECONDS = 20.0
"""Server seconds to watch its clock for; an answer's header gives whole seconds only."""

_HANDSHAKE = b"JDWP-Handshake"
_DISPOSE = struct.pack(">IIBBB", 11, 1, 0, 1, 6)


def status(client: httpx.Client) -> str:
    """Return Confluence's own state: STARTING, FIRST_RUN, RUNNING, ERROR or STOPPING.

    Raises:
        DriverError: nothing answers yet, or what answers is not Confluence's /status.
    """
    try:
        answer = client.get("/status", auth=_nobody)
    except httpx.TransportError as error:
        raise DriverError("reading /status", f"no answer ({error})") from error
    return parse_status(answer)


def parse_status(answer: httpx.Response) -> str:
    """Read the state from an answer of /status, whatever its HTTP code (ERROR may be a 500)."""
    try:
        body = answer.json()
    except ValueError:
        body = None
    state = body.get("state") if isinstance(body, Mapping) else None
    if state not in STATES:
        raise DriverError(
            "reading /status",
            f"HTTP {answer.status_code} without a known state",
            "Confluence answers 302 or an error page while it starts",
        )
    return str(state)


class Bounds(TypedDict, total=False):
    """How a step of the boot is bounded; see `wait_for`.

    `within` and `every` are wall seconds. Without `within`, /status gets 900 s, which is what
    harnesses of the real image use, and REST 120 s after that.
    """

    within: float
    alive: Callable[[], str | None]
    log_tail: Callable[[], str]
    every: float


def await_booted(client: httpx.Client, **bounds: Unpack[Bounds]) -> str:
    """Wait until Confluence has started; return FIRST_RUN (set-up is due) or RUNNING.

    Nothing is authenticated.

    Raises:
        ServiceDied, WaitTimedOut: see `wait_for`.
        DriverError: it stays in ERROR.
    """
    look = _state_look(client, {"FIRST_RUN", "RUNNING"})
    return _await("Confluence to answer FIRST_RUN or RUNNING", look, 900, bounds)


def await_running(client: httpx.Client, **bounds: Unpack[Bounds]) -> None:
    """Wait until /status says RUNNING; errors as for `await_booted`."""
    _await("Confluence to be RUNNING", _state_look(client, {"RUNNING"}), 900, bounds)


def await_rest(client: httpx.Client, **bounds: Unpack[Bounds]) -> None:
    """Wait until REST gives any answer of its own, even a refusal; RUNNING comes before that.

    Raises:
        ServiceDied, WaitTimedOut: see `wait_for`.
    """

    def look() -> bool | NotYet:
        try:
            answer = client.get(_WHO)
        except httpx.TransportError as error:
            return NotYet(f"no answer ({error})")
        return answer.status_code in {200, 401, 403} or NotYet(f"HTTP {answer.status_code}")

    _await("Confluence's REST to answer", look, 120, bounds)


def await_authenticated(client: httpx.Client, **bounds: Unpack[Bounds]) -> str:
    """Wait until an authenticated REST call works; return the user's name.

    Raises:
        ServiceDied, WaitTimedOut: see `wait_for`.
    """

    def look() -> str | NotYet:
        try:
            answer = client.get(_WHO)
            user = who_am_i(client) if answer.status_code == httpx.codes.OK else None
        except httpx.TransportError as error:
            return NotYet(f"no answer ({error})")
        if user is not None:
            return user
        if answer.status_code in {200, 401, 403}:
            return NotYet(f"HTTP {answer.status_code} for nobody: {_NOBODY}")
        return NotYet(f"HTTP {answer.status_code}")

    return _await("Confluence's REST to know the user", look, 120, bounds)


def server_time(client: httpx.Client) -> datetime:
    """Return what the Confluence's JVM believes the time is, in UTC, to the second.

    It is read from the HTTP Date header, so it needs no log-in and works on any version.

    Raises:
        DriverError: the answer has no readable Date.
    """
    answer = client.get("/status", auth=_nobody)
    try:
        return parsedate_to_datetime(answer.headers["date"]).astimezone(UTC)
    except (KeyError, ValueError) as error:
        raise DriverError(
            "reading the server's time", "an answer without a readable Date header"
        ) from error


def check_rate(
    client: httpx.Client, rate: float, *, clock: Callable[[], float] = time.monotonic
) -> float:
    """Check that the server's clock runs at the requested rate, and return its real rate.

    If the image's C library is too old for a libfaketime, the loader leaves that out and says so
    only in the container's output; the server then runs in real time.

    Args:
        client: any client of the server.
        rate: server seconds per wall second; above 1.
        clock: monotonic wall seconds.

    Raises:
        DriverError: it runs at less than half that rate.
    """
    begun, first = clock(), server_time(client)

    def look() -> float | NotYet:
        passed, wall = (server_time(client) - first).total_seconds(), clock() - begun
        if passed >= _SEEN_SECONDS:
            return passed / wall
        return NotYet(f"{passed:.0f} s have passed there in {wall:.1f} s here")

    try:
        return wait_for(
            "the server's clock to pass", look, within=1.0 + 2 * _SEEN_SECONDS / rate, every=0.02
        )
    except WaitTimedOut as error:
        raise DriverError(
            f"seeing the server's clock pass {rate:g} times as fast",
            error.last_seen,
            "libfaketime was not loaded: the container's first lines say why (an image with an "
            "older C library than this machine's, for example); take --time-scale 1",
        ) from error


def jdwp_answers(host: str, port: int, *, timeout: float = 2.0) -> bool:
    """Tell whether a JVM's debugger port answers, and leave it free for the next debugger.

    A bare TCP connect would prove only Docker's proxy and makes the JVM log a failed handshake;
    a connection left open blocks other debuggers. So: the 14-byte handshake, then Dispose.

    Args:
        host: where the debugger port is reached.
        port: its number there.
        timeout: wall seconds for each of connecting and answering.
    """
    try:
        with socket.create_connection((host, port), timeout=timeout) as connection:
            connection.sendall(_HANDSHAKE)
            if _read(connection, len(_HANDSHAKE)) != _HANDSHAKE:
                return False
            with suppress(OSError):  # the VM has answered; how it hangs up does not matter
                connection.sendall(_DISPOSE)
                while connection.recv(4096):
                    pass
    except OSError:
        return False
    return True


def _read(connection: socket.socket, size: int) -> bytes:
    got = b""
    while len(got) < size and (chunk := connection.recv(size - len(got))):
        got += chunk
    return got


def _await(step: str, look: Callable[[], T | NotYet | None], within: float, bounds: Bounds) -> T:
    limits: Bounds = {"within": within, **bounds}
    return wait_for(step, look, service="confluence", **limits)


def _nobody(request: httpx.Request) -> httpx.Request:
    """Send a request without the client's credentials."""
    request.headers.pop("Authorization", None)
    return request


def _state_look(
    client: httpx.Client, states: set[str], clock: Callable[[], float] = time.monotonic
) -> Callable[[], str | NotYet]:
    error_since: list[float] = []

    def look() -> str | NotYet:
        try:
            state = status(client)
        except DriverError as error:
            return NotYet(error.came_back)
        if state in states:
            return state
        if state != "ERROR":
            error_since.clear()
            return NotYet(state + (" (not set up yet)" if state == "FIRST_RUN" else ""))
        error_since.append(clock())
        if clock() - error_since[0] > _ERROR_GRACE:
            raise DriverError(
                "starting Confluence",
                f"/status says ERROR for {_ERROR_GRACE:g} s",
                "Read its log: most often the database, the home's owner or the build number",
            )
        return NotYet("ERROR")

    return look
