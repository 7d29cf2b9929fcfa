"""The known failures: one case file each, named after the cause that has to be proved."""

from dataclasses import dataclass
from pathlib import Path

from harness.cases import Case, load
from harness.cases import app as apps
from harness.cases.app import AppDescription
from harness.diagnosis.diagnose import diagnose
from harness.diagnosis.finding import Finding
from harness.diagnosis.readers.run_folder import read_case
from harness.engines.app_builds import server_jar
from harness.runner.case import run_case
from harness.store.results import CaseResult
from harness.support import assets
from harness.testbed.testbed import Testbed

FOLDER = Path(__file__).parents[2] / "fixtures" / "cases" / "failures"


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


def app_of_stack(failure: Failure) -> Path:
    """The app whose stack a failure runs on: a cloud half without a script is part of its stack."""
    is_scripted = failure.app.cloud.kind == "scripted"
    return assets.sample_app("charts") if is_scripted else failure.case.app


def run_failure(
    testbed: Testbed, failure: Failure, folder: Path
) -> tuple[CaseResult, list[Finding]]:
    """Runs a failure on a testbed of the same CCMA version; what it shows is removed again.

    Returns:
        The result, and every cause judged from the artefacts that were kept.
    """
    jar = server_jar(failure.case.app, failure.app, lambda _line: None)
    testbed.uninstall()  # a failure may be an app of the same key
    testbed.use(failure.app, jar)
    try:
        result = run_case(testbed, failure.case, folder)
    finally:
        testbed.uninstall()
    stored = read_case(folder, result.model_dump(mode="json"))
    return result, diagnose(stored.facts)
