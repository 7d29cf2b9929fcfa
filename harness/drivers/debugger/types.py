"""Who extends and implements whom in the JVM, fetched once and remembered.

A listener is known by what it implements, not by its name, so the probe needs the whole lineage
of a class, and for a server with tens of thousands of classes it must not ask one by one.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from harness.drivers.debugger.client import NULL, ClassInfo, Jvm, MethodInfo, to_class_name
from harness.drivers.debugger.packets import Location
from harness.store.probe_record import LoadedType

LISTENER_INTERFACE = re.compile(r"Lcom/atlassian/migration/app/(?:\w+/)*\w*Listener\w*;")
"""All three library generations (`AppCloudMigrationListenerV1`, `CloudMigrationListenerV1`,
`DiscoverableListener` and its variants): app-migration-platform.md 3.1 and 3.2."""

PLATFORM_PACKAGES = ("java.", "javax.", "jdk.", "sun.", "com.sun.")
_PLATFORM_SIGNATURES = tuple(f"L{each.replace('.', '/')}" for each in PLATFORM_PACKAGES)
_GENERATED = re.compile(r"\$Proxy\d+;$|\$\$")


@dataclass(frozen=True, slots=True)
class Declared:
    """A method and the type that declares it."""

    type_id: int
    method: MethodInfo


def may_be_app_class(info: ClassInfo) -> bool:
    """Whether a class may be an app's listener: no platform class, no generated proxy."""
    return (
        info.is_class
        and not info.signature.startswith(_PLATFORM_SIGNATURES)
        and not _GENERATED.search(info.signature)
    )


class Types:
    """The lineage of the JVM's classes.

    Args:
        jvm: the attached JVM.
    """

    def __init__(self, jvm: Jvm) -> None:
        self._jvm = jvm
        self._superclass: dict[int, int] = {}
        self._interfaces: dict[int, tuple[int, ...]] = {}
        self._signature: dict[int, str] = {}
        self._described: dict[int, LoadedType] = {}

    def name(self, infos: Sequence[ClassInfo]) -> None:
        """Remember signatures that are known already."""
        self._signature.update((info.id, info.signature) for info in infos)

    def learn(self, infos: Sequence[ClassInfo]) -> None:
        """Ask for the parents of many classes, then for theirs, one batch per generation."""
        ids = [info.id for info in infos]
        while ids:
            superclasses, interfaces = self._jvm.superclasses(ids), self._jvm.interfaces(ids)
            self._superclass.update(zip(ids, superclasses, strict=True))
            self._interfaces.update(zip(ids, interfaces, strict=True))
            parents = {*superclasses, *(each for some in interfaces for each in some)} - {NULL}
            ids = [each for each in parents if each not in self._interfaces]

    def lineage(self, class_id: int) -> list[int]:
        """The class, its superclasses, then every interface of them, nearest first."""
        classes = list(self._class_chain(class_id))
        found = dict.fromkeys(classes)
        pending = list(classes)
        while pending:
            for interface in self._own_interfaces(pending.pop(0)):
                if interface not in found:
                    found[interface] = None
                    pending.append(interface)
        return list(found)

    def find_method(self, class_id: int, name: str, signature: str) -> Declared | None:
        """The nearest declaration of a method; `signature` may be just its start, as `()`."""
        for type_id in self.lineage(class_id):
            for method in self._jvm.methods(type_id):
                if method.name == name and method.signature.startswith(signature):
                    return Declared(type_id, method)
        return None

    def signature(self, type_id: int) -> str:
        """The type's signature."""
        if type_id not in self._signature:
            self._signature[type_id] = self._jvm.signature(type_id)
        return self._signature[type_id]

    def describe(self, type_id: int) -> LoadedType:
        """The type's name and class loader, for people."""
        if type_id not in self._described:
            loader = self._jvm.class_loader(type_id)
            self._described[type_id] = LoadedType(
                to_class_name(self.signature(type_id)), self._describe_loader(loader)
            )
        return self._described[type_id]

    def place(self, location: Location) -> str:
        """A place in the code as `class.method`."""
        methods = {each.id: each.name for each in self._jvm.methods(location.class_id)}
        method = methods.get(location.method_id, "a method")
        return f"{to_class_name(self.signature(location.class_id))}.{method}"

    def _describe_loader(self, loader: int) -> str:
        if loader == NULL:
            return "bootstrap"
        return f"{to_class_name(self.signature(self._jvm.object_type(loader)))}#{loader}"

    def _class_chain(self, class_id: int) -> Iterator[int]:
        while class_id != NULL:
            yield class_id
            if class_id not in self._superclass:
                self._superclass[class_id] = self._jvm.superclass(class_id)
            class_id = self._superclass[class_id]

    def _own_interfaces(self, type_id: int) -> tuple[int, ...]:
        if type_id not in self._interfaces:
            self._interfaces[type_id] = self._jvm.interfaces([type_id])[0]
        return self._interfaces[type_id]
