"""A file that names versions of the stand-in, on a server that has the one it has."""

from pathlib import Path

import pytest

from harness.cases import Suite, read_suite
from harness.cases.version import OWN, as_version

SEED = Path(__file__).parents[3] / "fixtures" / "cases" / "seed.yaml"


@pytest.fixture(scope="module")
def seed() -> Suite:
    return read_suite(SEED)


def test_a_named_version_runs_its_own_cases(seed: Suite) -> None:
    found = as_version(seed, "3.1.7")
    assert len(found.cases) == 4
    assert {case.axes["ccma"] for case in found.cases} == {"3.1.7"}
    assert {case.ccma for case in found.cases} == {None}
    assert [case.known_bug.id for case in found.cases if case.known_bug] == ["dev-mode-ready"]
    assert found.said == ("seed: 4 of 8 cases are about other versions",)


@pytest.mark.parametrize(("version", "word"), [("3.12.2", "3.12.2"), (None, OWN)])
def test_another_version_runs_each_combination_once(
    seed: Suite, version: str | None, word: str
) -> None:
    found = as_version(seed, version)
    assert [case.id for case in found.cases] == [
        f"seed[feature={feature},dev-mode={mode},ccma={word}]"
        for feature in ("off", "on")
        for mode in ("off", "on")
    ]
    assert not any(case.known_bug for case in found.cases)
    assert [str(case.expectation.rows[-1]) for case in found.cases] == [
        *("ABSENT", "ABSENT", "COMPLETE 100", "COMPLETE 100")
    ]
    assert found.said == (
        f"seed: names CCMA 3.1.7, 3.9.6; 4 cases run as this version (ccma={word})",
    )


def test_what_is_expected_of_named_versions_only_is_left_out(tmp_path: Path) -> None:
    text = SEED.read_text().replace("app: ../apps/charts", f"app: {SEED.parents[1]}/apps/charts")
    text = text.replace("when: {feature: off}", "when: {feature: off, ccma: [3.1.7, 3.9.6]}")
    path = tmp_path / "seed.yaml"
    path.write_text(text)
    found = as_version(read_suite(path), "3.12.2")
    assert len(found.cases) == 2
    assert found.said[1] == "seed: 2 cases have an expectation for named versions only"


def test_a_file_that_names_no_version_is_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "plain.yaml"
    path.write_text(
        f"name: plain\napp: {SEED.parents[1]}/apps/charts\n"
        "expectations: [{rows: [COMPLETE 100], source: x}]\n"
    )
    suite = read_suite(path)
    assert as_version(suite, "3.12.2").cases == suite.cases
    assert as_version(suite, "3.12.2").said == ()


@pytest.mark.parametrize(
    ("version", "bug"), [("3.1.7", "old"), ("3.9.6", None), ("3.13.8", "new"), (None, None)]
)
def test_a_known_bug_is_looked_up_by_the_servers_own_version(
    tmp_path: Path, version: str | None, bug: str | None
) -> None:
    path = tmp_path / "plain.yaml"
    bugs = "".join(
        f"  - {{id: {name}, statement: x, when: {{mode: off}}, versions: [{of}], "
        "row: READY, lasts: 30m}\n"
        for name, of in (("old", "3.1.7"), ("new", "3.13.8"))
    )
    path.write_text(
        f"name: plain\napp: {SEED.parents[1]}/apps/charts\n"
        f"axes: {{mode: {{dark_feature: some.flag, values: [off]}}}}\nknown_bugs:\n{bugs}"
        "expectations: [{rows: [COMPLETE 100], source: x}]\n"
    )
    case = as_version(read_suite(path), version).cases[0]
    assert (case.known_bug.id if case.known_bug else None) == bug
