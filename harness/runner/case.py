"""Runs one case on a stack: reset, flags, app, plan, migration, watch, evidence, verdict.

Whatever breaks inside ends the case as an `error`, with its sentence and what was seen so far.
"""

import asyncio
import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page

from harness.cases import Case
from harness.cassette.exchange import Line
from harness.cassette.files import read_folder, write, written
from harness.checker.record import Record, declared_by, idle_faults
from harness.checker.recorded import RecordedStory
from harness.drivers.browser import captures, dashboard
from harness.drivers.browser.bounded import bounded
from harness.drivers.browser.migration_assistant import plan_id_in
from harness.drivers.browser.trace_secrets import remove_secrets
from harness.drivers.cloud import CloudControl
from harness.environment.stack import Stack
from harness.errors import DriverError, HarnessError
from harness.planning.attached import witness_of
from harness.redaction import cleaned, without_secrets
from harness.runner.case_mishaps import LogSince
from harness.runner.explanation import CaseEvidence, with_causes
from harness.runner.observe import CaseCloud, TimeScaleTooHigh, Watch, Watched
from harness.runner.outcome import result_of
from harness.runner.preconditions import establish, of_the_server
from harness.runner.progress_cloud import ProgressCloud, migrations_of
from harness.runner.recorded_cloud import RecordedCloud
from harness.runner.start_migration import cancel, start
from harness.store.evidence import CloudWitness
from harness.store.layout import (
    CLOUD_APP_LOG,
    FILES,
    JOURNAL,
    RECORDING,
    SCREENSHOT,
    SERVER_LOG,
    TAP,
    TRACE,
)
from harness.store.results import CaseResult
from harness.store.server_log import with_zone
from harness.testbed.testbed import Testbed
from harness.vocabulary.effects import Effect

_CLOSED_WITHIN = 10.0
"""Wall seconds."""


@dataclass
class _Phases:
    """Wall seconds by phase; `listener` is called as each begins."""

    listener: Callable[[str], None]
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        self.listener(name)
        begun = time.monotonic()
        try:
            yield
        finally:
            self.seconds[name] = round(time.monotonic() - begun, 3)


@dataclass
class CaseRun:
    """One case under way, and what it has come to so far.

    Args:
        testbed: the stack and the browser to run on.
        case: the case.
        folder: where artefacts go; made when missing.
        listener: called with the name of each phase that begins.
    """

    testbed: Testbed
    case: Case
    folder: Path
    listener: Callable[[str], None] = lambda _: None
    artifacts: dict[str, str] = field(default_factory=dict, init=False)
    failure: str | None = field(default=None, init=False)
    carried_scale: int | None = field(default=None, init=False)
    watch: Watch | None = field(default=None, init=False)
    watched: Watched | None = field(default=None, init=False)
    idle: tuple[str, ...] = field(default=(), init=False)

    def __post_init__(self) -> None:
        self.phases = _Phases(self.listener)

    def result(self) -> CaseResult:
        """Runs the case.

        Returns:
            The result. Whatever broke is a result too, with verdict `error`.
        """
        begun = time.monotonic()
        with self._boundary(f"a verdict on {self.case.id}"):
            self.folder.mkdir(parents=True, exist_ok=True)
            self._run()
        self.phases.seconds["total"] = round(time.monotonic() - begun, 3)
        result = result_of(
            self.case,
            self.testbed.stack.ccma,
            watched=self.watched,
            evidence=self.watch.evidence if self.watch else None,
            failure=self.failure,
            artifacts=self.artifacts,
            seconds=self.phases.seconds,
        ).model_copy(update={"carried_scale": self.carried_scale})
        with self._boundary("finding the causes"):
            result = with_causes(result, self.folder, self.case.known_bug)
            return result.model_copy(update={"remarks": (*result.remarks, *self.idle)})
        return result.model_copy(update={"verdict": "error", "reason": self.failure})

    @contextmanager
    def _boundary(self, step: str) -> Iterator[None]:
        """Keeps what breaks inside as the case's failure; the first one is kept."""
        try:
            yield
        except TimeScaleTooHigh as error:
            self.failure = self.failure or str(error)
            self.carried_scale = error.carries
        except asyncio.CancelledError:  # the browser's: nothing else here is asynchronous
            silent = HarnessError(f"{step}: the browser gave no answer after its pages were closed")
            self.failure = self.failure or without_secrets(self._explained(step, silent))
        except Exception as error:
            self.failure = self.failure or without_secrets(self._explained(step, error))

    def _explained(self, step: str, error: Exception) -> str:
        try:
            known = isinstance(error, HarnessError | PlaywrightError)
            cause: Exception = error if known else HarnessError(f"{step}: {_named(error)}")
            return str(self.testbed.stack.explained(step, cause))
        except Exception as second:
            return f"{step}: {_named(error)}; what is behind it cannot be told: {_named(second)}"

    def _run(self) -> None:
        stack = self.testbed.stack
        log_offset, journal_start = len(stack.server_log()), stack.cloud.journal_end()
        said = stack.cloud_app_output()
        recording_start = stack.recorder.end() if stack.recorder else 0
        begun = datetime.now(UTC)
        page = self.testbed.context.new_page()
        with self._boundary("putting the stack in order"), ExitStack() as at_end:
            self._watch_and_keep(page, at_end, log_offset)
            # Before the stack is put in order: what that causes is not part of the case.
            with self._boundary("keeping the logs"):
                self.artifacts |= keep_logs(
                    stack, self.case.id, self.folder, log_offset, journal_start
                )
                self.artifacts |= keep_output(stack, self.folder, said)
                self.artifacts |= _keep_recording(stack, self.folder, recording_start)
                self.artifacts |= _keep_tap(self.testbed.tap, self.folder, begun)
        # A browser that died has closed it already; one whose page is being closed may not answer.
        with suppress(Exception), bounded(_CLOSED_WITHIN, "closing the case's page"):
            page.close()
        trace_file = self.folder / self.artifacts.get(TRACE, "none")
        with self._boundary("taking the secrets out of the trace"):
            if trace_file.is_file():
                remove_secrets(trace_file)
        if not trace_file.is_file():
            self.artifacts.pop(TRACE, None)

    def _watch_and_keep(self, page: Page, at_end: ExitStack, log_offset: int) -> None:
        collected = CaseEvidence(self.testbed, self.folder)
        with (
            self._boundary(f"a verdict on {self.case.id}"),
            captures.trace(self.testbed.context, self.folder / FILES[TRACE]) as trace,
        ):
            self.artifacts[TRACE] = trace.name
            self._migrate_and_watch(page, collected, at_end, log_offset)
            with self.phases("browser"):
                picture = captures.screenshot(page, self.folder / FILES[SCREENSHOT])
                self.artifacts[SCREENSHOT] = picture.name
        with self._boundary("keeping the evidence"), self.phases("evidence"):
            self.artifacts |= collected.finish(page, self.failure)

    def _migrate_and_watch(
        self, page: Page, collected: CaseEvidence, at_end: ExitStack, log_offset: int
    ) -> None:
        testbed, case, stack = self.testbed, self.case, self.testbed.stack
        with self.phases("reset"):
            collected.begin()
            testbed.reset(cloud_app=case.cloud_app, name=case.id)
            # What the previous case left under way ends in the journal before this.
            since = stack.cloud.journal_end()
            said_before = stack.recorder.end() if stack.recorder else 0
            testbed.set_features(case.dark_features)
        with self.phases("install"):
            with collected.installing():
                testbed.install()
            setup = of_the_server(case.cloud) if stack.replays else case.cloud
            at_end.enter_context(establish(testbed, setup))
        earlier: set[str] = set()
        with self.phases("migrate"):

            def ready() -> None:
                collected.armed()
                earlier.update(migrations_of(testbed.client, _witness(stack), plan_id_in(page.url)))

            begun = start(testbed, case, page, ready)
            if case.cloud.admin == "cancels":
                cancel(testbed, page, since)
        with self.phases("wait"):
            key = testbed.app.server.key
            record = Record(plan_id_in(page.url), key, declared_by(case))
            log, clock = LogSince(stack, log_offset), _stop_watch()
            cloud: CaseCloud | RecordedCloud | ProgressCloud
            if isinstance(stack.cloud, CloudControl):
                cloud = CaseCloud(stack.cloud, since, record, clock)
            elif stack.recorder:
                story = RecordedStory(record, frozenset({key, testbed.app.cloud.key}))
                cloud = RecordedCloud(stack.recorder, said_before, story, clock)
            else:
                cloud = ProgressCloud(testbed.client, _witness(stack), record, clock, earlier)
            self.watch = Watch(
                page,
                testbed.app.server.key,
                case,
                cloud,
                stack.scale,
                begun,
                stack.account,
                log.mishaps,
                clock,
                app_names=testbed.app_names,
                is_listed=partial(_is_listed, page, stack, record.plan),
                is_undisturbed=partial(_check_undisturbed, testbed),
            )
            self.watched = self.watch.run()
            with suppress(HarnessError, httpx.HTTPError):  # a cloud that ends now ends no verdict
                self.idle = tuple(idle_faults(stack.cloud.faults()))
            testbed.check_undisturbed()


def _check_undisturbed(testbed: Testbed) -> None:
    """Ends a case that somebody else disturbs; a server that is not there now has not said so."""
    with suppress(DriverError, httpx.HTTPError):
        testbed.check_undisturbed()


def _is_listed(page: Page, stack: Stack, plan: str | None) -> bool:
    """Whether the assistant lists a plan; one that is not served has not said that it is gone."""
    try:
        listed = dashboard.plans(page, stack.confluence_url, stack.account)
    except HarnessError:
        return True
    return plan in {each.id for each in listed}


def _witness(stack: Stack) -> CloudWitness:
    """What tells what the cloud recorded."""
    return witness_of(stack.cloud.tells, stack.recorder is not None, stack.ccma)


def run_case(
    testbed: Testbed, case: Case, folder: Path, listener: Callable[[str], None] = lambda _: None
) -> CaseResult:
    """Runs a case and keeps its evidence; arguments as for `CaseRun`."""
    return CaseRun(testbed, case, folder, listener).result()


def _stop_watch() -> Callable[[], float]:
    """Harness seconds from now on."""
    first = time.monotonic()
    return lambda: time.monotonic() - first


def _named(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def _of_the_story(entries: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """All but what the harness itself looked up, and what somebody read again with no other answer.

    An app that looks for its transfers may ask fifty times a second.
    """
    told: set[tuple[Any, ...]] = set()
    for entry in entries:
        if entry["effect"] == Effect.READ:
            way = tuple(
                entry.get(name) for name in ("caller", "method", "path", "status", "reason")
            )
            if entry.get("caller") == "harness" or way in told:
                continue
            told.add(way)
        yield entry


def _keep_recording(stack: Stack, folder: Path, start: int) -> dict[str, str]:
    """Keeps what was recorded, or replayed, since a line's number."""
    if stack.recorder is None:
        return {}
    stack.keep_recording()
    lines: list[Line] = []
    while said := stack.recorder.lines(start)[0]:
        lines += said
        start += len(said)
    write(folder / FILES[RECORDING], written(lines))
    return {RECORDING: FILES[RECORDING]}


def _keep_tap(folder: Path | None, into: Path, begun: datetime) -> dict[str, str]:
    """Keeps what reached the cloud app since then, where a proxy stands before it."""
    if folder is None:
        return {}
    said = [each for tape in read_folder(folder).tapes for each in tape.exchanges]
    write(into / FILES[TAP], written(each for each in said if each.wall >= begun))
    return {TAP: FILES[TAP]}


def keep_logs(
    stack: Stack, case: str, folder: Path, log_offset: int, journal_start: int
) -> dict[str, str]:
    """Keeps what a stack's server and its cloud said during a case.

    What cannot be read is no file: an empty one would be evidence that nothing was said.

    Args:
        stack: the stack.
        case: the case's id, which the journal is marked with.
        folder: the case's folder.
        log_offset: of the server's log when the case began.
        journal_start: the journal's number then.

    Returns:
        Artefact -> file name in the folder.
    """
    kept = []
    if stack.has_log:
        log = stack.server_log(log_offset).decode(errors="replace")
        text = with_zone(without_secrets(log), stack.log_zone)
        (folder / FILES[SERVER_LOG]).write_text(text)
        kept.append(SERVER_LOG)
    if stack.cloud.tells:
        entries, _ = stack.cloud.journal(journal_start)
        # What the previous case left under way comes before this case's marker.
        own = [entry for entry in entries if entry.get("case") == case] or entries
        lines = (json.dumps(cleaned(entry)) + "\n" for entry in _of_the_story(own))
        (folder / FILES[JOURNAL]).write_text("".join(lines))
        kept.append(JOURNAL)
    return {name: FILES[name] for name in kept}


def keep_output(stack: Stack, folder: Path, before: str) -> dict[str, str]:
    """Keeps what the cloud app has written since, if anything.

    Args:
        stack: the stack.
        folder: the case's folder.
        before: what it had written when the case began.

    Returns:
        Artefact -> file name in the folder.
    """
    output = without_secrets(stack.cloud_app_output().removeprefix(before))
    if not output.strip():
        return {}
    (folder / FILES[CLOUD_APP_LOG]).write_text(output)
    return {CLOUD_APP_LOG: FILES[CLOUD_APP_LOG]}
