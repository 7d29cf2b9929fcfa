"""The seed's eight cases on stand-ins that were started by hand, each attached by its address.

What the harness knows of them: an address behind a proxy with a path and a CA of its own, an
account, the stub's address, the names of container and debugger. Pages are drawn by script, a
second late.
"""

import json
import ssl
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import trustme
from by_hand import ByHand, Network, needs_docker_command, network, standin_image, started_by_hand
from cloud_processes import running
from harness_command import SEED, Command
from reverse_proxy import Proxy, reverse_proxy
from somebodys_server import state_of

from harness.drivers.confluence import email_domains
from harness.drivers.confluence.session import Account, open_client
from harness.drivers.confluence.setup import SetupInput, set_up
from harness.wait import wait_for

pytestmark = pytest.mark.engine("docker")

SCALE = 120
"""Server seconds per wall second: a look takes more than a second here, and may see each change."""
PASSWORD = "Correct-Horse-77"
ADMIN = Account("admin", PASSWORD)
SECRET = {"HARNESS_ATTACH_PASSWORD": PASSWORD}
_PATIENCE = 300
"""Wall seconds for four cases on a machine that is busy; a quiet one takes a quarter of it."""

Start = Callable[..., "subprocess.Popen[str]"]


@dataclass(frozen=True)
class Theirs:
    """Somebody's container, with the cloud that it talks to and the proxy before it."""

    container: ByHand
    cloud: str
    proxy: Proxy
    ca: Path

    def words(self, results: Path) -> list[str]:
        """The command that runs the seed's cases there."""
        return [
            *("run", str(SEED), "--confluence", self.proxy.url, "--user", ADMIN.user),
            *("--ca", str(self.ca), "--cloud", self.cloud, "--time-scale", str(SCALE)),
            *("--log", f"container:{self.container.name}"),
            *("--jdwp", f"127.0.0.1:{self.container.port(5005)}"),
            *("--results", str(results.with_suffix("")), "--json", str(results)),
        ]

    def state(self) -> dict[str, Any]:
        """All that a run may change there."""
        with open_client(self.container.url, ADMIN) as client:
            return state_of(client, self.cloud)


def started(version: str, image: str, on: Network, folder: Path, at_end: ExitStack) -> Theirs:
    """A container by the seed's line, set up by its wizard and put behind a proxy."""
    cloud = ("--host", on.gateway, "--port", "0", "--data", str(folder / "cloud" / "data"))
    more = ("--time-scale", str(SCALE), "--public-url", f"http://{on.gateway}:0")
    stub = at_end.enter_context(running("harness.cloud", folder / "cloud", *cloud, *more))
    address = f"http://{on.gateway}:{stub.ports['http']}"
    variables = {
        "CCMA_VERSION": version,
        "CCMA_PLATFORM_URL": address,
        "STANDIN_PAGES": "script",
        "STANDIN_PAGES_DELAY": "1000",
        "STANDIN_TIME_SCALE": str(SCALE),
        "FAKETIME": f"+0 x{SCALE}",
        "ATL_LICENSE_KEY": "AAAB" * 20,
    }
    container = at_end.enter_context(started_by_hand(image, on, variables=variables))
    set_up(container.url, SetupInput(ADMIN), within=60, every=0.1)
    with open_client(container.url, ADMIN) as client:
        email_domains.decide(client, email_domains.TRUSTED)  # a person's decision, once
    authority = trustme.CA()
    ca = folder / "ca.pem"
    authority.cert_pem.write_to_path(str(ca))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(tls)
    proxy = at_end.enter_context(reverse_proxy(container.url, tls=tls))
    return Theirs(container, address, proxy, ca)


@pytest.fixture
def theirs(tmp_path: Path) -> Iterator[dict[str, Theirs]]:
    needs_docker_command()
    image = standin_image()
    with ExitStack() as at_end:
        on = at_end.enter_context(network())
        yield {
            version: started(version, image, on, tmp_path / version, at_end)
            for version in ("3.1.7", "3.9.6")
        }


def verdicts(results: Path) -> dict[str, tuple[str, str]]:
    """Of each case: its verdict, and the last row."""
    cases = json.loads(results.read_text())["cases"]
    return {case["id"]: (case["verdict"], case["timeline"][-1]["status"]) for case in cases}


@pytest.fixture
def start(command: Command) -> Iterator[Start]:
    """Starts the command and leaves it running; what a failed test leaves is killed."""
    with ExitStack() as at_end:

        def begin(*words: str) -> "subprocess.Popen[str]":
            process = at_end.enter_context(command.start(*words, **SECRET))
            at_end.callback(process.kill)
            return process

        yield begin


def test_the_seeds_eight_cases_and_a_run_that_is_killed(
    command: Command, start: Start, theirs: dict[str, Theirs], tmp_path: Path
) -> None:
    old, new = theirs["3.1.7"], theirs["3.9.6"]
    before = {version: each.state() for version, each in theirs.items()}
    first = start(*old.words(tmp_path / "old.json"))

    killed = start(*new.words(tmp_path / "killed.json"), "-k", "feature=on")
    wait_for(
        "the plan to run",
        lambda: any(each.endswith("/run") for each in new.proxy.asked) or None,
        within=_PATIENCE,
        alive=lambda: None if killed.poll() is None else "ended",
        log_tail=lambda: killed.stderr.read() if killed.stderr else "",
    )
    killed.kill()
    killed.communicate()
    left, was = new.state(), before["3.9.6"]
    assert [name for name in was if left[name] != was[name]] == [
        *("features", "apps", "plans", "site")
    ]
    restored = command.run("restore", **SECRET)
    assert new.state() == was, restored.stderr

    second = start(*new.words(tmp_path / "new.json"))
    said = "".join(each.communicate(timeout=_PATIENCE)[1] for each in (second, first))
    assert (first.returncode, second.returncode) == (0, 0), said
    assert verdicts(tmp_path / "old.json") == {
        "seed[feature=off,dev-mode=off,ccma=3.1.7]": ("passed", "ABSENT"),
        "seed[feature=off,dev-mode=on,ccma=3.1.7]": ("passed", "ABSENT"),
        "seed[feature=on,dev-mode=off,ccma=3.1.7]": ("passed", "COMPLETE"),
        "seed[feature=on,dev-mode=on,ccma=3.1.7]": ("known-bug", "READY"),
    }
    assert verdicts(tmp_path / "new.json") == {
        "seed[feature=off,dev-mode=off,ccma=3.9.6]": ("passed", "ABSENT"),
        "seed[feature=off,dev-mode=on,ccma=3.9.6]": ("passed", "ABSENT"),
        "seed[feature=on,dev-mode=off,ccma=3.9.6]": ("passed", "COMPLETE"),
        "seed[feature=on,dev-mode=on,ccma=3.9.6]": ("passed", "COMPLETE"),
    }
    assert {version: each.state() for version, each in theirs.items()} == before
