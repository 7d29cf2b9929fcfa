"""What is told of a vendor's cloud app that does not come up."""

import socket
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from harness.drivers.cloud import ConnectAppControl
from harness.wait import NotYet


@pytest.fixture
def served() -> Iterator[str]:
    """An app that serves /up alone, by plain HTTP."""

    class App(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(204 if self.path == "/up" else 404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), App)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_an_app_that_answers_is_up_and_one_with_another_path_says_where_it_was_asked(
    served: str,
) -> None:
    assert ConnectAppControl(served, None, "/up").is_up() is True
    asked = ConnectAppControl(served, None, "/atlassian-connect.json").is_up()
    assert asked == NotYet(f"{served}/atlassian-connect.json gave HTTP 404")


def test_nobody_at_the_address_is_told_with_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    asked = ConnectAppControl(url, None, "/up").is_up()
    assert isinstance(asked, NotYet)
    assert asked.seen.startswith(f"{url}/up gave no answer: ")
    assert "refused" in asked.seen
