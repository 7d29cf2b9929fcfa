"""What happens during a run, as events: written to a file as they come, and passed to listeners.

The live lines at the terminal listen here; the file survives a killed run.
"""

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Literal

from harness.store.layout import make_folder

EventName = Literal["run-started", "case-started", "case-phase", "case-finished", "run-finished"]


@dataclass(frozen=True)
class Event:
    """One thing that happened; `case` and `verdict` where it concerns one, `count` how many.

    `lines` are for people: why a case ended so, and how to go on.
    """

    name: EventName
    case: str = ""
    verdict: str = ""
    detail: str = ""
    lines: tuple[str, ...] = ()
    seconds: float = 0.0
    count: int = 0
    wall_time: str = field(default_factory=lambda: datetime.now(UTC).isoformat())


Listener = Callable[[Event], None]


class EventLog:
    """Appends events to a file and passes them on; safe to use from several workers.

    Args:
        path: the file, one JSON document a line.
        listeners: called with each event, in order.
    """

    def __init__(self, path: Path, listeners: Sequence[Listener] = ()) -> None:
        self._path, self._listeners, self._lock = path, listeners, Lock()

    def __call__(self, event: Event) -> None:
        """Records an event; a full disk keeps it from the file, but not from the listeners."""
        with self._lock:
            with suppress(OSError):
                make_folder(self._path.parent)
                with self._path.open("a") as file:
                    file.write(json.dumps(asdict(event)) + "\n")
            for listener in self._listeners:
                listener(event)
