"""Precision and recall of the causes on real stacks, and what looking for them costs.

Usage: python -m benchmarks.diagnosis [single] [running] [standing] [cost]

`single`: each known failure of fixtures/cases/failures. `running` and `standing`: every pair of
faults that can be had in one run, while a migration runs and before it begins, each on a matrix of
strength 2. `cost`: a case with the probe and without, how long threads were held, and how long
explaining takes.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from unittest import mock

from harness import assets, runs
from harness.bench import Bench, Benches
from harness.browser.launch import browser_session
from harness.cases import Case, CloudSetup, Expectation
from harness.cases.axes import CloudInstall
from harness.confluence import dark_features, migration
from harness.debugger.probes import Probe
from harness.diagnosis.evidence import DEV_MODE_FLAG, FEATURE_FLAG
from harness.diagnosis.finding import Finding
from harness.diagnosis.jar import read_plugin
from harness.engines.ready import prepare
from harness.explaining.case import CaseEvidence
from harness.matrix import coverage
from harness.matrix.covering import cover
from harness.matrix.model import Axis, Forbidden, Model, model
from harness.progress import to_stderr
from harness.services import CONFLUENCE
from harness.settings import resolve
from harness.waiting import wait_for

sys.path.insert(0, str(assets.root() / "tests" / "e2e"))
from failures import Failure, failures, run_failure

LIMITS = {"overhead": 0.05, "hold": 20.0, "explain": 1.0}
ROUNDS, HOLDS = 6, 100
PAIRS_SCALE = 400.0
"""Their rows are watched for an hour of server time: no row is the right one."""


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


SERVERS = {
    "good": ("charts", None),
    "two-listeners": ("two-listeners", "two-listeners"),
    "throws": ("throwing-listener", "listener-threw"),
    "hidden": ("hidden-listener", "listener-not-exported"),
    "own-library": ("own-library", "package-not-wired"),
    "missing-package": ("missing-package", "package-not-wired"),
    "failing-activator": ("failing-activator", "bundle-not-active"),
    "null-key": ("null-cloud-key", "cloud-key-null"),
    "wrong-key": ("wrong-cloud-key", "keys-do-not-match"),
    "too-new": ("discoverable", "listener-never-called"),
}
"""Server app -> its folder and its cause."""
CLOUD_APPS = {
    "outdated-keys": "outdated-keys",
    "unknown-status": "unknown-status",
    "falling-percent": "percent-fell",
    "never-settles": "never-settled",
    "wrong-transfer": "posted-to-another-transfer",
    "settles-twice": "posted-after-settling",
    "settles-on-error": "cloud-app-never-posted",
    "settles-at-40": "settled-without-100",
    "old-secret": "progress-not-authorised",
    "always-slow-webhooks": "webhook-never-acknowledged",
    "zero-then-nothing": "transfer-timed-out",
}
POLLS_REFUSED = {"kind": "server-error", "status": 503, "route": "*/progress", "method": "GET"}
CUT_OFF = {"kind": "cut", "route": "/server/v1/*"}
SHORT_LIFE = {"transfer_days": 0.004}
BEFORE_THE_UPLOAD = ("outdated-keys", "falling-percent", "wrong-transfer")
"""Behaviours that show themselves though the listener throws and uploads nothing."""
ENDS = ("settles-twice", "settles-at-40", "always-slow-webhooks", "zero-then-nothing")
"""Behaviours whose last row has another status than RUNNING, which a kept page goes on showing."""


def running_faults() -> Model:
    """What can be wrong while a migration runs."""
    late = tuple(each for each in CLOUD_APPS if each not in BEFORE_THE_UPLOAD)
    lasting = tuple(each for each in CLOUD_APPS if each not in ENDS)
    return model(
        [
            Axis("server", ("good", "two-listeners", "throws")),
            Axis("cloud app", tuple(CLOUD_APPS)),
            Axis("polls", ("answered", "refused")),
            Axis("dev mode", ("off", "3.1.7")),
            Axis("page", ("fresh", "stale")),
        ],
        constraints=[
            Forbidden({"server": ("throws",), "cloud app": late}, why="nothing is uploaded"),
            Forbidden(
                {"polls": ("refused",), "dev mode": ("3.1.7",)},
                why="without an answered poll the defect cannot show",
            ),
            Forbidden(
                {"page": ("stale",), "polls": ("refused",)},
                why="the server itself knows nothing newer than the page",
            ),
            Forbidden(
                {"page": ("stale",), "dev mode": ("3.1.7",)},
                why="that version has no progress REST to hold the page against",
            ),
            Forbidden(
                {"page": ("stale",), "cloud app": lasting},
                why="the row stays RUNNING on the server, too",
            ),
        ],
    )


def standing_faults() -> Model:
    """What can be wrong before a migration begins."""
    refused = ("missing-package", "failing-activator")
    entered = ("null-key", "wrong-key", "too-new")
    earlier = {
        "feature": ("off", "the listener is not looked for"),
        "decision": ("not needed", "the app is left out, so its listener is not called"),
        "consent": ("withheld", "the plan does not run, so the listener is not called"),
        "core": ("fails", "apps are not notified"),
        "cloud": ("cut off", "there is no transfer to call the listener with"),
    }
    stops = [
        Forbidden({"server": entered, axis: (value,)}, why=why)
        for axis, (value, why) in earlier.items()
    ]
    first = [
        Forbidden({"server": refused, axis: (value,)}, why="UPM refuses the app: nothing is tried")
        for axis, value in [
            *((axis, value) for axis, (value, _) in earlier.items()),
            ("cloud app is", "missing"),
            ("cloud app is", "without webhook"),
        ]
    ]
    return model(
        [
            Axis("feature", ("on", "off")),
            Axis("server", ("good", "hidden", "own-library", *entered, *refused)),
            Axis("cloud app is", ("installed", "missing", "without webhook")),
            Axis("decision", ("needed", "not needed")),
            Axis("consent", ("given", "withheld")),
            Axis("core", ("well", "fails")),
            Axis("cloud", ("reached", "cut off")),
        ],
        constraints=[
            *stops,
            *first,
            Forbidden(
                {"decision": ("not needed",), "consent": ("withheld",)},
                why="nobody is asked about an app that is left out",
            ),
            Forbidden(
                {"server": ("too-new",), "cloud app is": ("missing",)},
                why="without its cloud app no listener is called",
            ),
            Forbidden(
                {"consent": ("withheld",), "cloud": ("cut off",)}, why="the plan does not run"
            ),
            Forbidden({"consent": ("withheld",), "core": ("fails",)}, why="the plan does not run"),
            Forbidden({"cloud": ("cut off",), "core": ("fails",)}, why="apps come after the core"),
            Forbidden(
                {"cloud": ("cut off",), "feature": ("off",)}, why="apps do not call the cloud"
            ),
        ],
    )


def running_case(values: Mapping[str, str]) -> tuple[Failure, set[str]]:
    app, own = SERVERS[values["server"]]
    old = values["dev mode"] != "off"
    causes = {
        own,
        CLOUD_APPS[values["cloud app"]],
        "cloud-answered-errors" if values["polls"] == "refused" else None,
        "dev-mode-poller" if old else None,
        "browser-stale" if values["page"] == "stale" else None,
    }
    setup = CloudSetup(
        faults=(POLLS_REFUSED,) if values["polls"] == "refused" else (),
        browser="stale" if values["page"] == "stale" else "fresh",
        switches=SHORT_LIFE if values["cloud app"] == "zero-then-nothing" else {},
    )
    flags = {FEATURE_FLAG: True, DEV_MODE_FLAG: old}
    ccma = "3.1.7" if old else "3.9.6"
    return _failure(values, app, flags, ccma, values["cloud app"], setup), _named(causes)


def standing_case(values: Mapping[str, str]) -> tuple[Failure, set[str]]:
    app, own = SERVERS[values["server"]]
    installs: Mapping[str, tuple[CloudInstall, str | None]] = {
        "installed": ("installed", None),
        "missing": ("missing", "app-not-installed-in-cloud"),
        "without webhook": ("no-webhook", "webhook-not-registered"),
    }
    install, of_install = installs[values["cloud app is"]]
    causes = {
        own,
        of_install,
        "feature-flag-off" if values["feature"] == "off" else None,
        "app-not-needed" if values["decision"] == "not needed" else None,
        "no-consent" if values["consent"] == "withheld" else None,
        "core-migration-failed" if values["core"] == "fails" else None,
        "server-cannot-reach-cloud" if values["cloud"] == "cut off" else None,
    }
    setup = CloudSetup(
        install=install,
        assessment="needed" if values["decision"] == "needed" else "not-needed",
        consent="given" if values["consent"] == "given" else "withheld",
        core="well" if values["core"] == "well" else "fails",
        pairing="listed" if values["server"] == "wrong-key" else "open",
        faults=(CUT_OFF,) if values["cloud"] == "cut off" else (),
    )
    flags = {FEATURE_FLAG: values["feature"] == "on", DEV_MODE_FLAG: False}
    ccma = "3.1.7" if values["server"] == "too-new" else "3.9.6"
    return _failure(values, app, flags, ccma, None, setup), _named(causes)


def _named(causes: set[str | None]) -> set[str]:
    return {each for each in causes if each}


def _failure(
    values: Mapping[str, str],
    app: str,
    flags: Mapping[str, bool],
    ccma: str,
    cloud_app: str | None,
    setup: CloudSetup,
) -> Failure:
    """A case that no row satisfies: it is watched until nothing more can come."""
    name = ",".join(f"{axis}={value}" for axis, value in values.items())
    # A webhook that is not acknowledged is known to be so after 5 s of wall time, not before.
    lasts = timedelta(seconds=6 * PAIRS_SCALE if cloud_app == "always-slow-webhooks" else 0)
    source = "none: only its causes are looked at"
    expectation = Expectation(rows=("CANCELLED",), lasts=lasts, source=source)
    folder = assets.sample_app(app)
    case = Case(name, folder, values, flags, ccma, cloud_app, expectation, None, cloud=setup)
    return Failure(case, "")


@contextmanager
def benches() -> Iterator[Benches]:
    settings = resolve({"engine": "local"}, os.environ).settings
    with runs.open_run() as run, browser_session() as browser:
        ready = prepare(settings.engine, to_stderr)
        every = Benches(settings, ready, run, to_stderr, lambda: browser)
        yield every
        every.close()


def bench_of(every: Benches, failure: Failure, scale: float | None = None) -> Bench:
    return every.get(failure.case.ccma or every.default_ccma, assets.sample_app("charts"), scale)


def single(every: Benches, folder: Path) -> bool:
    score = Score()
    for number, failure in enumerate(failures()):
        _, findings = run_failure(bench_of(every, failure), failure, folder / f"single-{number}")
        score.add(failure.case.id, {failure.cause}, findings)
    return score.tell(f"{len(failures())} known failures")


Make = Callable[[Mapping[str, str]], tuple[Failure, set[str]]]


def pairs(matrix: Model, make: Make, every: Benches, folder: Path) -> bool:
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


def cost(every: Benches, folder: Path) -> bool:
    """A case that passes, with the probe and without, by turns."""
    base = next(each for each in failures() if each.cause == "two-listeners")
    case = replace(
        base.case,
        app=assets.sample_app("charts"),
        expectation=Expectation(rows=("RUNNING 0", "COMPLETE 100"), source="seed"),
    )
    seconds: dict[str, list[Mapping[str, float]]] = {"with": [], "without": []}
    explaining = []
    run_failure(bench_of(every, Failure(case, "")), Failure(case, ""), folder / "warm-up")
    for number in range(ROUNDS):
        # By turns: what comes first in a round pays for what is cold.
        for how in ("with", "without") if number % 2 else ("without", "with"):
            begin = CaseEvidence.begin if how == "with" else lambda _self: None
            with mock.patch.object(CaseEvidence, "begin", begin):
                target = folder / f"cost-{how}-{number}"
                failure = Failure(case, "")
                result, _ = run_failure(bench_of(every, failure), failure, target)
            seconds[how].append(result.seconds)
            if how == "with":
                document = {"cases": [result.model_dump(mode="json")]}
                (target / "results.json").write_text(json.dumps(document))
                explaining.append(_explained(target))
    both = list(zip(seconds["with"], seconds["without"], strict=True))
    added = statistics.median(one["total"] - other["total"] for one, other in both)
    own = statistics.median(_own(one) - _own(other) for one, other in both)
    whole = statistics.median(each["total"] for each in seconds["without"])
    held = holds(every, case)
    hold = statistics.quantiles(held, n=100)[98]
    print(f"the probe adds {added:.2f} s to a case of {whole:.2f} s (median of {ROUNDS} pairs)")
    print(f"{own:.2f} s without what its wait for the poll hides")
    print(f"overhead {added / whole:+.1%} (limit {LIMITS['overhead']:.0%})")
    print(
        f"a thread is held {statistics.median(held):.1f} ms at the median, {hold:.1f} ms at p99 "
        f"of {len(held)} (limit {LIMITS['hold']:.0f} ms)"
    )
    print(f"harness explain takes {max(explaining):.2f} s (limit {LIMITS['explain']:.0f} s)")
    return (
        added / whole <= LIMITS["overhead"]
        and hold <= LIMITS["hold"]
        and max(explaining) <= LIMITS["explain"]
    )


def holds(every: Benches, case: Case) -> list[float]:
    """Milliseconds of each hold, each by a probe of its own: the first entry costs the most."""
    bench = bench_of(every, Failure(case, ""))
    bench.reset(cloud_app=None, name="holds")
    bench.install()
    dark_features.set_site(bench.client, {FEATURE_FLAG: True})
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


def _uploaded(bench: Bench, since: int) -> bool | None:
    entries, _ = bench.stack.cloud.journal(since)
    return any(each["effect"] == "uploaded" for each in entries) or None


def _explained(folder: Path) -> float:
    """Wall seconds of the whole command on one finished case."""
    command = [sys.executable, "-c", "from harness.cli import main; main()", "explain", str(folder)]
    begun = time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - begun


def _own(seconds: Mapping[str, float]) -> float:
    """A case's time without its wait: when the next poll comes is the server's own affair."""
    return seconds["total"] - seconds["wait"]


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
