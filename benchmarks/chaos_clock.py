"""The command `harness` with a wall clock that can be moved while it runs.

    python -m benchmarks.chaos_clock FILE run ...

FILE holds the seconds by which the clock is wrong. Only `time.time` of this process is moved,
which is what the harness times its looks by: the machine's clock stays, and libfaketime below a
Python process makes system calls of its own fail.
"""

import sys
import time
from pathlib import Path


def move(offset: Path) -> None:
    """Makes `time.time` wrong by the seconds in a file, whatever they are at each call."""
    real = time.time
    time.time = lambda: real() + float(offset.read_text())


if __name__ == "__main__":
    move(Path(sys.argv.pop(1)))
    from harness.cli.main import main  # after that: modules keep the function that they import

    main()
