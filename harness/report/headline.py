"""What to read first in a run: one case, and two sentences on what is odd about it."""

from collections.abc import Sequence
from dataclasses import dataclass

from harness.report.safe_text import bounded
from harness.store.results import CaseResult, Results, RowResult, VerdictName

_LEAD = 300

FIRST: tuple[VerdictName, ...] = ("failed", "fixed", "error", "known-bug")
"""Verdicts that are to be looked at, the most urgent first."""

WORDS: dict[VerdictName, str] = {
    "passed": "passed",
    "known-bug": "known bug",
    "failed": "failed",
    "fixed": "fixed, marker to be removed",
    "error": "not finished",
}
"""Verdicts in words."""


@dataclass(frozen=True)
class Story:
    """The case to read first, if any, and the page's headline and the line below it."""

    headline: tuple[str, ...]
    lead: str
    case: CaseResult | None


def story(results: Results) -> Story:
    """The story of a run."""
    case = first_to_read(results.cases)
    if case is None:
        count = len(results.cases)
        if not count:
            return Story(("No case was run",), "There is nothing to see in this run.", None)
        all_ = "The only case passed" if count == 1 else f"All {count} cases passed"
        return Story((all_,), "Each row came to what was expected of it.", None)
    return Story(_headline(case), _first_line(case.reason), case)


def first_to_read(cases: Sequence[CaseResult]) -> CaseResult | None:
    """The case that says most; None when all passed."""
    for verdict in FIRST:
        for case in cases:
            if case.verdict == verdict:
                return case
    return None


def row_text(row: RowResult | None) -> str:
    """A row as people read it."""
    if row is None:
        return "no row read"
    text = {"ABSENT": "no block", "NO_ROW": "no row"}.get(row.status, row.status)
    return text if row.percent is None else f"{text} {row.percent}\N{NO-BREAK SPACE}%"


def recorded_text(case: CaseResult) -> str:
    """What the cloud had recorded for a case, as people read it."""
    found = case.recorded
    if found is None or found.status is None:
        return "nothing"
    return (
        found.status
        if found.percent is None
        else f"{found.status} {found.percent}\N{NO-BREAK SPACE}%"
    )


def totals_text(results: Results) -> str:
    """How many cases have each verdict: `7 passed, 1 known bug`."""
    counted = [f"{count} {WORDS[v]}" for v, count in counts(results) if count]
    return ", ".join(counted) or "no case was run"


def counts(results: Results) -> list[tuple[VerdictName, int]]:
    """Verdict -> cases, for all verdicts, in the order of the catalogue."""
    totals = results.totals
    return [(verdict, totals[verdict]) for verdict in WORDS]


def _first_line(reason: str) -> str:
    """A reason may end with a whole log; the case itself shows it all."""
    return bounded(reason.strip().partition("\n")[0], _LEAD)


def _headline(case: CaseResult) -> tuple[str, ...]:
    if case.verdict == "error":
        return ("A case could not be finished",)
    if case.verdict == "fixed":
        return (f"The known bug {case.known_bug} did not show",)
    row = row_text(case.observed)
    seen = {
        "no block": "The page has no block for the row.",
        "no row": "The block has no row for the app.",
        "no row read": "Nobody saw a row.",
    }.get(row, f"The row says {row}.")
    return (seen, f"The cloud has {recorded_text(case)}.")
