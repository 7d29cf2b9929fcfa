from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from harness.cases import Case, Suite, read_suite
from harness.checker.reached import reached
from harness.errors import HarnessError
from harness.matrix.model import Assignment, Factor, implies, model
from harness.matrix.shrink import Shrunk
from harness.runner.shrink import Manner, Shrinking, _without_spare, manner, shrink_failures
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


ROW = RowResult(status="READY")
SHRUNK = Shrunk(
    cause={"a": "x", "b": "x"},
    implied={},
    baseline={"a": "y", "b": "y"},
    smallest={"a": "x", "b": "x"},
    removal={"a": "y", "b": "y"},
    removal_passes=True,
    runs=3,
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
    asked: list[Case] = []

    def run(case: Case) -> CaseResult:
        asked.append(case)
        return result(case, verdict(case))

    (found,) = shrink_failures([suite], results(suite, verdicts), run)
    assert found.shrunk is not None
    assert found.shrunk.cause == {"dev-mode": "on", "ccma": "3.1.7"}
    assert found.shrunk.removal_passes
    assert found.shrunk.runs == len(asked) <= 12


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


def test_a_single_axis_has_no_pairs_to_cover(tmp_path: Path) -> None:
    file = tmp_path / "one.yaml"
    app = f"app: {SEED.parents[1]}/apps/charts"
    expected = "expectations: [{rows: [COMPLETE], source: made up}]"
    file.write_text(
        f"name: one\n{app}\naxes: {{ccma: {{setting: ccma, values: [3.9.6]}}}}\n{expected}\n"
    )
    suite = read_suite(file)
    assert reached([suite], results(suite, {suite.cases[0].id: "passed"})) == []


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


@pytest.mark.parametrize(
    ("verdict", "bug", "how"),
    [
        ("passed", "b", None),
        ("failed", "b", ("failed", None, ROW)),  # in a way that is not the bug's
        ("known-bug", "b", ("known-bug", "b", ROW)),
        ("fixed", "b", ("fixed", "b", ROW)),
    ],
)
def test_how_a_case_failed_is_its_verdict_its_bug_and_its_row(
    verdict: VerdictName, bug: str, how: Manner | None
) -> None:
    told = result(read_suite(SEED).cases[0], verdict)
    assert manner(told.model_copy(update={"known_bug": bug, "observed": ROW})) == how


def test_a_case_that_ended_in_error_is_neither_a_failure_nor_a_pass() -> None:
    suite = read_suite(SEED)
    one: dict[str, VerdictName] = {suite.cases[0].id: "error"}
    assert shrink_failures([suite], results(suite, one), lambda case: result(case, "passed")) == []


def test_a_suite_without_axes_is_passed_over() -> None:
    suite = read_suite(SEED)
    bad: dict[str, VerdictName] = {BUG: "known-bug"}

    def run(case: Case) -> CaseResult:
        return result(case, bad.get(case.id, "passed"))

    found = shrink_failures([replace(suite, model=None), suite], results(suite, bad), run)
    assert [each.case for each in found] == [BUG]


def test_two_causes_of_failures_that_look_alike_are_both_found_and_no_case_runs_twice() -> None:
    suite = read_suite(SEED, strength=2)
    asked: list[str] = []

    def verdict(case: Case) -> VerdictName:
        one, other = case.axes["feature"] == "off", {"dev-mode": "on", "ccma": "3.1.7"}
        return "failed" if one or other.items() <= case.axes.items() else "passed"

    def run(case: Case) -> CaseResult:
        asked.append(case.id)
        return result(case, verdict(case))

    ran = {case.id: verdict(case) for case in suite.cases}
    found = shrink_failures([suite], results(suite, ran), run)
    causes = [dict(each.shrunk.cause) for each in found if each.shrunk]
    assert {"feature": "off"} in causes
    assert {"dev-mode": "on", "ccma": "3.1.7"} in causes
    assert len(causes) == 2
    assert sorted(asked) == sorted(set(asked) - set(ran))


@pytest.mark.parametrize(
    ("runs", "said"), [(0, "(0 more runs)"), (1, "(1 more run)"), (2, "(2 more runs)")]
)
def test_the_answer_says_how_many_cases_it_took(runs: int, said: str) -> None:
    assert str(Shrinking("s", "c", replace(SHRUNK, runs=runs))).endswith(said)
    alone = "without it the case fails too, so another fault is at work there"
    assert alone in str(Shrinking("s", "c", replace(SHRUNK, removal_passes=False)))


# Values that are not to blame, found by the values that the search does not know

AXES = (Factor("a", ("x", "y", "z")), Factor("b", ("x", "y")))
FREE = model(AXES)
FAILING = {"a": "x", "b": "x"}


def test_a_value_is_spare_where_every_other_allowed_one_fails_as_well() -> None:
    def failed(case: Assignment) -> bool:
        return case["b"] == "x"

    found = _without_spare(FREE, FAILING, SHRUNK, failed)
    assert (found.cause, found.removal, found.removal_passes) == (
        {"b": "x"},
        {"a": "x", "b": "y"},
        True,
    )
    # A single other value with which it passes is enough to keep it.
    assert _without_spare(FREE, FAILING, SHRUNK, lambda case: case["a"] != "z") == replace(
        SHRUNK, cause={"a": "x"}, removal={"a": "y", "b": "x"}, removal_passes=False
    )
    assert _without_spare(FREE, FAILING, SHRUNK, lambda case: case == FAILING) == SHRUNK


def test_of_a_cause_one_value_stays() -> None:
    assert _without_spare(FREE, FAILING, SHRUNK, lambda _: True).cause == {"b": "x"}


def test_a_value_that_the_constraints_rule_out_says_nothing() -> None:
    no_z = model(AXES, implies(AXES, {"b": ("x",)}, {"a": ("x", "y")}, "z needs b y"))
    found = _without_spare(no_z, FAILING, SHRUNK, lambda case: case["a"] != "z")
    assert found.cause == {"b": "x"}


def test_what_cannot_be_taken_out_by_the_constraints_is_not_run() -> None:
    bound = model(AXES, implies(AXES, {"b": ("y",)}, {"a": ("y", "z")}, "b y needs another a"))
    found = _without_spare(bound, FAILING, SHRUNK, lambda case: case["b"] == "x")
    assert found == replace(SHRUNK, cause={"b": "x"})
