"""Takes a Confluence from a started container or process to one that an administrator can use.

The steps come in the documented order, each bounded and named: /status, the set-up wizard where
it is due, RUNNING, REST, a log-in, UPM's token, a clock that was made fast, the debugger's
handshake. A service that ends meanwhile ends the step at once.
Source: reference/confluence-container.md sections 1.7 and 8.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx

from harness.drivers.confluence import startup_checks, upm
from harness.drivers.confluence.session import Account, ConfluenceClient, connect
from harness.drivers.confluence.setup import set_up
from harness.drivers.confluence.setup_steps import SetupInput
from harness.errors import DriverError
from harness.wait import NotYet, wait_for


@dataclass(frozen=True)
class Limits:
    """Wall seconds for each step; the defaults are those that harnesses of the real image use."""

    booted: float = 900
    wizard: float = 900
    running: float = 900
    rest: float = 120
    upm: float = 120
    debugger: float = 60


@dataclass(frozen=True)
class ServiceWatch:
    """How a start-up notices that Confluence ended: see `wait_for`."""

    alive: Callable[[], str | None] = lambda: None
    log_tail: Callable[[], str] = lambda: ""
    every: float = 0.05


@dataclass(frozen=True)
class Passed:
    """A step that was passed, and what it cost in wall seconds."""

    step: str
    seconds: float
    found: str = ""


def start_up(
    base_url: str,
    setup_input: SetupInput,
    debugger: tuple[str, int] | None,
    *,
    rate: float = 1,
    limits: Limits | None = None,
    watch: ServiceWatch | None = None,
    transport: httpx.BaseTransport | None = None,
    handshake: Callable[[str, int], bool] = startup_checks.jdwp_answers,
    clock: Callable[[], float] = time.monotonic,
) -> tuple[Passed, ...]:
    """Waits until a Confluence can be used, and passes its set-up wizard where that is due.

    Args:
        base_url: its address, with its context path.
        setup_input: administrator, licence and database; needed in full at FIRST_RUN only.
        debugger: host and port of its JDWP, or None where it has none.
        rate: server seconds per wall second; above 1 the server's clock is looked at.
        limits: wall seconds for each step.
        watch: notices that the service has ended.
        transport: what to send through instead of the network; for tests.
        handshake: tells whether a debugger port answers; for tests.
        clock: monotonic wall seconds.

    Returns:
        The steps in the order in which they were passed.

    Raises:
        ServiceDied, WaitTimedOut: with the step's name and the last log lines.
        BadInput: the wizard needs a licence that was not given, or refuses the one that was.
        DriverError: the wizard refuses something again and again, /status stays in ERROR, or the
            server's clock does not pass as fast as it should.
    """
    limits, watch = limits or Limits(), watch or ServiceWatch()

    def bounds(within: float) -> startup_checks.Bounds:
        return startup_checks.Bounds(
            within=within, alive=watch.alive, log_tail=watch.log_tail, every=watch.every
        )

    passed: list[Passed] = []
    begun = clock()

    def note(step: str, found: str = "") -> None:
        nonlocal begun
        passed.append(Passed(step, round(clock() - begun, 3), found))
        begun = clock()

    options: dict[str, Any] = {} if transport is None else {"transport": transport}
    with ConfluenceClient(base_url, None, **options) as anyone:
        state = startup_checks.await_booted(anyone, **bounds(limits.booted))
        note("status", state)
        if state == "FIRST_RUN":
            steps = set_up(
                base_url,
                setup_input,
                within=limits.wizard,
                alive=watch.alive,
                log_tail=watch.log_tail,
                every=max(watch.every, 0.2),
                transport=transport,
            )
            note("set-up wizard", ", ".join(steps))
        startup_checks.await_running(anyone, **bounds(limits.running))
        note("running")
        startup_checks.await_rest(anyone, **bounds(limits.rest))
        note("rest")
    with _logged_in(base_url, setup_input.admin, limits.rest, watch, transport) as client:
        note("log-in", startup_checks.await_authenticated(client, **bounds(limits.rest)))
        _await_upm(client, limits.upm, watch)
        note("upm")
        if rate > 1:
            note(
                "clock", f"{startup_checks.check_rate(client, rate, clock=clock):.0f} times as fast"
            )
    if debugger is not None:
        host, port = debugger
        wait_for(
            "the debugger port to answer",
            lambda: handshake(host, port) or None,
            within=limits.debugger,
            alive=watch.alive,
            log_tail=watch.log_tail,
            service="confluence",
            every=watch.every,
        )
        note("debugger")
    return tuple(passed)


def _logged_in(
    base_url: str,
    account: Account,
    within: float,
    watch: ServiceWatch,
    transport: httpx.BaseTransport | None,
) -> ConfluenceClient:
    """Opens a session in whichever way is accepted; the first log-ins after a start may fail."""

    def look() -> ConfluenceClient | NotYet:
        try:
            return connect(base_url, account, transport=transport)
        except (DriverError, httpx.TransportError) as error:
            return NotYet(str(error))

    return wait_for(
        f"Confluence to let {account.user} in",
        look,
        within=within,
        alive=watch.alive,
        log_tail=watch.log_tail,
        service="confluence",
        every=max(watch.every, 0.5),
    )


def _await_upm(client: ConfluenceClient, within: float, watch: ServiceWatch) -> None:
    """Waits until UPM gives the administrator a token, without which no app can be installed."""

    basic = {"os_authType": "basic"} if isinstance(client.auth, httpx.BasicAuth) else {}

    def look() -> bool | NotYet:
        try:
            answer = client.get(upm.ROOT, params=basic, headers={"Accept": upm.INSTALLED})
            return bool(upm.token_from(answer))
        except (DriverError, httpx.TransportError) as error:
            return NotYet(str(error))

    wait_for(
        "UPM to give an upload token",
        look,
        within=within,
        alive=watch.alive,
        log_tail=watch.log_tail,
        service="confluence",
        every=watch.every,
    )
