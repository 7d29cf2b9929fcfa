"""A testbed on somebody else's server writes each change down before it makes it."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from fake_server import FakeServer

from harness.cases import app as apps
from harness.drivers.confluence.session import Account
from harness.drivers.untold_cloud import UntoldCloud, UntoldCloudApp
from harness.environment.remote import Remote
from harness.errors import DriverError, HarnessError
from harness.planning.attached import Abilities
from harness.store import undo
from harness.support import assets
from harness.testbed.attached import AttachedTestbed

ADDRESS = "https://wiki.example.com"
APP = apps.load(assets.sample_app("charts"))
KEY, FLAG, OTHER = "charts-plugin", "a.flag", "another.flag"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> FakeServer:
    made = FakeServer({OTHER}, jars={"new.jar": (KEY, "1.0.0"), "old.jar": (KEY, "0.9")})
    made.patch(monkeypatch)
    plugin = SimpleNamespace(facts=SimpleNamespace(key=KEY, version="1.0.0"))
    monkeypatch.setattr("harness.testbed.attached.read_plugin", lambda _: plugin)
    return made


@pytest.fixture
def journal(tmp_path: Path):
    with undo.held(undo.path_for(tmp_path, ADDRESS)) as held:
        yield held


@pytest.fixture
def testbed(server: FakeServer, journal: undo.UndoJournal) -> AttachedTestbed:  # noqa: ARG001
    unused: Any = None
    remote = Remote(ADDRESS, journal, Abilities("3.9.6", "nothing"))
    stack: Any = SimpleNamespace(
        remote=remote,
        cloud=UntoldCloud(),
        cloud_app=UntoldCloudApp(),
        account=Account("admin", "x"),
    )
    context: Any = SimpleNamespace(new_page=lambda: None)
    made = AttachedTestbed(stack, unused, context, APP, Path("new.jar"), unused)
    made.run_id = "20260101-120000-abcdef"
    made.said = lambda _: None
    return made


def test_a_change_is_written_down_before_it_is_made(journal, testbed, monkeypatch):
    on_disk = []

    def set_site(*_: object) -> None:
        left = undo.read(journal.path)
        on_disk.append(left.changes.features if left else None)

    monkeypatch.setattr("harness.drivers.confluence.dark_features.set_site", set_site)
    testbed.set_features({FLAG: True, OTHER: True})
    assert on_disk == [{FLAG: (False, True)}]  # the other one is on already


def test_nothing_is_written_where_nothing_is_changed(journal, testbed):
    testbed.set_features({OTHER: True, FLAG: False})
    assert not journal.has_begun
    testbed.put_back()


def test_where_it_cannot_be_written_down_nothing_is_changed(server, testbed, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    testbed.set_features({FLAG: True})
    server.does.clear()
    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(HarnessError, match="No space left on device; nothing more is changed"):
        testbed.set_features({FLAG: False})
    assert server.does == []


def test_a_whole_run_leaves_the_server_as_it_was(server, journal, testbed):
    before = server.state
    testbed.set_features({FLAG: True, OTHER: False})
    testbed.install()
    name = testbed.plan_name("seed[feature=on]")
    server.plans[name] = "FINISHED"
    testbed.set_features({FLAG: False})  # a case of another file: the other flag is as before
    assert server.features == {OTHER}
    testbed.put_back()
    assert server.state == before
    assert not journal.path.exists()


def test_what_is_decided_for_the_whole_server_is_not_decided_in_the_wizard(testbed):
    assert not testbed.plan_choices.may_trust


@pytest.mark.parametrize("enabled", [True, False])
def test_the_same_version_is_used_as_it_is(server, testbed, enabled):
    server.apps[KEY] = ("1.0.0", enabled)
    before = server.state
    testbed.install()
    assert "install" not in " ".join(server.does)
    assert server.apps[KEY] == ("1.0.0", True)
    testbed.use(APP, Path("another.jar"))  # its own removal is not this run's to do
    assert server.state == before


def test_another_version_is_put_back_from_its_jar(server, journal, testbed, tmp_path):
    old = tmp_path / "0.9.jar"
    old.write_bytes(b"jar")
    server.apps[KEY] = ("0.9", False)
    testbed.remote.app_before = old
    before = server.state
    testbed.install()
    assert server.apps[KEY] == ("1.0.0", True)
    kept = journal.changes.apps[KEY][0].jar
    server.jars[kept] = (KEY, "0.9")
    old.unlink()  # what was kept is enough
    testbed.put_back()
    assert server.state == before


def test_a_flag_that_somebody_else_flips_is_seen(server, testbed):
    testbed.set_features({FLAG: True})
    testbed.check_undisturbed()
    server.features.discard(FLAG)
    with pytest.raises(HarnessError, match=r"a\.flag was switched off by somebody else while"):
        testbed.check_undisturbed()
    lines: list[str] = []
    testbed.said = lines.append
    testbed.set_features({FLAG: True})
    assert lines == ["a.flag was switched off by somebody else since this run set it"]


def test_what_could_not_be_put_back_stays_written_down(server, journal, testbed):
    testbed.install()
    server.broken = {"uninstall"}
    with pytest.raises(DriverError, match="`harness restore` tries again"):
        testbed.put_back()
    assert journal.path.exists()


def test_plans_have_names_of_their_own(testbed, journal):
    one, two = testbed.plan_name("a case"), testbed.plan_name("a case")
    assert one != two
    assert journal.changes.plans == [one, two]
