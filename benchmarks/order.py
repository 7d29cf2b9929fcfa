"""Whether the order of cases changes a verdict: file order beside a random one.

Usage: python -m benchmarks.order [--cases N] [--seed S] [--engine E] [--kept FILE] [--seconds S]
Cases are spread evenly over all combinations of `fixtures/cases/matrix.yaml`. The harness's own
schedule is left out: one stack for each CCMA version takes the cases as they come, so that each
meets what any other may have left. Exit status 1 when a verdict or a last row differs, 2 when
time ran out; a call with the same `--kept FILE` then goes on where this one stopped.
"""

import argparse
import json
import random
import secrets
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser

from harness.cases.suite import read_suite
from harness.drivers.browser.launch import browser_session
from harness.engines.ready import Ready, prepare
from harness.lifecycle import runs
from harness.runner.case import run_case
from harness.runner.jobs import Job, jobs_of
from harness.settings import Settings
from harness.support import assets
from harness.testbed.pool import TestbedPool

MATRIX = assets.root() / "fixtures" / "cases" / "matrix.yaml"
SCALE = 600


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=100)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000))
    parser.add_argument("--engine", choices=("local", "docker"), default="local")
    parser.add_argument("--kept", type=Path)
    parser.add_argument("--seconds", type=float, default=float("inf"))
    given = parser.parse_args()

    deadline = time.monotonic() + given.seconds
    kept: dict[str, Any] = {"seed": given.seed, "file": {}, "random": {}}
    if given.kept and given.kept.exists():
        kept = json.loads(given.kept.read_text())
    settings = Settings(engine=given.engine, time_scale=SCALE, start="trigger")
    every = read_suite(MATRIX, strength="all").cases
    jobs = jobs_of(every[:: max(1, len(every) // given.cases)][: given.cases], settings, print)
    orders = {
        "file": jobs,
        "random": random.Random(kept["seed"]).sample(jobs, len(jobs)),  # noqa: S311 - an order
    }
    print(f"{len(jobs)} of {len(every)} cases on {given.engine}, seed {kept['seed']}", flush=True)
    ready = prepare(given.engine, lambda _: None)
    with browser_session() as browser:
        for order, ordered in orders.items():
            left = [job for job in ordered if job.case.id not in kept[order]]
            for name, outcome in outcomes(left, settings, ready, browser):
                kept[order][name] = outcome
                if given.kept:
                    given.kept.write_text(json.dumps(kept))
                if time.monotonic() > deadline:
                    print(f"time ran out after {len(kept[order])} cases in {order} order")
                    return 2
            counts = Counter(verdict for verdict, *_ in kept[order].values())
            told = ", ".join(f"{count} {verdict}" for verdict, count in sorted(counts.items()))
            print(f"in {order} order: {told}", flush=True)
    first, other = kept["file"], kept["random"]
    differing = [name for name in first if first[name] != other[name]]
    for name in differing:
        print(f"{name}: {first[name]} in file order, {other[name]} in random order")
    print(f"{len(differing)} of {len(jobs)} cases differ")
    return 1 if differing else 0


def outcomes(
    jobs: Sequence[Job], settings: Settings, ready: Ready, browser: Browser
) -> Iterator[tuple[str, list[str | int | None]]]:
    """Each case's verdict and last row, in this order, on stacks that nothing else has used."""
    with tempfile.TemporaryDirectory() as scratch, runs.open_run() as run:
        benches = TestbedPool(settings, ready, run, lambda _: None, lambda: browser)
        try:
            for number, job in enumerate(jobs):
                bench = benches.matching(job.requirements, job.app, job.jar)
                result = run_case(bench, job.case, Path(scratch) / str(number))
                row = result.observed
                seen = [row.status, row.percent] if row else [None, None]
                yield job.case.id, [result.verdict, *seen]
        finally:
            benches.close()


if __name__ == "__main__":
    sys.exit(main())
