"""Cases on a dask cluster, of whose two workers one is killed while it works."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from harness_command import SEED, Command

from harness.wait import wait_for

DASK = Path(sys.executable).parent / "dask"
Start = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def dask(command: Command) -> Iterator[Start]:
    """Starts dask's programs, and ends them."""
    started: list[subprocess.Popen[bytes]] = []

    def start(*words: str) -> "subprocess.Popen[bytes]":
        with (command.folder / f"dask-{len(started)}.log").open("wb") as log:
            process = subprocess.Popen(
                [DASK, *words], env=command.environment, cwd=command.folder, stdout=log, stderr=log
            )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


def test_a_killed_workers_part_runs_on_another(command: Command, dask: Start) -> None:
    address = command.folder / "scheduler.json"
    at = ("--scheduler-file", str(address), "--no-dashboard")
    dask("scheduler", "--host", "127.0.0.1", "--port", "0", *at)
    wait_for("dask's scheduler", lambda: address.exists() or None, within=60)
    workers = [dask("worker", *at, "--nthreads", "1", "--no-nanny") for _ in range(2)]
    where = json.loads(address.read_text())["address"]
    wait_for("both workers", lambda: _count(where) == 2 or None, within=60)

    out = command.folder / "out.json"
    words = ("run", str(SEED), "-k", "dev-mode=on and feature=on", "--json", str(out))
    run = command.start(*words, "--executor", "dask", "--scheduler", where)
    # While they work, which the run's own events tell although the work is done elsewhere.
    begun = wait_for("both cases", lambda: _events(command, "case-started", 2), within=90)
    os.kill(_busy(workers).pid, signal.SIGKILL)
    _, told = run.communicate(timeout=170)

    assert run.returncode == 0, told
    cases = json.loads(out.read_text())["cases"]
    verdicts = {case["ccma"]: case["verdict"] for case in cases}
    assert verdicts == {"3.1.7": "known-bug", "3.9.6": "passed"}
    (again,) = [case for case in cases if case["rerun_after"]]
    assert "was lost" in again["rerun_after"]
    assert _events(command, "case-started", 3) == [*begun, again["id"]]
    assert sorted(_events(command, "case-finished", 2) or []) == sorted(begun)
    (folder,) = command.folder.glob("build/runs/*")
    assert len(list(folder.glob("*/page.png"))) == 2  # artefacts came back too


def test_a_scheduler_that_does_not_answer_is_one_line(command: Command) -> None:
    words = ("--executor", "dask", "--scheduler", "tcp://127.0.0.1:9")
    done = command.run("run", str(SEED), *words)
    assert done.returncode == 3
    assert "no dask scheduler answers" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
    assert command.debris() == []


def _count(address: str) -> int:
    from distributed import Client

    with Client(address, timeout=10, set_as_default=False) as client:
        return len(client.scheduler_info(n_workers=-1)["workers"])


def _events(command: Command, name: str, count: int) -> list[str] | None:
    """The cases of the run's events of a name, once there are as many."""
    lines = [
        line
        for path in command.folder.glob("build/runs/*/events.jsonl")
        for line in path.read_text().splitlines(keepends=True)
        if line.endswith("\n")
    ]
    cases = [each["case"] for each in map(json.loads, lines) if each["name"] == name]
    return cases if len(cases) == count else None


def _busy(workers: "list[subprocess.Popen[bytes]]") -> "subprocess.Popen[bytes]":
    """A worker that has a browser, so that its case is under way."""
    for worker in workers:
        with suppress(psutil.NoSuchProcess):  # one that ended while it was looked at
            names = [each.name() for each in psutil.Process(worker.pid).children(recursive=True)]
            if any("chrom" in name for name in names):
                return worker
    pytest.fail("both cases have ended already")
