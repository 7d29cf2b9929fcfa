"""Cases on a Confluence that somebody else runs, behind a proxy with a path and a CA of its own.

The server is a stand-in that this test starts, with a stub of the cloud: the harness knows their
addresses alone. Its pages are drawn by script.
"""

import json
import ssl
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import trustme
from cloud_processes import running
from harness_command import SEED, Command
from reverse_proxy import Proxy, reverse_proxy
from standin_processes import StandIn, await_running, run_standin

from harness.drivers.confluence import apps, dark_features, email_domains
from harness.drivers.confluence.session import Account, open_client
from harness.engines import builds
from harness.wait import wait_for

SCALE = 200
PASSWORD = "Correct-Horse-77"
ADMIN = Account("admin", PASSWORD)
ONE_CASE = "feature=on and dev-mode=on"
THEIRS = "somebody.elses.flag"


@dataclass(frozen=True)
class Theirs:
    """Somebody else's server, with the cloud that it talks to."""

    standin: StandIn
    proxy: Proxy
    cloud: str
    ca: Path

    @property
    def words(self) -> list[str]:
        """The options that name it."""
        return [
            *("--confluence", self.proxy.url, "--user", ADMIN.user, "--ca", str(self.ca)),
            *("--cloud", self.cloud, "--time-scale", str(SCALE)),
            *("--log", str(self.standin.home / "logs" / "atlassian-confluence.log")),
        ]

    def state(self) -> dict[str, Any]:
        """All that a run may change on it and on the stub."""
        with open_client(self.standin.url, ADMIN) as client:
            return {
                "features": sorted(dark_features.site(client)),
                "apps": [(app.key, app.version, app.enabled) for app in apps.listed(client)],
                "domains": email_domains.rules(client),
                "plans": client.get("/rest/migration/latest/home").json()["plans"],
                "site": httpx.get(f"{self.cloud}/_harness/apps").json()["apps"],
                "switches": httpx.get(f"{self.cloud}/_harness/settings").json(),
            }


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Theirs]:
    folder = tmp_path_factory.mktemp("theirs")
    authority = trustme.CA()
    ca = folder / "ca.pem"
    authority.cert_pem.write_to_path(str(ca))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(tls)
    stub: tuple[str, ...]
    stub = ("--port", "0", "--data", str(folder / "cloud" / "data"), "--time-scale", str(SCALE))
    with running(
        "harness.cloud", folder / "cloud", *stub, "--public-url", "http://127.0.0.1:0"
    ) as it:
        variables = {
            "CCMA_PLATFORM_URL": it.url("http"),
            "STANDIN_PAGES": "script",
            "STANDIN_PAGES_DELAY": "200",
            "STANDIN_ADMIN_PASSWORD": PASSWORD,
        }
        home = folder / "home"
        home.mkdir()
        built = builds.standin(lambda _: None)
        with run_standin(built, home, variables, scale=SCALE) as standin:
            await_running(standin.url)
            with open_client(standin.url, ADMIN) as client:
                dark_features.set_site(client, {THEIRS: True})
                email_domains.decide(client, email_domains.TRUSTED)
            with reverse_proxy(standin.url, tls=tls) as proxy:
                yield Theirs(standin, proxy, it.url("http"), ca)


def test_a_killed_run_is_undone_and_a_whole_one_leaves_nothing(
    command: Command, theirs: Theirs, tmp_path: Path
) -> None:
    before = theirs.state()
    secret = {"HARNESS_ATTACH_PASSWORD": PASSWORD}
    words = ["run", str(SEED), "-k", ONE_CASE, "--results", "runs", *theirs.words]

    process = command.start(*words, **secret)
    wait_for(
        "the plan to run",
        lambda: any(each.endswith("/run") for each in theirs.proxy.asked) or None,
        within=90,
        alive=lambda: None if process.poll() is None else "ended",
        log_tail=lambda: process.stderr.read() if process.stderr else "",
    )
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
