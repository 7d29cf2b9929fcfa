"""Lets a failing test explain itself, in pytest's own failure section; a hook of the session's.

Registered when the first fixture of the harness is asked for.
"""

import os
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from harness.diagnosis.causes import BY_ID
from harness.pytest_plugin.record import UNSTATED, Outcome, TestRecord, verdict_of
from harness.pytest_plugin.session import Session
from harness.store.layout import TRACE
from harness.store.results import CaseResult, RowResult

RECORD = pytest.StashKey[TestRecord]()
"""What is kept of a test that uses a stack."""

OF_CASES = pytest.StashKey[list[CaseResult]]()
"""Results of the cases that a test ran with `run_case`."""

_MOST_EVIDENCE = 4


class Reporter:
    """Gives each test on a stack its result, and shows why it failed.

    Args:
        session: the test session.
        folder: the one that pytest was started from; paths are shown as seen from there.
    """

    def __init__(self, session: Session, folder: Path) -> None:
        self._session, self._folder = session, folder

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[Any]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Adds the section, while the test's page is still there."""
        report = yield
        record = item.stash.get(RECORD, None)
        if record and not record.is_over and (report.when == "call" or not report.passed):
            outcome = _outcome(report, call)
            result = self._session.in_thread(lambda: record.finish(outcome)) if outcome else None
            if result and result.verdict != "passed":
                self._show(report, result)
        if report.when == "call" and report.failed:
            for case in item.stash.get(OF_CASES, []):
                if case.verdict != "passed":
                    self._show(report, case)
        return report

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Says where the results are."""
        if not self._session.book.is_empty:
            folder = _seen_from(self._folder, self._session.book.folder)
            terminalreporter.write_line(f"harness: results in {folder}")

    def _show(self, report: pytest.TestReport, result: CaseResult) -> None:
        run = _seen_from(self._folder, self._session.book.folder)
        text = explained(result, run)
        shown: Any = report.longrepr
        if hasattr(shown, "addsection"):
            shown.addsection("migration harness", text)
        else:
            report.sections.append(("migration harness", text))


def explained(result: CaseResult, run: str) -> str:
    """Why a test failed, for people.

    Args:
        result: its result.
        run: the run's folder, as seen from here.
    """
    lines = []
    if result.expected != UNSTATED:
        lines.append(f"wanted    {_row(result.expected)}")
    if result.observed:
        lines.append(f"seen      {_row(result.observed)}{_since(result)}")
    if result.recorded and result.recorded.status:
        recorded = result.recorded
        row = RowResult(status=str(recorded.status), percent=recorded.percent)
        lines.append(f"recorded  {_row(row)} by the cloud, {recorded.refreshes} polls since")
    lines += [line for cause in result.causes for line in _cause(cause)]
    if not result.causes:
        lines.append("no cause is proved, and none is likely")
    if result.artifacts:
        folders = {str(Path(file).parent) for file in result.artifacts.values()}
        names = ", ".join(sorted(Path(file).name for file in result.artifacts.values()))
        lines += [f"kept in   {run}/{folder}" for folder in sorted(folders)]
        lines.append(f"          {names}")
    lines.append(f"more      harness explain {run} --case '{result.id}'")
    if TRACE in result.artifacts:
        lines.append(f"          playwright show-trace '{run}/{result.artifacts[TRACE]}'")
    return "\n".join(lines)


def _cause(cause: Any) -> list[str]:
    """A cause with its evidence and what to do."""
    known = BY_ID[str(cause["cause"])]
    evidence = [f"          - {each}" for each in cause["evidence"][:_MOST_EVIDENCE]]
    said = f"{str(cause['confidence']).upper():<8}  {known.id}: {known.statement}"
    return [said, *evidence, f"          > {known.advice}"]


def _since(result: CaseResult) -> str:
    if not result.timeline:
        return ""
    first, evidence = result.timeline[-1].server_time, result.evidence
    last = evidence.looks[-1].server_time if evidence and evidence.looks else None
    until = f" until {last:%H:%M:%S}" if last and last > first else ""
    return f" from {first:%H:%M:%S}{until} server time"


def _row(row: RowResult) -> str:
    return row.status if row.percent is None else f"{row.status} {row.percent} %"


def _outcome(report: pytest.TestReport, call: pytest.CallInfo[Any]) -> Outcome | None:
    """How the test ended; None where it was skipped."""
    in_setup = report.when == "setup"
    expected = getattr(report, "wasxfail", None)
    if report.passed:
        return Outcome("passed", "the test passed")
    error = call.excinfo.value if call.excinfo else None
    if report.skipped and expected is None:
        return None
    if error is None:
        return Outcome("fixed", str(report.longrepr), known_bug=expected or "xfail")
    reason = str(error).strip() or repr(error)
    if expected is not None:
        return Outcome("known-bug", reason, known_bug=expected or "xfail", in_setup=in_setup)
    return Outcome("error" if in_setup else verdict_of(error), reason, in_setup=in_setup)


def _seen_from(folder: Path, path: Path) -> str:
    """A path as a user in a folder would write it."""
    shown = os.path.relpath(path, folder)
    return str(path) if shown.startswith("..") else shown
