"""Collects the results of a run and keeps its file up to date."""

import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime

from harness.errors import HarnessError
from harness.runner.context import RunContext
from harness.runner.jobs import Job
from harness.store.layout import RESULTS
from harness.store.results import CaseResult, ConfluenceResult, Results, write


class Book:
    """Collects results and keeps the file up to date.

    Args:
        jobs: what runs; results come in the same order.
        place: where results go.
        earlier: results that are there already; they come first.
    """

    def __init__(
        self, jobs: Sequence[Job], place: RunContext, earlier: Sequence[CaseResult]
    ) -> None:
        self._order = [*(result.id for result in earlier), *(job.case.id for job in jobs)]
        self._done = {result.id: result for result in earlier}
        self._lock = threading.Lock()
        self._started, self._begun = datetime.now(UTC), time.monotonic()
        versions = {result.ccma for result in earlier} | {job.requirements.ccma for job in jobs}
        self._place = place
        settings, ready = place.settings, place.ready
        self._confluence = ConfluenceResult(
            image=ready.images.get("standin", settings.confluence),
            ccma=versions.pop() if len(versions) == 1 else None,
        )

    def add(self, result: CaseResult) -> None:
        """Takes a result, and writes all results so far.

        Where they cannot be written they are kept, and written with the next one.
        """
        with self._lock:
            self._done[result.id] = result
            try:
                write(self.results(), self._place.folder / RESULTS)
            except HarnessError as error:
                self._place.progress(f"{result.verdict} {result.id} is kept in memory: {error}")

    def results(self, saved: int = 0) -> Results:
        """All results so far.

        Args:
            saved: new stacks that the order saved.
        """
        return Results(
            schema=1,
            run=self._place.folder.name,
            engine="attached" if self._place.settings.is_attached else self._place.ready.engine,
            confluence=self._confluence,
            time_scale=self._place.settings.scale,
            started=self._started,
            seconds=round(time.monotonic() - self._begun, 3),
            cases=tuple(self._done[name] for name in self._order if name in self._done),
            stacks_saved=saved,
        )
