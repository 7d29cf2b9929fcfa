"""Which cases can be judged on somebody else's server, and why others cannot."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.cases import Case, CloudSetup, Expectation, KnownBug
from harness.cases import app as apps
from harness.cases.app import AppDescription, CloudHalf
from harness.planning.attached import (
    Abilities,
    AppThere,
    has_progress_rest,
    obstacle,
    obstacle_of_real_cloud,
)
from harness.store.evidence import CloudWitness
from harness.support import assets
from harness.support.versions import parse_version

FOLDER = assets.sample_app("charts")
APP = apps.load(FOLDER)
JAR = ("charts-plugin", "1.0.0")
FLAG = "some.flag"
STUB = Abilities("3.9.6", "journal", uploads=True, own_cloud_app=True)
REAL = Abilities("3.12.0", "progress REST", uploads=True)
OLD = Abilities("3.1.7", "nothing", uploads=True)
BUG = KnownBug(id="stuck", statement="Stays.", when={"a": "b"}, row="READY", lasts="30m")


def case(rows: str = "COMPLETE 100", lasts: str = "0m", **more: Any) -> Case:
    expected = Expectation(rows=(rows,), lasts=lasts, source="x")
    made = Case("a case", Path(FOLDER), {}, {FLAG: False}, None, None, expected, None)
    return replace(made, **more)


def why(some: Case, there: Abilities, app: AppDescription = APP) -> str | None:
    found = obstacle(some, app, JAR, there)
    return found.why if found else None


@pytest.mark.parametrize("there", [STUB, REAL, OLD])
@pytest.mark.parametrize("rows", ["COMPLETE 100", "FAILED", "ABSENT"])
def test_final_rows_and_none_at_all_can_be_judged_anywhere(there: Abilities, rows: str) -> None:
    assert why(case(rows, "10m" if rows == "ABSENT" else "0m"), there) is None


@pytest.mark.parametrize("some", [case("READY", "30m"), case(known_bug=BUG)])
def test_for_good_and_known_bugs_need_the_journal(some: Case) -> None:
    assert why(some, STUB) is None
    for there in (REAL, OLD):
        found = obstacle(some, APP, JAR, there)
        assert found is not None
        assert found.applies  # an error, not left out
        assert "READY" in found.why
        assert "the stub's journal would tell" in found.why


@pytest.mark.parametrize(
    ("some", "there", "told"),
    [
        (case(time_scale=5.0), STUB, "wants the time scale 5, and the server's is 1"),
        (case(system_features={FLAG: True}), STUB, "started with some.flag"),
        (
            case(system_features={FLAG: False}),
            replace(STUB, system_features=frozenset({FLAG})),
            "started without some.flag",
        ),
        (case(), replace(STUB, system_features=frozenset({FLAG})), "on by a property of its JVM"),
        (case(), replace(STUB, user_features=frozenset({FLAG})), "the user's own account"),
        (case(cloud=CloudSetup(assessment="not-needed")), STUB, "app assessment's decisions"),
        (case(cloud=CloudSetup(consent="withheld")), STUB, "consents"),
        (case(cloud=CloudSetup(email_domains="not-trusted")), STUB, "email domains"),
        (case(cloud=CloudSetup(core="fails")), STUB, "the folder that the server exports to"),
        (case(cloud=CloudSetup(pairing="unlisted")), STUB, "Marketplace lists"),
        (case(cloud=CloudSetup(install="missing")), REAL, "the install 'missing' of the cloud"),
        (case(cloud=CloudSetup(faults=({"kind": "latency"},))), REAL, "faults of the cloud"),
        (case(cloud=CloudSetup(admin="cancels")), REAL, "an admin who stops the plan"),
        (case(cloud_app="good"), REAL, "another behaviour of the cloud app"),
        (case(cloud_app="good"), replace(STUB, own_cloud_app=False), "takes no orders"),
        (case(), replace(STUB, uploads=False), "takes no uploads"),
        (
            case(),
            replace(STUB, installed={JAR[0]: AppThere("0.9", True)}),
            "charts-plugin 0.9 is installed there.*--app-before",
        ),
        (
            case(),
            replace(
                STUB, installed={JAR[0]: AppThere("0.9", True)}, app_before=("charts-plugin", "0.8")
            ),
            "--app-before",
        ),
        (case("ABSENT", "10m"), replace(REAL, plan="My plan"), "without --plan"),
    ],
)
def test_what_does_not_apply_says_why(some: Case, there: Abilities, told: str) -> None:
    import re

    found = obstacle(some, APP, JAR, there)
    assert found is not None
    assert not found.applies
    assert re.search(told, found.why), found.why


def test_an_app_that_is_there_is_used_or_put_back() -> None:
    same = replace(STUB, installed={JAR[0]: AppThere("1.0.0", False)}, uploads=False)
    assert why(case(), same) is None
    earlier = replace(
        STUB, installed={JAR[0]: AppThere("0.9", True)}, app_before=("charts-plugin", "0.9")
    )
    assert why(case(), earlier) is None


def test_a_cloud_half_of_its_own_has_to_be_on_the_stubs_site() -> None:
    own = APP.model_copy(
        update={"cloud": CloudHalf(kind="ace", key="k", source=Path())},
    )
    assert "a program of its own" in str(why(case(), STUB, own))
    assert why(case(), replace(STUB, own_cloud_app=False), own) is None
    assert why(case(), REAL, own) is None


def test_versions_are_compared_as_numbers() -> None:
    assert has_progress_rest("3.10.0")
    assert has_progress_rest("3.9.6-beta1")
    assert not has_progress_rest("3.9.5")
    assert not has_progress_rest("unknown")
    assert parse_version("unknown") == ()


@pytest.mark.parametrize(
    ("some", "witness", "applies", "told"),
    [
        (case("READY", "30m"), "progress REST", True, "READY for good.*--record FOLDER.*--tap"),
        (case(known_bug=BUG), "progress REST", True, "the known bug stuck.*--record FOLDER"),
        (case(cloud_app="good"), "recording", False, "only the stub does"),
        (case(cloud=CloudSetup(install="missing")), "progress REST", False, "only the stub does"),
        (case(time_scale=60.0), "recording", False, "wants the time scale 60"),
    ],
)
def test_what_the_real_cloud_alone_does_not_show(
    some: Case, witness: CloudWitness, applies: bool, told: str
) -> None:
    found = obstacle_of_real_cloud(some, witness)
    assert found
    assert found.applies is applies
    assert re.search(told, found.why)


@pytest.mark.parametrize(
    ("some", "witness"),
    [
        (case(), "progress REST"),
        (case("ABSENT", "10m"), "progress REST"),
        (case(cloud=CloudSetup(consent="withheld")), "progress REST"),  # the stack is the harness's
        (case("READY", "30m"), "recording"),
        (case(known_bug=BUG, time_scale=1.0), "recording"),
    ],
)
def test_what_can_be_judged_with_the_real_cloud(some: Case, witness: CloudWitness) -> None:
    assert obstacle_of_real_cloud(some, witness) is None
