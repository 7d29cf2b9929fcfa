"""Cases of a YAML file that a test runs with `run_case`."""

import shutil
from pathlib import Path
from typing import Self

import pytest

from harness.cases import Case
from harness.pytest_plugin.reporter import OF_CASES
from harness.pytest_plugin.session import Session
from harness.runner.case import run_case
from harness.store.layout import case_folder
from harness.store.results import CaseResult


class CasesOfTest:
    """Runs cases for one test; what passing ones kept goes when it ends.

    Args:
        session: the test session.
        item: the test.
    """

    def __init__(self, session: Session, item: pytest.Item) -> None:
        self._session, self._item = session, item
        self._ran: list[tuple[CaseResult, Path]] = []

    def run(self, case: Case) -> CaseResult:
        """Runs a case on a stack that suits it.

        Raises:
            BadInput: such a stack cannot be had here.
        """
        __tracebackhide__ = True
        features = tuple(sorted(key for key, on in case.system_features.items() if on))
        folder = case_folder(self._session.book.folder, case.id)

        def work() -> CaseResult:
            bed = self._session.testbed(case.ccma, case.app, case.time_scale, features)
            return run_case(bed, case, folder)

        result = self._session.in_thread(work)
        named = {kind: f"{folder.name}/{file}" for kind, file in result.artifacts.items()}
        result = result.model_copy(update={"artifacts": named})
        self._ran.append((result, folder))
        self._session.book.add(result)
        self._item.stash.setdefault(OF_CASES, []).append(result)
        return result

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        policy = self._session.evidence
        for result, folder in self._ran:
            if policy == "off" or (policy != "on" and result.verdict == "passed"):
                shutil.rmtree(folder, ignore_errors=True)
                self._session.book.add(result.model_copy(update={"artifacts": {}}))
