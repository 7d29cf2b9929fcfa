"""What it costs a suite that uses no fixture of the harness to have it installed.

Usage: python -m benchmarks.collection [--rounds N] [--tests N]

Collects unrelated tests with the plugin and without it, in turns and with no other plugin, as
pytest finds plugins by itself: the look through the environment is pytest's in both. Compares the
processor time of the whole session, in which other programs of a busy machine count little. Exit
status 1: more than 1 %.
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from importlib.metadata import entry_points
from pathlib import Path

FILES = 20
MOST = 0.01
"""What the plugin may cost, as a part of the session without it."""

WITH = tuple(
    f"-pno:{each.name}" for each in entry_points(group="pytest11") if each.name != "harness"
)
WITHOUT = (*WITH, "-pno:harness")
TEST = """
def test_{n}():
    assert {n} + 1 == {m}
"""


def environment(folder: Path) -> dict[str, str]:
    """Of a session: bytecode is kept, as it is for anybody, and kept beside the tests."""
    kept = {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPYCACHEPREFIX": str(folder / "caches")}


def cpu_seconds(folder: Path, *words: str) -> float:
    """Processor seconds of a session that collects."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-qq", "-p", "no:cacheprovider", *words],
        cwd=folder,
        env=environment(folder),
        check=True,
        stdout=subprocess.DEVNULL,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--tests", type=int, default=2000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        for file in range(FILES):
            tests = (TEST.format(n=n, m=n + 1) for n in range(given.tests // FILES))
            (folder / f"test_{file}.py").write_text("".join(tests))
        cpu_seconds(folder, *WITH)  # what is read from disk the first time
        taken: dict[tuple[str, ...], list[float]] = {WITH: [], WITHOUT: []}
        for number in range(given.rounds):
            for words in (WITH, WITHOUT) if number % 2 else (WITHOUT, WITH):
                taken[words].append(cpu_seconds(folder, *words))
    # The least of each: what other programs add to a session is never less than nothing.
    ours, theirs = min(taken[WITH]), min(taken[WITHOUT])
    more = (ours - theirs) / theirs
    print(f"{given.tests} tests, {given.rounds} rounds in turns, processor seconds of a session:")
    for name, words in (("with the plugin", WITH), ("without it", WITHOUT)):
        every = taken[words]
        print(f"  {name:<16} least {min(every):.3f}, median {statistics.median(every):.3f}")
    print(f"  the plugin costs {1000 * (ours - theirs):+.1f} ms: {more:+.2%}")
    return int(more > MOST)


if __name__ == "__main__":
    sys.exit(main())
