"""A case's result, from what its run came to."""

from collections.abc import Mapping

from harness.cases import Case
from harness.checker import timeline
from harness.checker.verdict import Verdict
from harness.redaction import without_secrets
from harness.runner.observe import Watched
from harness.store.evidence import Evidence, basis, thinned
from harness.store.results import CaseResult, Recorded, RowResult, TimelineEntry


def broken(case: Case, ccma: str, reason: str) -> CaseResult:
    """The result of a case that could not be run: the harness or its environment broke."""
    return _result(case, ccma, Verdict("error", without_secrets(reason)))


def result_of(
    case: Case,
    ccma: str,
    *,
    watched: Watched | None,
    evidence: Evidence | None,
    failure: str | None,
    artifacts: Mapping[str, str],
    seconds: Mapping[str, float],
) -> CaseResult:
    """The result of a case that was run, however far it came.

    Args:
        case: the case.
        ccma: the CCMA version of its stack.
        watched: the watch of its row, where that ended by itself.
        evidence: what was seen, even if the watch did not.
        failure: why the case could not go on; None when it could.
        artifacts: artefact -> file name.
        seconds: wall seconds by phase.
    """
    if failure is not None or watched is None:
        verdict = Verdict("error", failure or "no reason was given")
    else:
        verdict, evidence = watched.verdict, watched.evidence
    kept = {"artifacts": artifacts, "seconds": seconds}
    return _result(case, ccma, verdict).model_copy(update=kept | seen_fields(verdict, evidence))


def _result(case: Case, ccma: str, verdict: Verdict) -> CaseResult:
    row = case.expectation.rows[-1]
    return CaseResult(
        id=case.id,
        dark_features=case.dark_features,
        axes=case.axes,
        ccma=ccma,
        expected=RowResult(status=row.status, percent=row.percent),
        known_bug=case.known_bug.id if case.known_bug else None,
        verdict=verdict.name,
        reason=verdict.reason,
    )


def seen_fields(verdict: Verdict, evidence: Evidence | None) -> dict[str, object]:
    """The fields of a result that are derived from the evidence, which may be missing."""
    if evidence is None:
        return {}
    seen: dict[str, object] = {
        "evidence": thinned(evidence),
        "reason": f"{verdict.reason} ({basis(evidence)})",
    }
    looks = timeline.readable(evidence)
    if not looks:
        return seen
    row, now = looks[-1].row, looks[-1].server_time
    assert row is not None
    assert now is not None
    states = [each for each in evidence.changes if each.what in ("recorded", "settled")]
    settled = next((each for each in reversed(states) if each.what == "settled"), None)
    polls = [each for each in evidence.polls if each.outcome == "answered"]
    return seen | {
        "timeline": tuple(
            TimelineEntry(
                status=each.row.status,
                percent=each.row.percent,
                server_time=each.server_time,
                wall_seconds=round(each.wall_seconds - evidence.looks[0].began, 3),
            )
            for each in timeline.timeline_of(evidence)
        ),
        "observed": RowResult(status=row.status, percent=row.percent),
        "recorded": Recorded(
            status=states[-1].status if states else None,
            percent=states[-1].percent if states else None,
            at=settled.at if settled else None,
            watched_seconds=(now - settled.at).total_seconds() if settled else 0.0,
            refreshes=sum(each.seq > settled.seq for each in polls) if settled else 0,
        ),
        "server_seconds": (now - evidence.begun).total_seconds(),
    }
