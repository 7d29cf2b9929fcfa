"""The folders of a run's cases."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from harness.store.layout import case_folder, make_folder

RUN = Path("run")
IDS = st.lists(st.text(alphabet="ab ./_=,[]é\n", min_size=1, max_size=12), min_size=2, unique=True)


def test_a_usual_case_s_folder_can_be_read() -> None:
    usual = case_folder(RUN, "seed[feature=off,dev-mode=on,ccma=3.1.7]")
    assert usual == RUN / "seed_feature=off_dev-mode=on_ccma=3.1.7"


def test_a_long_id_still_makes_a_folder(tmp_path: Path) -> None:
    """The file system takes 255 bytes for a name."""
    one, two = f"a[{'x' * 300}1]", f"a[{'x' * 300}2]"
    case_folder(tmp_path, one).mkdir()
    case_folder(tmp_path, two).mkdir()  # would fail if it were the same


@given(IDS.map(lambda values: [f"m[a={value}]" for value in values]))
def test_no_two_cases_share_a_folder(ids: list[str]) -> None:
    plain = [each for each in ids if not set(each[4:-1]) & set("_,=[]")]
    folders = [case_folder(RUN, each) for each in plain]
    assert len(set(folders)) == len(folders)
    assert all(folder.parent == RUN and folder.name for folder in folders)


def test_a_runs_folder_is_for_its_owner_alone(tmp_path: Path) -> None:
    make_folder(tmp_path / "runs" / "one")
    assert (tmp_path / "runs" / "one").stat().st_mode & 0o777 == 0o700
    make_folder(tmp_path / "runs" / "one")
