"""Clients that others wrote for the real Confluence, unchanged, against the same server."""

import subprocess

import pytest
from atlassian import Confluence

from harness.drivers.confluence import apps, startup_checks
from harness.environment.document import to_document
from harness.wait import wait_for

pytestmark = pytest.mark.witness


@pytest.fixture
def theirs(confluence_url, admin):
    return Confluence(confluence_url, username=admin.user, password=admin.password, cloud=False)


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning")
def test_atlassian_python_api_passes_an_apps_whole_life(theirs, clean, charts):
    def keys():
        return {p["key"] for p in theirs.get_plugins_info()["plugins"] if p["userInstalled"]}

    assert keys() == set()
    theirs.upload_plugin(str(charts))
    added = wait_for("the upload to be listed", lambda: keys() or None, within=10)
    (key,) = added
    app = apps.find(clean, key)
    assert app is not None
    assert app.enabled
    assert theirs.get_plugin_info(key)["version"] == app.version
    theirs.disable_plugin(key)
    assert theirs.get_plugin_info(key)["enabled"] is False
    theirs.enable_plugin(key)
    assert theirs.get_plugin_info(key)["enabled"] is True
    theirs.delete_plugin(key)
    wait_for("the app to be gone", lambda: True if not keys() else None, within=10)


def test_atlassian_python_api_reads_safe_mode(theirs):
    assert theirs.check_plugin_manager_status().json()["enabled"] is False


def test_atlassian_python_api_knows_its_user(theirs, admin):
    assert theirs.get_current_user()["username"] == admin.user


def test_atlassian_python_api_finds_a_user_by_name_and_by_key(theirs, admin):
    found = theirs.get_user_details_by_username(admin.user)
    assert found["username"] == admin.user
    assert theirs.get_user_details_by_userkey(found["userKey"]) == found


def test_atlassian_python_api_asks_for_health(theirs):
    assert theirs.health_check()["healthy"]


def test_jdb_attaches_sets_a_breakpoint_and_lets_go(confluence_stack, clean, charts):
    apps.install(clean, charts)
    address = to_document(confluence_stack).confluence
    method = "org.migrationharness.apps.charts.ChartsMigration.onStartAppMigration"
    for _ in range(2):  # a debugger that did not let go would keep the second one out
        told = subprocess.run(
            ["jdb", "-attach", f"{address.jdwp_host}:{address.jdwp_port}"],
            input=f"stop in {method}\nquit\n",
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert told.returncode == 0, told.stderr
        assert f"Set breakpoint {method}" in told.stdout
    assert startup_checks.status(clean) == "RUNNING"
