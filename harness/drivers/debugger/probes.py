"""The probe: a recording of what happens to migration listeners inside a JVM.

It changes nothing in the app. A thread is suspended only for the few milliseconds in which the
probe reads what a suspended thread alone tells (its arguments, its listener's keys, an exception
on its way out); everything else is counted by events that suspend nothing, and the whole
JVM is never stopped. How long each thread was held is measured and kept in the record.
"""

import contextlib
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime

from harness.drivers.debugger.arming import Arming
from harness.drivers.debugger.attach import attach
from harness.drivers.debugger.bundles import BundleState, bundles_of
from harness.drivers.debugger.calls import ObjectReader, StillRunning
from harness.drivers.debugger.client import Jvm
from harness.drivers.debugger.connection import Arrival
from harness.drivers.debugger.listener_calls import ListenerCalls
from harness.drivers.debugger.packets import Packet
from harness.drivers.debugger.protocol import (
    BreakpointHit,
    ClassPrepared,
    Composite,
    Event,
    EventKind,
    ExceptionThrown,
    Suspend,
    VmDied,
)
from harness.drivers.debugger.recording import Recording, WatchedMethod
from harness.drivers.debugger.types import Types
from harness.errors import CommandRefused, DriverError, JvmGone
from harness.store.probe_record import ProbeRecord

_IDLE_SECONDS = 60.0
_QUIET_SECONDS = 0.05
_DRAIN_SECONDS = 1.0
_JOIN_SECONDS = 10.0


class Probe:
    """Records from `start` to `stop`, on a thread of its own.

    Args:
        host: where the JVM's jdwp agent listens.
        port: its port.
        methods: methods to count besides the listener's, a poller's for one.
        listener_classes: names of the listener classes where they are known (`read_plugin` of
            harness.diagnosis tells a jar's): from their loading on no call is missed. Others are
            found by the interfaces they implement and watched a moment after they were loaded;
            `Listener.armed` says since when.
        look_for_others: whether listener classes of other names are looked for as well. Without
            that, attaching costs half.
        server_clock: converts wall time to the server's time; None leaves server times out.
        getter_seconds: how long one of the listener's getters may run before the probe gives up
            on it, wall seconds.
        attach_seconds: bound for getting attached, wall seconds.
    """

    def __init__(
        self,
        host: str,
        port: int,
        *,
        methods: Sequence[WatchedMethod] = (),
        listener_classes: Sequence[str] = (),
        look_for_others: bool = True,
        server_clock: Callable[[datetime], datetime] | None = None,
        getter_seconds: float = 0.5,
        attach_seconds: float = 5.0,
    ) -> None:
        self._address = (host, port)
        self._methods = tuple(methods)
        self._listener_classes = tuple(listener_classes)
        self._look_for_others = look_for_others
        self._server_clock = server_clock
        self._getter_seconds = getter_seconds
        self._attach_seconds = attach_seconds
        self._stopping = threading.Event()
        self._late: list[tuple[Future[Packet], _Held]] = []

    def start(self) -> None:
        """Attach and arm; from its return on no call of a loaded listener is missed.

        Raises:
            NoDebuggee: nobody listens there.
            MalformedPacket: who listens there does not speak JDWP.
            DebuggerBusy: another debugger is attached.
            JvmGone: the JVM ended meanwhile.
        """
        self._jvm = attach(*self._address, within=self._attach_seconds)
        try:
            self._arm(self._jvm)
        except BaseException:
            self._jvm.close()
            raise
        self._started = time.monotonic()
        self._worker = threading.Thread(target=self._work, name="probe", daemon=True)
        self._worker.start()

    def stop(self) -> ProbeRecord:
        """Take everything down, let the next debugger in, and return what was seen.

        A JVM that has ended meanwhile is not an error here: the record's `problems` say so.
        """
        stopped = time.monotonic()
        self._stopping.set()
        self._jvm.connection.wake()
        self._worker.join(_JOIN_SECONDS)
        if not self._jvm.close():
            self._recording.problem("the recording ended early: the JVM is gone")
        return self._recording.finish(self._version, self._started, stopped)

    def bundles(self, class_names: Sequence[str]) -> list[BundleState]:
        """The OSGi bundles that have loaded any of these classes; between `start` and `stop`.

        Raises:
            DriverError: the framework is not one that is known, or the JVM is gone.
        """
        return bundles_of(self._jvm, class_names)

    def _arm(self, jvm: Jvm) -> None:
        self._version = jvm.version()
        self._recording = Recording(time.monotonic(), self._server_clock, self._methods)
        types = Types(jvm)
        objects = ObjectReader(jvm, types, self._getter_seconds)
        self._calls = ListenerCalls(jvm, types, objects, self._recording)
        self._arming = Arming(
            jvm,
            types,
            self._recording,
            self._methods,
            self._listener_classes,
            self._look_for_others,
        )
        self._arming.arm()
        self._calls.prepare_getters()

    def _work(self) -> None:
        try:
            while not self._stopping.is_set() and self._jvm.connection.ended is None:
                self._handle_next(_IDLE_SECONDS)
            self._drain()
        except DriverError as error:
            self._recording.problem(f"the recording ended early: {error}")
            self._jvm.close()

    def _drain(self) -> None:
        """Take what has happened before `stop`: the JVM sends events behind its back."""
        # A method that runs often would never fall silent.
        with contextlib.suppress(JvmGone):
            for request in self._arming.runs:
                self._jvm.clear_event(EventKind.BREAKPOINT, request)
        latest = time.monotonic() + _DRAIN_SECONDS
        quiet = time.monotonic() + _QUIET_SECONDS
        while time.monotonic() < min(quiet, latest):
            with contextlib.suppress(JvmGone):
                unfinished = self._calls.are_open and self._jvm.connection.ended is None
                if self._handle_next(_QUIET_SECONDS) or unfinished:
                    quiet = time.monotonic() + _QUIET_SECONDS
        try:
            self._calls.stand()
        except (CommandRefused, JvmGone) as error:
            self._recording.problem(f"where the listener stands could not be read: {error}")

    def _handle_next(self, seconds: float) -> bool:
        events = self._jvm.next_events(seconds)
        if events is not None:
            self._handle(*events)
        self._release_late()
        return events is not None

    def _handle(self, arrival: Arrival, composite: Composite) -> None:
        if composite.suspended == Suspend.NOTHING:
            self._take_all(composite.events, arrival.at)
            return
        self._recording.hold_begins()
        held = _Held(composite.events[0], arrival.at)
        try:
            self._take_all(composite.events, arrival.at)
        except StillRunning as running:
            self._recording.problem(str(running))
            self._late.append((running.reply, held))
            running.reply.add_done_callback(lambda _: self._jvm.connection.wake())
        else:
            self._release(held)

    def _take_all(self, events: Sequence[Event], at: float) -> None:
        for event in events:
            try:
                self._take(event, at)
            except CommandRefused as refused:
                self._recording.problem(str(refused))

    def _take(self, event: Event, at: float) -> None:
        match event:
            case ClassPrepared():
                self._arming.prepared(event)
                self._calls.prepare_getters()
            case ExceptionThrown():
                self._calls.thrown(event, at)
            case BreakpointHit(request) if request in self._arming.entries:
                self._calls.entered(event, self._arming.entries[request], at)
            case BreakpointHit(request) if request in self._arming.returns:
                self._calls.returned(event, self._arming.returns[request], at)
            case BreakpointHit(request) if request in self._arming.runs:
                self._recording.ran(self._arming.runs[request], at)

    def _release_late(self) -> None:
        """Let threads go whose getter has ended after all."""
        for reply, held in [each for each in self._late if each[0].done()]:
            self._late.remove((reply, held))
            self._release(held)

    def _release(self, held: "_Held") -> None:
        name = self._jvm.thread_name(held.thread)
        self._jvm.resume_thread(held.thread)
        self._recording.hold_ends(name, held.reason, time.monotonic() - held.at)


@dataclass(frozen=True, slots=True)
class _Held:
    """A thread that an event has suspended."""

    event: Event
    at: float

    @property
    def thread(self) -> int:
        assert not isinstance(self.event, VmDied)
        return self.event.thread

    @property
    def reason(self) -> str:
        names = {ExceptionThrown: "exception", ClassPrepared: "class loaded"}
        return names.get(type(self.event), "entry")
