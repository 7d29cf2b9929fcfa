"""Starts the cloud and the scripted cloud app as processes, as a stack does."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx


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
            env=os.environ | (env or {}),
        )
    deadline = time.monotonic() + 20
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
        self.token = ""

    def control(self, method: str, path: str, json: Any = None, expect: int = 200) -> Any:
        answer = self.http.request(method, f"/_harness/{path}", json=json)
        assert answer.status_code == expect, f"{answer.status_code}: {answer.text}"
        return answer.json() if answer.content else None

    def install(self, base_url: str) -> Any:
        return self.control("POST", "apps", {"baseUrl": base_url})

    def journal(self, **filters: Any) -> list[dict[str, Any]]:
        answer = self.http.get("/_harness/journal", params=filters)
        assert answer.status_code == 200
        entries: list[dict[str, Any]] = answer.json()["entries"]
        return entries

    def effects(self, **filters: Any) -> list[str]:
        return [entry["effect"] for entry in self.journal(**filters)]

    def server(self, method: str, path: str, expect: int = 200, **arguments: Any) -> Any:
        headers = {"authorization": f"Bearer {self.token}"} if self.token else {}
        answer = self.http.request(method, f"/server/v1{path}", headers=headers, **arguments)
        assert answer.status_code == expect, f"{answer.status_code}: {answer.text}"
        return answer.json() if answer.content else None

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
