"""Starts the cloud and the scripted cloud app as processes, as a stack does."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import atlassian_jwt
import httpx

WARNED = {"PYTHONWARNINGS": "default::ResourceWarning"}
"""Makes a program of ours say what it leaves to its garbage collector: sockets, files, loops."""


def assert_nothing_is_left_open(output: str) -> None:
    """Fails where a program that ran with `WARNED` left something open."""
    assert "ResourceWarning" not in output, output[-4000:]


@dataclass
class Process:
    """A running service and its ports."""

    popen: "subprocess.Popen[bytes]"
    ports: Mapping[str, int]
    folder: Path

    def url(self, name: str, scheme: str = "http") -> str:
        return f"{scheme}://127.0.0.1:{self.ports[name]}"

    def kill(self) -> None:
        self.popen.send_signal(signal.SIGKILL)
        self.popen.wait()


def start(module: str, folder: Path, *arguments: str, env: dict[str, str] | None = None) -> Process:
    folder.mkdir(parents=True, exist_ok=True)
    ports_file = folder / "ports.json"
    ports_file.unlink(missing_ok=True)
    with (folder / "output.log").open("ab") as log:
        popen = subprocess.Popen(
            [sys.executable, "-m", module, "--ports-file", str(ports_file), *arguments],
            stdout=log,
            stderr=log,
            env=os.environ | WARNED | (env or {}),
        )
    deadline = time.monotonic() + 60
    while not ports_file.exists():
        output = (folder / "output.log").read_text()
        assert popen.poll() is None, f"{module} ended with {popen.returncode}: {output}"
        assert time.monotonic() < deadline, f"{module} does not listen: {output}"
        time.sleep(0.01)
    return Process(popen, json.loads(ports_file.read_text()), folder)


@contextmanager
def running(
    module: str, folder: Path, *arguments: str, env: dict[str, str] | None = None
) -> Iterator[Process]:
    process = start(module, folder, *arguments, env=env)
    try:
        yield process
    finally:
        if process.popen.poll() is None:
            process.popen.terminate()
            try:
                process.popen.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
        assert_nothing_is_left_open((folder / "output.log").read_text(errors="replace"))


def eventually(look: Callable[[], Any], within: float = 10.0) -> Any:
    """The first true answer of `look`; fails after `within` wall seconds."""
    deadline = time.monotonic() + within
    while not (found := look()):
        assert time.monotonic() < deadline, "did not come about in time"
        time.sleep(0.02)
    return found


class CloudDriver:
    """What a test asks of a running cloud: control API and the server's side."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.http = httpx.Client(base_url=url, timeout=10, trust_env=False)
        self.token, self.renews = "", True
        self.case: str | None = None

    def control(self, method: str, path: str, json: Any = None, expect: int = 200) -> Any:
        answer = self.http.request(method, f"/_harness/{path}", json=json)
        assert answer.status_code == expect, f"{answer.status_code}: {answer.text}"
        return answer.json() if answer.content else None

    def install(self, base_url: str) -> Any:
        return self.control("POST", "apps", {"baseUrl": base_url})

    def journal(self, **filters: Any) -> list[dict[str, Any]]:
        known = {"case": self.case} if self.case else {}
        answer = self.http.get("/_harness/journal", params=known | filters)
        assert answer.status_code == 200
        entries: list[dict[str, Any]] = answer.json()["entries"]
        return entries

    def effects(self, **filters: Any) -> list[str]:
        return [entry["effect"] for entry in self.journal(**filters)]

    def server(self, method: str, path: str, expect: int = 200, **arguments: Any) -> Any:
        answer = self._as_server(method, path, **arguments)
        if self.renews and answer.status_code == 401 and "token-expired" in answer.text:
            self.token = self._as_server("POST", "/token").json()["token"]
            answer = self._as_server(method, path, **arguments)
        assert answer.status_code == expect, f"{answer.status_code}: {answer.text}"
        return answer.json() if answer.content else None

    def _as_server(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        headers = {"authorization": f"Bearer {self.token}"} if self.token else {}
        return self.http.request(method, f"/server/v1{path}", headers=headers, **arguments)

    def attach(self, server_id: str = "B0QX-1") -> Any:
        body = {
            "serverId": server_id,
            "serverBaseUrl": "http://localhost:8090",
            "cloudUrl": "https://demo.atlassian.net",
        }
        attached = self.server("POST", "/attach", json=body)
        self.token = attached["token"]
        return attached

    def migration(self, name: str = "plan 1") -> str:
        if not self.token:
            self.attach()
        made = self.server("POST", "/migrations", 201, json={"planId": "p-1", "name": name})
        return str(made["migrationId"])

    def transfer(
        self,
        migration_id: str,
        cloud_key: str = "charts-for-confluence",
        server_key: str = "charts-plugin",
        **more: Any,
    ) -> str:
        body = {
            "containerId": f"container-of-{server_key}",
            "serverAppKey": server_key,
            "cloudAppKey": cloud_key,
            "dataAccessScopes": ["MIGRATION_TRACING_IDENTITY", "MIGRATION_TRACING_PRODUCT"],
        }
        path = f"/migrations/{migration_id}/transfers"
        made = self.server("POST", path, 201, json=body | more)
        return str(made["transferId"])

    def trigger(self, transfer_id: str) -> None:
        self.server("POST", f"/transfers/{transfer_id}/triggered", 202, json={})

    def upload(self, transfer_id: str, data: bytes = b"{}", **params: str) -> str:
        made = self.server(
            "POST", f"/transfers/{transfer_id}/data", 201, content=data, params=params
        )
        return str(made["s3Key"])

    def poll(self, migration_id: str) -> Any:
        return self.server("GET", f"/migrations/{migration_id}/progress")["transfers"]

    def close(self) -> None:
        self.http.close()


class ConnectApp:
    """A Connect app in the test's own process: it keeps its secret, and what it was sent."""

    def __init__(self, key: str = "charts-for-confluence", descriptor: Any = None) -> None:
        self.key, self.secret, self.client_key = key, "", ""
        self.more_descriptor: dict[str, Any] = descriptor or {}
        self.received: list[tuple[str, dict[str, Any]]] = []
        self.tokens: list[str] = []
        self.systems: list[str] = []
        self.asked: list[str] = []
        self.answers: list[int] = []
        self.slow = 0.0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def webhooks(self, event: str | None = None) -> list[dict[str, Any]]:
        sent = [body for path, body in self.received if path.startswith("/hook")]
        return [body for body in sent if event in (None, body["eventType"])]

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        app = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                app.asked.append(self.path)
                self._answer(200, json.dumps(app.descriptor()).encode())

            def do_POST(self) -> None:
                length = int(self.headers["content-length"])
                body = json.loads(self.rfile.read(length))
                app.tokens.append(self.headers.get("authorization", ""))
                app.systems += filter(None, [self.headers.get("x-forge-oauth-system")])
                if "sharedSecret" in body:
                    app.secret, app.client_key = body["sharedSecret"], body["clientKey"]
                app.received.append((self.path, body))
                time.sleep(app.slow)
                status = app.answers.pop(0) if app.answers and "/hook" in self.path else 200
                self._answer(status, b"")

            def _answer(self, status: int, body: bytes) -> None:
                with suppress(OSError):
                    self.send_response(status)
                    self.send_header("content-length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        return Handler

    def descriptor(self) -> dict[str, Any]:
        return {
            "key": self.key,
            "name": self.key,
            "baseUrl": self.url,
            "authentication": {"type": "jwt"},
            "lifecycle": {
                "installed": "/installed",
                "enabled": "/enabled",
                "uninstalled": "/uninstalled",
            },
            "cloudAppMigration": {"migrationWebhookPath": "/hook"},
        } | self.more_descriptor

    def call(
        self,
        cloud: "CloudDriver",
        method: str,
        path: str,
        base: str = "/wiki",
        token: str | None = None,
        **arguments: Any,
    ) -> httpx.Response:
        """Calls the migration API; signed by the oracle unless a token is given."""
        below = f"/rest/atlassian-connect/1/migration{path}"
        return self.ask(cloud, method, below, base, token, **arguments)

    def ask(
        self,
        cloud: "CloudDriver",
        method: str,
        below: str,
        base: str = "/wiki",
        token: str | None = None,
        **arguments: Any,
    ) -> httpx.Response:
        """Calls a path below the site's base URL; signed like `call`."""
        query = f"?{urlencode(arguments['params'])}" if "params" in arguments else ""
        made = token if token is not None else self.sign(method, f"{below}{query}")
        headers = {"authorization": f"JWT {made}"}
        return cloud.http.request(method, f"{base}{below}", headers=headers, **arguments)

    def sign(self, method: str, url: str) -> str:
        # Made by the public package atlassian-jwt, so that it is not our own code on both sides.
        return str(atlassian_jwt.encode_token(method, url, self.key, self.secret))
