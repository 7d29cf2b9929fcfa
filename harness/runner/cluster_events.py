"""What a cluster's workers report while they run cases, sent as dask's own events."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import asdict
from threading import Lock
from typing import Any

from harness.store.events import Event

_OF_A_CASE = ("case-started", "case-phase", "case-finished")


def teller(topic: str) -> Callable[[Event], None]:
    """A listener that publishes the events of cases on a topic; for use in a dask task.

    Args:
        topic: the one that the receiver has subscribed to.
    """
    from distributed import get_worker

    find: Any = get_worker  # dask is not typed
    worker = find()

    def tell(event: Event) -> None:
        if event.name in _OF_A_CASE:
            worker.log_event(topic, {"worker": worker.address, "event": asdict(event)})

    return tell


class Heard:
    """Passes the cluster's events on, and remembers which worker began which case.

    An event and the result that follows it come by different ways, in any order: the end of a
    case is passed on once, whichever reports it first.

    Args:
        pass_on: takes the events.
    """

    def __init__(self, pass_on: Callable[[Event], None]) -> None:
        self._pass_on, self._lock = pass_on, Lock()
        self._began: defaultdict[str, list[str]] = defaultdict(list)
        self._ended: set[str] = set()

    def __call__(self, stamped: tuple[float, Any]) -> None:
        """Takes what dask hands to a subscriber: the scheduler's time, and the message."""
        _, message = stamped
        event = Event(**message["event"])
        if event.name == "case-started":
            with self._lock:
                self._began[event.case].append(message["worker"])
        self.pass_on(event)

    def pass_on(self, event: Event) -> None:
        """Passes an event on, unless the end of its case has been passed on."""
        if event.name == "case-finished":
            with self._lock:
                if event.case in self._ended:
                    return
                self._ended.add(event.case)
        self._pass_on(event)

    def lost(self, case: str) -> str | None:
        """The worker that began a case which another one then ran, if there was one."""
        with self._lock:
            began = self._began[case]
        return next((each for each in began if each != began[-1]), None)
