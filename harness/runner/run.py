"""Runs jobs side by side: each worker has one stack at a time."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed

from harness.errors import HarnessError
from harness.runner.context import RunContext
from harness.runner.jobs import Job, scheduled
from harness.runner.results_book import Book
from harness.runner.worker import Worker
from harness.store.events import Event
from harness.store.layout import RESULTS
from harness.store.results import CaseResult, Results, write


def run_jobs(jobs: Sequence[Job], place: RunContext, earlier: Sequence[CaseResult] = ()) -> Results:
    """Runs all jobs and writes `results.json` after each of them.

    Args:
        jobs: what to run; results come in the same order.
        place: where results go, and who listens.
        earlier: results of the run that this one resumes; they come first.

    Returns:
        The results of all jobs, after the earlier ones.

    Raises:
        BadInput: two jobs have one id.
    """
    book = Book(jobs, place, earlier)
    isolated = place.settings.isolation == "fresh"
    parts, saved = scheduled(jobs, place.settings.workers)
    if saved > 0 and not isolated and not place.attached:
        place.progress(f"order: {saved} new stacks saved by the order of the cases")
    place.events(Event("run-started", detail=f"{len(jobs)} cases", count=len(jobs)))
    worker = Worker(place, book)
    if len(parts) == 1:
        # In this very thread, so that an interrupt reaches it wherever it is.
        worker(parts[0], 0)
    elif parts:
        _side_by_side(worker, parts)
    results = book.results(saved=0 if isolated or place.attached else max(saved, 0))
    try:
        write(results, place.folder / RESULTS)
    except HarnessError as error:
        place.progress(str(error))  # whoever gets the results reports it again
    place.events(Event("run-finished", seconds=results.seconds))
    return results


def _side_by_side(worker: "Worker", parts: Sequence[Sequence[Job]]) -> None:
    with ThreadPoolExecutor(len(parts)) as pool:
        pending = [pool.submit(worker, part, index) for index, part in enumerate(parts)]
        try:
            for done in as_completed(pending):
                done.result()
        except BaseException:
            worker.abandon()
            pool.shutdown(wait=True, cancel_futures=True)
            raise
