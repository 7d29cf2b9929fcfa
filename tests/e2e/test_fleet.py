"""Cases on a dask cluster, of whose two workers one is killed while it works."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from harness_command import SEED, Command

from harness.waiting import wait_for

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
    busy = wait_for("a worker at work", lambda: _busy(workers), within=60)
    os.kill(busy.pid, signal.SIGKILL)
    _, told = run.communicate(timeout=170)

    assert run.returncode == 0, told
    verdicts = {case["ccma"]: case["verdict"] for case in json.loads(out.read_text())["cases"]}
    assert verdicts == {"3.1.7": "known-bug", "3.9.6": "passed"}
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


def _busy(workers: "list[subprocess.Popen[bytes]]") -> "subprocess.Popen[bytes] | None":
    """A worker that has brought up a browser by now, so that its part is under way."""
    for worker in workers:
        names = [child.name() for child in psutil.Process(worker.pid).children(recursive=True)]
        if any("chrom" in name for name in names):
            return worker
    return None
