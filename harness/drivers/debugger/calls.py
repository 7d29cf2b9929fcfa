"""One call of a listener method, while it is held at its entry and until it is left.

Nothing here decides when to suspend; it only reads from a thread that an event has suspended.
"""

from concurrent.futures import Future
from dataclasses import dataclass

from harness.drivers.debugger.client import NULL, FieldInfo, Frame, Invoked, Jvm, to_class_name
from harness.drivers.debugger.packets import Location, ObjectRef, Packet, Value
from harness.drivers.debugger.types import Declared, Types
from harness.errors import CommandRefused, NoReply
from harness.store.probe_record import ListenerAnswer

_INVALID_OBJECT = 20
_STRING = "Ljava/lang/String;"


class StillRunning(Exception):
    """An invoked getter has not ended in time; `reply` comes when it has."""

    def __init__(self, reply: "Future[Packet]") -> None:
        self.reply = reply
        super().__init__("the getter has not returned")


@dataclass(frozen=True, slots=True)
class CallStack:
    """The stack at a method's entry, kept to tell later whether an exception leaves it."""

    outside: frozenset[tuple[int, int]]
    depth: int

    @staticmethod
    def at_entry(frames: list[Frame]) -> "CallStack":
        """From the frames of the thread that has just entered the method."""
        return CallStack(frozenset(_place(frame.location) for frame in frames[1:]), len(frames))

    def may_leave(self, caught_at: Location | None) -> bool:
        """Whether an exception caught there may leave the method; cheap, without the JVM."""
        return caught_at is None or _place(caught_at) in self.outside

    def leaves(self, caught_at: Location | None, frames: list[Frame]) -> bool:
        """Whether it does, given the frames at the throw.

        A method that is on the stack both inside and outside counts as inside.
        """
        if caught_at is None:
            return True
        inside = frames[: len(frames) - self.depth + 1]
        return _place(caught_at) not in {_place(frame.location) for frame in inside}


def _place(location: Location) -> tuple[int, int]:
    return location.class_id, location.method_id


def transfer_slot(signature: str) -> int | None:
    """The local variable slot of the first String argument of an instance method.

    In each generation of the listener library that is the transfer's id, except for Forge, whose
    method has none (app-migration-platform.md 3.3).

    Args:
        signature: a method signature such as `(Ljava/lang/String;Lx/Details;)V`.
    """
    slot, at = 1, 1
    while at < len(signature) and signature[at] != ")":
        start = at
        while signature[at : at + 1] == "[":
            at += 1
        if signature[at : at + 1] == "L":
            at = signature.index(";", at)
        at += 1
        if signature[start:at] == _STRING:
            return slot
        slot += 2 if signature[start:at] in ("J", "D") else 1
    return None


class ObjectReader:
    """Reads strings, getters and exceptions of a JVM.

    Args:
        jvm: the attached JVM.
        types: its types.
        getter_seconds: how long a getter may run, wall seconds.
    """

    def __init__(self, jvm: Jvm, types: Types, getter_seconds: float) -> None:
        self._jvm = jvm
        self._types = types
        self._getter_seconds = getter_seconds
        object_id = jvm.classes_named("java.lang.Object")[0].id
        throwable_id = jvm.classes_named("java.lang.Throwable")[0].id
        self._to_string = self._method(object_id, "toString")
        self._get_message = self._method(throwable_id, "getMessage")
        self._detail_message = self._field(throwable_id, "detailMessage")

    def text(self, value: Value) -> str | None:
        """The text of a String value; None for null and for anything else."""
        if isinstance(value, ObjectRef) and value.tag == "s" and value.id != NULL:
            return self._jvm.string_value(value.id)
        return None

    def getter(self, this: int, thread: int, declared: Declared | None) -> ListenerAnswer:
        """What a getter without arguments returns on this object.

        Raises:
            StillRunning: it did not end in time.
        """
        if declared is None:
            return ListenerAnswer(problem="the class has no such method")
        try:
            try:
                return self._getter_once(this, thread, declared)
            except CommandRefused as refused:
                if refused.code != _INVALID_OBJECT:
                    raise
                return self._getter_once(this, thread, declared)
        except CommandRefused as refused:
            return ListenerAnswer(problem=str(refused))

    def exception(self, thrown: ObjectRef, thread: int) -> tuple[str, str | None]:
        """Class name and message of an exception, on the thread that has just thrown it.

        The message is read from the field, so that no code of an app runs, except that a
        NullPointerException of the platform computes its text only when asked.
        """
        name = to_class_name(self._types.signature(self._jvm.object_type(thrown.id)))
        message = self.text(self._jvm.field_value(thrown.id, self._detail_message.id))
        if message is None and name == "java.lang.NullPointerException":
            message = self.text(self._invoke(thrown.id, thread, self._get_message).value)
        return name, message

    def _getter_once(self, this: int, thread: int, declared: Declared) -> ListenerAnswer:
        result = self._invoke(this, thread, declared)
        if result.exception.id != NULL:
            name, message = self.exception(result.exception, thread)
            return ListenerAnswer(problem=f"it threw {name}: {message}")
        if not isinstance(result.value, ObjectRef):
            return ListenerAnswer(problem=f"it returned {result.value!r}, which is no object")
        if result.value.id == NULL:
            return ListenerAnswer(value=None)
        if result.value.tag == "s":
            return ListenerAnswer(value=self._jvm.string_value(result.value.id))
        shown = self._invoke(result.value.id, thread, self._to_string)
        return ListenerAnswer(value=members_of(self.text(shown.value) or ""))

    def _invoke(self, this: int, thread: int, declared: Declared) -> Invoked:
        reply = self._jvm.invoke(this, thread, declared.type_id, declared.method.id)
        try:
            return self._jvm.invoked(reply, self._getter_seconds)
        except NoReply as error:
            raise StillRunning(reply) from error

    def _method(self, type_id: int, name: str) -> Declared:
        return Declared(
            type_id, next(each for each in self._jvm.methods(type_id) if each.name == name)
        )

    def _field(self, type_id: int, name: str) -> FieldInfo:
        return next(each for each in self._jvm.fields(type_id) if each.name == name)


def members_of(text: str) -> tuple[str, ...]:
    """The members of a Java collection from its `toString`: `[A, B]`."""
    inner = text.removeprefix("[").removesuffix("]").strip()
    return tuple(sorted(each.strip() for each in inner.split(","))) if inner else ()
