import json
from pathlib import Path

import pytest

from harness.cases import read_suite
from harness.cases.selection import compile_expression
from harness.cases.strength import parsed
from harness.cli.matrix_text import as_data, as_jobs, as_text
from harness.errors import BadInput

MATRIX = Path(__file__).parents[3] / "fixtures" / "cases" / "matrix.yaml"


def test_the_text_tells_cases_coverage_and_the_cost_of_all() -> None:
    suite = read_suite(MATRIX)
    lines = as_text(suite).splitlines()
    assert lines[: len(suite.cases)] == [case.id for case in suite.cases]
    assert any(line.startswith("reached: 2-way 100 %") for line in lines)
    assert any(line.startswith(f"all combinations: {suite.combinations} cases") for line in lines)


def test_the_data_has_each_case_with_its_source() -> None:
    data = json.loads(json.dumps(as_data(read_suite(MATRIX))))
    assert data["strength"] == 2
    assert all(case["source"] and case["expected"] for case in data["cases"])


def test_each_job_of_a_ci_system_runs_exactly_one_case() -> None:
    suite = read_suite(MATRIX)
    ids = [case.id for case in suite.cases]
    github = [job["case"] for job in json.loads(as_jobs(suite, "github"))["include"]]
    (gitlab,) = json.loads(as_jobs(suite, "gitlab"))
    assert github == gitlab["CASE"]
    for index, expression in enumerate(github):
        matches = compile_expression(expression)
        assert [n for n, name in enumerate(ids) if matches(name)] == [index]


def test_the_strength_is_a_number_or_all() -> None:
    assert parsed("3", False) == 3
    assert parsed("all", False) == "all"
    assert parsed(None, True) is None


@pytest.mark.parametrize(("strength", "locate"), [("9", False), ("many", False), ("2", True)])
def test_other_strengths_are_refused(strength: str, locate: bool) -> None:
    with pytest.raises(BadInput, match=r"--strength"):
        parsed(strength, locate)
