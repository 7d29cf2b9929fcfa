"""Somebody else's server: a stand-in with a stub, behind a proxy with a path and a CA of its own.

A test starts it, and the harness knows its addresses alone.
"""

import ssl
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import trustme
from cloud_processes import running
from reverse_proxy import Proxy, reverse_proxy
from standin_processes import StandIn, await_running, run_standin

from harness.drivers.confluence import apps, dark_features, email_domains, startup_checks
from harness.drivers.confluence.session import Account, ConfluenceClient, open_client
from harness.engines import builds
from harness.wait import wait_for

SCALE = 200
PASSWORD = "Correct-Horse-77"
ADMIN = Account("admin", PASSWORD)
THEIRS = "somebody.elses.flag"


@dataclass
class Theirs:
    """Somebody else's server, with the cloud that it talks to."""

    standin: StandIn
    proxy: Proxy
    cloud: str
    ca: Path
    variables: dict[str, str]
    at_end: ExitStack

    @property
    def unnamed(self) -> list[str]:
        """The options that name it, without who one is there and without its CA."""
        return [
            *("--confluence", self.proxy.url),
            *("--cloud", self.cloud, "--time-scale", str(SCALE)),
            *("--log", str(self.standin.home / "logs" / "atlassian-confluence.log")),
            *("--log-zone", self.variables["TZ"]),
        ]

    @property
    def words(self) -> list[str]:
        """The options that name it."""
        return [*self.unnamed, "--user", ADMIN.user, "--ca", str(self.ca)]

    def admin(self) -> ConfluenceClient:
        """Another administrator, who does not come through the proxy."""
        return open_client(self.standin.url, ADMIN)

    def restart(self) -> None:
        """Ends the server and starts it again on its home; its proxy answers 502 meanwhile."""
        self.proxy.target = None
        with self.admin() as client:
            ahead = (startup_checks.server_time(client) - datetime.now(UTC)).total_seconds()
        self.standin.process.terminate()
        self.standin.process.wait()
        built = builds.standin(lambda _: None)
        again = run_standin(built, self.standin.home, self.variables, scale=SCALE, ahead=ahead)
        self.standin = self.at_end.enter_context(again)
        await_running(self.standin.url)
        self.proxy.target = self.standin.url

    def await_plan(self, process: "subprocess.Popen[str]") -> None:
        """Waits until the plan of a run, which is that process, runs."""
        wait_for(
            "the plan to run",
            lambda: any(each.endswith("/run") for each in self.proxy.asked) or None,
            within=90,
            alive=lambda: None if process.poll() is None else "ended",
            log_tail=lambda: process.stderr.read() if process.stderr else "",
        )

    def plans(self) -> list[dict[str, Any]]:
        """The plans that its dashboard lists."""
        with self.admin() as client:
            found: list[dict[str, Any]] = client.get("/rest/migration/latest/home").json()["plans"]
            return found

    def is_triggered(self) -> bool:
        """Whether its cloud has a transfer whose listener was called."""
        return any(each["triggered_at"] for each in self._transfers())

    def is_settled(self) -> bool:
        """Whether its cloud has a transfer that is settled."""
        return any(each["status"] == "SUCCESS" for each in self._transfers())

    def _transfers(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = httpx.get(f"{self.cloud}/_harness/transfers").json()[
            "transfers"
        ]
        return found

    def state(self) -> dict[str, Any]:
        """All that a run may change on it and on the stub."""
        with self.admin() as client:
            return state_of(client, self.cloud)


def state_of(client: ConfluenceClient, cloud: str) -> dict[str, Any]:
    """All that a run may change on a server, and on the stub at that control address."""
    return {
        "features": sorted(dark_features.site(client)),
        "apps": [(app.key, app.version, app.enabled) for app in apps.listed(client)],
        "domains": email_domains.rules(client),
        "plans": client.get("/rest/migration/latest/home").json()["plans"],
        "site": httpx.get(f"{cloud}/_harness/apps").json()["apps"],
        "switches": httpx.get(f"{cloud}/_harness/settings").json(),
    }


@contextmanager
def somebodys_server(folder: Path, zone: str = "Etc/UTC") -> Iterator[Theirs]:
    """Starts one, and ends it with the block.

    Args:
        folder: for its home, its cloud's data and its CA.
        zone: the time zone that it lives in.
    """
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
            "STANDIN_PAGES_DELAY": "200",
            "STANDIN_ADMIN_PASSWORD": PASSWORD,
            "TZ": zone,
        }
        home = folder / "home"
        home.mkdir()
        built = builds.standin(lambda _: None)
        with run_standin(built, home, variables, scale=SCALE) as standin:
            await_running(standin.url)
            with open_client(standin.url, ADMIN) as client:
                dark_features.set_site(client, {THEIRS: True})
                email_domains.decide(client, email_domains.TRUSTED)
            with reverse_proxy(standin.url, tls=tls) as proxy, ExitStack() as at_end:
                yield Theirs(standin, proxy, it.url("http"), ca, variables, at_end)
