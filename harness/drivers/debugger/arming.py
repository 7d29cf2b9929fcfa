"""Finds the classes to watch, those loaded now and those loaded later, and sets breakpoints."""

import time
from collections.abc import Sequence

from harness.drivers.debugger.bytecode import return_indexes
from harness.drivers.debugger.client import ClassInfo, Jvm, to_class_name
from harness.drivers.debugger.packets import Location
from harness.drivers.debugger.protocol import TYPE_TAG_CLASS, ClassPrepared, EventKind, Suspend
from harness.drivers.debugger.recording import Recording, WatchedMethod
from harness.drivers.debugger.types import (
    LISTENER_INTERFACE,
    PLATFORM_PACKAGES,
    Declared,
    Types,
    may_be_app_class,
)
from harness.store.probe_record import WatchedListener

LISTENER_METHODS = ("onStartAppMigration", "onRerunAppMigration")
_SYNTHETIC = 0x1000


class Arming:
    """Which breakpoint request stands for what.

    Args:
        jvm: the attached JVM.
        types: its types.
        recording: where what is found is noted.
        methods: methods to count, by exact class name.
        listener_classes: listener classes known by name. Other listener classes are found by what
            they implement, a moment after they were loaded. A thread that loads a class known by
            name is held until it is armed, so that not even a call right after is missed.
        look_for_others: whether those are looked for, which takes a look at every class.
    """

    def __init__(
        self,
        jvm: Jvm,
        types: Types,
        recording: Recording,
        methods: Sequence[WatchedMethod],
        listener_classes: Sequence[str],
        look_for_others: bool = True,
    ) -> None:
        self._jvm = jvm
        self._types = types
        self._recording = recording
        self._methods = methods
        self._listener_classes = frozenset(listener_classes)
        # A class is often loaded by its first use, which counts like any other.
        self._held = self._listener_classes | {each.class_name for each in methods}
        self._look_for_others = look_for_others
        self._seen: set[int] = set()
        self._armed: set[tuple[int, int]] = set()
        self.entries: dict[int, Declared] = {}
        self.returns: dict[int, Declared] = {}
        self.runs: dict[int, WatchedMethod] = {}

    def arm(self) -> None:
        """Watch for classes to come, then look through those that are there.

        In this order no class falls between the two; one met twice is armed once. Threads are
        held at the classes known by name only once the long look is over: nobody takes events
        before, and a thread that loads one of them would be held for all of it.
        """
        excludes = [self._jvm.modifiers.class_exclude(f"{each}*") for each in PLATFORM_PACKAGES]
        self._jvm.set_event(EventKind.CLASS_PREPARE, Suspend.NOTHING, excludes)
        infos = [info for info in self._jvm.all_classes() if info.prepared]
        self._types.name(infos)
        for info in infos:
            self._note_interface(info)
        if self._recording.interfaces and self._look_for_others:
            self._types.learn([info for info in infos if may_be_app_class(info)])
        for info in infos:
            self._meet(info)
        for name in self._held:
            matching = [self._jvm.modifiers.class_match(name)]
            self._jvm.set_event(EventKind.CLASS_PREPARE, Suspend.EVENT_THREAD, matching)
        for name in self._held:
            for info in self._jvm.classes_named(name):
                if info.prepared:
                    self._meet(info)

    def prepared(self, event: ClassPrepared) -> None:
        """A class became ready: watch it if it is one of ours."""
        info = ClassInfo(event.type_tag, event.class_id, event.signature, prepared=True)
        self._types.name([info])
        self._note_interface(info)
        self._meet(info)

    def _note_interface(self, info: ClassInfo) -> None:
        if not info.is_class and LISTENER_INTERFACE.fullmatch(info.signature):
            self._recording.interfaces[info.id] = self._types.describe(info.id)

    def _is_listener_interface(self, type_id: int) -> bool:
        if LISTENER_INTERFACE.fullmatch(self._types.signature(type_id)):
            self._recording.interfaces[type_id] = self._types.describe(type_id)
        return type_id in self._recording.interfaces

    def _meet(self, info: ClassInfo) -> None:
        if info.id in self._seen or not info.is_class:
            return
        self._seen.add(info.id)
        name = to_class_name(info.signature)
        for watched in self._methods:
            if watched.class_name == name:
                self._arm_run(info, watched)
        known = name in self._listener_classes
        if known or (
            self._look_for_others and self._recording.interfaces and may_be_app_class(info)
        ):
            self._arm_listener(info)

    def _arm_run(self, info: ClassInfo, watched: WatchedMethod) -> None:
        self._recording.run_loaded(watched, self._types.describe(info.id))
        for method in self._jvm.methods(info.id):
            if method.name == watched.method and self._jvm.bytecodes(info.id, method.id):
                self.runs[self._break(info.id, method.id, 0, Suspend.NOTHING)] = watched

    def _arm_listener(self, info: ClassInfo) -> None:
        lineage = self._types.lineage(info.id)
        interfaces = [each for each in lineage if self._is_listener_interface(each)]
        if not interfaces:
            return
        armed = [self._arm_calls(type_id) for type_id in lineage]
        self._recording.listeners[info.id] = WatchedListener(
            type=self._types.describe(info.id),
            interfaces=tuple(self._recording.interfaces[each] for each in interfaces),
            armed=self._recording.moment(time.monotonic()) if any(armed) else None,
        )

    def _arm_calls(self, type_id: int) -> bool:
        """Break at entry and returns of the listener methods that a type declares with code."""
        found = False
        for method in self._jvm.methods(type_id):
            if method.name not in LISTENER_METHODS or method.flags & _SYNTHETIC:
                continue
            code = self._jvm.bytecodes(type_id, method.id)
            if not code:
                continue
            found = True
            if (type_id, method.id) in self._armed:
                continue
            self._armed.add((type_id, method.id))
            declared = Declared(type_id, method)
            for index in return_indexes(code):
                self.returns[self._break(type_id, method.id, index, Suspend.NOTHING)] = declared
            self.entries[self._break(type_id, method.id, 0, Suspend.EVENT_THREAD)] = declared
        return found

    def _break(self, type_id: int, method_id: int, index: int, suspend: Suspend) -> int:
        location = Location(TYPE_TAG_CLASS, type_id, method_id, index)
        return self._jvm.set_event(
            EventKind.BREAKPOINT, suspend, [self._jvm.modifiers.location_only(location)]
        )
