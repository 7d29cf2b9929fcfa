"""Runs cases whose truth is known under faults by a seeded plan, and counts what goes wrong.

    python -m benchmarks.chaos --rounds 100 --seed 1 --engine local

A round is one case that meets one fault of the plan (`chaos_plan`), struck when the run's events
say that a phase has begun; a few rounds have none and show that the truth is one. One harness
process runs a batch of rounds, so that what a fault leaves behind meets the next case.

Counted are:

- wrong verdicts: a verdict that is neither `error` nor the case's truth, and is not a false alarm:
  `passed` or `known-bug` where the truth is `failed` or `fixed`, one green verdict for the other,
  one red verdict for the other;
- false alarms: `failed` or `fixed` where the truth is `passed` or `known-bug`, so that a fault of
  the surroundings is taken for one of the app;
- errors for nothing: `error` in a round without a fault; only shown, since a fault of the round
  before may reach into it;
- cases without a result; a process whose exit status is not what its verdicts make;
- tracebacks, and "the harness broke", in the output; hangs: no event for five minutes, or a run
  of more than twenty;
- leftovers three seconds after the end of a run, and after a sweep: processes, run folders,
  folders for temporary files, shared memory of libfaketime, Docker's objects.

Exit status: 0 where none of that happened, but for leftovers that the sweep removed and at most
one false alarm in a hundred rounds.
"""

import argparse
import json
import os
import sys
import time
from dataclasses import asdict
from functools import partial
from pathlib import Path

from benchmarks.chaos_judge import MUST_BE_ZERO, Ended, Outcome, table, wrong_status
from benchmarks.chaos_plan import batch
from benchmarks.chaos_run import run


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--minutes", type=float, default=600.0, help="no batch begins after them")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--engine", default="auto")
    parser.add_argument("--batch", type=int, default=5, help="rounds in one harness process")
    parser.add_argument("--first", type=int, default=1, help="the batch to begin with")
    parser.add_argument("--out", type=Path, default=Path("build/chaos"))
    words = parser.parse_args()
    kept = words.out / f"seed-{words.seed}"
    outcomes: list[Outcome] = []
    ends: list[Ended] = []
    until = time.monotonic() + words.minutes * 60
    number = words.first
    plan = partial(batch, words.seed, size=words.batch, on_docker=words.engine == "docker")
    while len(outcomes) < words.rounds and time.monotonic() < until:
        made, ended = run(plan(number), words.engine, kept)
        outcomes += made
        ends.append(ended)
        show(made, ended)
        with (kept / "rounds.jsonl").open("a") as file:
            for each in made:
                file.write(json.dumps(asdict(each)) + "\n")
        number += 1
    counts = dict(table(outcomes, ends))
    print(f"\nseed {words.seed}, engine {words.engine}, {os.cpu_count()} cores, load ", end="")
    print(f"{os.getloadavg()[2]:.0f}")
    for name, count in counts.items():
        print(f"| {name} | {count} |")
    bad = [name for name in MUST_BE_ZERO if counts[name]]
    alarms = counts["false alarms"] * 100 > len(outcomes)
    return 1 if bad or alarms else 0


def show(outcomes: list[Outcome], ended: Ended) -> None:
    """Prints what came of a batch."""
    for each in outcomes:
        marks = {
            "WRONG": each.is_wrong,
            "FALSE ALARM": each.is_false_alarm,
            "LOST": each.is_lost,
            "ERROR FOR NOTHING": each.is_error_for_nothing,
        }
        mark = " ".join(name for name, is_so in marks.items() if is_so)
        print(
            f"{each.batch}/{each.case}: {each.truth} -> {each.verdict or '-'} in {each.seconds} s; "
            f"{each.fault or 'no fault'} ({each.done}) {mark}\n    {each.reason[:400]}"
        )
    odd = "" if not wrong_status(ended, outcomes) else " WRONG STATUS"
    print(
        f"batch {ended.batch}: status {ended.status}{odd}, {ended.tracebacks} tracebacks, "
        f"{'HUNG, ' if ended.hung else ''}left {list(ended.left)}, "
        f"after a sweep {list(ended.left_after_sweep)}",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
