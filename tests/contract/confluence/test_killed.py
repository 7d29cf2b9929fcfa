"""What a stand-in has answered for with 200 is there after `kill -9` right behind the answer."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from standin_processes import await_running, run_standin

from harness.drivers.confluence import apps, dark_features
from harness.drivers.confluence.session import Account, ConfluenceClient, open_client
from harness.errors import ServiceDied
from harness.vocabulary.features import FEATURE

pytestmark = pytest.mark.standin

PLANS = "/rest/migration/latest/plans"
PLAN = {"name": "a plan that stays", "include": ["APPS"]}


@pytest.fixture
def killed_after(built, tmp_path):
    """A block with a client, at whose end the server is killed; the home stays."""

    @contextmanager
    def run() -> Iterator[ConfluenceClient]:
        flags = ["password.confirmation.disabled=true"]
        with run_standin(built, tmp_path, {}, flags) as standin:
            await_running(standin.url)
            with open_client(standin.url, Account("admin", "admin")) as client:
                client.headers["X-Atlassian-Token"] = "no-check"
                yield client
                standin.process.kill()
                standin.process.wait()

    return run


def test_no_app_flag_or_plan_is_lost(killed_after, charts):
    with killed_after() as client:
        app = apps.install(client, charts)
    with killed_after() as client:
        assert apps.find(client, app.key) == app
        dark_features.set_site(client, {FEATURE: True})
    with killed_after() as client:
        assert FEATURE in dark_features.site(client)
        plan = client.post(PLANS, json=PLAN).json()["id"]
    with killed_after() as client:
        shown = client.get(f"{PLANS}/{plan}").json()
        assert (shown["name"], shown["appMigration"]) == (PLAN["name"], True)
        assert [row["app"] for row in shown["rows"]] == [app.name]
        dark_features.set_site(client, {FEATURE: False})
        apps.set_enabled(client, app.key, False)
    with killed_after() as client:
        assert FEATURE not in dark_features.site(client)
        found = apps.find(client, app.key)
        assert found is not None
        assert not found.enabled


def test_a_file_that_was_emptied_is_named_and_not_taken_for_none(built, tmp_path):
    with run_standin(built, tmp_path, {}) as standin:
        await_running(standin.url)
    users = tmp_path / "standin" / "users.json"
    assert users.read_bytes()
    users.write_bytes(b"")
    with (
        pytest.raises(ServiceDied, match=r"users\.json is empty\. Restore it"),
        run_standin(built, tmp_path, {}),
    ):
        pass


def test_the_jar_of_an_upload_that_was_cut_off_goes_at_the_next_start(built, tmp_path):
    left = tmp_path / "temp" / "upload123.jar"
    left.parent.mkdir()
    left.write_bytes(b"half a jar")
    with run_standin(built, tmp_path, {}) as standin:
        await_running(standin.url)
        assert not left.exists()
