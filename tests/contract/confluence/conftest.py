"""The Confluence that these tests run against: any by HARNESS_CONTRACT_URL, else a stand-in."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from harness.browser.login import log_in, save_state
from harness.confluence import apps, boot, dark_features, log
from harness.confluence.session import Account, ConfluenceClient, open_client
from harness.waiting import wait_for

ROOT = Path(__file__).parents[3]
STANDIN = ROOT / "docker" / "confluence-standin"


@dataclass(frozen=True)
class StandIn:
    """A stand-in that runs as a process of this machine."""

    url: str
    home: Path
    process: subprocess.Popen[bytes]


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder with the built stand-in."""
    out = tmp_path_factory.mktemp("standin")
    subprocess.run([STANDIN / "build.sh", out], check=True, capture_output=True, text=True)
    return out


@contextmanager
def run_standin(built: Path, home: Path, variables: Mapping[str, str]) -> Iterator[StandIn]:
    """Start a stand-in on free ports and end it with the block."""
    java = shutil.which("java")
    assert java
    ports, output = home / "ports.json", home / "output.txt"
    environment = {
        "PATH": os.environ["PATH"],
        "CONFLUENCE_HOME": str(home),
        "STANDIN_HTTP_PORT": "0",
        "STANDIN_SYNCHRONY_PORT": "0",
        "STANDIN_BIND": "127.0.0.1",
        "STANDIN_PORTS_FILE": str(ports),
        **variables,
    }
    ports.unlink(missing_ok=True)
    with output.open("ab") as out:
        process = subprocess.Popen(
            [java, "-XX:TieredStopAtLevel=1", "-Xmx256m", "-jar", built / "standin.jar"],
            env=environment,
            stdout=out,
            stderr=subprocess.STDOUT,
            cwd=home,
        )
    with ended(process):
        yield StandIn(await_port(process, ports, output), home, process)


def await_port(process: subprocess.Popen[bytes], ports: Path, output: Path) -> str:
    """Wait for a process's ports file and return the URL of its plain port."""
    address = wait_for(
        f"{ports.name} to be written",
        lambda: json.loads(ports.read_text()) if ports.exists() else None,
        within=60,
        alive=lambda: None if process.poll() is None else f"exited with {process.poll()}",
        log_tail=lambda: log.tail(output),
        service=str(process.args),
    )
    return f"http://127.0.0.1:{address['http']}"


@contextmanager
def ended(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """End a process with the block."""
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the URL of a cloud that runs as a process of this machine."""
    folder = tmp_path_factory.mktemp("cloud")
    ports, output = folder / "ports.json", folder / "output.txt"
    arguments = ["--host", "127.0.0.1", "--port", "0", "--data", folder, "--ports-file", ports]
    with output.open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "harness.cloud", *arguments], stdout=out, stderr=out
        )
    with ended(process):
        yield await_port(process, ports, output)


@pytest.fixture(scope="session")
def confluence_url(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Return the base URL of a Confluence that is set up."""
    given = os.environ.get("HARNESS_CONTRACT_URL")
    if given:
        yield given
        return
    built, platform = request.getfixturevalue("built"), request.getfixturevalue("platform")
    variables = {"CCMA_PLATFORM_URL": platform}
    with run_standin(built, tmp_path_factory.mktemp("home"), variables) as standin:
        with httpx.Client(base_url=standin.url, trust_env=False) as anyone:
            boot.await_running(anyone, within=60)
        yield standin.url


@pytest.fixture(scope="session")
def admin() -> Account:
    return Account(
        os.environ.get("HARNESS_CONTRACT_USER", "admin"),
        os.environ.get("HARNESS_CONTRACT_PASSWORD", "admin"),
    )


@pytest.fixture
def client(confluence_url: str, admin: Account) -> Iterator[ConfluenceClient]:
    with open_client(confluence_url, admin) as opened:
        yield opened


@pytest.fixture(scope="session")
def browser(harness_browser: Browser) -> Browser:
    """Return the session's one browser."""
    return harness_browser


@pytest.fixture(scope="session")
def storage_state(
    browser: Browser, confluence_url: str, admin: Account, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Return the state of one log-in, for the contexts of all tests."""
    path = tmp_path_factory.mktemp("browser") / "state.json"
    context = browser.new_context()
    log_in(context.new_page(), confluence_url, admin)
    save_state(context, path)
    context.close()
    return path


@pytest.fixture
def context(browser: Browser, storage_state: Path) -> Iterator[BrowserContext]:
    opened = browser.new_context(storage_state=storage_state)
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.fixture
def clean(client: ConfluenceClient) -> Iterator[ConfluenceClient]:
    """Return the administrator's client; apps and site features it added are removed after."""
    before = dark_features.site(client), {app.key for app in apps.user_installed(client)}
    yield client
    now = dark_features.site(client)
    changed = {key: key in before[0] for key in now ^ before[0]}
    dark_features.set_site(client, changed)
    for app in apps.user_installed(client):
        if app.key not in before[1]:
            apps.uninstall(client, app.key)


@pytest.fixture
def charts(built: Path, tmp_path: Path) -> Path:
    """Return the jar of the sample server app, built against the stand-in's API."""
    jar = tmp_path / "charts.jar"
    folder = ROOT / "fixtures" / "apps"
    subprocess.run(
        [folder / "build.sh", folder / "charts", built / "app-migration-api.jar", jar],
        check=True,
        capture_output=True,
        text=True,
    )
    return jar
