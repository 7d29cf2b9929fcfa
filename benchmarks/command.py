"""What the command costs before it does anything: CPU seconds of a process, the least of some.

Usage: python -m benchmarks.command [--times N]

Wall seconds say more of the machine's other work. Exit status 1 where a bound is exceeded.
"""

import argparse
import resource
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from harness.engines.builds import server_app
from harness.support import assets

HARNESS = Path(sys.executable).with_name("harness")
HELP_SECONDS, CHECK_SECONDS = 0.15, 0.5
"""Bounds: the help, and the check of the sample app's jar."""


def cpu_seconds(words: Sequence[str | Path], times: int) -> float:
    """The least CPU time of some runs of a command."""
    found = []
    for _ in range(times):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(words, capture_output=True, check=False)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        found.append(
            after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
        )
    return min(found)


def main() -> int:
    """Prints a line for each command; 1 where one takes too long."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--times", type=int, default=5)
    times = options.parse_args().times
    jar = server_app(assets.sample_app("charts"), lambda _: None)
    bounds = {
        ("--help",): HELP_SECONDS,
        ("--version",): HELP_SECONDS,
        ("check", str(jar)): CHECK_SECONDS,
        ("explain", "--help"): CHECK_SECONDS,
    }
    over = 0
    for words, bound in bounds.items():
        seconds = cpu_seconds([HARNESS, *words], times)
        over += seconds > bound
        name = " ".join(Path(word).name for word in words)
        print(f"{seconds:.3f} s of {bound:g}  harness {name}")
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
