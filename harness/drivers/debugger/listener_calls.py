"""Follows the calls of listener methods: entered, returned, or left by an exception."""

from dataclasses import dataclass

from harness.drivers.debugger.calls import CallStack, ObjectReader, StillRunning, transfer_slot
from harness.drivers.debugger.client import Jvm
from harness.drivers.debugger.protocol import BreakpointHit, EventKind, ExceptionThrown, Suspend
from harness.drivers.debugger.recording import Recording
from harness.drivers.debugger.types import Declared, Types
from harness.store.probe_record import ListenerAnswer, RecordedCall

KEY_GETTERS = {
    "server_app_key": "getServerAppKey",
    "cloud_app_key": "getCloudAppKey",
    "data_access_scopes": "getDataAccessScopes",
}
MOST_FRAMES = 30
"""Frames kept of a call that has not returned, the innermost ones."""
MOST_EXCEPTIONS = 1000
"""Exceptions looked at inside one call. Each costs its thread a short hold."""


@dataclass(slots=True)
class _OpenCall:
    number: int
    declared: Declared
    stack: CallStack
    exceptions_request: int | None
    exceptions_left: int = MOST_EXCEPTIONS


class ListenerCalls:
    """The calls that run now, each thread's innermost last.

    Args:
        jvm: the attached JVM.
        types: its types.
        objects: reads its objects.
        recording: where calls and keys are noted.
    """

    def __init__(self, jvm: Jvm, types: Types, objects: ObjectReader, recording: Recording) -> None:
        self._jvm = jvm
        self._types = types
        self._objects = objects
        self._recording = recording
        self._open: dict[int, list[_OpenCall]] = {}
        self._getters: dict[int, dict[str, Declared | None]] = {}
        self._asked: set[int] = set()

    @property
    def are_open(self) -> bool:
        """Whether a call has been entered and not left."""
        return any(self._open.values())

    def entered(self, hit: BreakpointHit, declared: Declared, at: float) -> None:
        """A suspended thread is at the start of a listener method.

        Raises:
            StillRunning: a getter of the listener did not end; the thread still runs it.
        """
        thread = hit.thread
        frames = self._jvm.frames(thread, -1)
        top = frames[0].id
        this = self._jvm.this_object(thread, top)
        slot = transfer_slot(declared.method.signature)
        transfer = None if slot is None else self._jvm.local_object(thread, top, slot)
        class_id = self._jvm.object_type(this.id)
        number = self._recording.entered(
            RecordedCall(
                type=self._types.describe(class_id),
                method=declared.method.name,
                thread=self._jvm.thread_name(thread),
                entered=self._recording.moment(at),
                transfer_id=self._objects.text(transfer),
                caught=(),
            )
        )
        request = self._jvm.set_event(
            EventKind.EXCEPTION,
            Suspend.EVENT_THREAD,
            [self._jvm.modifiers.thread_only(thread), self._jvm.modifiers.any_exception()],
        )
        call = _OpenCall(number, declared, CallStack.at_entry(frames), request)
        self._open.setdefault(thread, []).append(call)
        if class_id in self._recording.listeners and class_id not in self._asked:
            self._asked.add(class_id)
            self._ask_keys(class_id, this.id, thread)

    def returned(self, hit: BreakpointHit, declared: Declared, at: float) -> None:
        """A thread is at a return of a listener method and runs on."""
        call = self._innermost(hit.thread)
        if call is not None and call.declared == declared:
            self._recording.left(call.number, "returned", at, None)
            self._close(hit.thread, call)

    def thrown(self, event: ExceptionThrown, at: float) -> None:
        """A suspended thread throws; note it if the exception leaves a listener method."""
        call = self._innermost(event.thread)
        if call is None:
            return
        call.exceptions_left -= 1
        if call.stack.may_leave(event.caught_at):
            frames = self._jvm.frames(event.thread, -1)
            if call.stack.leaves(event.caught_at, frames):
                exception = self._objects.exception(event.exception, event.thread)
                self._recording.left(call.number, "threw", at, exception)
                self._close(event.thread, call)
                return
        self._note_caught(call, event)
        if call.exceptions_left == 0:
            self._unwatch(call)
            self._recording.stopped_watching(call.number)
            self._recording.problem(
                f"{call.declared.method.name} threw {MOST_EXCEPTIONS} exceptions inside; whether "
                "it was left by a later one is not known"
            )

    def stand(self) -> None:
        """Note where each call that has not been left is now; each thread is held for that."""
        for thread, calls in self._open.items():
            if not calls:
                continue
            self._jvm.suspend_thread(thread)
            try:
                frames = self._jvm.frames(thread, -1)[:MOST_FRAMES]
                stack = tuple(self._types.place(each.location) for each in frames)
            finally:
                self._jvm.resume_thread(thread)
            for call in calls:
                self._recording.stood(call.number, stack)

    def _note_caught(self, call: _OpenCall, event: ExceptionThrown) -> None:
        """Note an exception that the app's own classes catch: it may be swallowed there."""
        if event.caught_at is None:
            return
        own = self._types.describe(call.declared.type_id).loader
        catcher = self._types.describe(event.caught_at.class_id)
        if catcher.loader == own:
            name = self._types.describe(self._jvm.object_type(event.exception.id)).name
            self._recording.caught(call.number, f"{name} in {catcher.name}")

    def prepare_getters(self) -> None:
        """Look up the getters of new listener classes, so that no thread is held for it."""
        for class_id in self._recording.listeners:
            if class_id not in self._getters:
                self._getters[class_id] = {
                    field: self._types.find_method(class_id, name, "()")
                    for field, name in KEY_GETTERS.items()
                }

    def _ask_keys(self, class_id: int, this: int, thread: int) -> None:
        answers: dict[str, ListenerAnswer] = {}
        try:
            for field, declared in self._getters[class_id].items():
                try:
                    answers[field] = self._objects.getter(this, thread, declared)
                except StillRunning:
                    answers[field] = ListenerAnswer(problem="it did not return in time")
                    raise
        finally:
            self._recording.answered(class_id, answers)

    def _innermost(self, thread: int) -> _OpenCall | None:
        calls = self._open.get(thread)
        return calls[-1] if calls else None

    def _close(self, thread: int, call: _OpenCall) -> None:
        self._open[thread].remove(call)
        self._unwatch(call)

    def _unwatch(self, call: _OpenCall) -> None:
        if call.exceptions_request is not None:
            self._jvm.clear_event(EventKind.EXCEPTION, call.exceptions_request)
            call.exceptions_request = None
