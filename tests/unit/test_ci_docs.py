"""The pipelines of docs/ci.md are YAML, and each command in them exists."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from harness.cases import read_suite
from harness.cli.main import app
from harness.cli.matrix_text import as_jobs
from harness.errors import BadInput

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "ci.md").read_text()
SEED = read_suite(ROOT / "fixtures" / "cases" / "seed.yaml")
BLOCKS: list[dict[str, Any]] = [
    yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
]
GROUP = typer.main.get_group(app)


def texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return [text for part in parts for text in texts(part)]


def test_both_pipelines_are_there() -> None:
    github, gitlab = BLOCKS
    assert list(github["jobs"]) == ["plan", "cases", "report"]
    assert github["jobs"]["cases"]["strategy"]["matrix"] == (
        "${{ fromJSON(needs.plan.outputs.jobs) }}"
    )
    assert gitlab["cases"]["parallel"] == 4


@pytest.mark.parametrize("block", BLOCKS)
def test_each_command_and_option_exists(block: dict[str, Any]) -> None:
    found = [line for text in texts(block) for line in re.findall(r"harness (\w+ [^\n)]*)", text)]
    assert len(found) >= 3
    for line in found:
        verb, *words = line.split()
        command = GROUP.get_command(typer.Context(GROUP), verb)
        assert command, verb
        known = {name for option in command.params for name in option.opts}
        assert {word for word in words if word.startswith("--")} <= known, line


def test_jobs_are_what_the_ci_systems_take() -> None:
    ids = [case.id for case in SEED.cases]
    assert json.loads(as_jobs(SEED, "github")) == {"include": [{"case": each} for each in ids]}
    assert json.loads(as_jobs(SEED, "gitlab")) == [{"CASE": ids}]
    assert json.loads(as_jobs(SEED, "github", 2)) == {
        "include": [{"shard": "1/2"}, {"shard": "2/2"}]
    }
    assert json.loads(as_jobs(SEED, "gitlab", 2)) == [{"SHARD": ["1/2", "2/2"]}]


def test_more_jobs_than_they_take_are_refused() -> None:
    every = read_suite(ROOT / "fixtures" / "cases" / "matrix.yaml", strength="all")
    with pytest.raises(BadInput, match="github takes 256 jobs of one matrix, and there are 650"):
        as_jobs(every, "github")
    with pytest.raises(BadInput, match="there are 8 cases"):
        as_jobs(SEED, "github", 9)
