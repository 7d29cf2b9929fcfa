from typing import Any

from harness.redaction import DEEPEST, REMOVED, cleaned


def test_names_make_values_secret_at_any_depth() -> None:
    value = {"a": [{"clientSecret": "x1"}, {"name": "pwd", "value": "y"}], "s3Key": "kept"}
    assert cleaned(value) == {
        "a": [{"clientSecret": REMOVED}, {"name": "pwd", "value": REMOVED}],
        "s3Key": "kept",
    }


def test_all_that_stands_under_such_a_name_is_removed_but_numbers_and_states() -> None:
    value = {"credentials": {"user": "a1b", "days": 3, "on": True}, "token": "expired"}
    assert cleaned(value) == {
        "credentials": {"user": REMOVED, "days": 3, "on": True},
        "token": "expired",
    }


def test_what_is_nested_without_end_is_left_out() -> None:
    value: Any = "deep"
    for _ in range(3000):
        value = {"password": [value]}
    shown = str(cleaned(value))
    assert "nested too deeply" in shown
    assert shown.count("password") <= DEEPEST
