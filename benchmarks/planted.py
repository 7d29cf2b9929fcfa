"""Plants faults at every link, by every party, one at a time and in pairs, and asks who did it.

Usage: python -m benchmarks.planted [--rounds N] [--seed S] [--skip N] [--part I/N]
           [--only TEXT] [--keep FOLDER]
       python -m benchmarks.planted --again FOLDER

Each round is a real migration on a stack of local processes, which is used again for the next one.
Its faults are chosen by the seed: two rounds in five have one fault, two have a pair, and one has
only what a sound migration has to bear. Each is judged again with one source of evidence withheld:
then nobody innocent may be accused either. With `--only`, the rounds are the single faults whose
name has one of the texts; `--again` judges the kept rounds of a run by today's rules. Printed are
each round, what was wrong in it, and the confusion matrix.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random
from unittest import mock

from benchmarks.diagnosis import benches
from benchmarks.planted_faults import FAULTS, HARMLESS, SETTLES_EARLY, Planted, together
from benchmarks.planted_score import Judged, Score, judge
from harness.cases.app import load
from harness.diagnosis.diagnose import diagnose
from harness.diagnosis.facts import HOW_TO_LEARN, PAGE
from harness.diagnosis.links import links
from harness.diagnosis.readers.run_folder import read_case
from harness.engines.app_builds import server_jar
from harness.runner.case import run_case
from harness.store.layout import RESULTS
from harness.support.console import to_stderr
from harness.testbed.pool import TestbedPool

SCALE = 300.0
_WATCHED = timedelta(minutes=35)
"""Server time for which a row is watched that does not settle: three polls."""
_PLANTED = "planted.json"
_CANCELS = "admin cancels"
_ALONE = (_CANCELS, SETTLES_EARLY)
"""What another fault would keep from happening."""
_DEV_MODE = "dev mode of 3.1.7"
_NEVER_READS = "never reads"
_NOT_BEGUN = "stuck on the page"


def rounds(number: int, seed: int) -> Iterator[tuple[Planted, ...]]:
    """The faults of each round; every fault has a round of its own before one has a second."""
    random = Random(seed)  # noqa: S311 - has to be repeatable
    alone: list[Planted] = []
    for at in range(number):
        if at % 5 == 4:
            yield tuple(_some(random, HARMLESS, 2))
        elif at % 5 in (1, 3):
            yield tuple(_some(random, FAULTS, 2))
        else:
            if not alone:
                alone = random.sample(FAULTS, len(FAULTS))
            yield (alone.pop(),)


def _some(random: Random, faults: Sequence[Planted], most: int) -> list[Planted]:
    chosen: list[Planted] = []
    for each in random.sample(list(faults), len(faults)):
        if each.name in _ALONE:
            continue
        if len(chosen) < most and all(_fit(each, other) for other in chosen):
            chosen.append(each)
    return chosen


def _fit(one: Planted, other: Planted) -> bool:
    """Whether both can be had in one migration."""
    names, slots = {one.name, other.name}, {one.slot, other.slot}
    # Dev mode asks for no assessment and no consent; who never reads waits before it posts its end.
    never = (_DEV_MODE in names and "decision" in slots) or (
        _NEVER_READS in names and "posts" in slots
    )
    return len(slots) == 2 and not never


def run_round(pool: TestbedPool, faults: Sequence[Planted], folder: Path, apps: Path) -> None:
    """Runs one migration and keeps it as a run of one case, with its faults' names."""
    setting = together(faults)
    case = setting.case(" + ".join(each.name for each in faults), apps)
    app = load(case.app)
    testbed = pool.get(setting.ccma, case.app, SCALE)
    testbed.uninstall()
    testbed.use(app, server_jar(case.app, app, to_stderr))
    try:
        result = run_case(testbed, case, folder)
    finally:
        testbed.uninstall()
    document = {"cases": [result.model_dump(mode="json")]}
    (folder / RESULTS).write_text(json.dumps(document))
    (folder / _PLANTED).write_text(json.dumps([each.name for each in faults]))


def judge_round(folder: Path, score: Score) -> None:
    """Judges a kept round's explanation, and what is said without one source or another."""
    names = json.loads((folder / _PLANTED).read_text())
    faults = [each for name in names for each in (*FAULTS, *HARMLESS) if each.name == name]
    (case,) = json.loads((folder / RESULTS).read_text())["cases"]
    if _NOT_BEGUN in str(case["reason"]):
        print(f"--- {folder.name} does not count: {case['reason']}", flush=True)
        return
    begun = time.process_time()
    judged = _judged(faults, folder, "")
    score.add(replace(judged, seconds=time.process_time() - begun), folder.name)
    for source in HOW_TO_LEARN:
        score.add_blind(_judged(faults, folder, source), folder.name, source)


def _judged(faults: Sequence[Planted], folder: Path, withheld: str) -> Judged:
    case = json.loads((folder / RESULTS).read_text())["cases"][0]
    case["artifacts"].pop(withheld, None)
    if withheld == PAGE:
        case |= {"timeline": [], "evidence": None}
    facts = read_case(folder, case).facts
    findings = diagnose(facts)
    return judge(faults, findings, links(facts, findings))


@contextmanager
def _watched_for(time_: timedelta) -> Iterator[None]:
    with mock.patch("harness.checker.verdict.GIVE_UP", time_):
        yield


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.planted", description=__doc__)
    parser.add_argument("--rounds", type=int, default=300)
    parser.add_argument("--seed", type=int, default=16)
    parser.add_argument("--skip", type=int, default=0, help="rounds to leave out at the start")
    parser.add_argument("--part", default="1/1", help="of the rounds, as 1/2 and 2/2 side by side")
    parser.add_argument(
        "--only", help="single faults with one of these texts, with commas between, in their name"
    )
    parser.add_argument("--keep", type=Path, help="folder that keeps each round's artefacts")
    parser.add_argument("--again", type=Path, help="judges such a folder anew")
    given = parser.parse_args(arguments)
    score = Score()
    if given.again:
        for folder in sorted(each.parent for each in given.again.glob(f"*/{_PLANTED}")):
            judge_round(folder, score)
    else:
        _run(given, score)
    print(f"\nseed {given.seed}, {score.summary()}\n\n{score.matrix()}")
    is_good = all(each.is_right for each in score.rounds)
    return 0 if is_good and not any(each.wrong for each in score.blind) else 1


def _run(given: argparse.Namespace, score: Score) -> None:
    chosen = list(rounds(given.rounds, given.seed))
    if given.only is not None:
        wanted = given.only.split(",")
        every = (*FAULTS, *HARMLESS)
        chosen = [(each,) for each in every if any(text in each.name for text in wanted)]
    # Rounds of one assistant's version share a stack.
    chosen.sort(key=lambda faults: together(faults).ccma, reverse=True)
    with (
        tempfile.TemporaryDirectory() as scratch,
        _watched_for(_WATCHED),
        benches() as pool,
    ):
        pool.most = 1
        part, parts = map(int, given.part.split("/"))
        for number, faults in list(enumerate(chosen, 1))[given.skip + part - 1 :: parts]:
            folder = (given.keep or Path(scratch)) / f"round-{number:03}"
            folder.mkdir(parents=True, exist_ok=True)
            run_round(pool, faults, folder, Path(scratch) / "apps")
            judge_round(folder, score)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
