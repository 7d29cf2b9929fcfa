"""Runs one batch of a chaos plan: a harness process, driven from outside by the run's events."""

import json
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.chaos_cases import write
from benchmarks.chaos_faults import Surroundings, surroundings
from benchmarks.chaos_judge import Ended, Outcome
from benchmarks.chaos_plan import BETWEEN, BRING_UP, Batch
from harness.engines.shared_memory import files_of
from harness.support import assets

sys.path.insert(0, str(assets.root() / "tests" / "support"))

from harness_command import HARNESS, Command

CASE_BOUND = 300.0
"""Wall seconds for a case with its second attempt; a stack comes up in them, too."""

RUN_BOUND = 1200.0
_SETTLES_WITHIN = 3.0
_LOOKS = 0.05


@dataclass
class _Driver:
    """Follows a run's events, and strikes when a phase begins."""

    batch: Batch
    place: Surroundings
    done: dict[int, str] = field(default_factory=dict)
    started: list[str] = field(default_factory=list)
    times: dict[str, float] = field(default_factory=dict)
    hung: bool = False
    is_over: bool = False
    _seen: int = 0
    _threads: list[threading.Thread] = field(default_factory=list)
    _since: float = field(default_factory=time.monotonic)

    def follow(self, process: "subprocess.Popen[bytes]") -> None:
        """Follows the run until it ends, or hangs."""
        begun = time.monotonic()
        while process.poll() is None:
            for event in self._new_events():
                self._take(event)
                self._since = time.monotonic()
            now = time.monotonic()
            if now - self._since > CASE_BOUND or now - begun > RUN_BOUND:
                self.hung = True
                process.kill()
            time.sleep(_LOOKS)
        self.is_over = True
        for event in self._new_events():
            self._take(event, strikes=False)
        for thread in self._threads:
            thread.join()

    def _new_events(self) -> Iterator[Mapping[str, Any]]:
        files = sorted(self.place.folder("results").glob("*/events.jsonl"))
        lines = files[0].read_text().splitlines(keepends=True) if files else []
        for line in lines[self._seen :]:
            if not line.endswith("\n"):
                return
            self._seen += 1
            # A line of which a full disk took only the beginning is none.
            with suppress(ValueError):
                yield json.loads(line)

    def _take(self, event: Mapping[str, Any], *, strikes: bool = True) -> None:
        name, case, phase = event["name"], event["case"], event["detail"]
        if name == "run-started":
            self._strike(0, BRING_UP, strikes)
        elif name == "case-started" and case not in self.started:
            self.started.append(case)
            self.times[case] = -time.monotonic()
            # Their ids tell later which shared memory is the run's.
            list(self.place.processes("jvm"))
        elif name == "case-phase" and case in self.started:
            self._strike(self.started.index(case), phase, strikes)
        elif name == "case-finished":
            if case in self.times:
                self.times[case] += time.monotonic()
            else:  # one that had no stack to run on
                self.started.append(case)
            self._strike(len(self.started), BETWEEN, strikes)

    def _strike(self, at: int, phase: str, strikes: bool) -> None:
        if not strikes or at in self.done or at >= len(self.batch.rounds):
            return
        fault = self.batch.rounds[at].fault
        if not fault or fault.phase != phase:
            return
        self.done[at] = "under way"

        def carry_out() -> None:
            try:
                self.done[at] = self.place.strike(fault, lambda: self.is_over)
            except Exception as error:
                self.done[at] = f"{type(error).__name__}: {error}"

        self._threads.append(threading.Thread(target=carry_out))
        self._threads[-1].start()


def run(batch: Batch, engine: str, kept: Path) -> tuple[list[Outcome], Ended]:
    """Runs a batch.

    Args:
        batch: its rounds.
        engine: where services run.
        kept: where the run's results and output go.
    """
    with tempfile.TemporaryDirectory(prefix="chaos-", ignore_cleanup_errors=True) as name:
        root = Path(name)
        command = Command(root / "state", root, engine)
        with surroundings(root, command.owner) as place:
            files = [
                write(each.known, f"r{at}-{each.known.name}", batch.ccma, root)
                for at, each in enumerate(batch.rounds)
            ]
            environment = {
                **command.environment,
                "PYTHONPATH": str(assets.root()),
                "TMPDIR": str(place.folder("tmp")),
            }
            place.move_clock("0")
            moved = ["-m", "benchmarks.chaos_clock", str(place.clock)]
            program = moved if batch.moves_clock else [str(HARNESS)]
            words = ["run", *map(str, files), "--results", str(place.folder("results"))]
            driver = _Driver(batch, place)
            output = root / "output.txt"
            with output.open("wb") as file:
                process = subprocess.Popen(
                    [sys.executable, *program, *words],
                    env=environment,
                    cwd=root,
                    stdout=file,
                    stderr=subprocess.STDOUT,
                    stdin=subprocess.DEVNULL,
                    start_new_session=True,
                )
                driver.follow(process)
            left = _left(command, place, within=_SETTLES_WITHIN)
            _sweep(command, place)
            still = _left(command, place, within=0)
            text = output.read_text(errors="replace")
            outcomes = _outcomes(batch, driver, place.folder("results"))
            _keep(root, place, kept / f"batch-{batch.number}")
    status = None if driver.hung else process.returncode
    tracebacks = text.count("Traceback (most recent") + text.count("the harness broke")
    return outcomes, Ended(batch.number, status, tracebacks, driver.hung, left, still)


def _outcomes(batch: Batch, driver: _Driver, results: Path) -> list[Outcome]:
    files = sorted(results.glob("*/results.json"))
    cases: list[dict[str, Any]] = json.loads(files[0].read_text())["cases"] if files else []
    found = {each["id"].split("[")[0]: each for each in cases}
    faults = {case.split("[")[0]: at for at, case in enumerate(driver.started)}
    outcomes = []
    for at, each in enumerate(batch.rounds):
        name = f"r{at}-{each.known.name}"
        result = found.get(name, {})
        # The plan's n-th fault meets the n-th case that starts, whichever that is.
        met = faults.get(name)
        fault = batch.rounds[met].fault if met is not None and met < len(batch.rounds) else None
        again = f" (ran again, since: {result['rerun_after']})" if result.get("rerun_after") else ""
        outcomes.append(
            Outcome(
                batch.number,
                name,
                str(fault or ""),
                each.known.truth,
                result.get("verdict", ""),
                result.get("reason", "") + again,
                driver.done.get(met, "did not strike") if fault and met is not None else "",
                round(max(0.0, driver.times.get(_full(driver, name), 0.0)), 1),
            )
        )
    return outcomes


def _full(driver: _Driver, name: str) -> str:
    return next((each for each in driver.started if each.split("[")[0] == name), "")


def _left(command: Command, place: Surroundings, within: float) -> list[str]:
    """What is left of the run, some seconds after its end."""
    end = time.monotonic() + within
    while True:
        shared = [str(path) for pid in place.pids for path in files_of(pid) if path.exists()]
        scratch = [str(path) for path in place.folder("tmp").glob("mh-*")]
        found = [*command.debris(), *shared, *scratch]
        if not found or time.monotonic() > end:
            return found
        time.sleep(0.2)


def _sweep(command: Command, place: Surroundings) -> None:
    environment = {
        **command.environment,
        "PYTHONPATH": str(assets.root()),
        "TMPDIR": str(place.folder("tmp")),
    }
    with suppress(subprocess.TimeoutExpired):
        subprocess.run(
            [sys.executable, str(HARNESS), "sweep"],
            env=environment,
            cwd=command.folder,
            capture_output=True,
            timeout=120,
        )


def _keep(root: Path, place: Surroundings, kept: Path) -> None:
    shutil.rmtree(kept, ignore_errors=True)
    kept.mkdir(parents=True)
    shutil.copy(root / "output.txt", kept)
    for run_folder in place.folder("results").glob("*/"):
        shutil.copytree(run_folder, kept / "run", dirs_exist_ok=True)
