"""A recording that could not be made, or does not have the run's cases, is refused at once."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from harness.cases import load
from harness.cassette import files
from harness.cassette.exchange import Header, Line, Mark
from harness.errors import BadInput
from harness.runner.recordings import check_recordings
from harness.settings import Settings

AT = datetime(2026, 3, 1, tzinfo=UTC)
CASES = load(Path(__file__).parents[3] / "fixtures" / "cases" / "seed.yaml")[:2]


def recorded(folder: Path, *cases: str) -> Path:
    lines: list[Line] = [Header(AT), *(Mark(case, AT) for case in cases)]
    files.write(folder / f"stack-1{files.SUFFIX}", files.written(lines))
    return folder


def test_a_replay_has_to_have_every_case(tmp_path: Path) -> None:
    first, second = (case.id for case in CASES)
    check_recordings(Settings(replay=recorded(tmp_path, first, second)), CASES, attached=False)
    with pytest.raises(BadInput) as caught:
        check_recordings(Settings(replay=recorded(tmp_path, first)), CASES, attached=False)
    assert f"it was not recorded with {second}; did you mean '{first}'?" in str(caught.value)
    check_recordings(Settings(replay=recorded(tmp_path, first)), CASES[:1], attached=False)


def test_a_recording_is_not_written_over(tmp_path: Path) -> None:
    check_recordings(Settings(record=tmp_path / "new"), CASES, attached=False)
    with pytest.raises(BadInput, match="there is a recording already: name another folder"):
        check_recordings(Settings(record=recorded(tmp_path)), CASES, attached=False)


@pytest.mark.parametrize("setting", ["record", "replay"])
def test_a_stack_that_runs_uses_no_proxy(setting: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="leave --stack out"):
        check_recordings(Settings(**{setting: tmp_path}), CASES, attached=True)


def test_what_is_no_tap_is_refused_before_anything_starts(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="there is no recording in"):
        check_recordings(Settings(tap=tmp_path), CASES, attached=False)


def test_another_cloud_has_to_be_recorded_or_replayed(tmp_path: Path) -> None:
    elsewhere = {"standin_platform": "http://127.0.0.1:1"}
    with pytest.raises(BadInput, match="nothing would tell what that cloud recorded"):
        check_recordings(Settings(**elsewhere), CASES, attached=False)
    check_recordings(Settings(record=tmp_path / "new", **elsewhere), CASES, attached=False)
