"""`results.json` of a test session: each test that used a stack is a case of it."""

import time
from datetime import UTC, datetime
from pathlib import Path

from harness.engines.ready import Ready
from harness.settings import Settings
from harness.store.layout import RESULTS
from harness.store.results import CaseResult, ConfluenceResult, Results, write


class Book:
    """Collects the results of tests and keeps the file up to date.

    Args:
        settings: of the session.
        ready: the engine.
        folder: the run's, where the file goes.
    """

    def __init__(self, settings: Settings, ready: Ready, folder: Path) -> None:
        self.folder = folder
        self._settings, self._ready = settings, ready
        self._started, self._begun = datetime.now(UTC), time.monotonic()
        self._done: dict[str, CaseResult] = {}

    def add(self, result: CaseResult) -> None:
        """Takes a result, and writes all results so far; a test that runs again is one case.

        Raises:
            HarnessError: the file cannot be written.
        """
        self._done[result.id] = result
        write(self._results(), self.folder / RESULTS)

    @property
    def is_empty(self) -> bool:
        """Whether no test has a result."""
        return not self._done

    def _results(self) -> Results:
        versions = {result.ccma for result in self._done.values()}
        image = self._ready.images.get("standin", self._settings.confluence)
        return Results(
            schema=1,
            run=self.folder.name,
            engine=self._ready.engine,
            confluence=ConfluenceResult(
                image=image, ccma=versions.pop() if len(versions) == 1 else None
            ),
            time_scale=self._settings.scale,
            started=self._started,
            seconds=round(time.monotonic() - self._begun, 3),
            cases=tuple(self._done.values()),
        )
