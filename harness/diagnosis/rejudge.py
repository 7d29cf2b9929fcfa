"""Today's rules on a stored case: its verdict where the case file is at hand, its causes always."""

from dataclasses import dataclass
from datetime import timedelta

from harness.cases import Case
from harness.checker.verdict import Observation, Verdict, judge
from harness.diagnosis.finding import Finding
from harness.store.results import CaseResult, VerdictName
from harness.vocabulary.rows import Row, Seen


@dataclass(frozen=True, slots=True)
class Rejudged:
    """A stored case and what today's rules say of it.

    Args:
        id: the case.
        was: its stored verdict.
        verdict: today's; the stored one where no case file has the case.
        is_judged: whether a case file had it.
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
        """Whether anything is another than it was."""
        return self.was != self.verdict.name or self.had_causes != self.causes


def rejudge(stored: CaseResult, case: Case | None, findings: list[Finding]) -> Rejudged:
    """Judges a stored case anew.

    Args:
        stored: its result.
        case: the case as its file describes it today; None when no file has it.
        findings: every cause judged, from its artefacts.
    """
    verdict, is_judged = Verdict(stored.verdict, stored.reason), False
    if case is not None and stored.verdict != "error" and stored.timeline:
        verdict = judge(case.expectation, case.known_bug, observation_of(stored))
        is_judged = True
    named = tuple(each.cause for each in findings if each.confidence in ("proved", "likely"))
    causes = () if verdict.name == "passed" else named
    had = tuple(str(each["cause"]) for each in stored.causes)
    return Rejudged(stored.id, stored.verdict, verdict, is_judged, had, causes)


def observation_of(stored: CaseResult) -> Observation:
    """What was seen, from what was kept of it; for a case that has a timeline."""
    timeline = [
        Seen(Row(each.status, each.percent), each.server_time, each.wall_seconds)
        for each in stored.timeline
    ]
    recorded = stored.recorded
    watched = timedelta(seconds=stored.server_seconds or 0)
    if recorded and recorded.at:
        now = recorded.at + timedelta(seconds=recorded.watched_seconds)
        begun = now - watched
    else:
        # The start itself is not kept; the first look follows it closely.
        begun = timeline[0].server_time
        now = begun + watched
    settled = recorded.at if recorded else None
    refreshes = recorded.refreshes if recorded else 0
    return Observation(timeline, begun, now, settled, refreshes)
