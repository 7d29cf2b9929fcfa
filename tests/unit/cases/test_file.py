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
        ("[off, on]", "[]", r":6: axes\.feature\.values: is empty; write at least one$"),
        (
            "[off, on]",
            "on",
            r":6: axes\.feature\.values: .on. must be a list of words, or a",
        ),
        ("[off, on]", "[off, [on]]", r":6: axes\.feature\.values: \['on'\] must be one word"),
        ("[ABSENT]", "COMPLETE 100", r":9: .*rows: 'COMPLETE 100' must be a list, such as \[COMP"),
        ("[ABSENT]", "[]", r":9: .*rows: is empty; write at least one$"),
        ("[ABSENT]", "[[ABSENT]]", r":9: .*rows\.0: \['ABSENT'\] must be one row, such as"),
        ("[ABSENT]", "[COMPLETE 200]", r":9: .*'COMPLETE 200' .* a whole number from 0 to 100$"),
        ("[ABSENT]", "[COMPLETE -1]", r":9: .*'COMPLETE -1' .* a whole number from 0 to 100$"),
        (
            "{feature: off}",
            "{feature: [[off]]}",
            r":8: .*when\.feature: \['off'\] must be one word$",
        ),
        ("name: small", "name: Small App", r":1: name: 'Small App' must be lower-case letters"),
        ("app: .", "app: .\nstrength: two", r":3: strength: 'two' must be a whole number, 1 or"),
        ("app: .", "app: .\nstrength: 0", r":3: strength: 0 must be a whole number, 1 or more, or"),
        ("app: .", "app: missing", r":2: app: there is no missing/app.yaml"),
        ("app: .", "app: app.yaml", r":2: app: app.yaml is a file: name the folder that it is in$"),
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


def test_a_path_may_be_text(folder: Path) -> None:
    path = written(folder, GOOD)
    assert load(str(path)) == load(path)


def test_a_wrong_file_is_told_without_the_harness_s_own_frames(folder: Path) -> None:
    with pytest.raises(BadInput, match=r"/none\.yaml: no such file$") as caught:
        load(f"{folder}/none.yaml")
    assert [frame.name for frame in caught.traceback[1:]] == ["load"]
    assert caught.traceback[-1].ishidden(caught)


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "---\n"])
def test_an_empty_file_is_told_as_such(folder: Path, text: str) -> None:
    with pytest.raises(BadInput, match=r"cases\.yaml: the file is empty: keys and values are"):
        load(written(folder, text))


def test_a_strength_in_quotes_is_a_number(folder: Path) -> None:
    text = GOOD.replace("app: .", 'app: .\nstrength: "1"')
    assert len(load(written(folder, text))) == 2
