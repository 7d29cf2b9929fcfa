"""What a run changed is on the disk before it is changed, and is read back whatever was cut off."""

import os
import stat
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.errors import BadInput, HarnessError
from harness.store import undo
from harness.store.undo import (
    AppChanged,
    AppState,
    Begun,
    Change,
    Changes,
    CloudAppPut,
    FeatureSet,
    PlanMade,
    SwitchesTurned,
)

ADDRESS = "https://wiki.example.com/confluence"
BEGUN = Begun(address=ADDRESS, run="20260101-120000-abcdef", user="admin")

KEYS = st.sampled_from(("one.flag", "two.flag"))
CHANGES = st.one_of(
    st.builds(FeatureSet, key=KEYS, before=st.booleans(), now=st.booleans()),
    st.builds(
        AppChanged,
        key=KEYS,
        before=st.none() | st.builds(AppState, version=st.just("1"), enabled=st.booleans()),
        now=st.sampled_from(("2", "3")),
    ),
    st.builds(PlanMade, name=st.text(max_size=20)),
    st.builds(CloudAppPut, key=KEYS),
    st.builds(SwitchesTurned, before=st.just({"region": None})),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return undo.path_for(tmp_path / "attached", ADDRESS)


def test_a_change_is_on_the_disk_once_it_is_recorded(path: Path) -> None:
    with undo.held(path) as journal:
        assert not journal.has_begun
        journal.begin(BEGUN)
        journal.record(FeatureSet(key="a.flag", before=False, now=True))
        left = undo.read(path)  # as another process would after a kill
        assert left is not None
        assert left.begun == BEGUN
        assert left.changes.features == {"a.flag": (False, True)}
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        journal.done()
    assert undo.read(path) is None
    assert list(undo.every(path.parent)) == []


def test_nothing_may_be_changed_before_the_file_is_begun(path: Path) -> None:
    with undo.held(path) as journal, pytest.raises(HarnessError, match="not written down"):
        journal.record(PlanMade(name="x"))


def test_what_is_left_stays_when_the_run_lets_go_of_it(path: Path) -> None:
    with undo.held(path) as journal:
        journal.begin(BEGUN)
        journal.record(PlanMade(name="x"))
    assert undo.every(path.parent) == [path]
    left = undo.read(path)
    assert left is not None
    assert left.changes.plans == ["x"]


def test_two_runs_do_not_meet_on_one_server(path: Path) -> None:
    with undo.held(path), pytest.raises(BadInput, match="another run is attached"), undo.held(path):
        pass
    with undo.held(path):
        pass


def test_the_first_state_and_the_last_setting_count() -> None:
    changes = Changes()
    for before, now in ((False, True), (True, False), (False, True)):
        changes.take(FeatureSet(key="f", before=before, now=now))
    assert changes.features == {"f": (False, True)}
    first = AppChanged(key="a", before=AppState(version="1", enabled=False), now="2")
    changes.take(first)
    changes.take(AppChanged(key="a", before=None, now="3"))
    assert changes.apps == {"a": (first, {"2", "3"})}


@settings(max_examples=50)
@given(st.lists(CHANGES, max_size=6), st.data())
def test_a_file_that_is_cut_off_anywhere_tells_of_all_whole_lines(
    changes: list[Change], data: st.DataObject
) -> None:
    with TemporaryDirectory() as folder, patch.object(os, "fsync"):
        check_cut_off(undo.path_for(Path(folder), ADDRESS), changes, data)


def check_cut_off(path: Path, changes: list[Change], data: st.DataObject) -> None:
    with undo.held(path) as journal:
        journal.begin(BEGUN)
        for change in changes:
            journal.record(change)
    written = path.read_bytes()
    cut = data.draw(st.integers(0, len(written)))
    path.write_bytes(written[:cut])
    left = undo.read(path)
    whole = written[:cut].count(b"\n")
    if whole == 0:
        assert left is None
        return
    expected = Changes()
    for change in changes[: whole - 1]:
        expected.take(change)
    assert left is not None
    assert left.changes == expected


def test_a_damaged_line_is_named(path: Path) -> None:
    with undo.held(path) as journal:
        journal.begin(BEGUN)
    with path.open("a") as file:
        file.write('{"kind": "nothing"}\n')
    with pytest.raises(BadInput, match=r":2: this line cannot be read.*by hand"):
        undo.read(path)
    path.write_text('{"kind":"plan","name":"x"}\n')
    with pytest.raises(BadInput, match=":1: the first line"):
        undo.read(path)


def test_each_server_has_a_file_of_its_own(tmp_path: Path) -> None:
    names = {
        undo.path_for(tmp_path, each).name
        for each in ("http://a:1", "http://a:1/x", "http://a:2", "https://a:1", "http://a:1/")
    }
    assert len(names) == 4  # the last slash makes no other server


def test_the_earlier_jar_is_kept_beside_it(path: Path, tmp_path: Path) -> None:
    jar = tmp_path / "app.jar"
    jar.write_bytes(b"jar")
    with undo.held(path) as journal:
        journal.begin(BEGUN)
        kept = Path(journal.keep_jar(jar))
        jar.unlink()
        assert kept.read_bytes() == b"jar"
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600
        journal.done()
    assert not kept.exists()
