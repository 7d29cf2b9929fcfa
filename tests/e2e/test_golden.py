"""A home that was set up once begins other stacks, whole, and no others."""

import json
import os
from pathlib import Path

from harness_command import Command

from harness.cases import app
from harness.drivers.confluence import apps, dark_features
from harness.drivers.confluence.session import Account, connect
from harness.engines.app_builds import server_jar
from harness.engines.docker_clones import ARCHIVE_LABEL
from harness.engines.docker_host import client_if_any
from harness.settings import resolve
from harness.support import assets

KEY = "migration-assistant.app-migration.feature"


def begun(command: Command, *words: str) -> dict[str, str]:
    done = command.run("up", "--json", *words)
    assert done.returncode == 0, done.stderr
    found: dict[str, str] = json.loads(done.stdout)["confluence"]
    return found


def test_a_kept_home_begins_another_stack(command: Command) -> None:
    folder = assets.sample_app("charts")
    jar = server_jar(folder, app.load(folder), lambda _: None)
    first = begun(command)
    admin = Account(first["admin_user"], first["admin_password"])
    with connect(first["base_url"], admin) as http:
        installed = apps.install(http, jar)
        dark_features.set_site(http, {KEY: True})

    saved = command.run("golden", "save", "ours")
    assert saved.returncode == 0, saved.stderr
    assert command.debris() == []
    manifest = json.loads((command.state / "golden" / "ours" / "manifest.json").read_text())
    assert (manifest["site_features"], manifest["base_url"]) == ([KEY], first["base_url"])
    assert "ours  standin build 9101, CCMA 3.9.6" in command.run("golden", "list").stdout

    second = begun(command, "--golden", "ours")
    with connect(second["base_url"], admin) as http:
        assert apps.find(http, installed.key) == installed
        assert KEY in dark_features.site(http)
        apps.uninstall(http, installed.key)

    # What a stack does to its home stays with that stack, also while both stand.
    third = begun(command, "--golden", "ours")
    with connect(third["base_url"], admin) as http:
        assert apps.find(http, installed.key) == installed
    assert command.run("down").returncode == 0
    assert command.run("golden", "remove", "ours").returncode == 0
    assert command.debris() == []
    assert archives(command) == []


def archives(command: Command) -> list[str]:
    """Paths of the command's golden homes whose content a volume holds."""
    with client_if_any(resolve({}, os.environ).settings.docker_socket) as client:
        found = client.volumes.list(filters={"label": ARCHIVE_LABEL}) if client else []
        paths = [volume.attrs["Labels"][ARCHIVE_LABEL].partition(":")[2] for volume in found]
        return [path for path in paths if Path(path).is_relative_to(command.state)]


def test_what_is_not_there_is_refused(command: Command) -> None:
    for words in (
        ["golden", "save", "ours"],
        ["golden", "save", "../out"],
        ["golden", "remove", "x"],
    ):
        refused = command.run(*words)
        assert (refused.returncode, len(refused.stderr.splitlines())) == (3, 1), refused.stderr
    refused = command.run("up", "--golden", "ours")
    assert refused.returncode == 3
    assert refused.stderr.splitlines()[-1].startswith("harness: no golden home is called 'ours'")
    assert command.debris() == []
