"""Runs that are cut short, stacks that die, stacks that stand: what a scheduler has to bear."""

import json
import signal
import subprocess
from collections.abc import Callable

import httpx
from harness_command import SEED, Command

WaitForLine = Callable[["subprocess.Popen[str]", str], str]
QUICK = "ccma=3.9.6 and feature=on"
"""Two cases of the seed, of which one has no known bug and is over in two seconds."""


def test_a_killed_run_goes_on_with_what_is_missing(
    command: Command, wait_for_line: WaitForLine
) -> None:
    process = command.start("run", str(SEED), "-k", QUICK)
    wait_for_line(process, "passed  seed[")
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)
    (folder,) = command.folder.glob("build/runs/*")
    before = json.loads((folder / "results.json").read_text())["cases"]
    assert len(before) == 1
    done = command.run("run", "--resume", str(folder))
    assert done.returncode == 0, done.stderr
    after = json.loads((folder / "results.json").read_text())
    assert after["totals"]["passed"] == 2
    assert after["cases"][0] == before[0]  # it was not run again
    assert after["run"] == folder.name
    assert command.debris() == []


def test_cases_run_on_a_stack_that_stands_and_leave_it_standing(command: Command) -> None:
    up = command.run("up", "--json")
    assert up.returncode == 0, up.stderr
    stack = json.loads(up.stdout)
    standing = command.debris()
    done = command.run("run", str(SEED), "--stack", stack["run"], "-k", QUICK, "--json", "out.json")
    assert done.returncode == 0, done.stderr
    assert "bringing up" not in done.stderr
    assert json.loads((command.folder / "out.json").read_text())["totals"]["passed"] == 2
    assert httpx.get(f"{stack['confluence']['base_url']}/status").json() == {"state": "RUNNING"}
    assert command.debris() == standing
    # What it is not, it cannot be made into.
    done = command.run("run", str(SEED), "--stack", "last", "--json", "none.json")
    assert done.returncode == 3
    assert "ccma 3.1.7, not 3.9.6" in done.stderr
    assert not (command.folder / "none.json").exists()


def test_pytest_n_shares_stacks_as_the_schedule_says(command: Command) -> None:
    """Four tests for two versions, in two workers: each worker brings up one stack."""
    (command.folder / "test_versions.py").write_text(
        "import pytest\n\n"
        "@pytest.mark.parametrize('n', range(4))\n"
        "@pytest.mark.parametrize('version', [\n"
        "    pytest.param(v, marks=pytest.mark.ccma(v)) for v in ('3.1.7', '3.9.6')])\n"
        "def test_version(version, n, stack, worker_id):\n"
        "    assert stack.ccma == version\n"
        "    with open('seen.txt', 'a') as seen:\n"
        "        seen.write(f'{worker_id} {stack.confluence_url} {version}\\n')\n"
    )
    done = command.pytest("test_versions.py", "-n", "2")
    assert done.returncode == 0, done.stdout
    seen = [line.split() for line in (command.folder / "seen.txt").read_text().splitlines()]
    assert len(seen) == 8
    assert len({url for _, url, _ in seen}) == 2
    assert {len({v for w, _, v in seen if w == worker}) for worker in ("gw0", "gw1")} == {1}
    assert command.debris() == []
