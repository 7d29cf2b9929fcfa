"""What a chaos run counts, and that its plan is the same for the same seed."""

import pytest

from benchmarks.chaos_cases import CASES, write
from benchmarks.chaos_judge import Ended, Outcome, table, wrong_status
from benchmarks.chaos_plan import PARTS, PHASES, batch
from harness.cases import load


def outcome(truth: str, verdict: str, fault: str = "kill jvm at wait+0.10") -> Outcome:
    return Outcome(1, "r0-completes", fault, truth, verdict, "", "", 1.0)


@pytest.mark.parametrize(
    ("truth", "verdict", "counted"),
    [
        ("passed", "passed", "verdict true"),
        ("failed", "error", "verdict `error`"),
        ("failed", "passed", "wrong verdicts"),
        ("fixed", "known-bug", "wrong verdicts"),
        ("failed", "fixed", "wrong verdicts"),
        ("known-bug", "passed", "wrong verdicts"),
        ("passed", "failed", "false alarms"),
        ("known-bug", "fixed", "false alarms"),
        ("passed", "", "cases without a result"),
    ],
)
def test_each_verdict_is_counted_once(truth: str, verdict: str, counted: str) -> None:
    ended = Ended(1, 0, 0, hung=False)
    counts = dict(table([outcome(truth, verdict)], [ended]))
    kinds = ["verdict true", "verdict `error`", "wrong verdicts", "false alarms"]
    kinds.append("cases without a result")
    assert [name for name in kinds if counts[name]] == [counted]


@pytest.mark.parametrize(
    ("verdicts", "status"),
    [(["passed", "known-bug"], 0), (["passed", "failed"], 1), (["failed", "error"], 2), ([""], 2)],
)
def test_the_exit_status_follows_from_the_verdicts(verdicts: list[str], status: int) -> None:
    made = [outcome("passed", each) for each in verdicts]
    wrong = [each for each in range(4) if wrong_status(Ended(1, each, 0, hung=False), made)]
    assert wrong == [each for each in range(4) if each != status]


def test_an_error_in_a_round_without_a_fault_is_told_apart() -> None:
    made = [outcome("passed", "error", ""), outcome("passed", "error")]
    assert dict(table(made, [Ended(1, 2, 0, hung=False)]))["errors for nothing"] == 1


def test_a_plan_is_the_same_for_the_same_seed_and_meets_every_part_and_phase() -> None:
    assert batch(5, 3, 4) == batch(5, 3, 4)
    assert batch(5, 3, 4) != batch(6, 3, 4)
    faults = [each.fault for number in range(300) for each in batch(1, number, 4).rounds]
    met = {(fault.part, fault.phase) for fault in faults if fault and fault.kind == "kill"}
    assert met >= {(part, phase) for part in PARTS for phase in PHASES}


@pytest.mark.parametrize("known", CASES, ids=lambda each: each.name)
def test_its_case_files_are_taken_as_they_are_meant(known, tmp_path) -> None:
    (case,) = load(write(known, "r0", known.ccma[0], tmp_path))
    assert tuple(str(row) for row in case.expectation.rows) == known.rows
    assert (case.known_bug is not None) is bool(known.bug)
    assert case.cloud_app == known.behaviour
