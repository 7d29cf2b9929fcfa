"""Ends every wait for a service once that service has ended.

A driver waits in one of two ways. By HTTP it waits for an answer: `LivingClient` knows the service
that it talks to, and says whether that service's end broke a connection. In a browser it waits for
a page that can no longer change: `when_ended` watches the services of a stack in a thread of its
own and reports an end at once, and closing the pages then ends the wait
(`harness.drivers.browser.closing`).
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import httpx

from harness.errors import WaitTimedOut
from harness.wait import Living, first_ended, service_died, wait_for

END_SHOWS = 2.0
"""Wall seconds until an engine knows that a service whose connections broke has ended."""

_LOOKS = 0.25
"""Wall seconds between two looks at the services of a stack; for a container each is a request."""


class LivingClient(httpx.Client):
    """An httpx client that says whether its service's end broke a connection.

    Args:
        service: the service that it talks to; None where unknown.
        options: those of httpx's client.
    """

    def __init__(self, *, service: Living | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.service = service

    def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        """Sends a request as httpx does.

        Raises:
            ServiceDied: the service has ended.
            httpx.TransportError: as httpx raises it; a time-out names the silent service.
        """
        try:
            return super().send(request, **options)
        except httpx.TransportError as error:
            if self.service is None:
                raise
            step = f"an answer to {request.method} {request.url.path}"
            if ended := soon_ended([self.service]):
                raise service_died(ended, step) from error
            if isinstance(error, httpx.TimeoutException):
                silent = f"{self.service.name} stopped answering: it lives, but {step} did not come"
                raise type(error)(silent, request=request) from error
            raise


def soon_ended(services: Sequence[Living]) -> Living | None:
    """The first service that has ended, after a connection broke; None when all live.

    A container's end is known a moment after its connections broke, so that is waited for.
    """
    with suppress(WaitTimedOut):
        return wait_for("a service to have ended", lambda: first_ended(services), within=END_SHOWS)
    return None


@contextmanager
def when_ended(
    services: Sequence[Living], then: Callable[[Living], None], *, every: float = _LOOKS
) -> Iterator[None]:
    """Within the block, calls `then` once, as soon as a service has ended.

    Args:
        services: those that are watched.
        then: takes the one that ended; called in a thread of its own.
        every: wall seconds between two looks.
    """
    over = threading.Event()

    def watch() -> None:
        while not over.wait(every):
            ended = None
            with suppress(Exception):  # an engine that does not answer tells of no end
                ended = first_ended(services)
            if ended:
                then(ended)
                return

    watcher = threading.Thread(target=watch, name="liveness", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()
