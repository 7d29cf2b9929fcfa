"""A browser for a person, logged in: it stays when whoever opened it has let go of it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.error import URLError
from urllib.request import urlopen

import psutil
import pytest

from harness.drivers.browser.launch import find_browser
from harness.drivers.browser.window import open_window
from harness.drivers.confluence.session import Account
from harness.errors import DriverError
from harness.wait import NotYet, wait_for

_FORM = (
    "<form method=post action=/dologin.action><input id=os_username name=user>"
    "<input id=os_password name=password type=password><button id=loginButton>in</button></form>"
)


class _Confluence(BaseHTTPRequestHandler):
    """The log-in form, and pages that say in their title whose they are."""

    def do_GET(self) -> None:
        is_admins = "session=admin" in self.headers.get("Cookie", "")
        if self.path.startswith("/login.action"):
            self._say(_FORM)
        elif self.path == "/rest/api/user/current":
            self._say('{"type": "known"}' if is_admins else '{"type": "anonymous"}')
        else:
            self._say(f"<title>seen by {'admin' if is_admins else 'nobody'}</title>")

    def do_POST(self) -> None:
        sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.send_response(303)
        self.send_header("Location", "/index.action")
        if sent == "user=admin&password=secret":
            self.send_header("Set-Cookie", "session=admin")
        self.end_headers()

    def _say(self, text: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_: object) -> None:
        """Nothing is written."""


@contextmanager
def confluence() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Confluence) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def test_the_window_is_logged_in_at_the_page_and_stays(tmp_path: Path) -> None:
    found = find_browser()
    assert found
    profile, account = tmp_path / "profile", Account("admin", "secret")
    with confluence() as address:
        ids = {"HARNESS_TEST_WINDOW": "mine"}
        process = psutil.Process(
            open_window(found, profile, address, "/home", account, ids, ("--headless",))
        )
        family = [process, *process.children(recursive=True)]
        try:
            # Nothing of this process drives it any longer.
            assert process.environ()["HARNESS_TEST_WINDOW"] == "mine"
            port = (profile / "DevToolsActivePort").read_text().split()[0]

            def shown() -> str | NotYet:
                with urlopen(f"http://127.0.0.1:{port}/json") as answer:
                    pages = [each for each in json.load(answer) if each["type"] == "page"]
                (page,) = pages
                expected = (f"{address}/home", "seen by admin")
                return (
                    page["title"] if (page["url"], page["title"]) == expected else NotYet(str(page))
                )

            assert wait_for("the page", shown, within=30) == "seen by admin"
        finally:
            for each in reversed(family):
                if each.is_running():
                    each.kill()
            psutil.wait_procs(family, timeout=10)


def test_where_nobody_is_let_in_no_browser_is_left(tmp_path: Path) -> None:
    found = find_browser()
    assert found
    mark = {"HARNESS_TEST_WINDOW": str(tmp_path)}
    with confluence() as address, pytest.raises(DriverError, match="still anonymous"):
        open_window(
            found, tmp_path / "p", address, "/home", Account("admin", "?"), mark, ("--headless",)
        )
    port = (tmp_path / "p" / "DevToolsActivePort").read_text().split()[0]
    with pytest.raises(URLError):
        urlopen(f"http://127.0.0.1:{port}/json")
