"""Cases on a Confluence that somebody else runs, behind a proxy with a path and a CA of its own.

The server is a stand-in that this test starts, with a stub of the cloud: the harness knows their
addresses alone. Its pages are drawn by script.
"""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from harness_command import SEED, Command
from somebodys_server import PASSWORD, Theirs, somebodys_server

ONE_CASE = "feature=on and dev-mode=on"


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Theirs]:
    with somebodys_server(tmp_path_factory.mktemp("theirs"), "Asia/Tokyo") as server:
        yield server


def test_a_killed_run_is_undone_and_a_whole_one_leaves_nothing(
    command: Command, theirs: Theirs, tmp_path: Path
) -> None:
    before = theirs.state()
    secret = {"HARNESS_ATTACH_PASSWORD": PASSWORD}
    words = ["run", str(SEED), "-k", ONE_CASE, "--results", "runs", *theirs.words]

    process = command.start(*words, **secret)
    theirs.await_plan(process)
    process.kill()
    process.communicate()
    changed = theirs.state()
    assert [name for name in before if changed[name] != before[name]] == [
        *("features", "apps", "plans", "site")
    ]
    again = command.run(*words, **secret)
    assert again.returncode == 3, again.stderr
    assert "ended before it had put back what it changed there" in again.stderr

    restored = command.run("restore", **secret)
    assert restored.returncode == 0, restored.stderr
    assert theirs.state() == before
    assert "nothing is left to be put back" in command.run("restore", **secret).stderr

    done = command.run(*words, **secret)
    assert done.returncode == 0, done.stderr
    assert "times in Asia/Tokyo" in done.stdout + done.stderr
    (case,) = json.loads(next(tmp_path.glob("runs/*/results.json")).read_text())["cases"]
    assert (case["verdict"], case["id"]) == ("passed", "seed[feature=on,dev-mode=on,ccma=3.9.6]")
    assert theirs.state() == before
    assert not [path for path in tmp_path.rglob("*") if holds(path, PASSWORD)]


def holds(path: Path, secret: str) -> bool:
    """Whether a file, or one in an archive, has the secret in it."""
    if not path.is_file():
        return False
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            return any(secret.encode() in archive.read(name) for name in archive.namelist())
    return secret.encode() in path.read_bytes()
