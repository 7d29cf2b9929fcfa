"""What can go wrong between a debugger and a JVM, each named for what happened.

DriverError
|-- NoDebuggee        nobody listens at the address
|-- DebuggerBusy      another debugger is attached there; a JVM serves one at a time
|-- JvmGone           the JVM, or the connection to it, ended
|-- MalformedPacket   bytes came that are no JDWP
|-- CommandRefused    the JVM answered a command with an error code
`-- NoReply           the JVM did not answer a command in time
"""

from harness.errors import DriverError


class NoDebuggee(DriverError):
    """Nobody listens at the address."""


class DebuggerBusy(DriverError):
    """Another debugger is attached to the JVM."""


class JvmGone(DriverError):
    """The JVM, or the connection to it, ended."""


class MalformedPacket(DriverError):
    """The bytes that came are no JDWP packet, or not the one that was due.

    Args:
        came_back: what is wrong with them.
    """

    def __init__(self, came_back: str) -> None:
        super().__init__("reading JDWP", came_back, "is another service listening on that port?")


ERROR_NAMES = {
    10: "INVALID_THREAD",
    13: "THREAD_NOT_SUSPENDED",
    20: "INVALID_OBJECT",
    21: "INVALID_CLASS",
    22: "CLASS_NOT_PREPARED",
    23: "INVALID_METHODID",
    24: "INVALID_LOCATION",
    30: "INVALID_FRAMEID",
    35: "INVALID_SLOT",
    99: "NOT_IMPLEMENTED",
    101: "ABSENT_INFORMATION",
    102: "INVALID_EVENT_TYPE",
    103: "ILLEGAL_ARGUMENT",
    112: "VM_DEAD",
    502: "ALREADY_INVOKING",
}
"""JDWP's error codes that a probe can meet (JDWP specification, "Error constants")."""


class CommandRefused(DriverError):
    """The JVM answered a command with an error code.

    Args:
        command: the command's name.
        code: the JDWP error code.
    """

    def __init__(self, command: str, code: int) -> None:
        self.code = code
        self.name = ERROR_NAMES.get(code, "unnamed")
        super().__init__(f"JDWP {command}", f"error {code} ({self.name})")


class NoReply(DriverError):
    """The JVM did not answer a command in time.

    Args:
        command: the command's name.
        seconds: how long it was waited for, wall seconds.
    """

    def __init__(self, command: str, seconds: float) -> None:
        super().__init__(f"JDWP {command}", f"no reply within {seconds:g} s")
