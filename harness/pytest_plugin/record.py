"""What is kept of one test that used a stack, and its result: the same as of a case of a file.

Everything here is called in the browser's thread, but for `TestRecord.end`.
"""

import json
import shutil
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

from harness.checker.record import Record
from harness.checker.verdict import Verdict
from harness.drivers.browser import captures
from harness.drivers.browser.trace_secrets import remove_secrets
from harness.drivers.cloud import CloudControl
from harness.drivers.confluence import startup_checks
from harness.errors import EXIT_FAILED, HarnessError
from harness.pytest_plugin.session import Session
from harness.redaction import without_secrets
from harness.runner.case import keep_logs, keep_output
from harness.runner.explanation import CaseEvidence, with_causes
from harness.runner.observe import CaseCloud
from harness.runner.outcome import seen_fields
from harness.store.evidence import Evidence, Look
from harness.store.layout import FILES, PROBLEMS, SCREENSHOT, TRACE, VIDEO, case_folder
from harness.store.results import CaseResult, RowResult
from harness.testbed.testbed import Migration, Testbed
from harness.vocabulary.script import Behaviour

UNSTATED = RowResult(status="UNSTATED")
"""Stands for the row that a test expects where it waited for none."""


@dataclass(frozen=True)
class Outcome:
    """How a test ended.

    Attributes:
        verdict: as a case's; an expected failure is a known bug.
        reason: in a sentence.
        known_bug: why the test is marked as an expected failure.
        in_setup: whether it ended before its body.
    """

    verdict: Literal["passed", "failed", "known-bug", "fixed", "error"]
    reason: str
    known_bug: str | None = None
    in_setup: bool = False


def verdict_of(error: BaseException) -> Literal["failed", "error"]:
    """What a test's exception means: the app is wrong, or the harness and its surroundings are."""
    is_broken = isinstance(error, HarnessError) and error.exit_status != EXIT_FAILED
    return "error" if is_broken else "failed"


@dataclass
class TestRecord:
    """One test on a stack, and what is kept of it.

    Args:
        session: the test session.
        testbed: what the test runs on.
        nodeid: the test's.
        dark_features: what its marker asks for.
    """

    __test__ = False  # the name begins as pytest's own test classes do

    session: Session
    testbed: Testbed
    nodeid: str
    dark_features: dict[str, bool]
    is_over: bool = field(default=False, init=False)
    migration: Migration | None = field(default=None, init=False)
    _collected: CaseEvidence | None = field(default=None, init=False)
    _trace: ExitStack = field(default_factory=ExitStack, init=False)
    _problems: list[str] = field(default_factory=list, init=False)
    _artifacts: dict[str, str] = field(default_factory=dict, init=False)
    _begun: datetime | None = field(default=None, init=False)
    _observed: Evidence | None = field(default=None, init=False)
    _with_causes: CaseResult | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self.folder = case_folder(self.session.book.folder, self.nodeid)
        self._clock = time.monotonic
        self._first = self._clock()

    def begin(self, cloud_app: str | Behaviour | None) -> None:
        """Puts the stack in order for the test, and begins to record.

        Args:
            cloud_app: how the scripted cloud app behaves; None as the app says.

        Raises:
            DriverError: something that the last test left is still there.
        """
        stack = self.testbed.stack
        self._log_offset, self._journal = len(stack.server_log()), stack.cloud.journal_end()
        self._said = stack.cloud_app_output()
        self.testbed.reset(cloud_app=cloud_app, name=self.nodeid)
        self._since = stack.cloud.journal_end()
        if self.session.evidence != "off" or self.session.kept.tracing != "off":
            self._scratch.mkdir(parents=True, exist_ok=True)
            self._trace.enter_context(
                captures.trace(self.testbed.context, self._scratch / FILES[TRACE])
            )

    def plan(self, name: str) -> Migration:
        """Installs the app, and makes the test's plan on a page of its own.

        Raises:
            HarnessError: UPM refused the app, or the assistant is not as expected.
        """
        self._collected = CaseEvidence(self.testbed, self.folder)
        self._collected.begin()
        with self._collected.installing():
            self.testbed.install()
        self.migration = self.testbed.plan(name, self.session.in_thread)
        self.migration.before = self._before_start
        return self.migration

    def finish(self, outcome: Outcome) -> CaseResult:
        """Ends the recording, and gives the test its result.

        Args:
            outcome: how the test ended.

        Returns:
            The result, with its causes; its artefacts are named relative to the run's folder.
        """
        self.is_over = True
        failed = outcome.verdict != "passed"
        policy = self.session.evidence
        keeps = policy == "on" or (failed and policy == "retain-on-failure")
        if keeps:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._keep(outcome)
        elif self._collected:
            self._collected.dismiss()
        self._trying("the trace", self._trace.close)
        self._trying("the browser's files", lambda: self._place(keeps=keeps, failed=failed))
        if self._problems and keeps:
            self._note_problems()
        result = self._result(outcome)
        if keeps and failed:
            bare = result
            self._trying("finding the causes", lambda: self._explained(bare))
            result = self._with_causes or bare
        named = {kind: f"{self.folder.name}/{file}" for kind, file in self._artifacts.items()}
        result = result.model_copy(update={"artifacts": named})
        self.session.book.add(result)
        return result

    def end(self) -> None:
        """Lets go of what a test that nobody asked for its result has left."""
        if not self.is_over:
            self.is_over = True
            self.session.in_thread(self._let_go)
        shutil.rmtree(self._scratch, ignore_errors=True)

    @property
    def _scratch(self) -> Path:
        return self.session.run.scratch / "test"

    def _let_go(self) -> None:
        if self._collected:
            self._collected.dismiss()
        self._trying("the trace", self._trace.close)

    def _before_start(self) -> None:
        if self._collected:
            self._collected.armed()
        self._begun = startup_checks.server_time(self.testbed.client)

    def _keep(self, outcome: Outcome) -> None:
        """Asks every source; one that does not answer is noted, and the others are asked."""
        stack = self.testbed.stack
        if self.migration:
            page = self.migration.page
            picture = self.folder / FILES[SCREENSHOT]
            self._trying("the screenshot", lambda: self._screenshot(page_of=picture))
            if self._collected:
                collected = self._collected
                refusal = outcome.reason if outcome.in_setup else None
                self._trying("the evidence", lambda: self._add(collected.finish(page, refusal)))
        elif self._collected:
            self._collected.dismiss()
        self._trying(
            "the logs",
            lambda: self._add(
                keep_logs(stack, self.nodeid, self.folder, self._log_offset, self._journal)
            ),
        )
        self._trying(
            "the cloud app's output",
            lambda: self._add(keep_output(stack, self.folder, self._said)),
        )

    def _screenshot(self, page_of: Path) -> None:
        assert self.migration
        captures.screenshot(self.migration.page, page_of)
        self._add({SCREENSHOT: page_of.name})

    def _place(self, *, keeps: bool, failed: bool) -> None:
        """Puts trace, picture and video where they are asked for."""
        kept = self.session.kept
        theirs, word = kept.folder(self.nodeid), "failed" if failed else "finished"
        trace = self._scratch / FILES[TRACE]
        if trace.is_file():
            remove_secrets(trace)
            if kept.wants(kept.tracing, failed=failed):
                _copy(trace, theirs / FILES[TRACE])
            if keeps:
                shutil.move(trace, self.folder / FILES[TRACE])
                self._add({TRACE: FILES[TRACE]})
        if self.migration is None:
            return
        if kept.wants(kept.screenshot, failed=failed):
            captures.screenshot(self.migration.page, theirs / f"test-{word}-1.png")
        if kept.films and (video := self.migration.page.video):
            self.migration.page.close()  # only then the video is whole
            if kept.wants(kept.video, failed=failed):
                theirs.mkdir(parents=True, exist_ok=True)
                video.save_as(theirs / FILES[VIDEO])
                if keeps:
                    _copy(theirs / FILES[VIDEO], self.folder / FILES[VIDEO])
                    self._add({VIDEO: FILES[VIDEO]})
            video.delete()

    def _note_problems(self) -> None:
        file = self.folder / FILES[PROBLEMS]
        earlier = json.loads(file.read_text()) if file.is_file() else []
        file.write_text(json.dumps([*earlier, *self._problems], indent=1) + "\n")
        self._add({PROBLEMS: file.name})

    def _result(self, outcome: Outcome) -> CaseResult:
        row, evidence = self.migration.row if self.migration else None, None
        if row and self._begun:
            begun = self._begun
            self._trying("what the cloud did", lambda: self._observe(begun))
            evidence = self._observed
        status, percent = row.wanted if row and row.wanted else (UNSTATED.status, None)
        result = CaseResult(
            id=self.nodeid,
            dark_features=self.dark_features,
            axes={},
            ccma=self.testbed.stack.ccma,
            expected=RowResult(status=status, percent=percent),
            known_bug=outcome.known_bug,
            verdict=outcome.verdict,
            reason=without_secrets(outcome.reason),
            artifacts=self._artifacts,
            seconds={"total": round(self._clock() - self._first, 3)},
        )
        if evidence is None:
            return result
        verdict = Verdict(result.verdict, result.reason)
        return result.model_copy(update=seen_fields(verdict, evidence))

    def _observe(self, begun: datetime) -> None:
        """What was seen of the row, and what the cloud's journal has of the plan."""
        assert self.migration
        row, stack = self.migration.row, self.testbed.stack
        looks = tuple(
            Look(
                began,
                began,
                each.row,
                "; ".join(each.remarks),
                each.server_time,
                url=each.proof.url,
                plan=each.proof.plan_id,
                user=each.proof.user,
            )
            for began, each in row.seen
        )
        record = Record(self.migration.plan_id, self.testbed.app.server.key)
        if isinstance(stack.cloud, CloudControl):
            CaseCloud(stack.cloud, self._since, record, self._clock).update()
        self._observed = Evidence(
            begun,
            stack.scale,
            looks,
            tuple(record.polls),
            tuple(record.changes),
            (),
            tuple(record.mishaps),
            len(looks),
        )

    def _explained(self, result: CaseResult) -> None:
        self._with_causes = with_causes(result, self.folder)

    def _add(self, artifacts: dict[str, str]) -> None:
        self._artifacts |= artifacts

    def _trying(self, what: str, work: Callable[[], object]) -> None:
        """Does what must not hide how the test ended, whatever it raises."""
        try:
            work()
        except Exception as error:
            self._problems.append(without_secrets(f"{what}: {type(error).__name__}: {error}"))


def _copy(file: Path, to: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(file, to)
