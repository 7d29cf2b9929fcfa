import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from harness.lifecycle import runs


@pytest.fixture(autouse=True)
def _state(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path_factory.mktemp("temporary")
    monkeypatch.setenv("HARNESS_STATE", str(tmp_path))
    # Runs that are left on purpose leave their folder for temporary files, too.
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    monkeypatch.setenv("TMPDIR", str(temporary))


def test_a_run_lives_while_it_is_owned_and_leaves_nothing(tmp_path: Path) -> None:
    with runs.open_run() as run:
        assert runs.is_alive(run)
        assert runs.known() == [run]
        scratch = run.scratch
        assert run.id in scratch.name
        assert scratch.is_dir()
    assert not runs.is_alive(run)
    assert list((tmp_path / "runs").iterdir()) == []
    assert not scratch.exists()


def test_what_a_run_keeps_is_for_its_owner_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = tmp_path / "new" / "state"
    monkeypatch.setenv("HARNESS_STATE", str(state))
    with runs.open_run() as run:
        for folder in (state, state / "runs", run.folder, run.scratch):
            assert (folder.stat().st_mode & 0o777, folder) == (0o700, folder)


def test_a_run_changes_nothing_of_the_process_that_opens_it() -> None:
    before = dict(os.environ), tempfile.gettempdir()
    with runs.open_run() as run:
        assert (dict(os.environ), tempfile.gettempdir()) == before
        with runs.inherited(run.environment):
            code = "import os; print(os.environ['TMPDIR'], os.environ['MIGRATION_HARNESS_RUN'])"
            done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
        assert done.stdout.split() == [str(run.scratch), run.id]
        assert (dict(os.environ), tempfile.gettempdir()) == before


def test_a_run_is_of_the_project_in_whose_folder_it_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, other = tmp_path / "here", tmp_path / "other"
    for project in (here, other):
        (project / "below").mkdir(parents=True)
        (project / "harness.toml").touch()
    monkeypatch.chdir(here / "below")
    with runs.open_run() as run:
        run.stack_file.write_text("{}")
    assert run.project == here
    assert runs.with_a_stack(here) == runs.with_a_stack() == [run]
    assert runs.with_a_stack(other) == []
    assert runs.listed([run]) == f"{run.id} of {here}"
    (run.folder / "project.path").unlink()  # as an older version left it
    assert runs.with_a_stack(here) == []
    assert runs.listed(runs.with_a_stack()) == f"{run.id} of an unknown project"


def test_a_run_that_was_left_standing_outlives_its_owner() -> None:
    with runs.open_run() as run:
        run.stack_file.write_text("{}")
    assert runs.is_alive(run)
    assert runs.with_a_stack() == [run]
    runs.forget(run)
    assert not runs.is_alive(run)


def test_the_folder_of_a_killed_run_stays_and_is_known_as_dead() -> None:
    # os._exit leaves no block in order, as kill -9 does.
    code = (
        "import os; from harness.lifecycle import runs\n"
        "with runs.open_run() as run:\n"
        "    print(run.id, flush=True); os._exit(1)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    dead = runs.find(done.stdout.strip())
    assert dead.folder.is_dir()
    assert runs.known() == [dead]
    assert not runs.is_alive(dead)


def test_two_runs_in_one_second_have_different_ids() -> None:
    assert len({runs.new_id() for _ in range(50)}) == 50
