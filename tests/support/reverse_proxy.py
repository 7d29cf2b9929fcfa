"""A reverse proxy that serves a stand-in below a context path, over TLS if wanted.

It does what a front web server does for a Confluence that has a context path of its own: addresses
in pages, scripts, JSON and redirects begin with the path. Tests turn its faults on and off: what a
server says of itself (language, access mode, time), a server that restarts, a plan's page of a
session that has ended.
"""

import re
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

Answer = tuple[int, dict[str, str], bytes]
Change = Callable[[str, Answer], Answer]
"""Changes an answer, by the request's path without the context path."""

_TEXT = ("text/html", "javascript", "json", "text/css")
_IN_TEXT = re.compile(rb"""(["'`(])/(?=(?:rest|plugins|admin|s|users|setup)/|\w+\.action|"|\?)""")
_HOP = {"connection", "transfer-encoding", "keep-alive", "content-length", "content-encoding"}


@dataclass
class Proxy:
    """A running proxy.

    Attributes:
        target: where requests go; None answers 502, as while the server restarts.
        change: what is done to answers.
        asked: every request, as method and path.
        forgets: whether a path's request reaches the server without its cookies.
    """

    context: str
    url: str = ""
    target: str | None = None
    change: Change = field(default=lambda _, answer: answer)
    asked: list[str] = field(default_factory=list)
    forgets: Callable[[str], bool] = field(default=lambda _: False)

    def prefixed(self, path: str) -> str:
        """A path below the context path, once."""
        is_there = not path.startswith("/") or path == self.context
        return path if is_there or path.startswith(f"{self.context}/") else self.context + path


@contextmanager
def reverse_proxy(
    target: str, context: str = "/confluence", tls: ssl.SSLContext | None = None
) -> Iterator[Proxy]:
    """Serves a stand-in at another address until the block ends."""
    proxy = Proxy(context, target=target)
    transport = httpx.HTTPTransport()  # unlike a client, it keeps nobody's cookies
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(proxy, transport))
    if tls:
        # Each connection shakes hands in its own thread: one that never does stops no other.
        server.socket = tls.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
    server.daemon_threads = True
    host = "localhost" if tls else "127.0.0.1"
    proxy.url = f"{'https' if tls else 'http'}://{host}:{server.server_port}{context}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        server.shutdown()
        server.server_close()
        transport.close()
        thread.join()


def _handler(proxy: Proxy, transport: httpx.HTTPTransport) -> type[BaseHTTPRequestHandler]:
    """The handler of one proxy's requests."""
    return type("Handler", (_Handler,), {"proxy": proxy, "transport": transport})


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    proxy: Proxy
    transport: httpx.HTTPTransport

    def _serve(self) -> None:
        proxy = self.proxy
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        self._cookies: list[str] = []
        if not self.path.startswith(f"{proxy.context}/"):
            self._send((404, {}, b"there is nothing beside the context path"))
            return
        path = self.path.removeprefix(proxy.context)
        proxy.asked.append(f"{self.command} {path}")
        if proxy.target is None:
            self._send((502, {"content-type": "text/html"}, b"<h1>Bad Gateway</h1>"))
            return
        self._send(proxy.change(path, self._asked(path, body)))

    def _asked(self, path: str, body: bytes) -> Answer:
        kept_back = {*_HOP, "accept-encoding"} | ({"cookie"} if self.proxy.forgets(path) else set())
        # The server is told of plain HTTP, as a proxy's target that does not know of the TLS.
        sent = [
            (name, value.replace("https://", "http://"))
            if name.lower() in ("origin", "referer")
            else (name, value)
            for name, value in self.headers.items()
            if name.lower() not in kept_back
        ]
        request = httpx.Request(
            self.command,
            f"{self.proxy.target}{path}",
            headers=[*sent, ("accept-encoding", "identity")],
            content=body,
        )
        answer = self.transport.handle_request(request)
        answer.read()
        answer.close()
        self._cookies = answer.headers.get_list("set-cookie")
        headers = {
            name: value
            for name, value in answer.headers.items()
            if name not in {*_HOP, "set-cookie"}
        }
        if "location" in headers:
            headers["location"] = self.proxy.prefixed(headers["location"])
        content = answer.content
        if any(kind in headers.get("content-type", "") for kind in _TEXT):
            content = _IN_TEXT.sub(rb"\1" + self.proxy.context.encode() + b"/", content)
        return answer.status_code, headers, content

    def _send(self, answer: Answer) -> None:
        status, headers, content = answer
        self.send_response_only(status)
        for name, value in (*headers.items(), *(("Set-Cookie", each) for each in self._cookies)):
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        with suppress(OSError):  # whoever asked has gone, as after a kill
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _serve  # noqa: N815 - the base's names

    def log_message(self, *_: object) -> None:
        """The requests are in `asked`."""
