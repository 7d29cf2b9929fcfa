"""Pages in a browser, and callers without the token, at the doors of the control APIs."""

import gzip
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import psutil
import pytest
from cloud_processes import CloudDriver, Process, running
from other_site import Try, tried
from playwright.sync_api import Browser, BrowserContext

LOOPBACK = ("--host", "127.0.0.1")


@pytest.fixture(params=["with a token", "without one"])
def cloud_process(request, tmp_path: Path) -> Iterator[Process]:
    words = ["--port", "0", "--data", str(tmp_path / "data"), *LOOPBACK]
    if request.param == "with a token":
        (tmp_path / "token").write_text("the-token")
        words += ["--control-token-file", str(tmp_path / "token")]
    with running("harness.cloud", tmp_path, *words) as process:
        yield process


@pytest.fixture
def cloud(cloud_process: Process) -> Iterator[CloudDriver]:
    with closing(CloudDriver(cloud_process.url("http"))) as driver:
        driver.http.headers["Authorization"] = "Bearer the-token"
        yield driver


@pytest.fixture
def context(harness_browser: Browser) -> Iterator[BrowserContext]:
    with harness_browser.new_context() as opened:
        yield opened


def test_a_page_of_another_site_reads_and_changes_nothing(
    context: BrowserContext, cloud: CloudDriver, cloud_process: Process, tmp_path: Path
) -> None:
    url = cloud_process.url("http")
    fault, json = '{"kind": "cut"}', {"Content-Type": "application/json"}
    attach = '{"serverId": "x", "serverBaseUrl": "", "cloudUrl": "https://demo.atlassian.net"}'
    tries = [
        Try("read", f"{url}/_harness/journal"),
        Try("blind read", f"{url}/_harness/journal", mode="no-cors"),
        Try("blind reset", f"{url}/_harness/reset", "POST", "no-cors"),
        Try("blind fault", f"{url}/_harness/faults", "POST", "no-cors", fault),
        Try("fault", f"{url}/_harness/faults", "POST", body=fault, headers=json),
        Try("form", f"{url}/_harness/reset", "POST", "form"),
        Try("attach", f"{url}/server/v1/attach", "POST", body=attach),
        Try("blind attach", f"{url}/server/v1/attach", "POST", "no-cors", attach),
        Try("attach by a form", f"{url}/server/v1/attach", "POST", "form", attach),
    ]
    results = tried(context, tmp_path, tries)
    blind = {name for name in results if name.startswith("blind ")}
    assert {results[name] for name in blind} == {"opaque "}
    assert {name for name, came in results.items() if came == "TypeError"} == {
        *("read", "fault", "attach")
    }
    effects = cloud.effects()
    assert effects.count("refused: not called by a program of the stack") >= len(tries) - 1
    assert not {"reset", "fault added", "attached", "controlled"} & set(effects)
    assert cloud.control("GET", "faults")["faults"] == []


def test_a_name_that_was_bound_anew_to_this_machine_reads_nothing(cloud_process: Process) -> None:
    """As a browser asks after the address of a page's name was changed: it is no other site."""
    bound_anew = {"Host": "site.example", "Sec-Fetch-Site": "same-origin"}
    with httpx.Client(base_url=cloud_process.url("http"), trust_env=False) as anyone:
        for path in ("/_harness/journal", "/server/v1/sites", "/anything"):
            answer = anyone.get(path, headers=bound_anew)
            assert answer.status_code == 421
            assert "no such name" in answer.json()["message"]


def test_who_does_not_know_the_token_is_turned_away_and_told_how(tmp_path: Path) -> None:
    """As the cloud app is, which is beside the cloud on its network."""
    (tmp_path / "token").write_text("the-token\n")
    token = ("--control-token-file", str(tmp_path / "token"))
    app = ("--key", "charts", "--base-url", "http://127.0.0.1:0")
    with (
        running(
            "harness.cloud", tmp_path / "a", "--port", "0", "--data", str(tmp_path / "data"), *token
        ) as cloud,
        running("harness.cloud_app", tmp_path / "b", *app, *token) as cloud_app,
        httpx.Client(trust_env=False) as anyone,
    ):
        for url in (
            f"{cloud.url('http')}/_harness/journal",
            f"{cloud_app.url('control')}/_app/events",
        ):
            refused = anyone.get(url)
            assert refused.status_code == 401
            assert "control token" in refused.json()["message"]
            assert anyone.get(url, headers={"Authorization": "Bearer the-token"}).is_success
        assert anyone.get(f"{cloud.url('http')}/openapi.json").status_code != 401


def test_what_the_cloud_keeps_is_for_its_owner_alone(
    cloud: CloudDriver, cloud_process: Process
) -> None:
    migration = cloud.migration()
    cloud.upload(cloud.transfer(migration), b"some user's data")
    kept = [*(cloud_process.folder / "data").rglob("*"), cloud_process.folder / "data"]
    assert any(path.read_bytes() == b"some user's data" for path in kept if path.is_file())
    assert [path for path in kept if path.stat().st_mode & 0o077] == []


class Flood(BaseHTTPRequestHandler):
    """Answers with a body that never ends, or that unpacks to far more than it is."""

    def do_GET(self) -> None:
        self.send_response(200)
        if self.path.startswith("/packed"):
            body = gzip.compress(b" " * 50_000_000 + b"{}")
            self.send_header("content-encoding", "gzip")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            return
        self.end_headers()
        with suppress(OSError):
            while True:
                self.wfile.write(b" " * 65_536)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def flood() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Flood)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    ("path", "says"), [("/endless", "longer than 1048576 bytes"), ("/packed", "packed (gzip)")]
)
def test_a_descriptor_without_an_end_takes_no_memory(
    cloud: CloudDriver, cloud_process: Process, flood: str, path: str, says: str
) -> None:
    # The first call of all brings the client into memory.
    cloud.control("POST", "apps", {"descriptorUrl": f"{flood}/packed"}, expect=502)
    before = psutil.Process(cloud_process.popen.pid).memory_info().rss
    refused = cloud.control("POST", "apps", {"descriptorUrl": flood + path}, expect=502)
    assert says in refused["message"]
    assert psutil.Process(cloud_process.popen.pid).memory_info().rss - before < 20_000_000
    assert cloud.control("GET", "apps")["apps"] == []
