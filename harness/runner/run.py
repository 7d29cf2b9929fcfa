"""Runs cases: what is dear to change changes least, and each worker has one stack at a time.

The schedule decides from the cases alone who runs which of them in what order. A stack whose
services died is replaced, and its case runs once more, marked as such.
"""

import re
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Browser

from harness.cases import Case
from harness.cases import app as apps
from harness.cases.app import AppDescription
from harness.drivers.browser.launch import browser_session
from harness.engines.ready import Ready
from harness.environment.attach import Standing
from harness.errors import BadInput, HarnessError, ServiceDied
from harness.lifecycle.runs import Run
from harness.planning import requirements, schedule
from harness.planning.requirements import StackNeeds
from harness.runner.case import broken, run_case
from harness.settings import Settings
from harness.store.events import Event, EventLog
from harness.store.results import FILE_NAME, CaseResult, ConfluenceResult, Results, write
from harness.support.console import Progress
from harness.testbed.testbed import Bench, Benches


@dataclass(frozen=True)
class Job:
    """A case with everything that it needs made ready."""

    case: Case
    app: AppDescription
    jar: Path
    needs: StackNeeds


def jobs_of(cases: Sequence[Case], settings: Settings, progress: Progress) -> list[Job]:
    """Reads each case's app and builds its jar.

    Raises:
        BadInput: an app's description, sources or jar are wrong, or a case wants what the
            Confluence cannot show.
    """
    described = {case.app: apps.load(case.app) for case in cases}
    jars = {path: apps.server_jar(path, app, progress) for path, app in described.items()}
    return [
        Job(case, described[case.app], jars[case.app], _needs(case, described[case.app], settings))
        for case in cases
    ]


def _needs(case: Case, app: AppDescription, settings: Settings) -> StackNeeds:
    scale = case.time_scale or settings.scale
    return requirements.of_case(case, app, settings.ccma_for(case.ccma), scale)


def scheduled(jobs: Sequence[Job], workers: int) -> tuple[list[list[Job]], int]:
    """Who runs what, in order, and how many new stacks the order saves over that of the files.

    Raises:
        BadInput: two cases have one id.
    """
    by_id = {job.case.id: job for job in jobs}
    plan = schedule.split(
        [requirements.to_schedule(job.case, job.needs) for job in jobs],
        requirements.SETTINGS,
        workers,
    )
    lists = [[by_id[each.id] for each in part] for part in plan.workers if part]
    return lists, plan.restarts_saved


def shard(jobs: Sequence[Job], number: int, of: int) -> list[Job]:
    """The jobs of one shard of a run, the same on every machine.

    Raises:
        BadInput: there is no such shard.
    """
    every = [requirements.to_schedule(job.case, job.needs) for job in jobs]
    chosen = {each.id for each in schedule.shard(every, requirements.SETTINGS, number, of)}
    return [job for job in jobs if job.case.id in chosen]


@dataclass(frozen=True)
class Place:
    """Where jobs run, and who is told.

    Attributes:
        settings: where and how.
        ready: the engine.
        run: the run that owns everything.
        events: told when a case starts and ends.
        progress: takes lines about stacks.
        folder: where results go.
        name: how the names of the stacks begin, which differ within a run.
        standing: the one stack to run on, where that is given.
    """

    settings: Settings
    ready: Ready
    run: Run
    events: EventLog
    progress: Progress
    folder: Path
    name: str = "stack"
    standing: Standing | None = None


def run_jobs(jobs: Sequence[Job], place: Place, earlier: Sequence[CaseResult] = ()) -> Results:
    """Runs all jobs and writes `results.json` after each of them.

    Args:
        jobs: what to run; results come in the same order.
        place: where.
        earlier: results of the run that this one resumes; they come first.

    Returns:
        The results of all jobs, after the earlier ones.

    Raises:
        BadInput: two jobs have one id.
    """
    book = Book(jobs, place, earlier)
    isolated = place.settings.isolation == "fresh"
    parts, saved = scheduled(jobs, place.settings.workers)
    if saved > 0 and not isolated and not place.standing:
        place.progress(f"order: {saved} new stacks saved by the order of the cases")
    place.events(Event("run-started", detail=f"{len(jobs)} cases", count=len(jobs)))
    worker = _Worker(place, book)
    if len(parts) == 1:
        # In this very thread, so that an interrupt reaches it wherever it is.
        worker(parts[0], 0)
    elif parts:
        _side_by_side(worker, parts)
    results = book.results(saved=0 if isolated or place.standing else max(saved, 0))
    write(results, place.folder / FILE_NAME)
    place.events(Event("run-finished", seconds=results.seconds))
    return results


def check_suited(stack: StackNeeds, jobs: Sequence[Job]) -> None:
    """Refuses jobs that need another stack than the one that stands.

    Raises:
        BadInput: says how many, and why the first.
    """
    unfit = [job for job in jobs if job.needs != stack]
    if unfit:
        first = unfit[0]
        raise BadInput(
            f"--stack: {len(unfit)} of {len(jobs)} cases need another stack, such as "
            f"{first.case.id}: {stack.difference(first.needs)}; select others by -k"
        )


def _side_by_side(worker: "_Worker", parts: Sequence[Sequence[Job]]) -> None:
    with ThreadPoolExecutor(len(parts)) as pool:
        pending = [pool.submit(worker, part, index) for index, part in enumerate(parts)]
        try:
            for done in as_completed(pending):
                done.result()
        except BaseException:
            worker.abandon()
            pool.shutdown(wait=True, cancel_futures=True)
            raise


class Book:
    """Collects results and keeps the file up to date.

    Args:
        jobs: what runs; results come in the same order.
        place: where.
        earlier: results that are there already; they come first.
    """

    def __init__(self, jobs: Sequence[Job], place: Place, earlier: Sequence[CaseResult]) -> None:
        self._order = [*(result.id for result in earlier), *(job.case.id for job in jobs)]
        self._done = {result.id: result for result in earlier}
        self._lock = threading.Lock()
        self._started, self._begun = datetime.now(UTC), time.monotonic()
        versions = {result.ccma for result in earlier} | {job.needs.ccma for job in jobs}
        self._place = place
        settings, ready = place.settings, place.ready
        self._confluence = ConfluenceResult(
            image=ready.images.get("standin", settings.confluence),
            ccma=versions.pop() if len(versions) == 1 else None,
        )

    def add(self, result: CaseResult) -> None:
        """Takes a result, and writes all that are there."""
        with self._lock:
            self._done[result.id] = result
            write(self.results(), self._place.folder / FILE_NAME)

    def results(self, saved: int = 0) -> Results:
        """All results so far.

        Args:
            saved: new stacks that the order saved.
        """
        return Results(
            schema=1,
            run=self._place.folder.name,
            engine=self._place.ready.engine,
            confluence=self._confluence,
            time_scale=self._place.settings.scale,
            started=self._started,
            seconds=round(time.monotonic() - self._begun, 3),
            cases=tuple(self._done[name] for name in self._order if name in self._done),
            stacks_saved=saved,
        )


class _Worker:
    """Works through jobs with a stack and a browser of its own; called once in each thread."""

    def __init__(self, place: Place, book: Book) -> None:
        self._place, self._book = place, book
        self._stop = threading.Event()
        self._every: list[Benches] = []

    def abandon(self) -> None:
        """Ends the work of all threads soon: what they wait for is killed under them."""
        self._stop.set()
        for benches in list(self._every):
            for stack in benches.stacks:
                for service in stack.running.values():
                    service.kill()

    def __call__(self, jobs: Sequence[Job], index: int) -> None:
        unusable: dict[StackNeeds, str] = {}
        with ExitStack() as at_end:
            benches = self._benches(index, at_end)
            if (standing := self._place.standing) and jobs:
                benches.give(standing.stack, standing.needs, jobs[0].app, jobs[0].jar)
            for job in jobs:
                if self._stop.is_set():
                    return
                if self._place.settings.isolation == "fresh" and not standing:
                    benches.close()
                if job.needs not in unusable:
                    result, reason = self._attempts(benches, job)
                    if result:
                        self._finish(result)
                        continue
                    # What did not come up for this one would not for the next either.
                    unusable[job.needs] = reason
                self._finish(broken(job.case, job.needs.ccma, unusable[job.needs]))

    def _benches(self, index: int, at_end: ExitStack) -> Benches:
        place, browsers = self._place, list[Browser]()

        def browser() -> Browser:
            if not browsers or not browsers[-1].is_connected():
                browsers.append(at_end.enter_context(browser_session()))
            return browsers[-1]

        benches = Benches(
            place.settings,
            place.ready,
            place.run,
            place.progress,
            browser,
            name=place.name if place.settings.workers == 1 else f"{place.name}-w{index + 1}",
            most=1,
        )
        self._every.append(benches)
        at_end.callback(benches.close)
        return benches

    def _attempts(self, benches: Benches, job: Job) -> tuple[CaseResult | None, str]:
        """A job's result, or why it has no stack; one whose stack dies is tried once more."""
        result, reason, died = self._attempt(benches, job)
        if died and not self._stop.is_set() and not self._place.standing:
            again, reason_again, _ = self._attempt(benches, job)
            if again:
                return again.model_copy(update={"rerun_after": reason}), ""
            return result, reason_again
        return result, reason

    def _attempt(self, benches: Benches, job: Job) -> tuple[CaseResult | None, str, bool]:
        """A result if there is one, what is to be said of it, and whether the stack died."""
        try:
            bench = benches.suited(job.needs, job.app, job.jar)
        except BadInput:
            raise
        except HarnessError as error:
            return None, str(error), isinstance(error, ServiceDied)
        result = self._run_one(bench, job)
        return result, result.reason, bench.died()

    def _run_one(self, bench: Bench, job: Job) -> CaseResult:
        self._place.events(Event("case-started", case=job.case.id))
        folder = case_folder(self._place.folder, job.case)
        events, name = self._place.events, job.case.id
        result = run_case(
            bench,
            job.case,
            folder,
            lambda phase: events(Event("case-phase", case=name, detail=phase)),
        )
        named = {kind: f"{folder.name}/{file}" for kind, file in result.artifacts.items()}
        return result.model_copy(update={"artifacts": named})

    def _finish(self, result: CaseResult) -> None:
        self._book.add(result)
        self._place.events(finished(result))


def finished(result: CaseResult) -> Event:
    """What is told of a case that has a result."""
    again = f"ran again, since: {result.rerun_after}" if result.rerun_after else ""
    return Event(
        "case-finished",
        case=result.id,
        verdict=result.verdict,
        detail="; ".join(part for part in (result.reason, again) if part),
        seconds=result.seconds.get("total", 0.0),
    )


def case_folder(run_folder: Path, case: Case) -> Path:
    """Where a case's artefacts go."""
    return run_folder / re.sub(r"[^A-Za-z0-9.=_-]+", "_", case.id).strip("_")
