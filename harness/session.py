"""One run, from its beginning to its end: engine, debris of dead runs, cases, results.

The verbs that run cases (`run`, `repro`) share it.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from harness import interrupt, runs, sweep
from harness.cases import Case
from harness.confluence_side import images_wanted
from harness.engines.ready import Ready, prepare
from harness.events import Event, EventLog
from harness.progress import Progress
from harness.report.results import CaseResult, Results
from harness.run import jobs_of, run_jobs
from harness.runs import Run
from harness.settings import Settings

EXTRA = "extra"
"""Folder, in the run's own, of cases that were run beside those of the results."""


@dataclass
class Session:
    """An open run; `run` may be asked once, `also` as often as wanted."""

    settings: Settings
    ready: Ready
    owner: Run
    events: EventLog
    progress: Progress
    _extra: int = 0

    @property
    def folder(self) -> Path:
        """Where the run keeps what it has seen."""
        return self.settings.results / self.owner.id

    def run(self, cases: Sequence[Case]) -> Results:
        """Runs cases and writes their results.

        Raises:
            BadInput: an app's description, sources or jar are wrong; nothing was started.
        """
        jobs = jobs_of(cases, self.settings, self.progress)
        return run_jobs(jobs, self.settings, self.ready, self.owner, self.events, self.progress)

    def also(self, case: Case) -> CaseResult:
        """Runs one more case on a stack of its own; it is no part of the run's results."""
        self._extra += 1
        name = f"{EXTRA}-{self._extra}"
        results = run_jobs(
            jobs_of([case], self.settings, self.progress),
            self.settings,
            self.ready,
            self.owner,
            self.events,
            self.progress,
            name=name,
            folder=self.folder / name,
        )
        return results.cases[0]


@contextmanager
def open_session(
    settings: Settings, progress: Progress, listeners: Sequence[Callable[[Event], None]]
) -> Iterator[Session]:
    """A run that is open until the block ends, however it ends.

    Args:
        settings: where and how.
        progress: takes lines about what is built and brought up.
        listeners: told of each event.

    Raises:
        BadInput: the engine cannot be had here.
    """
    with interrupt.orderly(progress), runs.open_run() as run:
        ready = prepare(settings.engine, progress, images_wanted(settings))
        sweep.sweep(ready.client)
        events = EventLog(settings.results / run.id / "events.jsonl", listeners)
        yield Session(settings, ready, run, events, progress)
