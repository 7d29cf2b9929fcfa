"""Ends runs at random moments, as a terminal does, and counts what goes wrong.

    python -m benchmarks.interrupts --rounds 20 --engine local

A run is started at a terminal of its own. After a random time a signal goes to the whole
foreground group (Ctrl-C, SIGTERM, SIGHUP) or to the command alone. Counted are ends with another
status than 128 and the signal's number, tracebacks, runs that do not name `--resume` although
cases had begun, ends that take longer than ten seconds, and all that is left at the very end;
after SIGKILL, which nobody can answer, all that a sweep leaves.
"""

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from harness.support import assets

sys.path.insert(0, str(assets.root() / "tests" / "support"))

from harness_command import HARNESS, SEED, Command
from terminal import CTRL_C, Terminal

CASE = ["run", str(SEED), "-k", "feature=on,dev-mode=on,ccma=3.1.7"]
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL)
SLOW = 10.0
NOISE = ("Traceback", "Error:", "ignored in")


@dataclass(frozen=True)
class Round:
    """One run that was ended: how, when, and what came of it."""

    number: signal.Signals
    group: bool
    after: float
    seconds: float
    status: int | None
    wrong: tuple[str, ...]


def end_one(engine: str, number: signal.Signals, *, group: bool, after: float) -> Round | None:
    """Starts a run and ends it; None when it ended by itself before that."""
    with tempfile.TemporaryDirectory() as name:
        command = Command(Path(name) / "state", Path(name), engine)
        with Terminal.start([str(HARNESS), *CASE], command.folder, command.environment) as run:
            if run.read(within=after):
                return None
            begun = time.monotonic()
            if group and number is signal.SIGINT:
                run.press(CTRL_C)
            elif group:
                run.signal_group(number)
            else:
                os.kill(run.pid, number)
            ended = run.read(within=60)
            seconds = time.monotonic() - begun
            if number is signal.SIGKILL:
                command.run("sweep")
            left = command.debris()
            begun_cases = any(command.folder.glob("build/runs/*/request.json"))
            checks = {
                "hang": not ended,
                f"status {run.status}": ended and run.status not in (128 + number, -number),
                "traceback": any(each in run.text for each in NOISE),
                "slow": ended and seconds > SLOW,
                f"left: {'; '.join(left)}": bool(left),
                "no --resume": number is not signal.SIGKILL
                and begun_cases
                and "--resume" not in (run.screen or [""])[-1],
            }
            wrong = [what for what, is_so in checks.items() if is_so]
            if wrong:
                print("\n".join(f"    | {line}" for line in run.screen[-25:]))
        command.run("sweep")
    return Round(number, group, after, seconds, run.status, tuple(wrong))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--engine", default="auto")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--longest", type=float, default=15.0, help="wall s until the signal")
    parser.add_argument("--signals", default=",".join(each.name for each in SIGNALS))
    parser.add_argument("--only-group", action="store_true")
    words = parser.parse_args()
    chance = random.Random(words.seed)  # noqa: S311 - it guards nothing
    chosen = [signal.Signals[name] for name in words.signals.split(",")]
    rounds: list[Round] = []
    while len(rounds) < words.rounds:
        number = chosen[len(rounds) % len(chosen)]
        group = words.only_group or chance.random() < 0.5
        after = chance.uniform(0.5, words.longest)
        made = end_one(words.engine, number, group=group, after=after)
        if made is None:
            continue
        rounds.append(made)
        to = "group" if group else "command"
        print(
            f"{number.name:8} to the {to:8} after {after:5.1f} s: ended in {made.seconds:4.1f} s, "
            f"status {made.status}  {'; '.join(made.wrong) or 'fine'}",
            flush=True,
        )
    counted = Counter(each.split(":")[0].split(" ")[0] for made in rounds for each in made.wrong)
    longest = max(made.seconds for made in rounds)
    print(f"{len(rounds)} rounds, seed {words.seed}, longest end {longest:.1f} s: {dict(counted)}")
    return 1 if counted else 0


if __name__ == "__main__":
    sys.exit(main())
