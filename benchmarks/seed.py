"""How long the seed's cases take on each engine, beside a bare script and the set limits.

Usage: python -m benchmarks.seed [docker|local ...]
"""

import json
import shutil
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

from benchmarks import bare
from harness.drivers.browser.launch import find_browser
from harness.engines import builds, toolchain
from harness.engines.docker_host import engine_answers
from harness.engines.ready import prepare
from harness.lifecycle import runs
from harness.support import assets
from harness.support.console import to_stderr

LIMITS = {"local": {"first": 6.0, "eight": 60.0}, "docker": {"first": 10.0, "eight": 60.0}}
SEED = assets.root() / "fixtures" / "cases" / "seed.yaml"


def main(engines: list[str]) -> int:
    print(f"{'engine':8} {'what':34} {'harness':>9} {'bare':>9} {'ratio':>6} {'limit':>7}")
    for engine in engines:
        parts = bare_parts(engine)
        one = ["-k", "feature=on,dev-mode=off,ccma=3.9.6"]
        rows = {
            "first": ("nothing to first row read", first_row(engine, one), bare.first_row(parts)),
            "eight": ("the eight cases", command(engine, []), bare.eight_cases(parts)),
        }
        for name, (what, ours, theirs) in rows.items():
            limit = LIMITS[engine][name]
            ratio = f"{ours / theirs:6.2f}"
            print(f"{engine:8} {what:34} {ours:7.1f} s {theirs:7.1f} s {ratio} {limit:5.0f} s")
    return 0


def bare_parts(engine: str) -> bare.Parts:
    ready = prepare("docker" if engine == "docker" else "local", to_stderr)
    browser = find_browser()
    if browser is None:
        raise SystemExit("no browser")
    return bare.Parts(
        engine,
        standin=ready.images["standin"] if engine == "docker" else str(ready.jars),
        cloud_image=ready.images.get("cloud", ""),
        plugin=builds.server_app(assets.sample_app("charts"), to_stderr),
        faketime=str(toolchain.find().faketime) if engine == "local" else "",
        browser=browser.path,
    )


def command(engine: str, words: list[str]) -> float:
    """Wall seconds of `harness run` on the seed's file."""
    harness = Path(sys.executable).parent / "harness"
    begun = time.monotonic()
    subprocess.run(
        [harness, "run", SEED, "--engine", engine, *words], check=True, capture_output=True
    )
    return time.monotonic() - begun


def first_row(engine: str, words: list[str]) -> float:
    """Wall seconds of `harness run` from its start to the first row it has seen."""
    folder = Path("build") / f"benchmark-{runs.new_id()}"
    begun = time.time()
    command(engine, [*words, "--results", str(folder)])
    (results,) = folder.glob("*/results.json")
    data = json.loads(results.read_text())
    finished = datetime.fromisoformat(data["started"]).timestamp() + data["seconds"]
    case = data["cases"][0]
    last = case["timeline"][-1]["wall_seconds"]
    shutil.rmtree(folder)
    return finished - begun - (last - case["timeline"][0]["wall_seconds"])


if __name__ == "__main__":
    chosen = sys.argv[1:] or (["docker", "local"] if engine_answers(None) else ["local"])
    sys.exit(main(chosen))
