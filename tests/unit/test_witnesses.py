"""docs/fidelity.md's table of clients: each witness runs in CI, and each that runs is in it."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "fidelity.md").read_text()
COLUMNS = ["Client", "Version", "Calls", "Passed", "501", "What it taught us", "Pinned by"]
MARK = "pytest.mark.witness"


def table() -> list[list[str]]:
    section = PAGE.partition("## Clients written by others\n")[2].partition("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


def witnesses() -> list[list[str]]:
    return table()[2:]


def test_it_has_the_columns_of_a_register() -> None:
    assert table()[0] == COLUMNS
    assert len(witnesses()) >= 10


@pytest.mark.parametrize("row", witnesses(), ids=lambda row: " ".join(row[:2]))
def test_each_call_passed_or_was_told_that_there_is_no_such_thing(row: list[str]) -> None:
    client, version, calls, passed, missing, taught, pinned = row
    assert client
    assert version
    assert taught
    assert int(calls) == int(passed) + int(missing)
    files = re.findall(r"`(tests/[\w/]+\.py)`", pinned)
    assert files
    for file in files:
        assert MARK in (ROOT / file).read_text(), f"{file} is not marked `witness`"


def test_each_marked_test_is_in_it() -> None:
    here = Path(__file__)
    marked = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "tests").rglob("test_*.py")
        if path != here and MARK in path.read_text()
    ]
    pinned = "".join(row[-1] for row in witnesses())
    assert [file for file in marked if f"`{file}`" not in pinned] == []
