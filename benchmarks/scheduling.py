"""What a matrix costs: 64 cases on two workers, waiting, our own share, and the mathematics.

Usage: python -m benchmarks.scheduling [--engine local|docker] [--scale N] [--verdicts]

`--verdicts` also runs the whole matrix at time scale 60 and 600 and compares.
The peer is a fresh stack and browser for each case, as testcontainers and Playwright are used out
of the box, on a sample of eight cases. Its clock runs at the harness's default scale, since without
ours it would have none that is fast.
"""

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks import bare, fresh
from benchmarks.seed import bare_parts
from harness.lifecycle import runs
from harness.matrix import covering
from harness.matrix import model as matrix
from harness.support import assets

CASES = assets.root() / "fixtures" / "cases"
SIXTY_FOUR = (
    "ccma=3.9.6 and feature=on and assessment=needed and app=charts "
    "and not (cloud-app=never-settles and pairing=unlisted)"
)
"""Cases of one app on one kind of stack, whose plans the trigger can run again."""

STUCK = "feature=on,dev-mode=on,ccma=3.1.7"
LIMIT = {"local": 64.0, "docker": 90.0}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", choices=LIMIT, default="local")
    parser.add_argument("--scale", default="1200")
    parser.add_argument("--verdicts", action="store_true")
    given = parser.parse_args()
    engine = given.engine

    seconds, results = run(
        *(CASES / "matrix.yaml", "--strength", "all", "-k", SIXTY_FOUR, "--engine", engine),
        *("--workers", "2", "--time-scale", given.scale, "--start", "trigger"),
    )
    cases = results["cases"]
    tell(
        f"64 cases, two workers, scale {given.scale}", seconds, LIMIT[engine], f"{len(cases)} cases"
    )
    each = fresh_stacks(engine) / 8
    ratio = each / (seconds / len(cases))
    what = f"a fresh stack for each case, scale {bare.SCALE}"
    print(f"{what:44} {each:7.2f} s a case ({ratio:.1f} times)")
    own = [own_seconds(case) for case in cases]
    share = sum(own) / sum(case["seconds"]["total"] for case in cases)
    tell("our own work outside the phases, median", statistics.median(own), 0.15, f"{share:.0%}")

    _, stuck = run(CASES / "seed.yaml", "-k", STUCK, "--engine", engine, "--time-scale", "600")
    tell("a wait of 30 minutes at scale 600", stuck["cases"][0]["seconds"]["wait"], 4.0)

    begun = time.monotonic()
    axes = [matrix.Factor(f"a{n}", ("off", "on")) for n in range(100)]
    rows = len(covering.cover(matrix.model(axes), 2).cases)
    tell("strength 2 for 100 axes of 2 values", time.monotonic() - begun, 5.0, f"{rows} rows")
    if given.verdicts:
        told = [verdicts(engine, scale) for scale in ("60", "600")]
        same = "equal" if told[0] == told[1] else f"differ: {told}"
        print(f"verdicts of the whole matrix at scale 60 and 600: {same}")
    return 0


def run(*words: Any) -> tuple[float, dict[str, Any]]:
    """Wall seconds of a `harness run`, and its results."""
    folder = Path("build") / f"benchmark-{runs.new_id()}"
    harness = Path(sys.executable).parent / "harness"
    begun = time.monotonic()
    done = subprocess.run(
        [harness, "run", *words, "--results", folder], capture_output=True, text=True
    )
    seconds = time.monotonic() - begun
    if done.returncode:
        raise SystemExit(done.stderr)
    (path,) = folder.glob("*/results.json")
    results: dict[str, Any] = json.loads(path.read_text())
    shutil.rmtree(folder)
    return seconds, results


def own_seconds(case: dict[str, Any]) -> float:
    """What is left of a case besides its phases, in which server, cloud and browser work."""
    seconds = case["seconds"]
    return float(2 * seconds["total"] - sum(seconds.values()))


def fresh_stacks(engine: str) -> float:
    """Wall seconds of the seed's eight cases, each on a stack of its own."""
    parts, begun = bare_parts(engine), time.monotonic()
    for ccma in ("3.1.7", "3.9.6"):
        for feature in (False, True):
            for dev in (False, True):
                with bare.stack_and_page(parts, ccma, fresh.docker_stack) as (at, rest, page):
                    bare.run_case(page, at, rest, feature, dev, ccma)
    return time.monotonic() - begun


def verdicts(engine: str, scale: str) -> dict[str, str]:
    words = (CASES / "matrix.yaml", "--engine", engine, "--workers", "2", "--time-scale", scale)
    _, results = run(*words)
    return {case["id"]: case["verdict"] for case in results["cases"]}


def tell(what: str, seconds: float, limit: float, more: str = "") -> None:
    print(f"{what:44} {seconds:7.2f} s  limit {limit:g} s  {more}")


if __name__ == "__main__":
    sys.exit(main())
