"""What one Confluence's file is worth does not hang on the others'."""

from contextlib import contextmanager
from pathlib import Path

import pytest

from harness.errors import BadInput, DriverError, HarnessError
from harness.store import undo
from harness.store.undo import Begun, FeatureSet
from harness.testbed import restore

ONE, TWO, THREE = (f"https://wiki-{name}.example" for name in ("one", "two", "three"))


def left_at(folder: Path, address: str) -> Path:
    """The file of a run that ended early."""
    path = undo.path_for(folder, address)
    with undo.held(path) as journal:
        journal.begin(Begun(address=address, run="run-1", user="admin"))
        journal.record(FeatureSet(key="a.flag", before=False, now=True))
    return path


@pytest.fixture
def servers(monkeypatch: pytest.MonkeyPatch) -> dict[str, HarnessError | None]:
    """Address -> what becomes of putting back there; whether it was done is the file's absence."""
    fate: dict[str, HarnessError | None] = {}

    @contextmanager
    def connected(address: str, *_: object):
        yield address

    class PuttingBack:
        def __init__(self, address: str, *_: object) -> None:
            self.fate = fate.get(address)

        def everything(self, _: object) -> None:
            if self.fate:
                raise self.fate

    monkeypatch.setattr(restore, "connected", connected)
    monkeypatch.setattr(restore, "PuttingBack", PuttingBack)
    return fate


def put_back(*paths: Path) -> tuple[bool, list[str]]:
    said: list[str] = []
    secret = {"HARNESS_ATTACH_PASSWORD": "x"}
    return restore.restore_every(paths, None, secret, said.append), said


@pytest.mark.usefixtures("servers")
def test_what_a_run_is_at_work_on_is_left_and_the_others_are_put_back(tmp_path):
    one, two = left_at(tmp_path, ONE), left_at(tmp_path, TWO)
    with undo.held(one):
        found, said = put_back(one, two)
    assert found
    assert f"left as it is: a run is at work at {ONE}, and puts back what it changes" in said
    assert (one.exists(), two.exists()) == (True, False)


@pytest.mark.usefixtures("servers")
def test_where_nothing_is_left_nothing_is_done(tmp_path):
    path = left_at(tmp_path, ONE)
    assert put_back(path) == (True, [f"putting back what run run-1 changed at {ONE}:"])
    assert put_back(path) == (False, [])


def test_one_that_cannot_be_put_back_keeps_no_other_from_it(tmp_path, servers):
    paths = [left_at(tmp_path, address) for address in (ONE, TWO, THREE)]
    servers[ONE] = DriverError("putting back", "HTTP 500")
    with pytest.raises(DriverError, match="HTTP 500"):
        put_back(*paths)
    assert [path.exists() for path in paths] == [True, False, False]
    again = left_at(tmp_path, THREE)
    servers[THREE] = BadInput("no answer")
    with pytest.raises(HarnessError, match="putting back: HTTP 500; no answer"):
        put_back(paths[0], again)
