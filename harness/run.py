"""Runs cases: workers, each with a stack and a browser, and the results of all of them.

Cases that need the same CCMA version share a stack, one after the other; a stack whose services
died is replaced before the next case.
"""

import re
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from playwright.sync_api import Browser

from harness import app as apps
from harness.app import AppDescription
from harness.bench import Bench, open_bench
from harness.browser.launch import browser_session
from harness.case_run import broken, run_case
from harness.cases import Case
from harness.engines.ready import Ready
from harness.errors import BadInput, HarnessError
from harness.events import Event, EventLog
from harness.progress import Progress
from harness.report.results import FILE_NAME, CaseResult, ConfluenceResult, Results, write
from harness.runs import Run
from harness.settings import Settings
from harness.stack import Stack, bring_up


@dataclass(frozen=True)
class Job:
    """A case with everything that it needs made ready."""

    case: Case
    app: AppDescription
    jar: Path
    ccma: str
    scale: float

    @property
    def stack(self) -> tuple[str, str, float, tuple[str, ...]]:
        """What a stack has to be for the case; another one cannot be made into it."""
        return (self.ccma, str(self.case.app), self.scale, self.system_features)

    @property
    def system_features(self) -> tuple[str, ...]:
        """The dark features that the Confluence's JVM is started with."""
        return tuple(sorted(key for key, on in self.case.system_features.items() if on))


def jobs_of(cases: Sequence[Case], settings: Settings, progress: Progress) -> list[Job]:
    """Reads each case's app and builds its jar.

    Raises:
        BadInput: an app's description, sources or jar are wrong, or a case wants what the
            Confluence cannot show.
    """
    described = {case.app: apps.load(case.app) for case in cases}
    jars = {path: apps.server_jar(path, app, progress) for path, app in described.items()}
    return [
        Job(
            case,
            described[case.app],
            jars[case.app],
            settings.ccma_for(case.ccma),
            case.time_scale or settings.scale,
        )
        for case in cases
    ]


def run_jobs(
    jobs: Sequence[Job],
    settings: Settings,
    ready: Ready,
    run: Run,
    events: EventLog,
    progress: Progress,
    *,
    name: str = "stack",
    folder: Path | None = None,
) -> Results:
    """Runs all jobs and writes `results.json` after each of them.

    Args:
        jobs: what to run; results come in the same order.
        settings: where and how.
        ready: the engine.
        run: the run that owns everything.
        events: told when a case starts and ends.
        progress: takes lines about stacks.
        name: how the names of the stacks begin, which differ within a run.
        folder: where results go; None for the run's own.

    Returns:
        The results of all jobs.
    """
    folder = folder or settings.results / run.id
    book = _Book(jobs, settings, ready, run, folder)
    events(Event("run-started", detail=f"{len(jobs)} cases"))
    groups = _groups(jobs, settings)
    worker = _Worker(settings, ready, run, events, progress, book, name)
    if settings.workers == 1:
        # In this very thread, so that an interrupt reaches it wherever it is.
        for index, group in enumerate(groups):
            worker(group, index)
    else:
        _side_by_side(worker, groups, settings.workers)
    results = book.results()
    events(Event("run-finished", seconds=results.seconds))
    return results


def _side_by_side(worker: "_Worker", groups: Sequence[Sequence[Job]], count: int) -> None:
    with ThreadPoolExecutor(count) as pool:
        pending = [pool.submit(worker, group, index) for index, group in enumerate(groups)]
        try:
            for done in as_completed(pending):
                done.result()
        except BaseException:
            worker.abandon()
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def _groups(jobs: Sequence[Job], settings: Settings) -> list[list[Job]]:
    """Jobs that may share a stack; one job each where isolation is `fresh`."""
    if settings.isolation == "fresh":
        return [[job] for job in jobs]
    key = attrgetter("stack")
    return [list(group) for _, group in groupby(sorted(jobs, key=key), key)]


class _Book:
    """Collects results and keeps the file up to date."""

    def __init__(
        self, jobs: Sequence[Job], settings: Settings, ready: Ready, run: Run, folder: Path
    ) -> None:
        self._order = [job.case.id for job in jobs]
        self._done: dict[str, CaseResult] = {}
        self._lock = threading.Lock()
        self._started, self._begun = datetime.now(UTC), time.monotonic()
        versions = {job.ccma for job in jobs}
        self._confluence = ConfluenceResult(
            image=ready.images.get("standin", settings.confluence),
            ccma=versions.pop() if len(versions) == 1 else None,
        )
        self._run, self._engine, self._scale = run.id, ready.engine, settings.scale
        self.folder = folder

    def add(self, result: CaseResult) -> None:
        with self._lock:
            self._done[result.id] = result
            write(self.results(), self.folder / FILE_NAME)

    def results(self) -> Results:
        return Results(
            schema=1,
            run=self._run,
            engine=self._engine,
            confluence=self._confluence,
            time_scale=self._scale,
            started=self._started,
            seconds=round(time.monotonic() - self._begun, 3),
            cases=tuple(self._done[name] for name in self._order if name in self._done),
        )


class _Worker:
    """Works through groups of jobs, each group on one stack after the other."""

    def __init__(
        self,
        settings: Settings,
        ready: Ready,
        run: Run,
        events: EventLog,
        progress: Progress,
        book: _Book,
        name: str,
    ) -> None:
        self._settings, self._ready, self._run = settings, ready, run
        self._events, self._progress, self._book = events, progress, book
        self._name = name
        self._stop = threading.Event()
        self._stacks: list[Stack] = []

    def abandon(self) -> None:
        """Ends the work of all threads soon: what they wait for is killed under them."""
        self._stop.set()
        for stack in list(self._stacks):
            for service in stack.running.values():
                service.kill()

    def __call__(self, jobs: Sequence[Job], index: int) -> None:
        remaining, attempt = list(jobs), 0
        while remaining and not self._stop.is_set():
            attempt += 1
            name = f"{self._name}-{index + 1}" + (f"-{attempt}" if attempt > 1 else "")
            remaining = self._on_one_stack(remaining, name)

    def _on_one_stack(self, jobs: Sequence[Job], name: str) -> list[Job]:
        """Runs jobs until one breaks the stack; returns those that were not run."""
        with ExitStack() as at_end:
            try:
                stack, browser = self._stack_and_browser(jobs[0], name, at_end)
                bench = open_bench(stack, jobs[0].app, jobs[0].jar, browser, at_end)
            except BadInput:
                raise
            except HarnessError as error:
                # What did not come up for the first would not come up for the others either.
                for job in jobs:
                    self._finish(job, broken(job.case, job.ccma, str(error)))
                return []
            for index, job in enumerate(jobs):
                if self._stop.is_set():
                    return []
                self._run_one(bench, job)
                if any(service.ended() for service in stack.running.values()):
                    return list(jobs[index + 1 :])
        return []

    def _stack_and_browser(self, job: Job, name: str, at_end: ExitStack) -> tuple[Stack, Browser]:
        """Starts both together: each takes a second or two, on different parts of the machine."""
        browsers: list[Browser] = []
        stack = bring_up(
            self._settings.model_copy(update={"time_scale": job.scale}),
            self._ready,
            self._run,
            job.app,
            ccma=job.ccma,
            name=name,
            progress=self._progress,
            system_features=job.system_features,
            meanwhile=lambda: browsers.append(at_end.enter_context(browser_session())),
        )
        self._stacks.append(stack)
        at_end.callback(self._stacks.remove, stack)
        at_end.callback(stack.leave_standing if self._settings.keep else stack.close)
        return stack, browsers[0]

    def _run_one(self, bench: Bench, job: Job) -> None:
        self._events(Event("case-started", case=job.case.id))
        folder = case_folder(self._book.folder, job.case)
        result = run_case(bench, job.case, folder)
        named = {kind: f"{folder.name}/{file}" for kind, file in result.artifacts.items()}
        self._finish(job, result.model_copy(update={"artifacts": named}))

    def _finish(self, job: Job, result: CaseResult) -> None:
        self._book.add(result)
        self._events(
            Event(
                "case-finished",
                case=job.case.id,
                verdict=result.verdict,
                detail=result.reason,
                seconds=result.seconds.get("total", 0.0),
            )
        )


def case_folder(run_folder: Path, case: Case) -> Path:
    """Where a case's artefacts go."""
    return run_folder / re.sub(r"[^A-Za-z0-9.=_-]+", "_", case.id).strip("_")
