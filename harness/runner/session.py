"""One run, from its beginning to its end: engine, debris of dead runs, cases, results.

The verbs that run cases (`run`, `repro`) share it.
"""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from harness.cases import Case
from harness.cases.app import Overrides
from harness.engines.ready import Ready
from harness.environment import golden, reaper
from harness.environment.attach import AttachedStack
from harness.environment.attach_remote import start_cloud_half
from harness.environment.remote import Remote
from harness.environment.services.confluence import prepared
from harness.errors import BadInput
from harness.lifecycle import interrupt, runs
from harness.lifecycle.runs import Run
from harness.runner.context import RunContext
from harness.runner.jobs import (
    Job,
    abilities_for,
    check_suited,
    fitted,
    fitted_to_real_cloud,
    jobs_of,
    shard,
)
from harness.runner.request import command_again
from harness.runner.run import run_jobs
from harness.settings import Settings
from harness.store import request as request_file
from harness.store.events import Event, EventLog
from harness.store.evidence import CloudWitness
from harness.store.layout import EVENTS, EXTRA, REQUEST
from harness.store.request import RunRequest
from harness.store.results import CaseResult, Results
from harness.support.console import Progress


@dataclass
class Session:
    """An open run; `run` may be called once, `also` any number of times."""

    settings: Settings
    ready: Ready
    owner: Run
    folder: Path
    events: EventLog
    progress: Progress
    attached: AttachedStack | None
    stop: interrupt.Stop
    at_end: ExitStack
    overrides: Overrides = field(default_factory=dict)
    _extra: int = 0
    _again: str = ""

    def run(
        self,
        cases: Sequence[Case],
        *,
        request: RunRequest | None = None,
        part: tuple[int, int] | None = None,
        earlier: Sequence[CaseResult] = (),
        scheduler: str | None = None,
    ) -> Results:
        """Runs cases and writes their results.

        Args:
            cases: all requested cases.
            asked: what to keep beside the results, for a run that can be resumed.
            part: which shard of how many; None runs all.
            earlier: results that are there already; their cases do not run.
            scheduler: address of a dask cluster that runs the cases; None runs them here.

        Raises:
            BadInput: an app's description, sources or jar are wrong, there is no such shard, or
                the attached stack does not suit; nothing was started.
        """
        jobs = jobs_of(cases, self.settings, self.progress, self.overrides)
        if part is not None:
            jobs = shard(jobs, *part)
        if self.attached and (remote := self.attached.stack.remote):
            jobs = self._fitted(jobs, remote)
        elif self.settings.has_real_cloud:
            # A version that is not known yet may have no progress REST; neither shows polls.
            witness: CloudWitness = "recording" if self.settings.record else "progress REST"
            stack = self.attached.requirements if self.attached else None
            jobs = fitted_to_real_cloud(jobs, witness, self.progress, stack)
        if self.attached and not self.attached.stack.remote:
            check_suited(self.attached.requirements, jobs)
        if request:
            request_file.write(request, self.folder)
            self._again = command_again(request)
        if (self.folder / REQUEST).exists():
            self.stop.advice = f"to go on with it: harness run --resume {self.folder}"
        if scheduler:
            from harness.runner.cluster import run_on_cluster

            return run_on_cluster(jobs, self._place(), scheduler)
        done = {result.id for result in earlier}
        return run_jobs([job for job in jobs if job.case.id not in done], self._place(), earlier)

    def _fitted(self, jobs: list[Job], remote: Remote) -> list[Job]:
        """The jobs that apply to a server that is not the harness's, and the stack made for them.

        Raises:
            BadInput: none does.
        """
        assert self.attached
        stack = self.attached.stack
        there = abilities_for(jobs, stack, remote)
        own = there.own_cloud_app
        jobs = fitted(jobs, stack.requirements, there, self.progress)
        app = next((job.app for job in jobs if not job.refused), None)
        if own and app:
            start_cloud_half(stack, remote, self.owner, app.cloud.key, self.at_end)
        if app:
            stack.cloud_half = app.cloud_half if own else ""
        return jobs

    def also(self, case: Case) -> CaseResult:
        """Runs one more case on a stack of its own; it is not part of the run's results."""
        self._extra += 1
        jobs = jobs_of([case], self.settings, self.progress, self.overrides)
        return run_jobs(jobs, self._place(f"{EXTRA}-{self._extra}")).cases[0]

    def _place(self, name: str | None = None) -> RunContext:
        return RunContext(
            self.settings,
            self.ready,
            self.owner,
            self.events,
            self.progress,
            self.folder / name if name else self.folder,
            name or "stack",
            self.attached,
            again=self._again,
        )


@contextmanager
def open_session(
    settings: Settings,
    progress: Progress,
    listeners: Sequence[Callable[[Event], None]],
    *,
    folder: Path | None = None,
    attached: AttachedStack | None = None,
    overrides: Overrides = MappingProxyType({}),
) -> Iterator[Session]:
    """A run that is open until the block ends, however it ends.

    Args:
        settings: where and how.
        progress: takes lines about what is built and brought up.
        listeners: called with each event.
        folder: of the run that this one resumes; None makes one of its own.
        attached: the stack to run on, where that is given.
        overrides: what the command line says in place of app.yaml.

    Raises:
        BadInput: the engine is not available here, or results cannot be written.
    """
    _check_writable(folder or settings.results)
    with interrupt.orderly(progress) as stop, runs.open_run() as run:
        if settings.golden:
            golden.read(settings.golden)  # refused before anything is pulled or built
        with _ready(settings, progress, attached) as ready, ExitStack() as at_end:
            reaper.sweep(ready.client)
            folder = folder or settings.results / run.id
            events = EventLog(folder / EVENTS, listeners)
            with reaper.nothing_left(run, ready.client):
                yield Session(
                    settings,
                    ready,
                    run,
                    folder,
                    events,
                    progress,
                    attached,
                    stop,
                    at_end,
                    overrides,
                )


def _ready(
    settings: Settings, progress: Progress, attached: AttachedStack | None
) -> AbstractContextManager[Ready]:
    """The engine; a Confluence that somebody else runs needs none of its images and jars."""
    if attached and attached.stack.remote:
        return nullcontext(Ready("local", {}, settings.confluence))
    return prepared(settings, progress)


def _check_writable(folder: Path) -> None:
    """Refuses a folder that takes no file, before hours of work are done for it.

    Raises:
        BadInput: with what the system says.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        why = error.strerror or str(error)
        raise BadInput(
            f"results cannot be written there: {why}; name another folder by --results",
            path=folder,
        ) from None
