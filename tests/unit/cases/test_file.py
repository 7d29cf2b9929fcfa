from datetime import timedelta
from pathlib import Path

import pytest

from harness.cases import load
from harness.errors import BadInput
from harness.vocabulary.rows import Row

SEED = Path(__file__).parents[3] / "fixtures" / "cases" / "seed.yaml"

GOOD = """\
name: small
app: .
axes:
  feature:
    dark_feature: some.flag
    values: [off, on]
expectations:
  - when: {feature: off}
    rows: [ABSENT]
    lasts: 10m
    source: why
  - when: {feature: on}
    rows: [RUNNING 0, COMPLETE 100]
    source: why
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "app.yaml").write_text("name: x\n")
    return tmp_path


def written(folder: Path, text: str) -> Path:
    path = folder / "cases.yaml"
    path.write_text(text)
    return path


def test_the_seed_file_stands_for_eight_cases_of_which_one_is_a_known_bug() -> None:
    cases = load(SEED)
    assert len(cases) == 8
    marked = [case for case in cases if case.known_bug]
    assert [case.id for case in marked] == ["seed[feature=on,dev-mode=on,ccma=3.1.7]"]
    bug = marked[0].known_bug
    assert bug is not None
    assert (bug.row, bug.lasts) == (Row("READY"), timedelta(minutes=30))


def test_axes_become_flags_and_settings(folder: Path) -> None:
    off, on = load(written(folder, GOOD))
    assert (off.id, on.id) == ("small[feature=off]", "small[feature=on]")
    assert (off.dark_features, on.dark_features) == ({"some.flag": False}, {"some.flag": True})
    assert on.expectation.rows == (Row("RUNNING", 0), Row("COMPLETE", 100))
    assert off.expectation.lasts == timedelta(minutes=10)


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ("    lasts: 10m", "    last: 10m", r":10: unknown key 'last'; did you mean 'lasts'\?"),
        (
            "[ABSENT]",
            "[ABSEND]",
            r":9: .*'ABSEND' is not a row: write a status \(ABSENT, NO_ROW",
        ),
        ("RUNNING 0", "RUNNING 101", r":13: .*'RUNNING 101' is not a row"),
        ("lasts: 10m", "lasts: ten", r":10: .*'ten' is not a duration: write 60s"),
        ("lasts: 10m", "lasts: 9m", r":10: lasts is shorter than a refresh \(10m\)"),
        ("    lasts: 10m\n", "", r":9: the last row is ABSENT, which may still change"),
        ("lasts: 10m", "before_refresh: true\n    lasts: 10m", r":10: before_refresh is for"),
        ("COMPLETE 100]", "COMPLETE 100]\n    before_refresh: true", r":14: before_refresh is"),
        ("lasts: 10m", "may_happen: [cutt]", r":10: .*may_happen.*'cut'"),
        (
            "RUNNING 0, COMPLETE 100]\n    source: why",
            "COMPLETE 100]\n    source: why\nknown_bugs:\n  - {id: b, statement: s, "
            "when: {feature: on}, row: READY, lasts: 5m}",
            r":16: known bug 'b': lasts is shorter than a refresh",
        ),
        (
            "RUNNING 0, COMPLETE 100]\n    source: why",
            "COMPLETE 100]\n    source: why\nknown_bugs:\n  - {id: b, statement: s, "
            "when: {feature: on}, row: COMPLETE 100, lasts: 30m}",
            r":16: known bug 'b' shows COMPLETE 100, which is what is expected of feature=on",
        ),
        ("{feature: on}", "{featur: on}", r":12: no axis is called 'featur'; did you mean"),
        ("{feature: on}", "{feature: onn}", r":12: axis 'feature' has no value 'onn'"),
        ("[off, on]", "[off, onn]", r":4: axes\.feature: 'onn' cannot be; did you mean 'on'"),
        ("[off, on]", "[]", r":6: axes\.feature\.values: .*at least 1"),
        ("app: .", "app: missing", r":2: app: there is no missing/app.yaml"),
        ("when: {feature: off}", "when: {feature: on}", r":7: no expectation matches feature=off"),
        ("when: {feature: on}", "when: {}", r":12: the expectations of lines 8 and 12 contradict"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(
    folder: Path, right: str, wrong: str, told: str
) -> None:
    assert right in GOOD
    text = GOOD.replace(right, wrong)
    if "contradict" in told:
        text = text.replace("{feature: on}", "{}")
    with pytest.raises(BadInput, match=told) as caught:
        load(written(folder, text))
    assert caught.value.exit_status == 3


def test_an_unknown_ccma_version_names_the_nearest(folder: Path) -> None:
    axis = "  ccma: {setting: ccma, values: [9.9.9]}\n"
    text = GOOD.replace("axes:\n", "axes:\n" + axis)
    with pytest.raises(
        BadInput, match=r":4: axes\.ccma: '9\.9\.9' cannot be; did you mean '3\.9\.6'"
    ):
        load(written(folder, text))
