import socket
import threading
from collections.abc import Callable
from datetime import UTC, datetime

import httpx
import pytest
from recorded import BASE, Recorded, client, json_answer

from harness.drivers.confluence import startup_checks
from harness.drivers.confluence.session import open_with_token
from harness.errors import DriverError, ServiceDied, WaitTimedOut
from harness.wait import NotYet


def state(name: str, code: int = 200) -> httpx.Response:
    return json_answer(code, {"state": name})


REFUSED = httpx.ConnectError("Connection refused")
ME = json_answer(200, {"type": "known", "username": "admin"})


def test_status_is_read_without_credentials():
    http, recorded = client({"GET /status": state("FIRST_RUN")})
    assert startup_checks.status(http) == "FIRST_RUN"
    assert "authorization" not in recorded.requests[0].headers
    recorded = Recorded({"GET /status": state("RUNNING")})
    assert (
        startup_checks.status(open_with_token(BASE, "the-token", transport=recorded)) == "RUNNING"
    )
    assert "authorization" not in recorded.requests[0].headers


def test_error_may_come_as_a_500():
    """Documented for Jira; open for Confluence (section 9, point 9)."""
    http, _ = client({"GET /status": state("ERROR", 500)})
    assert startup_checks.status(http) == "ERROR"


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(302, headers={"location": "/setup/"}),
        httpx.Response(200, html="<p>Starting</p>"),
        state("MAINTENANCE"),
        json_answer(200, ["RUNNING"]),
    ],
)
def test_anything_else_is_not_a_state(answer):
    http, _ = client({"GET /status": answer})
    with pytest.raises(DriverError):
        startup_checks.status(http)


def test_booting_ends_at_first_run():
    http, _ = client(
        {"GET /status": [REFUSED, httpx.Response(302), state("STARTING"), state("FIRST_RUN")]}
    )
    assert startup_checks.await_booted(http, within=5, every=0) == "FIRST_RUN"


def test_running_is_more_than_first_run():
    http, recorded = client({"GET /status": [state("FIRST_RUN"), state("RUNNING")]})
    startup_checks.await_running(http, within=5, every=0)
    assert len(recorded.requests) == 2


def test_the_time_out_says_how_far_it_came():
    http, _ = client({"GET /status": state("FIRST_RUN")})
    with pytest.raises(WaitTimedOut, match="FIRST_RUN \\(not set up yet\\)"):
        startup_checks.await_running(http, within=0)


def test_a_dead_container_ends_the_wait():
    http, _ = client({"GET /status": REFUSED})
    with pytest.raises(ServiceDied, match="confluence was killed: out of memory"):
        startup_checks.await_running(http, within=900, alive=lambda: "was killed: out of memory")


def test_a_lasting_error_ends_the_wait():
    http, _ = client({"GET /status": state("ERROR", 500)})
    seconds = iter([0, 0, 10, 10, 16, 16])
    look = startup_checks._state_look(http, {"RUNNING"}, clock=lambda: next(seconds))
    assert isinstance(look(), NotYet)  # at 0 s
    assert isinstance(look(), NotYet)
    with pytest.raises(DriverError, match="ERROR for 15 s"):
        look()


def test_a_passing_error_does_not():
    http, _ = client({"GET /status": [state("ERROR"), state("STARTING"), state("ERROR")]})
    seconds = iter(range(0, 100, 6))
    look = startup_checks._state_look(http, {"RUNNING"}, clock=lambda: next(seconds))
    for _ in range(3):
        look()


def test_authenticated_waits_through_what_rest_gives_before_it_is_ready():
    """RUNNING precedes REST readiness (section 1.7)."""
    http, _ = client(
        {"GET /rest/api/user/current": [httpx.Response(404), httpx.Response(503), REFUSED, ME]}
    )
    assert startup_checks.await_authenticated(http, within=5, every=0) == "admin"


def test_nobody_is_told_how_to_open_basic():
    http, _ = client({"GET /rest/api/user/current": httpx.Response(401)})
    with pytest.raises(WaitTimedOut, match=r"force\.allow=true"):
        startup_checks.await_authenticated(http, within=0)


def test_server_time_comes_from_the_date_header():
    date = {"date": "Tue, 14 Jan 2031 08:30:05 GMT"}
    http, _ = client({"GET /status": httpx.Response(200, headers=date)})
    assert startup_checks.server_time(http) == datetime(2031, 1, 14, 8, 30, 5, tzinfo=UTC)


@pytest.mark.parametrize("headers", [{}, {"date": "yesterday"}])
def test_no_date_is_an_error(headers):
    http, _ = client({"GET /status": httpx.Response(200, headers=headers)})
    with pytest.raises(DriverError, match="Date"):
        startup_checks.server_time(http)


def _listen(serve: Callable[[socket.socket], None]) -> tuple[int, threading.Thread]:
    server = socket.create_server(("127.0.0.1", 0))

    def run() -> None:
        with server:
            connection, _ = server.accept()
            with connection:
                serve(connection)

    thread = threading.Thread(target=run)
    thread.start()
    return server.getsockname()[1], thread


def test_jdwp_shakes_hands_and_disposes():
    got: list[bytes] = []

    def vm(connection: socket.socket) -> None:
        got.append(connection.recv(14))
        connection.sendall(b"JDWP-")  # in two pieces, as a network may
        connection.sendall(b"Handshake")
        got.append(connection.recv(11))

    port, thread = _listen(vm)
    assert startup_checks.jdwp_answers("127.0.0.1", port)
    thread.join(5)
    assert got == [b"JDWP-Handshake", bytes([0, 0, 0, 11, 0, 0, 0, 1, 0, 1, 6])]


@pytest.mark.parametrize("banner", [b"", b"HTTP/1.1 400 B"])
def test_what_is_no_jvm_is_recognised(banner):
    port, thread = _listen(lambda connection: connection.sendall(banner))
    assert not startup_checks.jdwp_answers("127.0.0.1", port)
    thread.join(5)


def test_a_closed_port_is_no_jvm():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert not startup_checks.jdwp_answers("127.0.0.1", port)


def test_rest_answers_when_it_refuses():
    answers = [REFUSED, httpx.Response(404), httpx.Response(503), httpx.Response(401)]
    http, recorded = client({"GET /rest/api/user/current": answers})
    startup_checks.await_rest(http, within=5, every=0)
    assert len(recorded.requests) == 4
