"""What a case keeps for its explanation, and the probe that watches its listener.

Nothing here may break a case: a source that does not answer is noted among the problems, and the
case goes on without it.
"""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Page

from harness.cases import KnownBug
from harness.checker.verdict import Verdict, with_cause
from harness.diagnosis.diagnose import diagnose
from harness.diagnosis.findings_text import for_results
from harness.diagnosis.readers.run_folder import read_case
from harness.diagnosis.remarks import remarks
from harness.drivers.browser import migration_assistant
from harness.drivers.cloud import CloudControl
from harness.drivers.confluence import absence, startup_checks
from harness.drivers.debugger.probes import Probe
from harness.drivers.debugger.recording import WatchedMethod
from harness.environment.services.names import CONFLUENCE
from harness.errors import DriverError
from harness.explain import collect
from harness.plugin_jar.read import read_plugin
from harness.redaction import cleaned
from harness.store import layout
from harness.store.results import CaseResult
from harness.testbed.testbed import Testbed

_STANDIN = "org.migrationharness.standin.ccma"
WATCHED = (
    WatchedMethod(f"{_STANDIN}.migration.Poller", "poll"),
    WatchedMethod(f"{_STANDIN}.gateway.AppDataUpload", "<init>"),
)
"""Methods that poll the cloud and that begin an upload; the real assistant's are not known."""

_ATTACH_SECONDS = 1.0
_ARMED_SECONDS = 5.0
_STOPPED_SECONDS = 15.0


class CaseEvidence:
    """Collects the evidence of one case into its folder.

    Args:
        testbed: what the case runs on.
        folder: the case's folder.
    """

    def __init__(self, testbed: Testbed, folder: Path) -> None:
        self._testbed, self._folder = testbed, folder
        self._problems: list[str] = []
        self._artifacts: dict[str, str] = {}
        self._threads = ThreadPoolExecutor(1, "probe")
        self._probe: Future[Probe | None] | None = None
        self._absent: list[absence.Absence] | None = None
        self._install: Literal["", "failed", "done"] = ""
        app = testbed.app
        self._subject = collect.subject_of(read_plugin(testbed.jar), app.server.key, app.cloud.key)

    def begin(self) -> None:
        """Starts to attach the probe, alongside the case's first steps."""
        clock = collect.ask("the server's time", self._problems, self._server_clock)
        self._probe = self._threads.submit(self._attach, clock)
        self._absent = collect.ask(
            "what was not there", self._problems, lambda: absence.asked_for(self._testbed.client)
        )

    def armed(self) -> None:
        """Waits until the probe is armed; from then on no call of the listener is missed."""
        if self._probe:
            self._quietly("the debugger's probe", lambda: self._result(_ARMED_SECONDS))

    @contextmanager
    def installing(self) -> Iterator[None]:
        """Inside, the server app is installed: what is raised is why UPM does not have it."""
        self._install = "failed"
        yield
        self._install = "done"

    def dismiss(self) -> None:
        """Takes the probe down and keeps nothing."""
        if self._probe:
            self._quietly("the debugger's probe", self._detach)
        self._threads.shutdown(wait=False)

    def finish(self, page: Page, failure: str | None) -> dict[str, str]:
        """Takes the probe down and asks every source.

        Args:
            page: the page that shows the plan, if the case came that far.
            failure: why the case could not go on; None when it could.

        Returns:
            Artefact -> file name in the case's folder.
        """
        stopped = self._threads.submit(self._stop)
        testbed, subject = self._testbed, self._subject
        client, key = testbed.client, subject.server_key or ""
        plan = migration_assistant.plan_id_in(page.url)
        self._keep(layout.FLAGS, lambda: collect.flags(client))
        refusal = failure if self._install == "failed" else None
        if self._install:
            # Before that, UPM not having it says nothing of the app.
            self._keep(
                layout.UPM, lambda: collect.plugin(client, subject.plugin_key or key, refusal)
            )
        self._keep(layout.HOST, lambda: collect.host_calls(client, subject.plugin_key or key))
        self._keep(layout.NOT_THERE, lambda: collect.not_there(client, self._absent))
        self._keep(layout.SITE, lambda: self._site(key))
        self._keep(layout.PLAN, lambda: self._plan(page, plan))
        if plan:
            self._keep(
                layout.PROGRESS, lambda: collect.progress_beside_page(client, page, plan, key)
            )
        self._quietly("the debugger's probe", lambda: stopped.result(_STOPPED_SECONDS))
        self._threads.shutdown(wait=False)
        if self._problems:
            self._write(layout.PROBLEMS, self._problems)
        return self._artifacts

    def _site(self, key: str) -> dict[str, Any]:
        cloud, cloud_key = self._testbed.stack.cloud, self._subject.cloud_key
        collected: dict[str, Any] = {}
        if isinstance(cloud, CloudControl):
            collected = {"apps": collect.cloud_apps(cloud, cloud_key)}
        assessed = collect.ask(
            "the app assessment",
            self._problems,
            lambda: collect.assessment(self._testbed.client, key),
        )
        refused = collect.ask(
            "the email domains",
            self._problems,
            lambda: collect.refused_domains(self._testbed.client),
        )
        return collected | (assessed or {}) | ({} if refused is None else {"refused": refused})

    def _plan(self, page: Page, plan: str | None) -> dict[str, Any]:
        return {
            "id": plan,
            "status": migration_assistant.plan_status(page) if plan else None,
            "server_key": self._subject.server_key,
            "cloud_key": self._subject.cloud_key,
        }

    def _server_clock(self) -> Callable[[datetime], datetime]:
        server, wall = startup_checks.server_time(self._testbed.client), datetime.now(UTC)
        scale = self._testbed.stack.scale
        return lambda at: server + (at - wall) * scale

    def _attach(self, clock: Callable[[datetime], datetime] | None) -> Probe | None:
        if not self._testbed.stack.has_debugger:
            self._problems.append("probe: the debugger's address was not named (--jdwp)")
            return None
        confluence = self._testbed.stack.running[CONFLUENCE]
        probe = Probe(
            confluence.host,
            confluence.port("jdwp"),
            methods=WATCHED,
            listener_classes=self._subject.listeners,
            look_for_others=not self._subject.listeners,
            server_clock=clock,
            attach_seconds=_ATTACH_SECONDS,
        )
        try:
            probe.start()
        except DriverError as error:
            self._problems.append(f"probe: {error}")
            return None
        return probe

    def _detach(self) -> None:
        if probe := self._result(_ARMED_SECONDS):
            probe.stop()

    def _stop(self) -> None:
        probe = self._result(_ARMED_SECONDS)
        if probe is None:
            return
        try:
            states = probe.bundles(self._subject.classes)
            if collected := collect.bundles(states, self._subject):
                self._write(layout.OSGI, collected)
        except DriverError as error:
            self._problems.append(f"osgi: {error}")
        self._write(layout.PROBE, json.loads(probe.stop().to_json()))

    def _result(self, seconds: float) -> Probe | None:
        return self._probe.result(seconds) if self._probe else None

    def _quietly(self, what: str, work: Callable[[], object]) -> None:
        """Runs what must never break a case, whatever it raises."""
        try:
            work()
        except Exception as error:
            self._problems.append(f"{what}: {error!r}")

    def _keep(self, name: str, source: Callable[[], Any]) -> None:
        if (collected := collect.ask(name, self._problems, source)) is not None:
            self._write(name, collected)

    def _write(self, name: str, data: Any) -> None:
        file = layout.FILES[name]
        (self._folder / file).write_text(json.dumps(cleaned(data), indent=1) + "\n")
        self._artifacts[name] = file


def with_causes(result: CaseResult, folder: Path, bug: KnownBug | None = None) -> CaseResult:
    """The result with its causes, from the artefacts in the case's folder; a pass has remarks.

    Args:
        result: its artefacts are named relative to the folder.
        folder: the case's folder.
        bug: the known bug that the case is marked with, whose cause may have to be proved.
    """
    stored = read_case(folder, result.model_dump(mode="json"))
    findings = diagnose(stored.facts)
    if result.verdict == "passed":
        return result.model_copy(update={"remarks": remarks(stored.facts, findings)})
    proved = [each.cause for each in findings if each.confidence == "proved"]
    verdict = with_cause(Verdict(result.verdict, result.reason), bug, proved)
    causes = tuple(for_results(findings))
    changed = {"causes": causes, "verdict": verdict.name, "reason": verdict.reason}
    return result.model_copy(update=changed)
