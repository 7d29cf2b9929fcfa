"""Tests on a stack beside pytest-playwright, pytest-asyncio, anyio and asyncio, in one session."""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from harness_command import Command

from harness.drivers.browser.launch import find_browser, launch_arguments

CONFTEST = """
import pytest

def pytest_addoption(parser):
    parser.addoption("--engine")
    parser.addoption("--app")

@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    return {{**browser_type_launch_args, "executable_path": {path!r}, "args": {args!r}}}
"""
SETTINGS = """
[tool.pytest.ini_options]
asyncio_default_fixture_loop_scope = "function"
[tool.harness]
time_scale = 200
"""
TESTS = """
import asyncio

import pytest

from harness import FEATURE

on_a_stack = pytest.mark.dark_features({FEATURE: True})

async def something():
    await asyncio.sleep(0)

def test_a_loop_before():
    asyncio.run(something())

@on_a_stack
def test_a_stack(migration, progress_row):
    migration.start()
    assert progress_row.becomes("COMPLETE").percent == 100
    assert "planId" in migration.on_page(lambda page: page.url)

def test_a_loop_after():
    asyncio.run(something())

@pytest.mark.asyncio
@on_a_stack
async def test_a_stack_within_a_loop(migration, progress_row):
    await something()
    migration.start()
    await something()
    assert progress_row.becomes("COMPLETE").percent == 100

@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_anyio(anyio_backend):
    await something()

@on_a_stack
def test_a_stack_and_a_page(page, migration, progress_row):
    page.set_content("<p>theirs</p>")
    migration.start()
    progress_row.becomes("COMPLETE")
    assert page.inner_text("p") == "theirs"

@on_a_stack
def test_it_fails(migration, progress_row):
    migration.start()
    progress_row.becomes("FAILED")
"""


def test_they_live_side_by_side_and_a_failure_explains_itself(
    command: Command, tmp_path: Path
) -> None:
    # In a thread of its own: another test's browser may have a loop in this one.
    with ThreadPoolExecutor(1) as aside:
        found = aside.submit(find_browser).result()
    assert found
    conftest = CONFTEST.format(path=str(found.path), args=launch_arguments(os.geteuid()))
    (tmp_path / "conftest.py").write_text(conftest)
    (tmp_path / "pyproject.toml").write_text(SETTINGS)
    (tmp_path / "test_it.py").write_text(TESTS)

    done = command.pytest("--screenshot=on", "--engine=theirs", "-p", "no:randomly", "-v")

    said = done.stdout
    assert "6 passed" in said, said + done.stderr
    assert "1 failed" in said, said
    assert f"harness: settings of pyproject.toml [tool.harness] in {tmp_path}" in said
    section = said[said.index("- migration harness -") :]
    assert "wanted    FAILED" in section
    assert "seen      COMPLETE 100 %" in section
    assert "recorded  SUCCESS 100 % by the cloud" in section

    (run,) = (tmp_path / "build/runs").iterdir()
    cases = {each["id"]: each for each in json.loads((run / "results.json").read_text())["cases"]}
    verdicts = [each["verdict"] for each in cases.values()]
    assert sorted(verdicts) == ["failed", "passed", "passed", "passed"]
    failed = cases["test_it.py::test_it_fails"]
    kept = {"screenshot", "trace", "journal", "server_log"}
    assert kept <= failed["artifacts"].keys()
    assert all((run / file).is_file() for file in failed["artifacts"].values())
    assert [each.name for each in run.iterdir() if each.is_dir()] == [
        Path(failed["artifacts"]["trace"]).parent.name
    ]
    assert (tmp_path / "test-results/test-it-py-test-a-stack/test-finished-1.png").is_file()

    explained = command.run("explain", str(run), "--case", "test_it.py::test_it_fails")
    assert "the row shows it" in explained.stdout, explained.stderr
    assert command.debris() == []
