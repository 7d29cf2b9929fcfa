"""What a probe saw, as plain frozen data that goes to JSON and comes back.

Kept without any socket or JVM, so that diagnosis can read a record on another machine.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pydantic import TypeAdapter


@dataclass(frozen=True, slots=True)
class Instant:
    """One moment on two clocks.

    `wall` is the harness's time when the JVM's message came, `server` what the server's JVM
    believed then, where the probe was told how to convert.
    """

    wall: datetime
    server: datetime | None = None


@dataclass(frozen=True, slots=True)
class ListenerAnswer:
    """What a getter of the listener returned.

    `value` is None when it returned null or when `problem` says why nothing is known.
    """

    value: str | tuple[str, ...] | None = None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class LoadedType:
    """A class or interface of one class loader (`loader` is its class and a number)."""

    name: str
    loader: str


@dataclass(frozen=True, slots=True)
class WatchedListener:
    """A loaded class that implements a migration listener interface.

    Args:
        type: the class.
        interfaces: the listener interfaces it implements, each with *its* loader: an assistant
            finds only listeners whose interface is the assistant's own copy.
        armed: since when its calls are seen; None when it has no method to watch.
        server_app_key: read at its first call; None before.
        cloud_app_key: likewise.
        data_access_scopes: likewise.
    """

    type: LoadedType
    interfaces: tuple[LoadedType, ...]
    armed: Instant | None
    server_app_key: ListenerAnswer | None = None
    cloud_app_key: ListenerAnswer | None = None
    data_access_scopes: ListenerAnswer | None = None


Outcome = Literal["returned", "threw", "running"]


@dataclass(frozen=True, slots=True)
class RecordedCall:
    """One entry into a listener method. `running` means: not left when the probe stopped.

    `caught` is what was thrown inside and caught in a class of the listener's own class loader,
    each kind once, with where; None in records that did not look. `stack` is where a running call
    stood when the probe stopped, the innermost frame first.
    """

    type: LoadedType
    method: str
    thread: str
    entered: Instant
    transfer_id: str | None
    outcome: Outcome = "running"
    left: Instant | None = None
    exception_type: str | None = None
    exception_message: str | None = None
    caught: tuple[str, ...] | None = None
    stack: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MethodRuns:
    """When a watched method was entered. `loaded` is empty where its class was not loaded."""

    class_name: str
    method: str
    loaded: tuple[LoadedType, ...]
    entered: tuple[Instant, ...]


@dataclass(frozen=True, slots=True)
class Hold:
    """One suspension of one thread: from the event's arrival to the confirmed resume."""

    thread: str
    reason: str
    milliseconds: float


@dataclass(frozen=True, slots=True)
class ProbeRecord:
    """What a probe saw from `started` to `stopped`.

    Args:
        jvm: the JVM's name and version.
        started: when everything was armed.
        stopped: when it was taken down.
        interfaces: the listener interfaces loaded, one for each class loader.
        listeners: the listener classes loaded, one for each class loader.
        calls: entries into `onStartAppMigration` and `onRerunAppMigration`, in order.
        methods: the watched methods.
        holds: each suspension of a thread.
        most_held_at_once: how many threads were suspended at the same time at the most.
        problems: what could not be seen, and why. Empty when nothing was missed.
    """

    jvm: str
    started: Instant
    stopped: Instant
    interfaces: tuple[LoadedType, ...]
    listeners: tuple[WatchedListener, ...]
    calls: tuple[RecordedCall, ...]
    methods: tuple[MethodRuns, ...]
    holds: tuple[Hold, ...]
    most_held_at_once: int
    problems: tuple[str, ...]

    def to_json(self) -> str:
        """The record as a JSON document."""
        return _ADAPTER.dump_json(self, indent=2).decode()

    @staticmethod
    def from_json(text: str | bytes) -> "ProbeRecord":
        """The record that `to_json` wrote.

        Raises:
            pydantic.ValidationError: the text is not such a record.
        """
        return _ADAPTER.validate_json(text)


_ADAPTER = TypeAdapter(ProbeRecord)
