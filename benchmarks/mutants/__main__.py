"""Changes the core in thousands of small ways, and counts the changes that no unit test notices.

Usage: python -m benchmarks.mutants [MODULE ...] [--minutes M] [--seed N] [--quick] [--again]

Where a module's mutants take longer than its minutes, a sample by the seed is tried; without
`--minutes` all are. What survived is printed as a diff; all outcomes are kept in build/mutants, and
`--again` tries only what survived the time before. `--quick` leaves the property tests out, and so
has more survivors. Exit 1: a module is below 90 %.
"""

import argparse
import json
import random
import time
from dataclasses import asdict
from difflib import unified_diff
from pathlib import Path

from benchmarks.mutants import trial
from benchmarks.mutants.core import CORE
from benchmarks.mutants.operators import Mutant, mutants_of

AT_LEAST = 0.9
KEPT = Path("build", "mutants")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="*", metavar="MODULE", choices=[[], *CORE])
    parser.add_argument("--minutes", type=float, default=float("inf"), help="for each module")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--again", action="store_true")
    given = parser.parse_args()
    KEPT.mkdir(parents=True, exist_ok=True)
    rows = [tried(module, given) for module in given.modules or CORE]
    print(f"\n{'module':28} {'mutants':>8} {'tried':>6} {'killed':>7} {'survived':>9} {'share':>7}")
    for module, made, outcomes in rows:
        killed, survived = counts(outcomes)
        share = killed / max(killed + survived, 1)
        print(f"{module:28} {made:8} {killed + survived:6} {killed:7} {survived:9} {share:7.1%}")
    return int(any(counts(each)[0] < AT_LEAST * sum(counts(each)) for _, _, each in rows))


def counts(outcomes: list[str]) -> tuple[int, int]:
    """Killed, and survived; a mutant that cannot be loaded is neither."""
    survived = outcomes.count(trial.SURVIVED)
    return len(outcomes) - survived - outcomes.count(trial.STILLBORN), survived


def tried(module: str, given: argparse.Namespace) -> tuple[str, int, list[str]]:
    """The module, how many mutants it has, and what became of those that were tried."""
    path, kept = trial.path_of(module), KEPT / f"{module}.json"
    source = path.read_text(encoding="utf-8")
    every = mutants_of(source)
    order = list(every)
    random.Random(given.seed).shuffle(order)  # noqa: S311 - a sample that can be drawn again
    outcomes = dict[Mutant, str]()
    if given.again:
        for each in json.loads(kept.read_text(encoding="utf-8")):
            outcomes[Mutant(**each["mutant"])] = each["came"]
        order = [each for each in order if outcomes.get(each) == trial.SURVIVED]
    began = time.monotonic()

    def each(outcome: trial.Try) -> None:
        for mutant in order:
            if time.monotonic() - began > given.minutes * 60:
                break
            changed = mutant.source(source)
            outcomes[mutant] = outcome(changed)
            if outcomes[mutant] == trial.SURVIVED:
                print(f"\n{module}, {mutant.operator} #{mutant.occurrence}")
                print(*changes(source, changed), sep="\n", flush=True)

    trial.run_trials(trial.Trials(module, CORE[module], given.quick, each))
    by_line = sorted(outcomes.items(), key=lambda item: (item[0].line, item[0].column))
    rows = [{"mutant": asdict(each), "came": came} for each, came in by_line]
    kept.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    killed, survived = counts(list(outcomes.values()))
    took = time.monotonic() - began
    print(f"\n{module}: {killed} killed, {survived} survived, {took:.0f} s", flush=True)
    return module, len(every), list(outcomes.values())


def changes(one: str, two: str) -> list[str]:
    return list(unified_diff(one.splitlines(), two.splitlines(), n=0, lineterm=""))[2:]


if __name__ == "__main__":
    raise SystemExit(main())
