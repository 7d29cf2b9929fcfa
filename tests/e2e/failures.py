"""The known failures: one case file each, named after the cause that has to be proved.

What a case file cannot say (the cloud app is not installed, the cloud answers errors, ...) is done
to the stack here, after its reset and before its plan is made.
"""

import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from harness import app as apps
from harness.app import AppDescription
from harness.bench import Bench
from harness.browser import assessment
from harness.case_run import run_case
from harness.cases import Case, load
from harness.confluence import apps as plugins
from harness.confluence.jar import check_jar
from harness.diagnosis.finding import Finding
from harness.diagnosis.reason import diagnose
from harness.diagnosis.run_folder import read_case
from harness.report.results import CaseResult

FOLDER = Path(__file__).parents[2] / "fixtures" / "cases" / "failures"
FOURTEEN_DAYS = 14 * 24 * 3600
WAIT_SECONDS = 30.0

Stage = Callable[[Bench, ExitStack], None]


@dataclass(frozen=True)
class Failure:
    """A case and the one cause that it has."""

    case: Case
    cause: str

    @property
    def app(self) -> AppDescription:
        return apps.load(self.case.app)


def failures() -> list[Failure]:
    """Every known failure; a file's name up to its first dot is the cause."""
    return [
        Failure(case, path.name.split(".")[0])
        for path in sorted(FOLDER.glob("*.yaml"))
        for case in load(path)
    ]


@dataclass
class StagedBench(Bench):
    """A bench on which something is done to the stack after each reset."""

    stage: Stage | None = None
    undo: ExitStack = field(default_factory=ExitStack)

    def reset(self, *, cloud_app: str | None, name: str) -> None:
        super().reset(cloud_app=cloud_app, name=name)
        if self.stage:
            self.stage(self, self.undo)


def run_failure(bench: Bench, failure: Failure, folder: Path) -> tuple[CaseResult, list[Finding]]:
    """Runs a failure on a bench of the same CCMA version; what it shows is removed again.

    Returns:
        The result, and every cause judged from the artefacts that were kept.
    """
    jar = apps.server_jar(failure.case.app, failure.app, lambda _line: None)
    bench.uninstall()  # a failure may be an app of the same key
    staged = StagedBench(
        bench.stack,
        bench.client,
        bench.context,
        failure.app,
        jar,
        bench.pristine,
        stage=STAGES.get(failure.cause),
    )
    try:
        result = run_case(staged, failure.case, folder)
    finally:
        staged.undo.close()
        plugins.uninstall(bench.client, check_jar(jar).key)
    stored = read_case(folder, result.model_dump(mode="json"))
    return result, diagnose(stored.facts)


def _uninstalled(bench: Bench, undo: ExitStack) -> None:
    cloud, key = bench.stack.cloud, bench.app.cloud.key
    address = next(app["base_url"] for app in cloud.apps() if app["key"] == key)
    cloud.uninstall(key)
    undo.callback(cloud.install, address)


def _not_needed(bench: Bench, undo: ExitStack) -> None:
    bench.install()
    _decide(bench, assessment.Decision.NOT_NEEDED)
    undo.callback(_decide, bench, assessment.Decision.NEEDED)


def _decide(bench: Bench, decision: assessment.Decision) -> None:
    page = bench.context.new_page()
    key = bench.app.server.key
    assessment.assess(page, bench.stack.confluence_url, {key: decision})
    page.close()


def _settles_at_40(bench: Bench, _undo: ExitStack) -> None:
    steps = [{"await": "app-data-uploaded"}, {"post": {"status": "SUCCESS", "percent": 40}}]
    url = f"{bench.stack.cloud_app.url}/_app/script"
    httpx.put(url, json=steps).raise_for_status()


def _listed_pairs_only(bench: Bench, undo: ExitStack) -> None:
    """The Marketplace knows pairs, and that of this listener is none of them."""
    _set_switch(bench, "listed")
    undo.callback(_set_switch, bench, "open")


def _set_switch(bench: Bench, marketplace: str) -> None:
    url = f"{bench.stack.cloud.url}/_harness/settings"
    httpx.put(url, json={"marketplace": marketplace}).raise_for_status()


def _polls_fail(bench: Bench, _undo: ExitStack) -> None:
    bench.stack.cloud.add_fault(
        {"kind": "server-error", "status": 503, "route": "*/progress", "method": "GET"}
    )


def _cut_off(bench: Bench, _undo: ExitStack) -> None:
    bench.stack.cloud.add_fault({"kind": "cut", "route": "/server/v1/*"})


def _fourteen_days_pass(bench: Bench, undo: ExitStack) -> None:
    """Lets 14 days of platform time pass once the listener is done."""
    cloud, stop = bench.stack.cloud, threading.Event()
    start = cloud.journal()[1]

    def advance() -> None:
        while not stop.wait(0.05):
            if any(each["effect"] == "uploaded" for each in cloud.journal(start)[0]):
                url = f"{cloud.url}/_harness/clock/advance"
                httpx.post(url, json={"seconds": FOURTEEN_DAYS}).raise_for_status()
                return

    thread = threading.Thread(target=advance)
    thread.start()
    undo.callback(thread.join, WAIT_SECONDS)
    undo.callback(stop.set)


STAGES: dict[str, Stage] = {
    "keys-do-not-match": _listed_pairs_only,
    "app-not-installed-in-cloud": _uninstalled,
    "app-not-needed": _not_needed,
    "settled-without-100": _settles_at_40,
    "cloud-answered-errors": _polls_fail,
    "server-cannot-reach-cloud": _cut_off,
    "transfer-timed-out": _fourteen_days_pass,
}
