"""Clients that others wrote for the real Confluence, unchanged, against the same server."""

import pytest
from atlassian import Confluence

from harness.confluence import apps
from harness.waiting import wait_for


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


def test_atlassian_python_api_asks_for_health(theirs):
    assert theirs.health_check()["healthy"]
