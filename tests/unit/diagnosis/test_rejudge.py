"""A stored case is judged by today's rules."""

from pathlib import Path

import pytest
from seen import migrated, stayed

from harness.cases import Case, Expectation, KnownBug
from harness.diagnosis.finding import proved
from harness.diagnosis.rejudge import rejudge
from harness.store.results import CaseResult, RowResult
from harness.vocabulary.rows import Row

READY, COMPLETE = Row("READY", None), Row("COMPLETE", 100)
BUG = KnownBug(id="stays", statement="It stays.", when={"a": "b"}, row=READY, lasts="30m")


def stored(*rows: Row, verdict: str = "passed", **changes: object) -> CaseResult:
    """READY to the end of what is polled, or the rows in turn, the last one brought by a poll."""
    story = stayed("READY", 31) if rows == (READY,) else migrated().settled(0.5)
    for number, row in enumerate(() if rows == (READY,) else rows):
        story.poll(number + 0.5).look(number + 1, str(row))
    story.look(40, str(rows[-1]))
    result = CaseResult(
        id="a",
        dark_features={},
        axes={},
        ccma="3.9.6",
        expected=RowResult(status="COMPLETE", percent=100),
        evidence=story.evidence,
        verdict=verdict,
        reason="",
    )
    # As a run keeps it and reads it again.
    return CaseResult.model_validate_json(result.model_copy(update=changes).model_dump_json())


def case(*rows: Row, bug: KnownBug | None = None) -> Case:
    expectation = Expectation(rows=rows, source="here")
    return Case("a", Path("app"), {}, {}, None, None, expectation, bug)


def test_another_expectation_gives_another_verdict():
    judged = rejudge(stored(READY), case(COMPLETE), [proved("never-settled")])

    assert (judged.was, judged.verdict.name, judged.changed) == ("passed", "failed", True)
    assert judged.causes == ("never-settled",)


def test_a_known_bug_of_today_is_recognised():
    judged = rejudge(stored(READY, verdict="failed"), case(COMPLETE, bug=BUG), [])

    assert judged.verdict.name == "known-bug"


def test_a_known_bug_of_today_needs_its_cause_where_it_names_one():
    bug = BUG.model_copy(update={"cause": "dev-mode-row-not-updated"})
    marked = case(COMPLETE, bug=bug)
    found = [
        rejudge(stored(READY), marked, list(causes)).verdict
        for causes in ([proved("dev-mode-row-not-updated")], [proved("never-settled")], [])
    ]

    assert [each.name for each in found] == ["known-bug", "failed", "error"]
    assert "what is proved is never-settled, not dev-mode-row-not-updated" in found[1].reason


def test_without_the_case_file_the_verdict_stays():
    judged = rejudge(stored(READY, verdict="failed"), None, [])

    assert (judged.verdict.name, judged.is_judged) == ("failed", False)


@pytest.mark.parametrize("broken", [{"verdict": "error"}, {"evidence": None}])
def test_an_error_or_a_case_without_evidence_is_not_judged_anew(broken):
    assert not rejudge(stored(READY, **broken), case(READY), []).is_judged


def test_a_pass_has_no_cause():
    judged = rejudge(stored(COMPLETE), case(COMPLETE), [proved("two-listeners")])

    assert judged.causes == ()
    assert not judged.changed
