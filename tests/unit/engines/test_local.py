"""Processes of the local engine: what they leave in shared memory, however they end."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from harness.engines import shared_memory
from harness.engines.local import LocalEngine, LocalService
from harness.engines.service import Service
from harness.environment import reaper
from harness.lifecycle import runs
from harness.lifecycle.runs import Run
from harness.wait import NotYet, wait_for

LISTENS = "echo '{\"http\": 8090}' > ports.json"
MADE = 'touch "$SHM/faketime_shm_$$" "$SHM/sem.faketime_sem_$$"'
"""What a process makes into which libfaketime is loaded; a kill leaves both."""

Start = Callable[..., LocalService]


@pytest.fixture
def shm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in the place of /dev/shm, which other runs use at the same time."""
    folder = tmp_path / "shm"
    folder.mkdir()
    monkeypatch.setattr(shared_memory, "SHARED_MEMORY", folder)
    return folder


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Run]:
    monkeypatch.setenv("HARNESS_STATE", str(tmp_path / "state"))
    with runs.open_run() as run:
        yield run


@pytest.fixture
def engine(run: Run) -> Iterator[LocalEngine]:
    engine = LocalEngine(run, "stack")
    yield engine
    engine.close()


def service(shm: Path, *steps: str) -> Service:
    script = "; ".join(["cd $HERE", MADE, *steps])
    return Service(
        name="confluence",
        image="",
        argv=lambda _: ["/bin/sh", "-c", script],
        env=lambda place: {"SHM": str(shm), "HERE": str(Path(place.ports_file or "").parent)},
        ports={"http": 8090},
    )


def names(shm: Path) -> list[str]:
    return sorted(path.name for path in shm.iterdir())


def await_files(shm: Path, running: LocalService) -> None:
    of_it = [f"faketime_shm_{running.id}", f"sem.faketime_sem_{running.id}"]
    wait_for(
        "the files to be made", lambda: names(shm) == of_it or NotYet(str(names(shm))), within=10
    )


@pytest.mark.parametrize("end", [LocalService.stop, LocalService.kill])
def test_nothing_is_left_of_a_service_that_is_ended(
    engine: LocalEngine, shm: Path, end: Callable[[LocalService], None]
) -> None:
    running = engine.start(service(shm, "exec sleep 600"))
    await_files(shm, running)
    end(running)
    assert names(shm) == []


def test_nothing_is_left_of_a_service_that_ended_by_itself(engine: LocalEngine, shm: Path) -> None:
    running = engine.start(service(shm, "exit 3"))
    running.process.wait()
    assert running.ended() == "exited with code 3"
    assert len(names(shm)) == 2
    engine.close()
    assert names(shm) == []


def test_a_service_that_listens_has_opened_the_files_and_needs_their_names_no_more(
    engine: LocalEngine, shm: Path
) -> None:
    running = engine.start(service(shm, LISTENS, "exec sleep 600"))
    assert running.port("http") == 8090
    assert running.ended() is None
    assert names(shm) == []


def test_the_files_of_others_stay(engine: LocalEngine, shm: Path) -> None:
    others = shm / "faketime_shm_1"
    others.touch()
    running = engine.start(service(shm, "exec sleep 600"))
    wait_for("the files to be made", lambda: len(names(shm)) == 3 or None, within=10)
    running.kill()
    assert names(shm) == [others.name]


def test_a_sweep_removes_what_a_run_left_whose_owner_was_killed(
    run: Run, engine: LocalEngine, shm: Path
) -> None:
    running = engine.start(service(shm, "exec sleep 600"))
    await_files(shm, running)
    removed = reaper.take_down(run, None)
    assert names(shm) == []
    assert f"/faketime_shm_{running.id}" in str(removed)


def test_a_sweep_removes_what_a_service_left_that_died_after_its_owner(
    run: Run, engine: LocalEngine, shm: Path
) -> None:
    running = engine.start(service(shm, "exec sleep 600"))
    await_files(shm, running)
    os.kill(running.process.pid, signal.SIGKILL)
    running.process.wait()
    assert len(names(shm)) == 2
    reaper.take_down(run, None)
    assert names(shm) == []


def test_a_process_that_got_the_id_of_a_dead_service_keeps_its_files(run: Run, shm: Path) -> None:
    ours = os.getpid()
    for path in shared_memory.files_of(ours):
        path.touch()
    (run.folder / "stack" / "confluence").mkdir(parents=True)
    shared_memory.record(run.folder / "stack" / "confluence", ours)
    reaper.take_down(run, None)
    assert len(names(shm)) == 2
    # Older than the process they are not its own.
    before = psutil.Process().create_time() - 60
    for path in shared_memory.files_of(ours):
        os.utime(path, (before, before))
    assert sorted(path.name for path in shared_memory.remove_stale(ours)) == [
        f"faketime_shm_{ours}",
        f"sem.faketime_sem_{ours}",
    ]
    assert names(shm) == []


def test_what_an_earlier_process_of_the_same_id_left_is_removed_before_the_start(
    shm: Path, tmp_path: Path
) -> None:
    # The shell leaves the files, and then becomes the start of a service under the same id.
    library, out = tmp_path / "libfaketime.so", tmp_path / "out"
    show = 'ls "$0"; echo "$LD_PRELOAD"'
    command = shared_memory.under(library, ["/bin/sh", "-c", show, str(shm)])
    shell = f'{MADE}; ls "$SHM" > "$OUT"; exec "$@"'
    done = subprocess.run(
        ["/bin/sh", "-c", shell, "sh", *command],
        env={"SHM": str(shm), "OUT": str(out), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
    )
    assert len(out.read_text().split()) == 2
    assert done.stdout.split() == [str(library)]


def test_the_pid_of_a_service_is_on_record_before_anything_is_waited_for(
    run: Run, engine: LocalEngine, shm: Path
) -> None:
    running = engine.start(service(shm, "exec sleep 600"))
    assert list(shared_memory.recorded(run.folder)) == [running.process.pid]
    begun = json.loads((run.folder / "stack" / "confluence" / "pid").read_text())
    assert begun == running.process.pid
    assert psutil.Process(begun).create_time() <= time.time() + 1


def test_a_service_gets_its_own_environment_and_none_of_the_users_secrets(
    run: Run, engine: LocalEngine, shm: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ATL_LICENSE_KEY", "sentinel-5e1c")
    monkeypatch.setenv("GITHUB_TOKEN", "sentinel-5e1c")
    monkeypatch.setenv("LANG", "C.UTF-8")
    running = engine.start(service(shm, "env", LISTENS, "exec sleep 600"))
    assert running.port("http") == 8090
    for output in (running.output.read_text(), running.execute(["env"])[1]):
        assert "sentinel-5e1c" not in output
        variables = dict(line.partition("=")[::2] for line in output.splitlines())
        assert variables["SHM"] == str(shm)
        assert variables["LANG"] == "C.UTF-8"
        assert variables["PATH"] == os.environ["PATH"]
        assert variables["TMPDIR"] == str(run.scratch)
        assert variables[runs.RUN_VARIABLE] == run.id


def test_a_services_files_are_for_its_owner_alone(engine: LocalEngine) -> None:
    described = Service(
        name="cloud",
        image="",
        argv=lambda _: ["/bin/sleep", "60"],
        env=lambda _: {},
        ports={},
        files={"tls.key": b"a key"},
        scripts={"java": b"#!/bin/sh"},
    )
    place = engine.start(described).place
    modes = {name: Path(place.file(name)).stat().st_mode & 0o777 for name in ("tls.key", "java")}
    assert modes == {"tls.key": 0o600, "java": 0o700}
    assert Path(place.file("tls.key")).read_bytes() == b"a key"
