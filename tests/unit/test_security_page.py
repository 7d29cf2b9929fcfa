"""docs/security.md names tests that exist, and files that say the limits it names."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text()


def rows(heading: str) -> list[list[str]]:
    """The rows of a section's table."""
    part = PAGE.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in part.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[1:]]


@pytest.mark.parametrize("row", rows("Threat model"), ids=lambda row: f"{row[0]}: {row[1]}"[:60])
def test_each_row_names_tests_that_exist(row: list[str]) -> None:
    *_, shown = row
    assert len(row) == 4
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", shown)
    assert named
    for path, name in named:
        tree = ast.parse((ROOT / path).read_text())
        names = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        assert not name or name in names, f"{path} has no {name}"


def test_everyone_who_may_be_hostile_has_a_row() -> None:
    hostile = {row[0] for row in rows("Threat model")}
    for who in ("A page", "A cloud app", "A jar", "A case file", "Another user", "A recording"):
        assert any(each.startswith(who) for each in hostile), who


@pytest.mark.parametrize("row", rows("Limits"), ids=lambda row: row[0][:60])
def test_each_limit_says_where_and_names_a_test_that_exists(row: list[str]) -> None:
    what, limit, where, test = row
    assert what
    assert limit
    assert where.startswith("`")
    for path in re.findall(r"`([\w/]+\.py)`", test):
        assert (ROOT / "tests" / path).is_file(), path
