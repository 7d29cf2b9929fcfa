"""Fuzzes every reader of bytes from outside: `python tests/fuzz SECONDS [TARGET...]`.

Atheris runs each target in a process of its own, as many at once as there are processors, for its
share of the seconds, from the corpus in `corpus/`. An input that is a fault is printed as a line
for that corpus; it stays in build/fuzz.
"""

import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support"), str(Path(__file__).parent)]
CRASHES = ROOT / "build" / "fuzz"
SLOW_SECONDS, MEMORY_MIB, LONGEST = 60, 2048, 20_000
_ONE = "--one"


def main() -> int:
    """Runs the targets; 1 when one found a fault."""
    from corpus import as_line
    from targets import TARGETS

    seconds, names = int(sys.argv[1]), sys.argv[2:] or [*TARGETS]
    CRASHES.mkdir(parents=True, exist_ok=True)
    workers = len(os.sched_getaffinity(0))
    share = max(seconds * workers // len(names), 5)
    begun = time.monotonic()
    with ThreadPoolExecutor(workers) as pool:
        ended = dict(zip(names, pool.map(lambda name: _fuzz(name, share), names), strict=True))
    for name, (status, told) in ended.items():
        done = next((line for line in told.splitlines() if line.startswith("Done ")), "no runs")
        _say(f"fuzz: {name}: {done if status == 0 else 'A FAULT'}")
        if status:
            _say("\n".join(told.splitlines()[-40:]))
            for crash in sorted(CRASHES.glob(f"{name}-*")):
                _say(f"{crash}: {as_line(crash.read_bytes())[:4000]}")
    _say(f"fuzz: {len(names)} targets in {time.monotonic() - begun:.0f} s")
    return int(any(status for status, _ in ended.values()))


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def _fuzz(name: str, seconds: int) -> tuple[int, str]:
    """A target's exit status, and what was said."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(
        prefix="fuzz-", dir=memory if memory.is_dir() else None
    ) as scratch:
        corpus = Path(scratch) / "corpus"
        corpus.mkdir()
        run = subprocess.run(
            [
                *(sys.executable, str(Path(__file__).parent), _ONE, name, str(corpus)),
                *(str(time.time() + seconds), f"-timeout={SLOW_SECONDS}"),
                *(f"-rss_limit_mb={MEMORY_MIB}", f"-max_len={LONGEST}", "-print_final_stats=1"),
                f"-artifact_prefix={CRASHES}/{name}-",
            ],
            env={**os.environ, "TMPDIR": scratch},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=seconds + 300,
            check=False,
        )
    return run.returncode, run.stdout


def one(name: str, folder: str, until: float, arguments: list[str]) -> None:
    """Fuzzes one target in this process; it ends by itself.

    Args:
        name: the target.
        folder: takes the corpus.
        until: epoch seconds; loading the harness takes some of them.
        arguments: for libFuzzer.
    """
    import atheris
    from corpus import seeds

    with atheris.instrument_imports(include=["harness"]):
        from targets import TARGETS
    for number, seed in enumerate(seeds(name)):
        (Path(folder) / f"{number:04}").write_bytes(seed)
    left = max(round(until - time.time()), 2)
    atheris.Setup([name, folder, f"-max_total_time={left}", *arguments], TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    if sys.argv[1] == _ONE:
        one(sys.argv[2], sys.argv[3], float(sys.argv[4]), sys.argv[5:])
    sys.exit(main())
