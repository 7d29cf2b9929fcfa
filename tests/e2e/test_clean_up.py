"""Nothing survives a run, a Ctrl-C or a kill: Docker and the process table are request."""

import json
import os
import signal
import subprocess
from collections.abc import Callable
from contextlib import closing

import httpx
import psutil
import pytest
from harness_command import SEED, Command

from harness.engines.docker_host import connect, find_address
from harness.lifecycle.runs import OWNER_VARIABLE
from harness.settings import resolve

WaitForLine = Callable[["subprocess.Popen[str]", str], str]
ONE_CASE = ["run", str(SEED), "-k", "feature=on,dev-mode=on,ccma=3.9.6"]
SLOW_CASE = ["run", str(SEED), "-k", "feature=on,dev-mode=on,ccma=3.1.7"]


def test_a_run_that_passes_leaves_nothing(command: Command) -> None:
    done = command.run(*ONE_CASE)
    assert done.returncode == 0, done.stderr
    assert command.debris() == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize(
    "moment", ["bringing up stack-1 (CCMA 3.1.7) ...", "stack-1 (CCMA 3.1.7):"]
)
def test_a_run_that_is_interrupted_leaves_nothing(
    command: Command, wait_for_line: WaitForLine, number: signal.Signals, moment: str
) -> None:
    process = command.start(*SLOW_CASE)
    wait_for_line(process, moment)
    process.send_signal(number)
    _, rest = process.communicate(timeout=60)
    assert process.returncode == 128 + number, rest
    assert "Traceback" not in rest
    assert command.debris() == []


def test_sweep_removes_what_a_killed_run_left(command: Command, wait_for_line: WaitForLine) -> None:
    process = command.start(*SLOW_CASE)
    wait_for_line(process, "stack-1 (CCMA 3.1.7):")
    process.kill()
    process.communicate()
    assert command.debris() != []
    done = command.run("sweep")
    assert done.returncode == 0, done.stderr
    assert command.debris() == []


def test_the_next_run_removes_what_a_killed_run_left(
    command: Command, wait_for_line: WaitForLine
) -> None:
    process = command.start(*SLOW_CASE)
    wait_for_line(process, "stack-1 (CCMA 3.1.7):")
    process.kill()
    process.communicate()
    done = command.run(*ONE_CASE)
    assert done.returncode == 0, done.stderr
    assert command.debris() == []


def test_two_runs_at_once_do_not_see_each_other(command: Command) -> None:
    runs = [command.start(*ONE_CASE, "--json", str(command.folder / f"{i}.json")) for i in range(2)]
    ends = [run.communicate(timeout=180)[1] for run in runs]
    assert [run.returncode for run in runs] == [0, 0], "\n".join(ends)
    names = {json.loads((command.folder / f"{i}.json").read_text())["run"] for i in range(2)}
    assert len(names) == 2
    assert command.debris() == []


def test_a_sweep_leaves_the_stacks_of_others_alone(command: Command) -> None:
    done = command.run("up", "--json")
    assert done.returncode == 0, done.stderr
    base = json.loads(done.stdout)["confluence"]["base_url"]
    others = Command(command.folder / "others", command.folder, command.engine)
    assert others.run("sweep").returncode == 0
    assert httpx.get(f"{base}/status").json() == {"state": "RUNNING"}


def test_down_ends_the_stacks_of_this_project_only(command: Command) -> None:
    done = command.run("up", "--json")
    assert done.returncode == 0, done.stderr
    stack = json.loads(done.stdout)
    assert stack["project"] == str(command.folder)
    base = stack["confluence"]["base_url"]
    elsewhere = Command(command.state, command.folder / "elsewhere", command.engine)
    elsewhere.folder.mkdir()
    (elsewhere.folder / "harness.toml").touch()

    done = elsewhere.run("down")
    assert (done.returncode, stack["run"] in done.stderr) == (0, True), done.stderr
    done = elsewhere.run("run", str(SEED), "--stack", "last")
    assert done.returncode == 3
    assert f"no stack of {elsewhere.folder} is running" in done.stderr
    assert httpx.get(f"{base}/status").json() == {"state": "RUNNING"}

    assert elsewhere.run("down", "--all").returncode == 0
    assert command.debris() == []


def test_a_stack_lives_until_down(command: Command) -> None:
    done = command.run("up", "--json")
    assert done.returncode == 0, done.stderr
    stack = json.loads(done.stdout)
    base = stack["confluence"]["base_url"]
    assert httpx.get(f"{base}/status").json() == {"state": "RUNNING"}
    assert httpx.get(f"{stack['confluence']['synchrony_url']}/synchrony/heartbeat").text == "OK"
    assert command.run("sweep").returncode == 0
    assert httpx.get(f"{base}/status").json() == {"state": "RUNNING"}
    done = command.run("down", stack["run"])
    assert done.returncode == 0, done.stderr
    assert command.debris() == []


def test_a_confluence_that_dies_ends_the_case_at_once_and_it_runs_again(
    command: Command, wait_for_line: WaitForLine
) -> None:
    out = command.folder / "out.json"
    process = command.start(*SLOW_CASE, "--json", str(out))
    wait_for_line(process, "stack-1 (CCMA 3.1.7):")
    _kill_confluence(command)
    _, rest = process.communicate(timeout=90)
    assert process.returncode == 0, rest
    assert "bringing up stack-2" in rest
    case = json.loads(out.read_text())["cases"][0]
    assert case["verdict"] == "known-bug"
    assert "confluence" in case["rerun_after"]
    assert command.debris() == []


def _kill_confluence(command: Command) -> None:
    """Kills the stand-in's JVM, which on Docker is a process of this machine too."""
    made = (line for line in command.debris() if line.startswith("container"))
    if container := next((line for line in made if line.endswith("-confluence")), None):
        with closing(
            connect(find_address(resolve({}, os.environ).settings.docker_socket))
        ) as docker:
            docker.containers.get(container.split()[1]).kill()
        return
    for process in psutil.process_iter():
        try:
            mine = process.environ().get(OWNER_VARIABLE) == command.owner
        except (psutil.Error, OSError):
            continue
        if mine and process.name() == "java":
            os.kill(process.pid, signal.SIGKILL)
