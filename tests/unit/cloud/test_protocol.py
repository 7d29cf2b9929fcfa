"""When an idle connection is ended; the rest of the protocol is tested on the wire."""

from collections.abc import Callable, Coroutine
from typing import Any

import uvicorn
from uvicorn.server import ServerState

from harness.cloud.protocol import Protocol

KEEP_ALIVE = 75
REQUEST = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n"


class Timer:
    def __init__(self, at: float, action: Callable[[], None]) -> None:
        self.at, self.action = at, action

    def cancel(self) -> None:
        self.action = lambda: None


class Loop:
    """A loop whose time goes on when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.timers: list[Timer] = []

    def time(self) -> float:
        return self.now

    def call_later(self, seconds: float, action: Callable[[], None]) -> Timer:
        self.timers.append(Timer(self.now + seconds, action))
        return self.timers[-1]

    def create_task(self, coroutine: Coroutine[Any, Any, None]) -> object:
        coroutine.close()
        return object()

    def wait(self, seconds: float) -> None:
        until = self.now + seconds
        while due := [timer for timer in self.timers if timer.at <= until]:
            timer = min(due, key=lambda each: each.at)
            self.timers.remove(timer)
            self.now = max(self.now, timer.at)
            timer.action()
        self.now = until


class Transport:
    closed = False

    def is_closing(self) -> bool:
        return self.closed

    def close(self) -> None:
        self.closed = True

    abort = close

    def get_extra_info(self, _name: str) -> None:
        return None

    def resume_reading(self) -> None:
        """Nothing was paused."""


async def nothing(_scope: Any, _receive: Any, _send: Any) -> None:
    """An application that is never run."""


def connection() -> tuple[Loop, Transport, Protocol]:
    loop, transport = Loop(), Transport()
    config = uvicorn.Config(
        nothing, interface="asgi3", ws="none", timeout_keep_alive=KEEP_ALIVE, log_config=None
    )
    config.load()
    protocol = Protocol(None, config, ServerState(), {}, loop)
    protocol.connection_made(transport)
    return loop, transport, protocol


def answer(protocol: Protocol) -> None:
    protocol.cycle.response_complete = True
    protocol.on_response_complete()


def test_it_ends_once_it_was_idle_for_the_whole_time_after_its_last_answer() -> None:
    loop, transport, protocol = connection()
    for _ in range(5):
        loop.wait(KEEP_ALIVE - 1)
        protocol.data_received(REQUEST)
        answer(protocol)
    loop.wait(KEEP_ALIVE - 1)
    assert not transport.closed
    loop.wait(1)
    assert transport.closed


def test_it_does_not_end_over_a_request_that_takes_longer() -> None:
    loop, transport, protocol = connection()
    for _ in range(2):
        protocol.data_received(REQUEST)
        loop.wait(10 * KEEP_ALIVE + 1)
        assert not transport.closed
        answer(protocol)
    loop.wait(KEEP_ALIVE - 1)
    assert not transport.closed


def test_it_ends_though_its_last_request_was_answered_before_the_body_came() -> None:
    loop, transport, protocol = connection()
    protocol.data_received(REQUEST.replace(b"GET", b"POST")[:-2] + b"content-length: 2\r\n\r\n")
    answer(protocol)
    loop.wait(KEEP_ALIVE - 1)
    protocol.data_received(b"{}")
    loop.wait(KEEP_ALIVE - 1)
    assert not transport.closed
    loop.wait(1)
    assert transport.closed


def test_one_that_was_lost_leaves_no_timer() -> None:
    loop, _, protocol = connection()
    protocol.data_received(REQUEST)
    protocol.connection_lost(ConnectionResetError())
    loop.wait(10 * KEEP_ALIVE)
    assert not loop.timers
