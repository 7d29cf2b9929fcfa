"""A covering suite as a user runs it: what a case sets shows in the row, and is taken back."""

import json
from pathlib import Path

from harness_command import Command

MATRIX = Path(__file__).parents[2] / "fixtures" / "cases" / "matrix.yaml"


def test_what_a_case_sets_shows_in_its_row_and_not_in_the_next(command: Command) -> None:
    """One stack: no pair, then an app that is not needed, then all as it should be."""
    common = "feature=on,dev-mode=off,ccma=3.9.6,app=charts,cloud-app=seed,cloud-install=installed"
    ids = [
        f"matrix[{common},assessment=needed,pairing=unlisted,fault=none]",
        f"matrix[{common},assessment=not-needed,pairing=open,fault=none]",
        f"matrix[{common},assessment=needed,pairing=open,fault=none]",
    ]
    done = command.run(
        *("run", str(MATRIX), "--strength", "all", "-k", " or ".join(ids), "--json", "out.json")
    )
    assert done.returncode == 0, done.stderr
    results = json.loads((command.folder / "out.json").read_text())
    assert {case["id"]: case["observed"]["status"] for case in results["cases"]} == dict(
        zip(ids, ("READY", "NO_ROW", "COMPLETE"), strict=True)
    )
    assert results["reached"][0].startswith("matrix: 2-way ")
    assert done.stderr.count("bringing up") == 2  # the line at its start and that at its end


def test_a_matrix_that_cannot_be_is_one_line(command: Command) -> None:
    done = command.run("matrix", str(MATRIX), "--strength", "12")
    assert done.returncode == 3
    assert done.stderr.startswith("harness: --strength '12'")
    assert command.debris() == []
