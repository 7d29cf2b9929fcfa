"""The JDWP commands a probe needs, typed: ids and dataclasses instead of bytes."""

from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from types import TracebackType

from harness.drivers.debugger.connection import Arrival, Connection
from harness.drivers.debugger.packets import (
    IdSizes,
    Location,
    ObjectRef,
    Packet,
    Reader,
    Value,
    Writer,
)
from harness.drivers.debugger.protocol import (
    INVOKE_SINGLE_THREADED,
    STATUS_PREPARED,
    TYPE_TAG_CLASS,
    Command,
    Composite,
    EventKind,
    Modifier,
    Modifiers,
    Suspend,
    decode_composite,
    event_request,
)

_UNKNOWN_SIZES = IdSizes(8, 8, 8, 8, 8)
NULL = 0


@dataclass(frozen=True, slots=True)
class ClassInfo:
    """A class or interface that the JVM has loaded."""

    tag: int
    id: int
    signature: str
    prepared: bool

    @property
    def is_class(self) -> bool:
        """Whether it is a class, not an interface or array."""
        return self.tag == TYPE_TAG_CLASS


@dataclass(frozen=True, slots=True)
class MethodInfo:
    """A method as its class declares it."""

    id: int
    name: str
    signature: str
    flags: int


@dataclass(frozen=True, slots=True)
class FieldInfo:
    """A field as its class declares it."""

    id: int
    name: str
    signature: str


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame of a suspended thread's stack."""

    id: int
    location: Location


@dataclass(frozen=True, slots=True)
class Invoked:
    """What an invoked method did: returned `value`, or threw (then `exception` is not null)."""

    value: Value
    exception: ObjectRef


class Jvm:
    """An attached JVM. Closing it sends Dispose.

    Args:
        connection: an open connection; this object owns it from now on.
        first_reply_seconds: bound for the first reply. A JVM that has shaken hands with a second
            debugger by mistake never gives one.
    """

    def __init__(self, connection: Connection, first_reply_seconds: float) -> None:
        self.connection = connection
        self._thread_names: dict[int, str] = {}
        self.sizes = _UNKNOWN_SIZES
        reply = connection.send(Command.ID_SIZES)
        reader = self._reader(
            connection.reply_data(Command.ID_SIZES, reply, seconds=first_reply_seconds)
        )
        self.sizes = IdSizes(*(reader.int32() for _ in range(5)))
        self.modifiers = Modifiers(self.sizes)

    def close(self) -> bool:
        """Send Dispose and close; whether the JVM confirmed."""
        return self.connection.close()

    def __enter__(self) -> "Jvm":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def version(self) -> str:
        """The JVM's name and version, one line."""
        reader = self._ask(Command.VERSION)
        _description, _major, _minor = reader.string(), reader.int32(), reader.int32()
        version, name = reader.string(), reader.string()
        return f"{name} {version}"

    def all_threads(self) -> list[int]:
        """Ids of the live threads."""
        reader = self._ask(Command.ALL_THREADS)
        return [reader.object_id() for _ in range(reader.count())]

    def thread_name(self, thread: int) -> str:
        """The thread's name; fetched once, since a thread is held meanwhile."""
        if thread not in self._thread_names:
            reader = self._ask(Command.THREAD_NAME, self._out().object_id(thread))
            self._thread_names[thread] = reader.string()
        return self._thread_names[thread]

    def is_suspended(self, thread: int) -> bool:
        """Whether a debugger holds the thread."""
        reader = self._ask(Command.THREAD_STATUS, self._out().object_id(thread))
        reader.int32()
        return bool(reader.int32() & 1)

    def suspend_thread(self, thread: int) -> None:
        """Hold a thread, to read its stack; `resume_thread` has to follow."""
        self._ask(Command.THREAD_SUSPEND, self._out().object_id(thread))

    def resume_thread(self, thread: int) -> None:
        """Let a suspended thread go on."""
        self._ask(Command.THREAD_RESUME, self._out().object_id(thread))

    def all_classes(self) -> list[ClassInfo]:
        """Every class, interface and array class that is loaded."""
        reader = self._ask(Command.ALL_CLASSES)
        return [
            ClassInfo(
                reader.byte(),
                reader.type_id(),
                reader.string(),
                bool(reader.int32() & STATUS_PREPARED),
            )
            for _ in range(reader.count())
        ]

    def classes_named(self, class_name: str) -> list[ClassInfo]:
        """The loaded classes of this dotted name, one for each class loader that defined it."""
        signature = to_signature(class_name)
        reader = self._ask(Command.CLASSES_BY_SIGNATURE, self._out().string(signature))
        return [
            ClassInfo(
                reader.byte(),
                reader.type_id(),
                signature,
                bool(reader.int32() & STATUS_PREPARED),
            )
            for _ in range(reader.count())
        ]

    def signature(self, type_id: int) -> str:
        """The type's signature."""
        return self._ask(Command.REFERENCE_TYPE_SIGNATURE, self._out().type_id(type_id)).string()

    def class_loader(self, type_id: int) -> int:
        """The id of the loader that defined the type; 0 is the bootstrap loader."""
        return self._ask(
            Command.REFERENCE_TYPE_CLASS_LOADER, self._out().type_id(type_id)
        ).object_id()

    def superclass(self, class_id: int) -> int:
        """The id of the superclass; 0 for Object."""
        return self._ask(Command.CLASS_TYPE_SUPERCLASS, self._out().type_id(class_id)).type_id()

    def superclasses(self, class_ids: Sequence[int]) -> list[int]:
        """`superclass` for many at once; 0 also where the JVM does not say."""
        return [
            reader.type_id() if reader else NULL
            for reader in self._ask_many(Command.CLASS_TYPE_SUPERCLASS, class_ids)
        ]

    def interfaces(self, type_ids: Sequence[int]) -> list[tuple[int, ...]]:
        """The interfaces that each type names itself; empty also where the JVM does not say."""
        return [
            tuple(reader.type_id() for _ in range(reader.count())) if reader else ()
            for reader in self._ask_many(Command.REFERENCE_TYPE_INTERFACES, type_ids)
        ]

    def methods(self, type_id: int) -> list[MethodInfo]:
        """The methods that the type itself declares."""
        reader = self._ask(Command.REFERENCE_TYPE_METHODS, self._out().type_id(type_id))
        return [
            MethodInfo(reader.method_id(), reader.string(), reader.string(), reader.int32())
            for _ in range(reader.count())
        ]

    def fields(self, type_id: int) -> list[FieldInfo]:
        """The fields that the type itself declares."""
        reader = self._ask(Command.REFERENCE_TYPE_FIELDS, self._out().type_id(type_id))
        found = []
        for _ in range(reader.count()):
            found.append(FieldInfo(reader.field_id(), reader.string(), reader.string()))
            reader.int32()
        return found

    def bytecodes(self, type_id: int, method_id: int) -> bytes:
        """The method's bytecode; empty for a native or abstract one."""
        data = self._out().type_id(type_id).method_id(method_id)
        return self._ask(Command.METHOD_BYTECODES, data).raw()

    def object_type(self, object_id: int) -> int:
        """The id of the object's class."""
        reader = self._ask(Command.OBJECT_REFERENCE_TYPE, self._out().object_id(object_id))
        reader.byte()
        return reader.type_id()

    def field_value(self, object_id: int, field_id: int) -> Value:
        """The value of one instance field."""
        data = self._out().object_id(object_id).int32(1).field_id(field_id)
        reader = self._ask(Command.OBJECT_GET_VALUES, data)
        reader.count()
        return reader.value()

    def string_value(self, string_id: int) -> str:
        """The text of a String object."""
        return self._ask(Command.STRING_VALUE, self._out().object_id(string_id)).string()

    def array_objects(self, array_id: int) -> list[int]:
        """The ids of the objects in an array, 0 for null.

        Raises:
            CommandRefused: it is not an array.
        """
        length = self._ask(Command.ARRAY_LENGTH, self._out().object_id(array_id)).int32()
        if not length:
            return []
        data = self._out().object_id(array_id).int32(0).int32(length)
        reader = self._ask(Command.ARRAY_GET_VALUES, data)
        reader.byte()
        return [reader.tagged_object().id for _ in range(reader.count())]

    def frames(self, thread: int, count: int) -> list[Frame]:
        """The innermost `count` frames of a suspended thread; -1 for all."""
        data = self._out().object_id(thread).int32(0).int32(count)
        reader = self._ask(Command.THREAD_FRAMES, data)
        return [Frame(reader.frame_id(), reader.location()) for _ in range(reader.count())]

    def this_object(self, thread: int, frame: int) -> ObjectRef:
        """The object whose method runs in the frame; null in a static method."""
        data = self._out().object_id(thread).frame_id(frame)
        return self._ask(Command.FRAME_THIS_OBJECT, data).tagged_object()

    def local_object(self, thread: int, frame: int, slot: int) -> Value:
        """The object in a local variable slot, arguments first (slot 0 is `this`)."""
        data = self._out().object_id(thread).frame_id(frame).int32(1).int32(slot).byte(ord("L"))
        reader = self._ask(Command.FRAME_GET_VALUES, data)
        reader.count()
        return reader.value()

    def invoke(self, object_id: int, thread: int, type_id: int, method_id: int) -> "Future[Packet]":
        """Start a method without arguments on a thread that an event has suspended.

        Only that thread runs meanwhile, as far as this debugger is concerned. The reply comes
        through the future: read it with `invoked`.
        """
        data = self._out().object_id(object_id).object_id(thread).type_id(type_id)
        data.method_id(method_id).int32(0).int32(INVOKE_SINGLE_THREADED)
        return self.connection.send(Command.OBJECT_INVOKE_METHOD, data.data())

    def invoked(self, reply: "Future[Packet]", seconds: float) -> Invoked:
        """What the invoked method did. Raises NoReply when it has not ended after `seconds`."""
        data = self.connection.reply_data(Command.OBJECT_INVOKE_METHOD, reply, seconds)
        reader = self._reader(data)
        return Invoked(reader.value(), reader.tagged_object())

    def set_event(self, kind: EventKind, suspend: Suspend, modifiers: Iterable[Modifier]) -> int:
        """Ask for events. Returns the request's id, which each event carries."""
        data = event_request(kind, suspend, modifiers, self.sizes)
        return self._reader(self.connection.request(Command.EVENT_REQUEST_SET, data)).int32()

    def clear_event(self, kind: EventKind, request: int) -> None:
        """Take a request back."""
        self._ask(Command.EVENT_REQUEST_CLEAR, self._out().byte(kind).int32(request))

    def next_events(self, seconds: float) -> tuple[Arrival, Composite] | None:
        """The next events and when they came; None when none came within `seconds`.

        Raises:
            MalformedPacket: they cannot be read. A thread may be held for them: close.
        """
        arrival = self.connection.next_arrival(seconds)
        return None if arrival is None else (arrival, decode_composite(arrival.data, self.sizes))

    def _out(self) -> Writer:
        return Writer(self.sizes)

    def _reader(self, data: bytes) -> Reader:
        return Reader(data, self.sizes)

    def _ask(self, command: Command, data: Writer | None = None) -> Reader:
        return self._reader(self.connection.request(command, data.data() if data else b""))

    def _ask_many(self, command: Command, type_ids: Sequence[int]) -> list[Reader | None]:
        datas = [self._out().type_id(each).data() for each in type_ids]
        replies = self.connection.request_many(command, datas)
        return [None if reply is None else self._reader(reply) for reply in replies]


def to_signature(class_name: str) -> str:
    """`a.b.C` as JDWP writes it: `La/b/C;`."""
    return f"L{class_name.replace('.', '/')};"


def to_class_name(signature: str) -> str:
    """`La/b/C;` as people write it: `a.b.C`."""
    return signature.removeprefix("L").removesuffix(";").replace("/", ".")
