"""The notes a probe takes while it runs; at the end they become a frozen ProbeRecord."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from harness.store.probe_record import (
    Hold,
    Instant,
    ListenerAnswer,
    LoadedType,
    MethodRuns,
    Outcome,
    ProbeRecord,
    RecordedCall,
    WatchedListener,
)


@dataclass(frozen=True, slots=True)
class WatchedMethod:
    """A method whose runs are counted without suspending anything, such as a poller's."""

    class_name: str
    method: str


class Recording:
    """Mutable notes, keyed by the JVM's ids. Touched by one thread at a time.

    Args:
        monotonic: the present on the monotonic clock, to which all `at` below refer.
        server_clock: converts wall time to the server's time; None leaves server times out.
        methods: the methods to count.
    """

    def __init__(
        self,
        monotonic: float,
        server_clock: Callable[[datetime], datetime] | None,
        methods: Sequence[WatchedMethod],
    ) -> None:
        self._zero = (datetime.now(UTC), monotonic)
        self._server_clock = server_clock
        self.interfaces: dict[int, LoadedType] = {}
        self.listeners: dict[int, WatchedListener] = {}
        self.problems: list[str] = []
        self._calls: list[RecordedCall] = []
        self._runs: dict[WatchedMethod, list[Instant]] = {each: [] for each in methods}
        self._run_types: dict[WatchedMethod, list[LoadedType]] = {each: [] for each in methods}
        self._holds: list[Hold] = []
        self._held = 0
        self._most_held = 0

    def moment(self, at: float) -> Instant:
        """A monotonic time as wall and server time."""
        wall = self._zero[0] + timedelta(seconds=at - self._zero[1])
        return Instant(wall, self._server_clock(wall) if self._server_clock else None)

    def problem(self, text: str) -> None:
        """Note something that could not be seen; once, however often it happens."""
        if text not in self.problems:
            self.problems.append(text)

    def run_loaded(self, method: WatchedMethod, type_: LoadedType) -> None:
        """Note that a watched method's class is loaded."""
        self._run_types[method].append(type_)

    def ran(self, method: WatchedMethod, at: float) -> None:
        """Note one run of a watched method."""
        self._runs[method].append(self.moment(at))

    def entered(self, call: RecordedCall) -> int:
        """Note a call; returns its number for `left`."""
        self._calls.append(call)
        return len(self._calls) - 1

    def left(
        self, number: int, outcome: Outcome, at: float, exception: tuple[str, str | None] | None
    ) -> None:
        """Note how and when a call was left."""
        name, message = exception or (None, None)
        self._calls[number] = replace(
            self._calls[number],
            outcome=outcome,
            left=self.moment(at),
            exception_type=name,
            exception_message=message,
        )

    def caught(self, number: int, what: str) -> None:
        """Note, once, what was caught inside a call."""
        call = self._calls[number]
        known = call.caught or ()
        if what not in known:
            self._calls[number] = replace(call, caught=(*known, what))

    def stopped_watching(self, number: int) -> None:
        """Note that what a call goes on to catch is not known."""
        self._calls[number] = replace(
            self._calls[number], caught=self._calls[number].caught or None
        )

    def stood(self, number: int, stack: tuple[str, ...]) -> None:
        """Note where a call that was not left was at the end."""
        self._calls[number] = replace(self._calls[number], stack=stack)

    def answered(self, class_id: int, answers: dict[str, ListenerAnswer]) -> None:
        """Note what a listener's getters returned."""
        self.listeners[class_id] = replace(
            self.listeners[class_id],
            server_app_key=answers.get("server_app_key"),
            cloud_app_key=answers.get("cloud_app_key"),
            data_access_scopes=answers.get("data_access_scopes"),
        )

    def hold_begins(self) -> None:
        """Note that one more thread is suspended."""
        self._held += 1
        self._most_held = max(self._most_held, self._held)

    def hold_ends(self, thread: str, reason: str, seconds: float) -> None:
        """Note that a thread is resumed, and for how long it was held."""
        self._held -= 1
        self._holds.append(Hold(thread, reason, round(seconds * 1000, 3)))

    def finish(self, jvm: str, started: float, stopped: float) -> ProbeRecord:
        """The notes so far, frozen."""
        return ProbeRecord(
            jvm=jvm,
            started=self.moment(started),
            stopped=self.moment(stopped),
            interfaces=tuple(self.interfaces.values()),
            listeners=tuple(self.listeners.values()),
            calls=tuple(self._calls),
            methods=tuple(
                MethodRuns(each.class_name, each.method, tuple(self._run_types[each]), tuple(runs))
                for each, runs in self._runs.items()
            ),
            holds=tuple(self._holds),
            most_held_at_once=self._most_held,
            problems=tuple(self.problems),
        )
