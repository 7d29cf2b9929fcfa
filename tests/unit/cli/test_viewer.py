"""A run's page and the trace viewer are served on loopback, and nothing beside them is."""

import threading
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from harness.cli import viewer


@pytest.fixture
def addressed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], str]:
    run = tmp_path / "run"
    (run / "case_a=b").mkdir(parents=True)
    (run / "report.html").write_text("<p>the page</p>")
    (run / "case_a=b" / "trace.zip").write_bytes(b"PK")
    (tmp_path / "secret").write_text("of somebody else")
    made: list[Callable[[str], str]] = []
    there = threading.Event()

    def opened(address: Callable[[str], str]) -> None:
        made.append(address)
        there.set()

    servers = []
    serve_forever = viewer.ThreadingHTTPServer.serve_forever

    def noted(self: viewer.ThreadingHTTPServer) -> None:
        servers.append(self)
        serve_forever(self, poll_interval=0.01)

    monkeypatch.setattr(viewer.ThreadingHTTPServer, "serve_forever", noted)
    thread = threading.Thread(target=viewer.serve, args=(run, opened))
    thread.start()
    assert there.wait(10)
    yield made[0]
    servers[0].shutdown()
    thread.join()


def get(address: str) -> httpx.Response:
    return httpx.get(address, trust_env=False)


def test_the_page_and_a_trace_in_the_viewer_are_served(addressed: Callable[[str], str]) -> None:
    assert get(addressed("report.html")).text == "<p>the page</p>"
    page = get(addressed("case_a=b/trace.zip"))
    assert "Playwright" in page.text
    trace = httpx.URL(addressed("case_a=b/trace.zip")).params["trace"]
    assert get(trace).content == b"PK"


@pytest.mark.parametrize("path", ["/", "/run/../secret", "/run/%2e%2e/secret", "/etc/passwd"])
def test_nothing_else_is_served(addressed: Callable[[str], str], path: str) -> None:
    base = addressed("report.html").removesuffix("/run/report.html")
    with httpx.Client(trust_env=False) as client:
        request = client.build_request("GET", base)
        request.url = request.url.copy_with(raw_path=path.encode())
        assert client.send(request).status_code == 404
