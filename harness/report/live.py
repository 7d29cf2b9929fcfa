"""Shows a run as it goes on: a table on a terminal, plain lines elsewhere."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console, ConsoleOptions, RenderResult
from rich.live import Live
from rich.table import Table
from rich.text import Text

from harness.report import table
from harness.report.case_text import GREEN
from harness.store.events import Event, Listener
from harness.support.console import Volume, volume

_REFRESHES = 4
"""A second; more would take the processor from what is shown."""


@dataclass
class _Running:
    phase: str
    begun: float


@dataclass
class LiveTable:
    """The cases that run now, and what is left; listens to events and draws itself.

    Args:
        console: where decided cases are printed, above the table.
        clock: monotonic wall seconds.
    """

    console: Console
    clock: Callable[[], float] = time.monotonic
    total: int = 0
    _running: dict[str, _Running] = field(default_factory=dict, init=False)
    _seconds: list[float] = field(default_factory=list, init=False)
    _bad: int = field(default=0, init=False)
    _side_by_side: int = field(default=1, init=False)

    def __call__(self, event: Event) -> None:
        """Takes an event."""
        if event.name == "run-started":
            self.total += event.count
        elif event.name == "case-started":
            self._running[event.case] = _Running("starting", self.clock())
            self._side_by_side = max(self._side_by_side, len(self._running))
        elif event.name == "case-phase" and event.case in self._running:
            self._running[event.case].phase = event.detail
        elif event.name == "case-finished":
            self._running.pop(event.case, None)
            self._seconds.append(event.seconds)
            self._bad += event.verdict not in GREEN
            table.case_line(self.console, event)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The table as it is now."""
        if self._running:
            drawn = Table(box=None, padding=(0, 2), show_header=False)
            for name, running in list(self._running.items()):
                seconds = f"{self.clock() - running.begun:.0f} s"
                drawn.add_row(Text(name, "cyan"), running.phase, seconds)
            yield drawn
        if self.total:
            yield Text(self._summary(), "dim")

    def _summary(self) -> str:
        done = len(self._seconds)
        parts = [f"{done} of {self.total} cases"]
        if self._bad:
            parts.append(f"{self._bad} not as expected")
        if done and (left := self.total - done) > 0:
            mean = sum(self._seconds) / done
            parts.append(f"about {mean * left / self._side_by_side:.0f} s left")
        return ", ".join(parts)


@contextmanager
def shown(console: Console) -> Iterator[Listener]:
    """A listener that shows events on a console until the block ends.

    Other lines that are printed meanwhile appear above the table.
    """
    if not console.is_terminal or volume() is not Volume.NORMAL:
        yield lambda event: table.case_line(console, event)
        return
    view = LiveTable(console)
    with Live(view, console=console, refresh_per_second=_REFRESHES, transient=True):
        yield view
