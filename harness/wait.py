"""One way to wait: bounded, on a monotonic clock, and over as soon as the awaited thing is dead.

A wait that outlives its service hides the cause behind a time-out, so each round first asks
whether the service still lives. What a look saw instead of the awaited thing goes into the error.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from harness.errors import ServiceDied, WaitTimedOut
from harness.support.excerpt import MOST_LINES, telling

T = TypeVar("T")


class Living(Protocol):
    """What a wait depends on; a running service of a stack is one."""

    @property
    def name(self) -> str:
        """Its name in the stack."""

    def ended(self) -> str | None:
        """None while it lives, else how it ended, as a phrase that follows its name."""

    def output_tail(self, lines: int = 20) -> str:
        """Its last lines of output."""


def first_ended(services: Iterable[Living]) -> Living | None:
    """The first of some services that has ended; None while all live."""
    return next((service for service in services if service.ended() is not None), None)


def service_died(service: Living, step: str) -> ServiceDied:
    """The error for a service that ended during a step, with the lines that tell why."""
    return ServiceDied(service.name, step, service.ended() or "ended", last_words(service))


def last_words(service: Living) -> str:
    """What of a service's output tells why it ended."""
    return telling(service.output_tail(MOST_LINES))


@dataclass(frozen=True)
class NotYet:
    """What a look found instead of what is awaited, in words for the time-out's message."""

    seen: str


def wait_for(
    step: str,
    look: Callable[[], T | NotYet | None],
    *,
    within: float,
    alive: Callable[[], str | None] = lambda: None,
    log_tail: Callable[[], str] = lambda: "",
    service: str = "",
    every: float = 0.05,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> T:
    """Look again and again until something is there, and return it.

    Args:
        step: what is waited for, as it should read in an error ("Confluence to be RUNNING").
        look: returns the awaited value; `NotYet(what was seen)` or None when it is not there yet.
            An error that it raises ends the wait.
        within: the bound in wall seconds. There is always one look, and one at the very end.
        alive: None while the service lives, else how it ended ("exited with code 1").
        log_tail: the service's last log lines, asked for only when the wait fails.
        service: the service's name in the stack, for the error.
        every: wall seconds between two looks.
        clock: monotonic seconds.
        sleep: waits that many seconds.

    Raises:
        ServiceDied: the service ended meanwhile.
        WaitTimedOut: the bound was reached.
    """
    deadline = clock() + within
    seen = "nothing"
    while True:
        ended = alive()
        if ended is not None:
            raise ServiceDied(service or "the service", step, ended, log_tail())
        out_of_time = clock() >= deadline
        found = look()
        if isinstance(found, NotYet):
            seen = found.seen
        elif found is not None:
            return found
        if out_of_time:
            raise WaitTimedOut(step, within, seen, log_tail())
        sleep(max(0.0, min(every, deadline - clock())))
