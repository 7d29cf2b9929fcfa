"""The JDWP commands, event kinds and modifiers that the probes use, and the events decoded.

Numbers from the JDWP specification (https://docs.oracle.com/en/java/javase/11/docs/specs/jdwp/).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, IntEnum

from harness.drivers.debugger.packets import IdSizes, Location, ObjectRef, Reader, Writer
from harness.errors import MalformedPacket


class Command(Enum):
    """A command: (command set, command)."""

    VERSION = (1, 1)
    CLASSES_BY_SIGNATURE = (1, 2)
    ALL_CLASSES = (1, 3)
    ALL_THREADS = (1, 4)
    DISPOSE = (1, 6)
    ID_SIZES = (1, 7)
    REFERENCE_TYPE_SIGNATURE = (2, 1)
    REFERENCE_TYPE_CLASS_LOADER = (2, 2)
    REFERENCE_TYPE_FIELDS = (2, 4)
    REFERENCE_TYPE_METHODS = (2, 5)
    REFERENCE_TYPE_INTERFACES = (2, 10)
    CLASS_TYPE_SUPERCLASS = (3, 1)
    METHOD_BYTECODES = (6, 3)
    OBJECT_REFERENCE_TYPE = (9, 1)
    OBJECT_GET_VALUES = (9, 2)
    OBJECT_INVOKE_METHOD = (9, 6)
    STRING_VALUE = (10, 1)
    THREAD_NAME = (11, 1)
    THREAD_SUSPEND = (11, 2)
    THREAD_RESUME = (11, 3)
    THREAD_STATUS = (11, 4)
    THREAD_FRAMES = (11, 6)
    ARRAY_LENGTH = (13, 1)
    ARRAY_GET_VALUES = (13, 2)
    EVENT_REQUEST_SET = (15, 1)
    EVENT_REQUEST_CLEAR = (15, 2)
    FRAME_GET_VALUES = (16, 1)
    FRAME_THIS_OBJECT = (16, 3)
    EVENT_COMPOSITE = (64, 100)


class EventKind(IntEnum):
    """The events that the probes request, and the two that a JVM sends without a request."""

    BREAKPOINT = 2
    EXCEPTION = 4
    CLASS_PREPARE = 8
    VM_START = 90
    VM_DEATH = 99


class Suspend(IntEnum):
    """What an event stops. There is no ALL here: a probe never stops a whole server."""

    NOTHING = 0
    EVENT_THREAD = 1


INVOKE_SINGLE_THREADED = 1
TYPE_TAG_CLASS = 1
STATUS_PREPARED = 2


@dataclass(frozen=True, slots=True)
class Modifier:
    """A filter of an event request, as its encoded bytes."""

    data: bytes


class Modifiers:
    """Makes modifiers; each is a kind byte and its fields."""

    def __init__(self, sizes: IdSizes) -> None:
        self._sizes = sizes

    def thread_only(self, thread: int) -> Modifier:
        """Only events of this thread."""
        return Modifier(self._start(3).object_id(thread).data())

    def class_match(self, name: str) -> Modifier:
        """Only the classes of this dotted name."""
        return Modifier(self._start(5).string(name).data())

    def class_exclude(self, pattern: str) -> Modifier:
        """Not the classes of this dotted name; one `*` may stand at its start or end."""
        return Modifier(self._start(6).string(pattern).data())

    def location_only(self, location: Location) -> Modifier:
        """Only at this place."""
        return Modifier(self._start(7).location(location).data())

    def any_exception(self) -> Modifier:
        """Every exception, caught or not."""
        return Modifier(self._start(8).type_id(0).boolean(True).boolean(True).data())

    def _start(self, kind: int) -> Writer:
        return Writer(self._sizes).byte(kind)


def event_request(
    kind: EventKind, suspend: Suspend, modifiers: Iterable[Modifier], sizes: IdSizes
) -> bytes:
    """The data of EventRequest.Set."""
    parts = [modifier.data for modifier in modifiers]
    head = Writer(sizes).byte(kind).byte(suspend).int32(len(parts)).data()
    return head + b"".join(parts)


@dataclass(frozen=True, slots=True)
class BreakpointHit:
    """A thread reached a location."""

    request: int
    thread: int
    location: Location


@dataclass(frozen=True, slots=True)
class ExceptionThrown:
    """A thread threw; `caught_at` is None where nobody catches it."""

    request: int
    thread: int
    exception: ObjectRef
    caught_at: Location | None


@dataclass(frozen=True, slots=True)
class ClassPrepared:
    """A class became ready for use."""

    request: int
    thread: int
    type_tag: int
    class_id: int
    signature: str


@dataclass(frozen=True, slots=True)
class VmDied:
    """The JVM is ending."""


Event = BreakpointHit | ExceptionThrown | ClassPrepared | VmDied


@dataclass(frozen=True, slots=True)
class Composite:
    """Events of one moment in one thread, and what was suspended for them."""

    suspended: int
    events: tuple[Event, ...]


def decode_composite(data: bytes, sizes: IdSizes) -> Composite:
    """The events of an Event.Composite command.

    Raises:
        MalformedPacket: cut short, too long, or an event kind that nobody here asks for (its
            length is unknown, so what follows it cannot be read).
    """
    reader = Reader(data, sizes)
    suspended = reader.byte()
    decoded = [_decode_event(reader) for _ in range(reader.count())]
    reader.end()
    return Composite(suspended, tuple(event for event in decoded if event is not None))


def _decode_event(reader: Reader) -> Event | None:
    kind = reader.byte()
    request = reader.int32()
    match kind:
        case EventKind.BREAKPOINT:
            return BreakpointHit(request, reader.object_id(), reader.location())
        case EventKind.EXCEPTION:
            thread, _thrown_at = reader.object_id(), reader.location()
            exception, caught_at = reader.tagged_object(), reader.location()
            return ExceptionThrown(
                request, thread, exception, caught_at if caught_at.class_id else None
            )
        case EventKind.CLASS_PREPARE:
            thread, tag, class_id = reader.object_id(), reader.byte(), reader.type_id()
            signature, _status = reader.string(), reader.int32()
            return ClassPrepared(request, thread, tag, class_id, signature)
        case EventKind.VM_START:
            reader.object_id()
            return None
        case EventKind.VM_DEATH:
            return VmDied()
        case _:
            raise MalformedPacket(f"event kind {kind}, which was not asked for")


def is_background(composite: bytes) -> bool:
    """Whether an undecoded composite only says that a class was prepared.

    Such events come by the thousand while an app is enabled; those that hold a thread must not
    wait behind them.
    """
    return len(composite) > 5 and composite[0] == 0 and composite[5] == EventKind.CLASS_PREPARE


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
