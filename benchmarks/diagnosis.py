"""Precision and recall of the causes on real stacks, and what looking for them costs.

Usage: python -m benchmarks.diagnosis [single] [running] [standing] [cost]

`single`: each known failure of fixtures/cases/failures. `running` and `standing`: every pair of
faults that can be had in one run, while a migration runs and before it begins, each on a matrix of
strength 2. `cost`: a case with the probe and without, how long threads were held, and how long
explaining takes.
"""

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from unittest import mock

import psutil

from benchmarks.faults import (
    PAIRS_SCALE,
    running_case,
    running_faults,
    standing_case,
    standing_faults,
)
from harness.cases import Case, Expectation
from harness.diagnosis.finding import Finding
from harness.drivers.browser.launch import browser_session
from harness.drivers.confluence import dark_features, migration
from harness.drivers.debugger.probes import Probe
from harness.engines.app_builds import server_jar
from harness.engines.ready import prepare
from harness.environment.services.names import CONFLUENCE
from harness.lifecycle import runs
from harness.matrix import coverage
from harness.matrix.covering import cover
from harness.matrix.model import Model
from harness.plugin_jar.read import read_plugin
from harness.runner.case import run_case
from harness.runner.explanation import CaseEvidence
from harness.settings import resolve
from harness.support import assets
from harness.support.console import to_stderr
from harness.testbed.pool import TestbedPool
from harness.testbed.testbed import Testbed
from harness.vocabulary.features import FEATURE
from harness.wait import wait_for

sys.path.insert(0, str(assets.root() / "tests" / "support"))
from failures import Failure, app_of_stack, failures, run_failure

LIMITS = {"overhead": 0.05, "hold": 20.0, "explain": 1.0}
ROUNDS, HOLDS = 8, 100


@dataclass
class Score:
    """True, wrong and missed causes of some runs."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    def add(self, name: str, expected: set[str], findings: list[Finding]) -> None:
        named = {f.cause for f in findings if f.confidence in ("proved", "likely")}
        proved = {f.cause for f in findings if f.confidence == "proved"}
        wrong, missed = sorted(named - expected), sorted(expected - proved)
        self.right += len(expected & proved)
        self.wrong += len(wrong)
        self.missed += len(missed)
        mark = "NOT" if wrong or missed else "ok"
        print(f"{mark:4} {name}: {' + '.join(sorted(expected))}", flush=True)
        for what, causes in (("wrong", wrong), ("missed", missed)):
            if causes:
                print(f"       {what}: {', '.join(causes)}")

    def tell(self, what: str) -> bool:
        precision = self.right / max(1, self.right + self.wrong)
        recall = self.right / max(1, self.right + self.missed)
        print(f"{what}: precision {precision:.3f}, recall {recall:.3f}\n")
        return precision == recall == 1.0


@contextmanager
def benches() -> Iterator[TestbedPool]:
    settings = resolve({"engine": "local"}, os.environ).settings
    with runs.open_run() as run, browser_session(run.environment) as browser:
        ready = prepare(settings.engine, to_stderr)
        every = TestbedPool(settings, ready, run, to_stderr, lambda: browser)
        yield every
        every.close()


def bench_of(every: TestbedPool, failure: Failure, scale: float | None = None) -> Testbed:
    return every.get(failure.case.ccma or every.default_ccma, app_of_stack(failure), scale)


def single(every: TestbedPool, folder: Path) -> bool:
    score = Score()
    for number, failure in enumerate(failures()):
        _, findings = run_failure(bench_of(every, failure), failure, folder / f"single-{number}")
        score.add(failure.case.id, {failure.cause}, findings)
    return score.tell(f"{len(failures())} known failures")


Make = Callable[[Mapping[str, str]], tuple[Failure, set[str]]]


def pairs(matrix: Model, make: Make, every: TestbedPool, folder: Path) -> bool:
    score, suite = Score(), cover(matrix, 2)
    reached = coverage.summary(matrix, suite.cases, (2,))
    print(f"{len(suite.cases)} cases: {reached} of the pairs")
    for number, values in enumerate(suite.cases):
        failure, expected = make(values)
        if not expected:
            continue
        target = bench_of(every, failure, PAIRS_SCALE)
        _, findings = run_failure(target, failure, folder / f"pair-{number}")
        score.add(failure.case.id, expected, findings)
    return score.tell(f"{len(suite.cases)} cases of several faults")


def cost(every: TestbedPool, folder: Path) -> bool:
    """A case that passes, with the probe and without, by turns."""
    base = next(each for each in failures() if each.cause == "two-listeners")
    case = replace(
        base.case,
        app=assets.sample_app("charts"),
        expectation=Expectation(rows=("RUNNING 0", "COMPLETE 100"), source="seed"),
    )
    bench = bench_of(every, Failure(case, ""))
    bench.use(Failure(case, "").app, server_jar(case.app, Failure(case, "").app, lambda _: None))
    used: dict[str, list[float]] = {"with": [], "without": []}
    explaining = []
    run_case(bench, case, folder / "warm-up")
    for number in range(ROUNDS):
        # By turns: what comes first in a round pays for what is cold.
        for how in ("with", "without") if number % 2 else ("without", "with"):
            begin = CaseEvidence.begin if how == "with" else lambda _self: None
            with mock.patch.object(CaseEvidence, "begin", begin):
                target = folder / f"cost-{how}-{number}"
                before = _cpu()
                result = run_case(bench, case, target)
            used[how].append(_cpu() - before)
            if how == "with":
                document = {"cases": [result.model_dump(mode="json")]}
                (target / "results.json").write_text(json.dumps(document))
                explaining.append(_explained(target))
    added = statistics.median(
        one - other for one, other in zip(used["with"], used["without"], strict=True)
    )
    whole = statistics.median(used["without"])
    held = holds(every, case)
    hold = statistics.quantiles(held, n=100)[98]
    print(f"the probe adds {added:.2f} s of CPU to {whole:.2f} s (median of {ROUNDS} pairs)")
    print(f"overhead {added / whole:+.1%} (limit {LIMITS['overhead']:.0%})")
    print(
        f"a thread is held {statistics.median(held):.1f} ms at the median, {hold:.1f} ms at p99 "
        f"of {len(held)} (limit {LIMITS['hold']:.0f} ms)"
    )
    print(f"harness explain takes {max(explaining):.2f} s of CPU (limit {LIMITS['explain']:.0f} s)")
    return (
        added / whole <= LIMITS["overhead"]
        and hold <= LIMITS["hold"]
        and max(explaining) <= LIMITS["explain"]
    )


def holds(every: TestbedPool, case: Case) -> list[float]:
    """Milliseconds of each hold, each by a probe of its own: the first entry costs the most."""
    bench = bench_of(every, Failure(case, ""))
    bench.reset(cloud_app=None, name="holds")
    bench.install()
    dark_features.set_site(bench.client, {FEATURE: True})
    plan = bench.plan("holds")
    plan.start()
    plan.row.becomes("RUNNING")
    listeners = tuple(each.name for each in read_plugin(bench.jar).listeners)
    confluence = bench.stack.running[CONFLUENCE]
    found: list[float] = []
    while len(found) < HOLDS:
        probe = Probe(confluence.host, confluence.port("jdwp"), listener_classes=listeners)
        since = bench.stack.cloud.journal()[1]
        probe.start()
        migration.trigger(bench.client, plan.plan_id, [bench.app.server.key])
        wait_for("an upload", lambda since=since: _uploaded(bench, since), within=30, every=0.02)
        found += [each.milliseconds for each in probe.stop().holds]
    plan.close()
    return found


def _uploaded(bench: Testbed, since: int) -> bool | None:
    entries, _ = bench.stack.cloud.journal(since)
    return any(each["effect"] == "uploaded" for each in entries) or None


def _explained(folder: Path) -> float:
    """CPU seconds of the whole command on one finished case."""
    command = [
        sys.executable,
        "-c",
        "from harness.cli.main import main; main()",
        "explain",
        str(folder),
    ]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _cpu() -> float:
    """CPU seconds of this process and of all that it has started: the machine may be busy."""
    total, me = 0.0, psutil.Process()
    for each in (me, *me.children(recursive=True)):
        with suppress(psutil.NoSuchProcess):
            times = each.cpu_times()
            total += times.user + times.system + times.children_user + times.children_system
    return total


def main(wanted: list[str]) -> int:
    parts = {
        "single": single,
        "running": partial(pairs, running_faults(), running_case),
        "standing": partial(pairs, standing_faults(), standing_case),
        "cost": cost,
    }
    chosen = wanted or list(parts)
    with tempfile.TemporaryDirectory() as folder, benches() as every:
        good = [parts[name](every, Path(folder)) for name in chosen]
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
