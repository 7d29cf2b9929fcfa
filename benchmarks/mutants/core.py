"""What is mutated, and by which unit tests each module is held."""

from pathlib import Path

_RULES = Path(__file__).parents[2] / "harness" / "diagnosis" / "rules"

CORE = {
    "harness.checker.verdict": (
        "tests/unit/checker/test_verdict.py",
        "tests/unit/checker/test_two_judges.py",
    ),
    "harness.checker.timeline": (
        "tests/unit/checker/test_timeline.py",
        "tests/unit/checker/test_verdict.py",
        "tests/unit/checker/test_two_judges.py",
    ),
    "harness.checker.timing": (
        "tests/unit/checker/test_timeline.py",
        "tests/unit/checker/test_verdict.py",
        "tests/unit/checker/test_two_judges.py",
    ),
    "harness.checker.record": ("tests/unit/checker/test_record.py",),
    "harness.runner.observe": ("tests/unit/runner/test_observe.py",),
    "harness.testbed.reset": ("tests/unit/testbed/test_reset.py",),
    "harness.planning.schedule": ("tests/unit/planning/test_schedule.py",),
    "harness.cloud.tokens": ("tests/unit/cloud/test_tokens.py",),
    "harness.cloud.journal": ("tests/unit/cloud/test_journal.py",),
    "harness.runner.shrink": ("tests/unit/runner/test_shrink.py",),
    "harness.matrix.shrink": ("tests/unit/matrix/test_shrink.py",),
    **{
        f"harness.diagnosis.rules.{each.stem}": (
            f"tests/unit/diagnosis/rules/test_{each.stem}.py",
            "tests/unit/diagnosis/test_diagnose.py",
        )
        for each in sorted(_RULES.glob("[a-z]*.py"))
    },
}
"""Module -> the test files that are about it."""
