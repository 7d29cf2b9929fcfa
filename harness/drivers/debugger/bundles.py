"""Reads an app's OSGi bundle out of the running framework: its state and its services.

Confluence's REST does not report them. Only fields are read, from a class of the app over its class
loader into the framework's own registry, so no thread is held and no code runs. The fields are
those of Apache Felix (tried with 4.6.1; named the same way in 5 to 7, whose registry keeps lists
where 4 keeps arrays); what is not found there is said to be unknown, never guessed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from harness.drivers.debugger.client import NULL, Jvm
from harness.drivers.debugger.packets import ObjectRef, Value
from harness.errors import CommandRefused, DriverError

STATES = {1: "UNINSTALLED", 2: "INSTALLED", 4: "RESOLVED", 8: "STARTING", 16: "STOPPING"}
STATES[32] = "ACTIVE"
"""Bundle states by their number (OSGi core specification, org.osgi.framework.Bundle)."""

_MOST_NODES = 100_000


@dataclass(frozen=True, slots=True)
class BundleState:
    """A bundle as the framework has it.

    Args:
        name: its symbolic name.
        state: such as ACTIVE.
        services: the names of the classes that it registers services under.
        loaders: the JVM's ids of its class loaders, as `LoadedType.loader` ends in.
        old_loaders: those that it had before it was updated; they stay for a while.
    """

    name: str
    state: str
    services: tuple[str, ...]
    loaders: tuple[str, ...]
    old_loaders: tuple[str, ...]


def bundles_of(jvm: Jvm, class_names: Sequence[str]) -> list[BundleState]:
    """The bundles whose class loaders have loaded any of these classes.

    Args:
        jvm: the attached JVM.
        class_names: classes of the app, dotted; those that are not loaded are passed over.

    Returns:
        One for each bundle, removed ones too as long as the JVM has them; empty when no bundle
        has loaded such a class.

    Raises:
        DriverError: the framework's fields are not as they are known here, or the JVM is gone.
    """
    loaders = {
        jvm.class_loader(info.id) for name in class_names for info in jvm.classes_named(name)
    }
    heap = _Heap(jvm)
    found: dict[int, list[tuple[int, str]]] = {}
    for loader in sorted(loaders - {NULL}):
        if (wiring := heap.get(loader, "m_wiring")) is not None:
            revision = heap.need(wiring, "m_revision")
            bundle = heap.need(revision, "m_bundle")
            found.setdefault(bundle, []).append((revision, str(loader)))
    return [_bundle(heap, bundle, revisions) for bundle, revisions in found.items()]


def _bundle(heap: "_Heap", bundle: int, revisions: list[tuple[int, str]]) -> BundleState:
    # The framework keeps the newest revision first.
    current = next(heap.members(heap.need(bundle, "m_revisions")), None)
    new = tuple(loader for revision, loader in revisions if revision == current)
    old = tuple(loader for revision, loader in revisions if revision != current)
    revision = revisions[-1][0]
    number = heap.value(bundle, "m_state")
    state = STATES.get(number, str(number)) if isinstance(number, int) else "unknown"
    name = heap.text(heap.get(revision, "m_symbolicName")) or "unnamed"
    registry = heap.need(heap.need(bundle, "__m_felix"), "m_registry")
    services: set[str] = set()
    for owner, registrations in heap.entries(heap.need(registry, "m_regsMap")):
        if owner == bundle:
            for registration in heap.members(registrations):
                names = heap.members(heap.need(registration, "m_classes"))
                services.update(filter(None, map(heap.text, names)))
    return BundleState(name, state, tuple(sorted(services)), new, old)


class _Heap:
    """Fields of objects by name; object ids as the JVM gives them."""

    def __init__(self, jvm: Jvm) -> None:
        self._jvm = jvm
        self._fields: dict[int, dict[str, int]] = {}

    def value(self, object_id: int, field: str) -> Value | None:
        """A field's value, None where the object's class has no such field."""
        fields = self._fields_of(self._jvm.object_type(object_id))
        return self._jvm.field_value(object_id, fields[field]) if field in fields else None

    def get(self, object_id: int, field: str) -> int | None:
        """The object in a field; None where there is no such field, or null in it."""
        value = self.value(object_id, field)
        return value.id if isinstance(value, ObjectRef) and value.id != NULL else None

    def need(self, object_id: int, field: str) -> int:
        """The object in a field that has to be there."""
        found = self.get(object_id, field)
        if found is None:
            raise DriverError(
                "reading the OSGi framework's fields",
                f"there is no {field}",
                "the framework is not Apache Felix, or is a version that is not known here",
            )
        return found

    def text(self, string_id: int | None) -> str | None:
        """A String's text."""
        return None if string_id is None else self._jvm.string_value(string_id)

    def members(self, object_id: int) -> Iterator[int]:
        """The objects in an array or a list of the JDK's."""
        try:
            elements = self._jvm.array_objects(object_id)
        except CommandRefused:
            inside = self._first(object_id, "array", "elementData", "list", "c")
            if inside is not None:
                yield from self.members(inside)
            return
        yield from (each for each in elements if each != NULL)

    def entries(self, map_id: int) -> Iterator[tuple[int, int]]:
        """Keys and values of a map of the JDK's."""
        table = self.get(map_id, "table")
        if table is None:
            inside = self.get(map_id, "m")
            yield from self.entries(inside) if inside is not None else ()
            return
        for bucket in self.members(table):
            node: int | None = self.get(bucket, "first") or bucket
            for _ in range(_MOST_NODES):
                if node is None:
                    break
                key, value = self.get(node, "key"), self._first(node, "value", "val")
                if key is not None and value is not None:
                    yield key, value
                node = self.get(node, "next")

    def _first(self, object_id: int, *fields: str) -> int | None:
        found = (self.get(object_id, field) for field in fields)
        return next((each for each in found if each is not None), None)

    def _fields_of(self, type_id: int) -> dict[str, int]:
        """Every field of a class and its parents by name, the nearest declaration first."""
        if type_id not in self._fields:
            own = {field.name: field.id for field in self._jvm.fields(type_id)}
            parent = self._jvm.superclass(type_id)
            self._fields[type_id] = (self._fields_of(parent) if parent != NULL else {}) | own
        return self._fields[type_id]
