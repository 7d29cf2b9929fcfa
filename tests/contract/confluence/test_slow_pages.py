"""A server that takes its time to answer a form: it is sent once, and waited for."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, Page

from harness.drivers.browser.plan_wizard import press
from harness.drivers.browser.popups import _FIRST_TRY_MS

LAID_OVER = """<dialog open style="position:fixed;inset:0;width:100%;height:100%">
<button onclick="this.parentNode.close()">Got it</button></dialog>"""
FORM = "<h1>Review</h1><form method=post><button>Save</button></form>"


class Site:
    """Takes a form, and answers it late with another page."""

    def __init__(self) -> None:
        self.forms, self.page = 0, FORM
        site, answers = self, threading.Event()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.say(site.page)

            def do_POST(self) -> None:
                site.forms += 1
                answers.wait(1.5 * _FIRST_TRY_MS / 1000)  # nothing ends it: the server is slow
                self.say("<h1>Saved</h1>")

            def say(self, text: str) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def site() -> Iterator[Site]:
    served = Site()
    yield served
    served.server.shutdown()
    served.server.server_close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("over", ["", LAID_OVER])
def test_a_form_that_is_answered_late_is_sent_once(page: Page, site: Site, over: str) -> None:
    site.page = FORM + over
    page.goto(site.url)
    press(page, page.get_by_role("button", name="Save"), "saving")
    assert page.get_by_role("heading").inner_text() == "Saved"
    assert site.forms == 1
