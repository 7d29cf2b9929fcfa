"""docs/fidelity.md names tests that exist, and certainties of its own list."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CERTAINTIES = ("documented", "observed", "inferred", "own choice", "not modelled", "-")


def rows() -> list[list[str]]:
    lines = (ROOT / "docs" / "fidelity.md").read_text().splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if "|" in line]
    return [row for row in cells if len(row) == 4 and row[0] != "Behaviour" and row[0][:3] != "---"]


def test_there_are_rows_for_both() -> None:
    assert len(rows()) > 80


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0][:60])
def test_a_row_has_a_known_certainty_and_an_existing_test(row: list[str]) -> None:
    _, source, certainty, pinned = row
    assert source
    assert any(word in certainty for word in CERTAINTIES), certainty
    for path, name in re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", pinned):
        tree = ast.parse((ROOT / path).read_text())
        names = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        assert not name or name in names, f"{path} has no {name}"
    assert "`" in pinned or pinned == "not yet"
