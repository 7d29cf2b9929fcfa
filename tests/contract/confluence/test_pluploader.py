"""pluploader, unchanged: each of its commands, on the server under test.

It is built for UPM as it is, so its habits tell what UPM's answers look like: it takes an app for
new by a 404 whose body is no JSON, and what `license delete` prints is the licence that was there.
"""

import re
import subprocess
from pathlib import Path

import pytest
from own_environment import python_with

from harness.drivers.confluence import absence, apps
from harness.engines import builds
from harness.support import assets
from harness.wait import wait_for

pytestmark = pytest.mark.witness

PLUPLOADER = "pluploader==0.8.3"
LICENCE = "QUFB" * 20


@pytest.fixture
def plup(confluence_url, admin, tmp_path):
    """Runs a command, away from anybody's own settings; what it says, without colours or folds."""

    def run(*words: str | Path) -> str:
        command = [python_with(PLUPLOADER), "-m", "pluploader", "--base-url", confluence_url]
        command += ["--user", admin.user, "--password", admin.password, *words]
        # Its table of time-bombs is as wide as the terminal; on a narrow one it folds its words.
        environment = {"HOME": str(tmp_path), "COLUMNS": "300", "PATH": "/usr/bin:/bin"}
        environment |= {"PYTHONIOENCODING": "utf-8"}
        done = subprocess.run(
            command, env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=60
        )
        return " ".join(re.sub(r"\x1b\[[0-9;]*m", "", done.stdout + done.stderr).split())

    return run


@pytest.fixture(scope="module")
def component() -> Path:
    """A plugin whose modules the stand-in runs."""
    return builds.server_app(assets.sample_app("component"), lambda _: None)


def test_the_life_of_an_app(plup, clean, component):
    told = plup("install", "-f", component)
    assert "(component-plugin, v1.0.0) uploaded and enabled! (2 of 2 modules enabled)" in told
    assert "component-plugin" in plup("list")
    everything = plup("list", "--print-all")
    assert apps.ASSISTANT in everything
    assert "component-plugin" in everything
    assert "enabled: True" in plup("info", "component-plugin", "--show-modules")
    assert "enabled: False" in plup("disable", "component-plugin")
    assert "enabled: True" in plup("enable", "component-plugin")
    told = plup("install", "-f", component, "--reinstall")
    assert "Plugin successfully uninstalled" in told
    assert "uploaded and enabled! (2 of 2 modules enabled)" in told
    assert "uploaded and enabled!" in plup("install", "-f", component)
    assert "Plugin successfully uninstalled" in plup("uninstall", "component-plugin")
    wait_for(
        "the app to be gone",
        lambda: apps.find(clean, "component-plugin") is None or None,
        within=30,
    )
    assert "Expecting value" in plup("info", "component-plugin")
    assert "could not be uninstalled" in plup("uninstall", "component-plugin")


def test_licences(plup, clean, component):
    key = apps.install(clean, component).key
    assert "valid False" in plup("license", "info", key)
    assert "valid True" in plup("license", "update", key, "--license", LICENCE)
    assert "valid True" in plup("license", "info", key)
    told = plup("license", "delete", key)
    assert "valid True" in told
    assert LICENCE not in told
    assert "valid False" in plup("license", "info", key)
    assert "valid True" in plup("license", "timebomb", key)


def test_safe_mode(plup, clean, component):
    key = apps.install(clean, component).key
    assert "Safe-mode is currently disabled" in plup("safe-mode", "status")
    assert "Safe-mode is now enabled" in plup("safe-mode", "enable")
    assert "Safe-mode is now disabled" in plup("safe-mode", "disable")
    assert apps.find(clean, key).enabled
    plup("safe-mode", "enable")
    assert "stayed disabled" in plup("safe-mode", "disable", "--keep-state")
    assert not apps.find(clean, key).enabled


def test_any_request(plup):
    assert '"enabled":false' in plup("api", "/rest/plugins/1.0/safe-mode")


@pytest.mark.standin
def test_what_the_stand_in_lacks_is_said(plup, client):
    before = absence.asked_for(client)
    assert "501" in plup("rpc", "getSpaces", "x")
    for command in ("list", "run --idx 0", "info --idx 0", "disable --idx 0", "enable --idx 0"):
        assert "Expected login-page or jobs list" in plup("job", *command.split())
    assert "501" in plup("license", "access-token", "list")
    assert "501" in plup("license", "access-token", "update", "a", "--token", "t")
    assert "501" in plup("license", "access-token", "update", "a", "--token", "")
    plup("license", "access-token", "info", "a")  # It takes any JSON for a token.
    assert "501" in plup("install", "--cloud", "--plugin-uri", "http://a/atlassian-connect.json")

    asked = absence.since(before, absence.asked_for(client))
    assert {(each.method, each.path, each.times) for each in asked} == {
        ("POST", "/rpc/xmlrpc", 1),
        ("GET", "/admin/scheduledjobs/viewscheduledjobs.action", 5),
        ("GET", "/rest/plugins/1.0/license-tokens", 1),
        ("GET", "/rest/plugins/1.0/license-tokens/a-key", 1),
        ("POST", "/rest/plugins/1.0/license-tokens", 1),
        ("DELETE", "/rest/plugins/1.0/license-tokens/a-key", 1),
        ("POST", "/rest/plugins/1.0/", 1),
    }
