"""What a network that Docker makes does to a page that is at work, and that it is done again.

Chromium gives up what has no connection yet. So a page's first request goes to a server that takes
none: as many wait there as may.
"""

import socket
import threading
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, closing
from http.server import BaseHTTPRequestHandler, HTTPServer

import docker
import pytest
from playwright.sync_api import Browser, Page

from harness.drivers.browser.network_change import going_on, repeatable
from harness.drivers.browser.page_watch import watch_of
from harness.errors import DriverError

pytestmark = pytest.mark.engine("docker")

PATIENCE = 30
PAGE = """<!doctype html><title>plan</title><main></main>
<form method=post action="ADDRESS/saved"><button>Save</button></form>
<script>
const show = (text) => { document.querySelector("main").textContent = text; };
const tell = () => fetch("ADDRESS/told").then((answer) => answer.text())
  .then(show, (error) => show(error.message));
</script>"""


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("content-length", 0)))
        self.send_response(200)
        self.send_header("access-control-allow-origin", "*")
        self.send_header("content-length", "7")
        self.end_headers()
        self.wfile.write(b"RUNNING")

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, *_: object) -> None:
        """Says nothing."""


class Busy:
    """A server that takes a connection once a request was given up over a network."""

    def __init__(self, page: Page, at_end: ExitStack) -> None:
        self.server = HTTPServer(("127.0.0.1", 0), Handler, bind_and_activate=False)
        self.server.request_queue_size = 0
        self.server.server_bind()
        self.server.server_activate()
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.asked, self.begun, self.given_up = [], threading.Event(), threading.Event()
        self.waiting = []
        for _ in range(3):
            self.waiting.append(at_end.enter_context(socket.socket()))
            self.waiting[-1].setblocking(False)
            self.waiting[-1].connect_ex(self.server.server_address)
        page.on("request", lambda request: self._notes(request.url))
        page.on("requestfailed", lambda _: self.given_up.set())
        thread = threading.Thread(target=self._serve)
        at_end.callback(self.server.server_close)
        at_end.callback(thread.join)
        at_end.callback(self.server.shutdown)
        thread.start()

    def _notes(self, url: str) -> None:
        if url.startswith(self.url):
            self.asked.append(url)
            self.begun.set()

    def _serve(self) -> None:
        self.begun.wait(PATIENCE)
        with closing(docker.from_env()) as engine:
            network = engine.networks.create(f"mh-test-{uuid.uuid4().hex[:12]}")
            self.given_up.wait(PATIENCE)
            for each in self.waiting:
                each.close()
            self.server.serve_forever()
            network.remove()


@pytest.fixture
def page(harness_browser: Browser) -> Iterator[Page]:
    page = harness_browser.new_page()
    yield page
    page.close()


@pytest.fixture
def busy(page: Page) -> Iterator[Busy]:
    with ExitStack() as at_end:
        busy = Busy(page, at_end)
        page.set_content(PAGE.replace("ADDRESS", busy.url))
        yield busy


@repeatable
def told(page: Page) -> str:
    page.evaluate("() => { tell(); }")
    page.wait_for_function("() => document.querySelector('main').textContent")
    text = page.locator("main").inner_text()
    if text != "RUNNING":
        page.evaluate("() => show('')")
        raise DriverError("reading the plan", text)
    return text


def test_a_request_that_a_page_makes_itself_is_made_again(page: Page, busy: Busy) -> None:
    assert told(page) == "RUNNING"
    changes = watch_of(page).network_changes
    assert changes >= 1  # more where another test makes a network meanwhile
    assert busy.asked == [f"{busy.url}/told"] * (changes + 1)


def test_a_form_that_was_given_up_is_looked_for_before_it_is_sent_again(
    page: Page, busy: Busy
) -> None:
    def save() -> str:
        page.get_by_role("button", name="Save").click()
        page.wait_for_url(f"{busy.url}/saved", timeout=1_000)
        return "sent"

    assert going_on(page, save, lambda: "looked for") == "looked for"
    assert busy.asked == [f"{busy.url}/saved"]
