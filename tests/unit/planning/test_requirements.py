"""What cases need of a stack, and the order that follows from it."""

import dataclasses
import itertools
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from harness.cases import Case, CloudSetup, load
from harness.cases import app as apps
from harness.errors import BadInput
from harness.planning import requirements
from harness.runner.jobs import Job, check_suited, scheduled, shard

FIXTURES = Path(__file__).parents[3] / "fixtures"
SEED = load(FIXTURES / "cases" / "seed.yaml")
MATRIX = load(FIXTURES / "cases" / "matrix.yaml")


def job(case: Case, scale: float = 200) -> Job:
    app = apps.load(case.app)
    wanted = requirements.of_case(case, app, case.ccma or "3.9.6", scale)
    return Job(case, app, Path("app.jar"), wanted)


def changes(jobs: list[Job]) -> int:
    return sum(a.requirements != b.requirements for a, b in itertools.pairwise(jobs))


def test_one_worker_changes_the_version_once() -> None:
    jobs = [job(case) for case in SEED]
    assert changes(jobs) == 7  # as the file has them, versions alternate
    (order,), saved = scheduled(jobs, 1)
    assert changes(order) == 1
    assert saved == 6
    assert {each.case.id for each in order} == {each.case.id for each in jobs}


def test_two_workers_share_the_cases_and_the_work() -> None:
    lists, _ = scheduled([job(case) for case in MATRIX], 2)
    assert sorted(each.case.id for part in lists for each in part) == sorted(c.id for c in MATRIX)
    one, two = (sum(requirements.expected_seconds(j.case, 200) for j in part) for part in lists)
    assert max(one, two) < 0.65 * (one + two)


def test_apps_that_share_a_cloud_half_share_a_stack() -> None:
    hidden = apps.load(FIXTURES / "apps" / "hidden-listener")
    charts = apps.load(FIXTURES / "apps" / "charts")
    wanted = [requirements.of_case(SEED[0], app, "3.9.6", 200) for app in (hidden, charts)]
    assert wanted[0] == wanted[1]


def test_a_feature_of_the_jvm_is_another_stack() -> None:
    case = dataclasses.replace(SEED[0], system_features={"a.b": True, "c.d": False})
    one, other = job(SEED[0]), job(case)
    assert other.requirements.system_features == ("a.b",)
    assert one.requirements.difference(other.requirements) == "jvm a.b, not none"
    assert one.requirements.difference(one.requirements) == ""


def test_a_long_watch_is_expected_to_take_long() -> None:
    stuck = next(case for case in SEED if case.known_bug)
    assert stuck.known_bug
    assert stuck.known_bug.lasts >= timedelta(minutes=30)
    assert (
        requirements.expected_seconds(stuck, 200) - requirements.expected_seconds(SEED[0], 200) >= 6
    )


def test_shards_are_all_cases_and_none_twice() -> None:
    jobs = [job(case) for case in MATRIX]
    parts = [shard(jobs, number, 3) for number in (1, 2, 3)]
    assert sorted(j.case.id for part in parts for j in part) == sorted(j.case.id for j in jobs)
    # The same whatever order the cases come in.
    again = shard(list(reversed(jobs)), 2, 3)
    assert {j.case.id for j in again} == {j.case.id for j in parts[1]}


def test_a_shard_that_does_not_exist() -> None:
    with pytest.raises(BadInput, match="shard 4/3 does not exist"):
        shard([job(case) for case in SEED], 4, 3)


def test_a_stack_that_does_not_suit_is_refused_in_words() -> None:
    jobs = [job(case) for case in SEED]
    with pytest.raises(BadInput, match=r"4 of 8 cases .* ccma 3\.1\.7, not 3\.9\.6"):
        check_suited(job(SEED[1]).requirements, jobs)


def plan(**cloud: Any) -> str:
    case = dataclasses.replace(SEED[0], cloud=CloudSetup(**cloud))
    return requirements.plan_of(case)


def test_what_the_core_migration_comes_to_is_part_of_a_plan() -> None:
    plans = [plan(), plan(core="fails"), plan(core="incomplete"), plan(email_domains="not-trusted")]
    plans += [plan(spaces=("DS",)), plan(spaces=("DS", "HR"))]
    assert len(set(plans)) == len(plans)


def test_what_comes_after_a_plan_is_made_is_not() -> None:
    assert plan(browser="stale") == plan(install="missing") == plan()
