"""Every error the harness raises on purpose, in one tree.

HarnessError                the base: one clear message, an exit status, evidence as fields
|-- BadInput       exit 3   the user's YAML, jar, flag, version, image or environment is wrong
|   `-- InUse               a run is at work on the Confluence that is meant
|-- ServiceDied    exit 2   a service ended while it was waited for; carries its last log lines
|-- WaitTimedOut   exit 2   a bounded wait ran out; carries the step and what was last seen
|-- RowMismatch    exit 1   a row is not the one that a test expects
`-- DriverError    exit 2   a Confluence, cloud, browser or debugger did not answer as documented
    |-- PageUnreadable      a page shows no row that could be believed; carries its state
    |-- NoDebuggee          nobody listens at the debugger's address
    |-- DebuggerBusy        another debugger is attached there; a JVM serves one at a time
    |-- JvmGone             the JVM, or the connection to it, ended
    |-- MalformedPacket     bytes came that are not JDWP
    |-- CommandRefused      the JVM answered a command with an error code
    `-- NoReply             the JVM did not answer a command in time
"""

from datetime import datetime, timedelta
from pathlib import Path

EXIT_FAILED = 1
EXIT_ERROR = 2
EXIT_BAD_INPUT = 3


_LONGEST = 1000
"""Characters of a line that says what is wrong: it may quote what somebody wrote."""


class HarnessError(Exception):
    """Base of all errors raised on purpose; `str()` is the whole message for the user."""

    exit_status = EXIT_ERROR


class BadInput(HarnessError):
    """Something the user gave is wrong; nothing was started.

    Args:
        what: one line that says what is wrong, why, and what would be right.
        path: the file it is in, where there is one.
        line: its line number there, counted from 1.
    """

    exit_status = EXIT_BAD_INPUT

    def __init__(self, what: str, *, path: Path | None = None, line: int | None = None) -> None:
        if len(what) > _LONGEST:
            what = f"{what[:_LONGEST]} ... ({len(what) - _LONGEST} more characters)"
        self.what, self.path, self.line = what, path, line
        place = "" if path is None else f"{path}:{line}: " if line else f"{path}: "
        super().__init__(f"{place}{what}")


class InUse(BadInput):
    """A run is at work on the Confluence, and puts back itself what it changes there."""


class ServiceDied(HarnessError):
    """A service ended while something waited for it.

    Args:
        service: its name in the stack.
        step: what was waited for.
        state: how it ended, as the engine says it ("exited with code 1", "killed: out of memory").
        log_tail: its last log lines.
    """

    def __init__(self, service: str, step: str, state: str, log_tail: str) -> None:
        self.service, self.step, self.state, self.log_tail = service, step, state, log_tail
        super().__init__(
            f"{service} {state} while waiting for {step}. Its last log lines:\n{log_tail}"
        )


class WaitTimedOut(HarnessError):
    """A bounded wait ran out.

    Args:
        step: what was waited for.
        seconds: the bound, in wall seconds.
        last_seen: what the last look showed.
        log_tail: the last log lines of the service, where there are any.
    """

    def __init__(self, step: str, seconds: float, last_seen: str, log_tail: str = "") -> None:
        self.step, self.seconds, self.last_seen, self.log_tail = step, seconds, last_seen, log_tail
        tail = f"\nLast log lines:\n{log_tail}" if log_tail else ""
        super().__init__(f"{step}: not within {seconds:g} s; last seen: {last_seen}{tail}")


class RowMismatch(HarnessError):
    """An app's row did not become what a test expects, or did not stay so.

    Args:
        app: the server app's key, by which the row is found.
        expected: the row that the test expects, such as `COMPLETE 100 %`.
        seen: the row that the page showed instead.
        at: server time of that look.
        watched: server time since the first look.
        why: what ended the wait.
    """

    exit_status = EXIT_FAILED

    def __init__(
        self, app: str, expected: str, seen: str, at: datetime, watched: timedelta, why: str
    ) -> None:
        self.app, self.expected, self.seen = app, expected, seen
        self.at, self.watched, self.why = at, watched, why
        super().__init__(
            f"the row of {app}: expected {expected}, saw {seen} at {at:%Y-%m-%d %H:%M:%S} server "
            f"time, {watched} after the first look: {why}"
        )


class DriverError(HarnessError):
    """A Confluence, cloud or browser did not answer as documented.

    Args:
        attempted: what was attempted.
        came_back: what came back.
        advice: the likely cause and what to do.
    """

    def __init__(self, attempted: str, came_back: str, advice: str = "") -> None:
        self.attempted, self.came_back, self.advice = attempted, came_back, advice
        super().__init__(f"{attempted}: {came_back}" + (f". {advice}" if advice else ""))


class PageUnreadable(DriverError):
    """A page was looked at, and what it shows is neither a row nor the absence of one.

    Args:
        attempted: what was attempted.
        state: a word for what the page is instead, such as `logged-out` or `http-error`.
        came_back: what was seen on it.
        advice: the likely cause and what to do.
        was_away: whether the server, or a proxy before it, did not serve the page meanwhile.
    """

    def __init__(
        self,
        attempted: str,
        state: str,
        came_back: str,
        advice: str = "",
        *,
        was_away: bool = False,
    ) -> None:
        self.state, self.was_away = state, was_away
        super().__init__(attempted, came_back, advice)


class NoDebuggee(DriverError):
    """Nobody listens at the address."""


class DebuggerBusy(DriverError):
    """Another debugger is attached to the JVM."""


class JvmGone(DriverError):
    """The JVM, or the connection to it, ended."""


class MalformedPacket(DriverError):
    """The bytes that came are not a JDWP packet, or not the one that was due.

    Args:
        came_back: what is wrong with them.
    """

    def __init__(self, came_back: str) -> None:
        super().__init__("reading JDWP", came_back, "is another service listening on that port?")


class CommandRefused(DriverError):
    """The JVM answered a command with an error code.

    Args:
        command: the command's name.
        code: the JDWP error code.
        name: its name in the JDWP specification.
    """

    def __init__(self, command: str, code: int, name: str) -> None:
        self.code = code
        super().__init__(f"JDWP {command}", f"error {code} ({name})")


class NoReply(DriverError):
    """The JVM did not answer a command in time.

    Args:
        command: the command's name.
        seconds: how long it was waited for, wall seconds.
    """

    def __init__(self, command: str, seconds: float) -> None:
        super().__init__(f"JDWP {command}", f"no reply within {seconds:g} s")
