"""Matrices in case files: constraints, seeds, strengths, rules over the whole space, settings."""

import re
from pathlib import Path
from typing import get_args

import pytest

from harness.cases import read_suite
from harness.cases.axes import Switches
from harness.cloud.faults.rules import AnyFault
from harness.cloud.settings import Switches as CloudSwitches
from harness.errors import BadInput
from harness.vocabulary.faults import DESCRIPTIONS
from harness.vocabulary.mishaps import MishapKind
from harness.vocabulary.script import Behaviour, Post

MATRIX = Path(__file__).parents[3] / "fixtures" / "cases" / "matrix.yaml"

GOOD = """\
name: small
app: .
axes:
  feature: {dark_feature: some.flag, values: [off, on]}
  dev: {dark_feature: dev.flag, level: system, values: [off, on]}
  fault:
    setting: cloud_fault
    values:
      none: none
      slow: {kind: latency, seconds: 2}
  speed: {setting: time_scale, values: [100, 200]}
constraints:
  - if: {dev: on}
    then: {feature: on}
    why: dev needs the feature
seeds:
  - {dev: on, fault: slow}
expectations:
  - when: {feature: off}
    rows: [ABSENT]
    lasts: 10m
    source: why
  - when: {feature: on}
    rows: [COMPLETE 100]
    source: why
known_bugs:
  - id: stuck
    statement: It stays.
    when: {dev: on}
    versions: [3.1.7]
    row: READY
    lasts: 30m
"""


def written(folder: Path, text: str) -> Path:
    (folder / "app.yaml").write_text("name: x\n")
    path = folder / "cases.yaml"
    path.write_text(text)
    return path


def test_the_sample_matrix_has_at_least_eight_axes_and_is_covered() -> None:
    suite = read_suite(MATRIX)
    assert len(suite.file.axes) >= 8
    assert suite.reached().startswith("2-way 100 %")
    assert suite.unreachable == ()
    assert [case.known_bug.id for case in suite.cases if case.known_bug] == ["dev-mode-ready"]


def test_values_become_what_a_stack_is_told(tmp_path: Path) -> None:
    suite = read_suite(written(tmp_path, GOOD))
    case = suite.case({"feature": "on", "dev": "on", "fault": "slow", "speed": "200"})
    assert case.system_features == {"dev.flag": True}
    assert case.dark_features == {"some.flag": True}
    assert case.time_scale == 200
    (fault,) = case.cloud.faults
    assert (fault["kind"], fault["seconds"]) == ("latency", 2)


TWO = """\
name: two
app: .
axes:
  one: {one}
  other: {other}
expectations: [{{rows: [COMPLETE], source: why}}]
"""
LOST = "{setting: cloud_fault, values: {none: none, lost: {kind: webhook-lost}}}"
SLOW = "{setting: cloud_fault, values: {slow: {kind: latency, seconds: 2}, none: none}}"
TRIES = "{setting: cloud_switches, values: {few: {retry_tries: 2}, usual: default}}"
REGION = "{setting: cloud_switches, values: {usual: default, eu: {region: eu}}}"


def test_faults_and_switches_of_several_axes_add_up(tmp_path: Path) -> None:
    faults = read_suite(written(tmp_path, TWO.format(one=LOST, other=SLOW)))
    kinds = {case.id: [each["kind"] for each in case.cloud.faults] for case in faults.cases}
    assert kinds == {
        "two[one=none,other=slow]": ["latency"],
        "two[one=none,other=none]": [],
        "two[one=lost,other=slow]": ["webhook-lost", "latency"],
        "two[one=lost,other=none]": ["webhook-lost"],
    }
    switches = read_suite(written(tmp_path, TWO.format(one=TRIES, other=REGION)))
    assert [case.cloud.switches for case in switches.cases] == [
        {"retry_tries": 2},
        {"retry_tries": 2, "region": "eu"},
        {},
        {"region": "eu"},
    ]


@pytest.mark.parametrize(
    ("axis", "what"),
    [
        ("{setting: ccma, values: [3.1.7, 3.9.6]}", "the setting ccma"),
        ("{dark_feature: a.b, values: [off, on]}", "the site feature a.b"),
        (TRIES, "the switch retry_tries"),
    ],
)
def test_two_axes_for_one_thing_are_refused_with_the_second_one_s_line(
    tmp_path: Path, axis: str, what: str
) -> None:
    told = f"cases.yaml:5: axis 'other' sets {what}, and so does 'one': write both as values of"
    with pytest.raises(BadInput, match=re.escape(told)):
        read_suite(written(tmp_path, TWO.format(one=axis, other=axis)))


def test_a_feature_at_two_levels_is_two_things(tmp_path: Path) -> None:
    site, system = (
        f"{{dark_feature: a.b, {level}values: [on]}}" for level in ("", "level: system, ")
    )
    (case,) = read_suite(written(tmp_path, TWO.format(one=site, other=system))).cases
    assert (case.dark_features, case.system_features) == ({"a.b": True}, {"a.b": True})


def test_constraints_leave_cases_out_and_all_others_are_there(tmp_path: Path) -> None:
    suite = read_suite(written(tmp_path, GOOD))
    assert suite.combinations == len(suite.rows) == 12
    assert not [row for row in suite.rows if row["dev"] == "on" and row["feature"] == "off"]


def test_a_seed_is_in_every_suite(tmp_path: Path) -> None:
    for locate in (False, True):
        strength = None if locate else 2
        suite = read_suite(written(tmp_path, GOOD), strength=strength, locate=locate)
        assert [r for r in suite.rows if r["dev"] == "on" and r["fault"] == "slow"]


@pytest.mark.parametrize(("ccma", "bug"), [("3.1.7", "stuck"), ("3.9.6", None), (None, None)])
def test_a_known_bug_is_marked_on_its_versions_only(
    tmp_path: Path, ccma: str | None, bug: str | None
) -> None:
    suite = read_suite(written(tmp_path, GOOD), ccma=ccma)
    case = suite.case({"feature": "on", "dev": "on", "fault": "none", "speed": "100"})
    assert (case.known_bug.id if case.known_bug else None) == bug


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ("then: {feature: on}", "then: {featur: on}", r":14: no axis is called 'featur'; did"),
        (
            "then: {feature: on}",
            "then: {feature: onn}",
            r":14: .* no value 'onn'; did you mean 'on'",
        ),
        ("if: {dev: on}", "unless: {dev: on}", r":13: unknown key 'unless'"),
        ("{dev: on, fault: slow}", "{dev: on, feature: off}", r"seed 1 .* breaks the constraints"),
        ("kind: latency", "kind: latancy", r":10: axes\.fault: slow\.0\.kind: .* mean 'latency'"),
        ("seconds: 2", "second: 2", r"no such field; did you mean 'seconds'\?"),
        ("values: [100, 200]", "values: [100, 0]", r"axes\.speed: 0: '0' must be more than 0"),
        (
            "{kind: latency, seconds: 2}",
            "latency",
            r":10: axes\.fault: slow: 'latency' must be a mapping, such as {kind: latency}$",
        ),
        (
            "{kind: latency, seconds: 2}",
            "[latancy]",
            r":10: axes\.fault: slow: 'latancy' must be a mapping, such as {kind: latency}$",
        ),
        (
            "{kind: latency, seconds: 2}",
            "{seconds: 2}",
            r":10: axes\.fault: slow\.0: key 'kind' is missing; there are cut, expired-link, ",
        ),
        ("seconds: 2", "seconds: [2]", r"slow\.0\.seconds: \[2\] must be a number$"),
        ("setting: time_scale", "setting: time_scal", r":11: .*axes\.speed\.setting"),
        ("when: {feature: off}", "when: {feature: off, fault: none}", r"no expectation matches"),
        ("when: {feature: off}", "when: {}", r"the expectations of lines 19 and 23 contradict"),
        ("level: system, ", "level: systen, ", r":5: .*level"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(
    tmp_path: Path, right: str, wrong: str, told: str
) -> None:
    assert right in GOOD
    with pytest.raises(BadInput, match=told):
        read_suite(written(tmp_path, GOOD.replace(right, wrong, 1)))


def test_constraints_that_contradict_are_named(tmp_path: Path) -> None:
    more = "  - {never: {feature: on}, why: no feature}\n  - {never: {feature: off}, why: yes}\n"
    text = GOOD.replace("seeds:\n", f"{more}seeds:\n")
    with pytest.raises(BadInput, match=r"contradict each other.*no feature; yes"):
        read_suite(written(tmp_path, text))


def test_rules_are_shown_complete_for_cases_that_do_not_run(tmp_path: Path) -> None:
    """The suite of strength 1 lacks the case; shrinking could still come to it."""
    text = GOOD.replace(
        "when: {feature: on}\n    rows", "when: {feature: on, fault: none}\n    rows"
    )
    with pytest.raises(BadInput, match=r"no expectation matches feature=on.*fault=slow"):
        read_suite(written(tmp_path, text), strength=1)


@pytest.mark.parametrize("strength", [5, 9])
def test_a_strength_above_the_axes_is_refused(tmp_path: Path, strength: int) -> None:
    with pytest.raises(BadInput, match=re.escape("cannot be reached with 4 axes; use 1 to 4")):
        read_suite(written(tmp_path, GOOD), strength=strength)


def test_faults_and_switches_have_the_fields_of_the_control_api() -> None:
    union = AnyFault.model_fields["fault"].annotation
    for kind in get_args(union):
        described = DESCRIPTIONS[get_args(kind.model_fields["kind"].annotation)[0]]
        assert issubclass(kind, described)
        assert set(kind.model_fields) == set(described.model_fields)
    assert len(get_args(union)) == len(DESCRIPTIONS)
    assert set(DESCRIPTIONS) < set(get_args(MishapKind))
    assert set(Switches.model_fields) == set(CloudSwitches.model_fields) - {"marketplace"}


SCRIPT = """\
name: own
app: .
axes:
  feature: {dark_feature: some.flag, values: [on]}
  cloud-app:
    setting: cloud_app
    values:
      seed: seed
      thirds:
        steps:
          - {await: listener-triggered}
          - post: {status: IN_PROGRESS, percent: 33}
          - repeat:
              - {sleep: 60}
            times: 2
          - {post: {status: INCOMPLETE, percent: 100}, expect: 200}
expectations:
  - rows: [INCOMPLETE 100]
    source: why
"""


def test_a_case_may_spell_out_what_the_cloud_app_does(tmp_path: Path) -> None:
    by_name, spelled = read_suite(written(tmp_path, SCRIPT)).cases
    assert by_name.cloud_app == "seed"
    assert isinstance(spelled.cloud_app, Behaviour)
    assert [type(step).__name__ for step in spelled.cloud_app.steps] == [
        "Await",
        "Post",
        "Repeat",
        "Post",
    ]
    last = spelled.cloud_app.steps[-1]
    assert isinstance(last, Post)
    assert (last.post, last.expect) == ({"status": "INCOMPLETE", "percent": 100}, 200)


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ("await: lis", "wait: lis", r":11: .*thirds\.steps\.0: a step is a mapping with one of"),
        ("post: {status: IN_PROGRESS, percent: 33}", "post: 7", r":12: .*thirds\.steps\.1\.post: "),
        ("sleep: 60", "sleep: soon", r":14: .*thirds\.steps\.2\.repeat\.0\.sleep: "),
        ("times: 2", "times: 0", r":15: .*thirds\.steps\.2\.times: "),
        ("expect: 200", "expct: 200", r":16: .*no such field; did you mean 'expect'\?"),
        ("seed: seed", "seed: sead", r":8: .*no behaviour 'sead'; did you mean 'seed'\?"),
        ("seed: seed", "seed: []", r":8: .*seed\.steps: is empty; write at least one$"),
        ("seed: seed", "seed: 7", r":8: .*seed: 7 must be a behaviour: a name such as seed, or"),
    ],
)
def test_a_wrong_step_is_refused_with_its_line(
    tmp_path: Path, right: str, wrong: str, told: str
) -> None:
    assert right in SCRIPT
    with pytest.raises(BadInput, match=told):
        read_suite(written(tmp_path, SCRIPT.replace(right, wrong, 1)))


def test_a_case_says_which_spaces_its_plan_takes(tmp_path: Path) -> None:
    axis = "  spaces: {setting: plan_spaces, values: {every: all, one: DS, two: [DS, HR]}}\n"
    text = GOOD.replace("constraints:\n", f"{axis}constraints:\n", 1)
    taken = {
        case.axes["spaces"]: case.cloud.spaces for case in read_suite(written(tmp_path, text)).cases
    }
    assert taken == {"every": (), "one": ("DS",), "two": ("DS", "HR")}
