"""Kills a part of a running case at random moments, and measures how soon that is noticed.

    python -m benchmarks.deaths --part jvm --phase install --rounds 5 --engine local

The parts: `jvm`, `cloud`, `cloud-app` (a service of the stack), `browser`, `renderer`, `driver`.
Noticed means: the case's attempt is over, since its stack or its browser is being replaced or the
case has a result. The run must go on and end by itself, without a traceback.
"""

import argparse
import json
import os
import random
import re
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from harness.support import assets

sys.path.insert(0, str(assets.root() / "tests" / "support"))

from harness_command import HARNESS, SEED, Command
from terminal import Terminal

CASE = ["run", str(SEED), "-k", "feature=on,dev-mode=on,ccma=3.1.7"]
SLOW = 3.0
WORDS = {
    "jvm": r"^\S*java ",
    "cloud": r"-m harness\.cloud ",
    "cloud-app": r"-m harness\.cloud_app ",
    "driver": r"run-driver",
    "browser": r"chrom.*--remote-debugging-pipe",
    "renderer": r"chrom.*--type=renderer",
}


@dataclass(frozen=True)
class Round:
    """One death: what came, and how soon."""

    noticed: float | None
    total: float
    status: int | None
    outcome: str


def processes(command: Command, pattern: str) -> Iterator[psutil.Process]:
    """The processes of a command's run whose command line has a pattern."""
    for process in psutil.process_iter():
        try:
            # A renderer writes its title over its environment.
            kin = [process, *process.parents()]
            state = next(filter(None, (each.environ().get("HARNESS_STATE") for each in kin)), None)
            if state == str(command.state) and re.search(
                pattern, " ".join(process.cmdline()) + " "
            ):
                yield process
        except (psutil.Error, OSError):
            continue


def events(folder: Path) -> list[dict[str, str]]:
    """What the run has told so far."""
    files = list(folder.glob("build/runs/*/events.jsonl"))
    return [json.loads(line) for line in files[0].read_text().splitlines()] if files else []


def await_true(run: Terminal, look: Callable[[], bool], within: float, every: float = 0.05) -> bool:
    """Whether something came true in time, while the run's lines are read."""
    end = time.monotonic() + within
    while time.monotonic() < end:
        if look():
            return True
        if run.read(within=every):
            return look()
    return False


def kill_one(engine: str, part: str, phase: str, delay: float, number: signal.Signals) -> Round:
    """Runs a case, and kills a part of it a while after a phase has begun."""
    with tempfile.TemporaryDirectory() as name:
        command = Command(Path(name) / "state", Path(name), engine)
        with Terminal.start([str(HARNESS), *CASE], command.folder, command.environment) as run:

            def begun(word: str) -> int:
                told = events(command.folder)
                return sum(each["name"] == word or each.get("detail") == word for each in told)

            if phase == "bring-up":
                run.read(until="bringing up stack-1", within=60)
            else:
                await_true(run, lambda: begun(phase) > 0, 90)
            time.sleep(delay)
            victims = list(processes(command, WORDS[part]))
            for victim in victims:
                os.kill(victim.pid, number)
            at = time.monotonic()
            noticed = await_true(
                run,
                lambda: begun("case-finished") + begun("evidence") > 0 or "up stack-2" in run.text,
                400,
            )
            seconds = time.monotonic() - at if noticed and victims else None
            run.read(within=120)
            total = time.monotonic() - at
            told = [each for each in events(command.folder) if each["name"] == "case-finished"]
            said = told[-1].get("verdict", "") + " " + told[-1].get("detail", "") if told else "-"
            if "Traceback" in run.text:
                said = f"TRACEBACK {said}\n{run.text[-3000:]}"
            if not victims:
                said = f"nothing to kill; {said}"
        command.run("sweep")
    return Round(seconds, total, run.status, said)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--part", choices=WORDS, default="jvm")
    parser.add_argument("--phase", default="install", help="reset install migrate wait bring-up")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--engine", default="auto")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--longest-delay", type=float, default=1.0)
    parser.add_argument("--signal", default="SIGKILL")
    words = parser.parse_args()
    chance = random.Random(words.seed)  # noqa: S311 - it guards nothing
    bad = 0
    for _ in range(words.rounds):
        delay = chance.uniform(0, words.longest_delay)
        number = signal.Signals[words.signal]
        made = kill_one(words.engine, words.part, words.phase, delay, number)
        late = made.noticed is None or made.noticed > SLOW
        bad += late or "TRACEBACK" in made.outcome or made.status is None
        seen = "never" if made.noticed is None else f"{made.noticed:5.1f} s"
        print(
            f"{words.part} {words.phase}+{delay:.2f}: noticed {seen}, run over {made.total:5.1f} s "
            f"later, status {made.status}; {made.outcome[:900]}",
            flush=True,
        )
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
