from datetime import UTC, datetime
from pathlib import Path

import pytest

from harness.cases import Case, Suite, read_suite
from harness.checker.reached import reached
from harness.errors import HarnessError
from harness.runner.shrink import shrink_failures
from harness.store.results import CaseResult, ConfluenceResult, Results, RowResult, VerdictName

MATRIX = Path(__file__).parents[3] / "fixtures" / "cases" / "matrix.yaml"
SEED = Path(__file__).parents[3] / "fixtures" / "cases" / "seed.yaml"


def result(case: Case, verdict: VerdictName) -> CaseResult:
    return CaseResult(
        id=case.id,
        dark_features={},
        axes=case.axes,
        ccma="3.1.7",
        expected=RowResult(status="READY"),
        verdict=verdict,
        reason="told",
    )


def results(suite: Suite, verdicts: dict[str, VerdictName]) -> Results:
    return Results(
        schema=1,
        run="r",
        engine="local",
        confluence=ConfluenceResult(image="standin", ccma=None),
        time_scale=1,
        started=datetime(2026, 1, 1, tzinfo=UTC),
        seconds=1,
        cases=tuple(result(case, verdicts.get(case.id, "passed")) for case in suite.cases),
    )


BUG = "seed[feature=on,dev-mode=on,ccma=3.1.7]"


def test_the_seeds_bug_takes_the_old_version_and_dev_mode() -> None:
    suite = read_suite(SEED)
    asked: list[str] = []

    def run(case: Case) -> CaseResult:
        asked.append(case.id)
        return result(case, "known-bug" if case.id == BUG else "passed")

    (found,) = shrink_failures([suite], results(suite, {BUG: "known-bug"}), run)

    assert found.shrunk is not None
    assert {"dev-mode": "on", "ccma": "3.1.7"}.items() <= found.shrunk.cause.items()
    assert found.shrunk.removal_passes
    assert found.shrunk.runs == len(asked) <= 12
    assert "without it the case does not fail like that" in str(found)


def test_a_value_whose_every_other_allowed_one_fails_too_is_not_to_blame() -> None:
    """The constraints rule out the baseline's cloud app beside the bug, and a third one fails."""
    suite = read_suite(MATRIX)

    def verdict(case: Case) -> VerdictName:
        return "known-bug" if case.known_bug else "passed"

    verdicts = {case.id: verdict(case) for case in suite.cases}
    (found,) = shrink_failures(
        [suite], results(suite, verdicts), lambda case: result(case, verdict(case))
    )
    assert found.shrunk is not None
    assert found.shrunk.cause == {"dev-mode": "on", "ccma": "3.1.7"}
    assert found.shrunk.removal_passes
    assert found.shrunk.runs <= 12


def test_a_second_bug_is_found_beside_the_first() -> None:
    suite = read_suite(SEED)
    off = {case.id for case in suite.cases if case.axes["feature"] == "off"}
    bad: dict[str, VerdictName] = {BUG: "known-bug", **dict.fromkeys(off, "failed")}
    found = shrink_failures(
        [suite], results(suite, bad), lambda case: result(case, bad.get(case.id, "passed"))
    )
    causes = [dict(each.shrunk.cause) for each in found if each.shrunk]
    assert {"feature": "off"} in causes
    assert len(causes) == 2


def test_without_a_case_that_passed_nothing_is_shrunk() -> None:
    suite = read_suite(SEED)
    every: dict[str, VerdictName] = {case.id: "failed" for case in suite.cases}
    (found,) = shrink_failures([suite], results(suite, every), lambda case: result(case, "failed"))
    assert "not shrunk, since no case of seed passed" in str(found)


def test_an_error_while_shrinking_is_no_answer() -> None:
    suite = read_suite(SEED, strength=2)
    failing: dict[str, VerdictName] = {suite.cases[0].id: "failed"}
    with pytest.raises(HarnessError, match="shrinking ended at"):
        shrink_failures([suite], results(suite, failing), lambda case: result(case, "error"))


def test_a_run_states_what_it_covers_and_errors_cover_nothing() -> None:
    suite = read_suite(SEED)
    every: dict[str, VerdictName] = {case.id: "error" for case in suite.cases}
    assert reached([suite], results(suite, {})) == ["seed: 2-way 100 %, 3-way 100 % of 8 cases"]
    assert reached([suite], results(suite, every)) == ["seed: 2-way 0 %, 3-way 0 % of 8 cases"]


def test_a_locating_suite_names_its_culprit() -> None:
    suite = read_suite(SEED, locate=True)
    bad: dict[str, VerdictName] = {
        case.id: "failed" for case in suite.cases if case.axes["ccma"] == "3.1.7"
    }
    assert "culprit: ccma=3.1.7" in reached([suite], results(suite, bad))


def test_failures_of_two_kinds_are_shrunk_apart_and_a_known_bug_explains_no_new_one() -> None:
    """On 3.1.7 the row stays READY in dev mode; the FAILED row of the feature is another matter."""
    suite = read_suite(SEED)

    def outcome(case: Case) -> CaseResult:
        row, verdict = RowResult(status="COMPLETE", percent=100), "passed"
        if case.axes["feature"] == "on" and case.axes["ccma"] == "3.1.7":
            row, verdict = RowResult(status="FAILED", percent=100), "failed"
        if case.id == BUG:
            row, verdict = RowResult(status="READY"), "known-bug"
        known = "dev-mode-ready" if case.id == BUG else None
        found = result(case, verdict)  # type: ignore[arg-type]
        return found.model_copy(update={"observed": row, "known_bug": known})

    cases = tuple(outcome(case) for case in suite.cases)
    found = shrink_failures(
        [suite], results(suite, {}).model_copy(update={"cases": cases}), outcome
    )
    causes = {each.case: dict(each.shrunk.cause) for each in found if each.shrunk}
    assert len(causes) == 2
    assert causes[BUG] == {"feature": "on", "dev-mode": "on", "ccma": "3.1.7"}
    (other,) = (cause for case, cause in causes.items() if case != BUG)
    assert {"feature": "on", "ccma": "3.1.7"}.items() <= other.items()
