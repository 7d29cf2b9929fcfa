"""Works through jobs with a stack and a browser of its own.

A stack whose services died, or whose browser did, is replaced, and its case runs once more, marked
as such. So is a stack whose time passes faster than the machine can look at it: the new one, and
all later ones, have a time scale that the machine carries.
"""

import re
import threading
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace

from harness.drivers.browser.launch import AS_USUAL, BrowserSession
from harness.errors import BadInput, HarnessError, ServiceDied
from harness.planning.requirements import StackRequirements
from harness.report import case_text
from harness.runner.case import run_case
from harness.runner.context import RunContext
from harness.runner.jobs import Job
from harness.runner.outcome import broken
from harness.runner.results_book import Book
from harness.store.events import Event
from harness.store.layout import case_folder
from harness.store.results import CaseResult
from harness.testbed.pool import TestbedPool
from harness.testbed.testbed import Testbed

_END_OF_SENTENCE = re.compile(r"\.\s|\n")


@dataclass(frozen=True)
class Attempt:
    """One try at a job.

    Attributes:
        result: the case's; None where there was no stack to run it on.
        reason: why, or what the result says.
        is_worth_another: whether another try may do better: the stack or the browser died under
            this one, or its time passed too fast.
    """

    result: CaseResult | None
    reason: str = ""
    is_worth_another: bool = False


class Worker:
    """Works through jobs with a stack and a browser of its own; called once in each thread."""

    def __init__(self, place: RunContext, book: Book) -> None:
        self._place, self._book = place, book
        self._stop = threading.Event()
        self._every: list[TestbedPool] = []
        self._scales: dict[float, float] = {}
        """A time scale that was too high -> the one to use in its place."""

    def abandon(self) -> None:
        """Ends the work of all threads soon: what they wait for is killed under them."""
        self._stop.set()
        for testbeds in list(self._every):
            for stack in testbeds.stacks:
                for service in stack.running.values():
                    service.kill()

    def __call__(self, jobs: Sequence[Job], index: int) -> None:
        """Works through the jobs of one thread, in order."""
        unusable: dict[StackRequirements, str] = {}
        with ExitStack() as at_end:
            testbeds = self._benches(index, at_end)
            first = next((job for job in jobs if not job.refused), None)
            if (attached := self._place.attached) and first:
                testbeds.adopt(attached.stack, attached.requirements, first.app, first.jar)
            for job in jobs:
                if self._stop.is_set():
                    return
                if self._place.settings.isolation == "fresh" and not attached:
                    testbeds.close()
                if job.refused:
                    self._finish(broken(job.case, job.requirements.ccma, job.refused))
                    continue
                if job.requirements not in unusable:
                    attempt = self._attempts(testbeds, job)
                    if attempt.result:
                        self._finish(attempt.result)
                        continue
                    # A stack that did not come up for this job would not for the next either.
                    unusable[job.requirements] = attempt.reason
                self._finish(broken(job.case, job.requirements.ccma, unusable[job.requirements]))

    def _benches(self, index: int, at_end: ExitStack) -> TestbedPool:
        place = self._place
        remote = place.attached.stack.remote if place.attached else None
        launch = remote.launch if remote else AS_USUAL
        browsers = at_end.enter_context(BrowserSession(place.run.environment, launch))
        testbeds = TestbedPool(
            place.settings,
            place.ready,
            place.run,
            place.progress,
            browsers.browser,
            name=place.name if place.settings.workers == 1 else f"{place.name}-w{index + 1}",
            most=1,
        )
        self._every.append(testbeds)
        at_end.callback(testbeds.close)
        return testbeds

    def _attempts(self, testbeds: TestbedPool, job: Job) -> Attempt:
        """A job's result, or why it has no stack; one whose stack died is tried once more."""
        first = self._attempt(testbeds, self._carried(job))
        carried = first.result.carried_scale if first.result else None
        if carried:
            self._lower_scale(job, carried)
        if not first.is_worth_another or self._stop.is_set() or self._place.attached:
            return first
        if not carried:
            sentence, *_ = _END_OF_SENTENCE.split(first.reason, maxsplit=1)
            self._place.progress(f"{job.case.id}: tried once more, since {sentence}")
        second = self._attempt(testbeds, self._carried(job))
        if second.result:
            again = second.result.model_copy(update={"rerun_after": first.reason})
            return Attempt(again)
        return replace(second, result=first.result)

    def _carried(self, job: Job) -> Job:
        """The job at a time scale that is not known to be too high."""
        scale = job.requirements.scale
        lower = self._scales.get(scale, scale)
        return replace(job, requirements=replace(job.requirements, scale=lower))

    def _lower_scale(self, job: Job, carried: int) -> None:
        """Has this job's scale lowered from now on, to half of what its looks could follow."""
        if self._place.attached:
            return
        scale = job.requirements.scale
        self._scales[scale] = max(1, carried // 2)  # some looks take longer than the usual one
        self._place.progress(
            f"the time scale {scale:g} is more than this machine carries: going on with "
            f"{self._scales[scale]:g}"
        )

    def _attempt(self, testbeds: TestbedPool, job: Job) -> Attempt:
        """One try at a job; whatever breaks on the way to its case is why it has no stack."""
        try:
            testbed = testbeds.matching(job.requirements, job.app, job.jar)
        except BadInput:
            raise
        except HarnessError as error:
            return Attempt(None, str(error), isinstance(error, ServiceDied))
        except Exception as error:
            # It may not happen again; the next try has a stack and a browser of its own.
            return Attempt(None, f"{type(error).__name__}: {error}", is_worth_another=True)
        result = self._run_one(testbed, job)
        again = bool(result.carried_scale) or _died(testbed) or _lost(testbeds, testbed, result)
        return Attempt(result, result.reason, again)

    def _run_one(self, testbed: Testbed, job: Job) -> CaseResult:
        self._place.events(Event("case-started", case=job.case.id))
        folder = case_folder(self._place.folder, job.case.id)
        events, name = self._place.events, job.case.id
        result = run_case(
            testbed,
            job.case,
            folder,
            lambda phase: events(Event("case-phase", case=name, detail=phase)),
        )
        named = {kind: f"{folder.name}/{file}" for kind, file in result.artifacts.items()}
        return result.model_copy(update={"artifacts": named})

    def _finish(self, result: CaseResult) -> None:
        self._book.add(result)
        self._place.events(finished(result, self._place))


def _died(testbed: Testbed) -> bool:
    """Whether the stack died; False where the engine does not say."""
    with suppress(Exception):
        return testbed.died()
    return False


def _lost(testbeds: TestbedPool, testbed: Testbed, result: CaseResult) -> bool:
    """Whether the browser, its driver or a page was lost to a case without a verdict."""
    if result.verdict != "error":
        return False
    with suppress(HarnessError):
        return not (testbeds.has_browser(testbed) and testbeds.has_pages(testbed))
    return True


def finished(result: CaseResult, place: RunContext) -> Event:
    """The event of a case that has a result."""
    return Event(
        "case-finished",
        case=result.id,
        verdict=result.verdict,
        detail=result.reason,
        lines=tuple(case_text.lines(result, place.folder if place.is_kept else None, place.again)),
        seconds=result.seconds.get("total", 0.0),
    )
