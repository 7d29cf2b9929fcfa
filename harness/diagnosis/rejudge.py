"""Today's rules on a stored case: its verdict where the case file is at hand, its causes always."""

from dataclasses import dataclass

from harness.cases import Case
from harness.checker.verdict import Verdict, judge, too_little, with_cause
from harness.diagnosis.finding import Finding
from harness.store.results import CaseResult, VerdictName


@dataclass(frozen=True, slots=True)
class Rejudged:
    """A stored case and what today's rules say of it.

    Args:
        id: the case.
        was: its stored verdict.
        verdict: today's; the stored one where no case file has the case.
        is_judged: whether a case file had it, and the run kept what it was judged on.
        had_causes: the causes that were stored.
        causes: today's.
    """

    id: str
    was: VerdictName
    verdict: Verdict
    is_judged: bool
    had_causes: tuple[str, ...]
    causes: tuple[str, ...]

    @property
    def changed(self) -> bool:
        """Whether anything has changed."""
        return self.was != self.verdict.name or self.had_causes != self.causes


def rejudge(stored: CaseResult, case: Case | None, findings: list[Finding]) -> Rejudged:
    """Judges a stored case anew.

    Args:
        stored: its result.
        case: the case as its file describes it today; None when no file has it.
        findings: every cause judged, from its artefacts.
    """
    verdict, is_judged = Verdict(stored.verdict, stored.reason), False
    if case is not None and stored.verdict != "error" and stored.evidence:
        today = judge(case.expectation, case.known_bug, stored.evidence)
        verdict, is_judged = too_little(today, stored.evidence), True
        proved = [each.cause for each in findings if each.confidence == "proved"]
        verdict = with_cause(verdict, case.known_bug, proved)
    named = tuple(each.cause for each in findings if each.confidence in ("proved", "likely"))
    causes = () if verdict.name == "passed" else named
    had = tuple(str(each["cause"]) for each in stored.causes)
    return Rejudged(stored.id, stored.verdict, verdict, is_judged, had, causes)
