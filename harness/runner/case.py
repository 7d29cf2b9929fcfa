"""Runs one case on a stack: reset, flags, app, plan, migration, watch, evidence, verdict."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page

from harness.cases import Case
from harness.checker.verdict import judge
from harness.drivers.browser import evidence
from harness.drivers.browser.trace_secrets import remove_secrets
from harness.drivers.confluence import dark_features
from harness.environment.stack import Stack
from harness.errors import HarnessError
from harness.runner.evidence import CaseEvidence, with_causes
from harness.runner.observe import CloudRecord, Watched, watch
from harness.runner.preconditions import establish
from harness.runner.start_migration import start
from harness.store.layout import FILES, JOURNAL, SCREENSHOT, SERVER_LOG, TRACE
from harness.store.results import CaseResult, Recorded, RowResult, TimelineEntry
from harness.support.redact import cleaned, without_secrets
from harness.testbed.testbed import Testbed
from harness.vocabulary.effects import Effect


@dataclass
class _Phases:
    """Wall seconds by phase; `told` is called as each begins."""

    told: Callable[[str], None]
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        self.told(name)
        begun = time.monotonic()
        try:
            yield
        finally:
            self.seconds[name] = round(time.monotonic() - begun, 3)


def run_case(
    testbed: Testbed, case: Case, folder: Path, told: Callable[[str], None] = lambda _: None
) -> CaseResult:
    """Runs a case and keeps its evidence.

    Args:
        testbed: the stack and the browser to run on.
        case: the case.
        folder: where artefacts go; made when missing.
        told: called with the name of each phase that begins.

    Returns:
        The result; a broken harness, stack or browser is a result too, with verdict `error`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    phases, begun = _Phases(told), time.monotonic()
    log_offset, journal_start = len(testbed.stack.server_log()), testbed.stack.cloud.journal_end()
    artifacts: dict[str, str] = {}
    watched, failure = None, None
    collected = CaseEvidence(testbed, folder)
    at_end = ExitStack()
    page = testbed.context.new_page()
    try:
        with evidence.trace(testbed.context, folder / FILES[TRACE]) as trace:
            artifacts[TRACE] = trace.name
            watched = _migrate_and_watch(testbed, case, page, phases, collected, at_end)
            with phases("browser"):
                artifacts[SCREENSHOT] = evidence.screenshot(page, folder / FILES[SCREENSHOT]).name
    except (HarnessError, PlaywrightError) as error:
        failure = str(testbed.stack.explained(f"a verdict on {case.id}", error))
    finally:
        with phases("evidence"):
            artifacts |= collected.finish(page, failure)
        try:
            # Before the stack is put in order: what comes of that is no part of the case.
            with at_end:
                artifacts |= _keep_logs(testbed.stack, case, folder, log_offset, journal_start)
        except (HarnessError, PlaywrightError) as error:
            failure = failure or str(testbed.stack.explained("putting the stack in order", error))
        page.close()
    if (folder / artifacts.get(TRACE, "none")).is_file():
        remove_secrets(folder / artifacts[TRACE])
    phases.seconds["total"] = round(time.monotonic() - begun, 3)
    result = _result(case, testbed.stack.ccma, watched, failure, artifacts, phases.seconds)
    return with_causes(result, folder)


def _migrate_and_watch(
    testbed: Testbed,
    case: Case,
    page: Page,
    phases: _Phases,
    collected: CaseEvidence,
    at_end: ExitStack,
) -> Watched:
    stack = testbed.stack
    with phases("reset"):
        collected.begin()
        testbed.reset(cloud_app=case.cloud_app, name=case.id)
        # What the case before has left under way ends in the journal before this.
        since = stack.cloud.journal_end()
        dark_features.set_site(testbed.client, case.dark_features)
    with phases("install"):
        testbed.install()
        at_end.enter_context(establish(testbed, case.cloud))
    with phases("migrate"):
        begun = start(testbed, case, page, collected.armed)
    with phases("wait"):
        record = CloudRecord(stack.cloud, since)
        return watch(page, testbed.app.server.key, case, record, stack.scale, begun)


def _keep_logs(
    stack: Stack, case: Case, folder: Path, log_offset: int, journal_start: int
) -> dict[str, str]:
    log = stack.server_log(log_offset).decode(errors="replace")
    (folder / FILES[SERVER_LOG]).write_text(without_secrets(log))
    entries, _ = stack.cloud.journal(journal_start)
    # What the case before has left under way comes before this case's marker.
    own = [entry for entry in entries if entry.get("case") == case.id] or entries
    # What the harness itself looked up is no part of the story.
    lines = (json.dumps(cleaned(entry)) + "\n" for entry in own if entry["effect"] != Effect.READ)
    (folder / FILES[JOURNAL]).write_text("".join(lines))
    return {name: FILES[name] for name in (SERVER_LOG, JOURNAL)}


def broken(case: Case, ccma: str, reason: str) -> CaseResult:
    """The result of a case that could not be run: the harness or its surroundings broke."""
    row = case.expectation.rows[-1]
    return CaseResult(
        id=case.id,
        dark_features=case.dark_features,
        axes=case.axes,
        ccma=ccma,
        expected=RowResult(status=row.status, percent=row.percent),
        known_bug=case.known_bug.id if case.known_bug else None,
        verdict="error",
        reason=without_secrets(reason),
    )


def _result(
    case: Case,
    ccma: str,
    watched: Watched | None,
    failure: str | None,
    artifacts: dict[str, str],
    seconds: dict[str, float],
) -> CaseResult:
    result = broken(case, ccma, failure or "no reason was given").model_copy(
        update={"artifacts": artifacts, "seconds": seconds}
    )
    if watched is None:
        return result
    seen, last = watched.observation, watched.observation.rows[-1]
    verdict = judge(case.expectation, case.known_bug, seen)
    return result.model_copy(
        update={
            "timeline": tuple(
                TimelineEntry(
                    status=each.row.status,
                    percent=each.row.percent,
                    server_time=each.server_time,
                    wall_seconds=round(each.wall_seconds, 3),
                )
                for each in seen.timeline
            ),
            "observed": RowResult(status=last.status, percent=last.percent),
            "recorded": Recorded(
                status=watched.record.status,
                percent=watched.record.percent,
                at=watched.record.settled,
                watched_seconds=seen.watched.total_seconds(),
                refreshes=seen.refreshes,
            ),
            "verdict": "error" if failure else verdict.name,
            "reason": result.reason if failure else verdict.reason,
            "server_seconds": (seen.now - seen.begun).total_seconds(),
        }
    )
