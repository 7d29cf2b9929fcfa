"""A cloud with a protocol of its own, which no module of the harness knows: the tests' witness.

The stand-in speaks it with STANDIN_PROTOCOL=other (`OtherDialect.java`). Whatever the harness says
of a run against this cloud, it knows without docs/server-protocol.md.
"""

import json
import re
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SETTLES_AFTER = 0.2
"""Wall seconds from a unit's start until it is done."""
HELD_AT_MOST = 30.0
"""Wall seconds."""


class OtherCloud:
    """What the cloud knows, and how it answers.

    Args:
        holds_signals: it answers a signal only once a watcher has been told of the unit's end.
    """

    def __init__(self, *, holds_signals: bool = False) -> None:
        self._holds_signals = holds_signals
        self.end_told = threading.Event()
        self.units: dict[str, dict[str, Any]] = {}
        self.unknown: list[str] = []
        self.asked = 0
        self._lock = threading.Lock()

    def answer(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        """Status and body of the answer to a call."""
        answer = self._answer(method, path, body)
        if self._holds_signals and "/signals/" in path:
            self.end_told.wait(HELD_AT_MOST)
        return answer

    def _answer(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        with self._lock:
            self.asked += 1
            for pattern, of, does in self._calls():
                found = re.fullmatch(pattern, path)
                if found and method == of:
                    return does(*found.groups(), body)
            self.unknown.append(f"{method} {path}")
            return 404, {"fault": f"nobody knows {path}"}

    def _calls(self) -> list[tuple[str, str, Callable[..., tuple[int, Any]]]]:
        return [
            ("/gateway/pairings", "POST", self._pair),
            ("/gateway/pairings/renewed", "POST", self._pair),
            ("/gateway/pairings/mine", "GET", lambda _: (200, {"destination": _SITE})),
            ("/gateway/catalogue/(.+)", "GET", self._catalogue),
            ("/gateway/jobs", "PUT", self._job),
            ("/gateway/jobs/(.+)/units", "PUT", self._unit),
            (r"/gateway/units/(.+)/blobs", "PUT", self._blob),
            ("/gateway/units/(.+)/signals/(.+)", "POST", self._signal),
            ("/gateway/watch", "POST", self._watch),
        ]

    def _pair(self, _: Any) -> tuple[int, Any]:
        return 200, {
            "sessionToken": uuid.uuid4().hex,
            "until": _said(datetime.now(UTC) + timedelta(days=3000)),
            "destination": _SITE,
            "scope": str(uuid.uuid4()),
            "tenant": str(uuid.uuid4()),
        }

    def _catalogue(self, key: str, _: Any) -> tuple[int, Any]:
        return 200, {"to": key, "present": True, "type": "connect"}

    def _job(self, body: Any) -> tuple[int, Any]:
        return 201, {
            "job": str(uuid.uuid4()),
            "scope": str(uuid.uuid4()),
            "title": body["title"],
            "made": _said(datetime.now(UTC)),
            "destination": _SITE,
            "tenant": str(uuid.uuid4()),
            "otherTenant": None,
        }

    def _unit(self, job: str, body: Any) -> tuple[int, Any]:
        unit = str(uuid.uuid3(uuid.NAMESPACE_URL, f"{job} {len(self.units)}"))
        self.units[unit] = {"job": job, "begun": None, **body}
        return 201, {"unit": unit, "paired": True}

    def _blob(self, unit: str, _: Any) -> tuple[int, Any]:
        return 201, {"blob": str(uuid.uuid4()), "of": unit}

    def _signal(self, unit: str, signal: str, _: Any) -> tuple[int, Any]:
        if signal == "triggered":
            self.units[unit]["begun"] = time.monotonic()
        return 202, {}

    def _watch(self, body: Any) -> tuple[int, Any]:
        (job,) = body["jobs"]
        units = [self._state(name, each) for name, each in self.units.items() if each["job"] == job]
        if any(each["outcome"] == "SUCCESS" for each in units):
            self.end_told.set()
        return 200, {"jobs": [{"job": job, "units": units}]}

    def _state(self, name: str, unit: dict[str, Any]) -> dict[str, Any]:
        begun = unit["begun"]
        done = begun is not None and time.monotonic() - begun > SETTLES_AFTER
        return {
            "unit": name,
            "slot": unit["slot"],
            "from": unit["from"],
            "to": unit["to"],
            "outcome": "SUCCESS" if done else "IN_PROGRESS" if begun else "CREATED",
            "done": 100 if done else 0,
            "note": "all of it" if done else None,
            "changed": _said(datetime.now(UTC)),
        }


_SITE = "https://elsewhere.example.com"


def _said(time: datetime) -> str:
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@contextmanager
def other_cloud(*, holds_signals: bool = False) -> Iterator[tuple[str, OtherCloud]]:
    """The cloud's address, and the cloud; it is gone after the block. As for `OtherCloud`."""
    cloud = OtherCloud(holds_signals=holds_signals)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            content = self._content()
            try:
                body = json.loads(content) if content else None
            except ValueError:
                body = content
            status, told = cloud.answer(self.command, self.path.partition("?")[0], body)
            said = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        do_GET = do_POST = do_PUT = _answer  # noqa: N815 - the base class looks for these names

        def _content(self) -> bytes:
            if self.headers.get("Transfer-Encoding") != "chunked":
                return self.rfile.read(int(self.headers.get("Content-Length", 0)))
            content = b""
            while size := int(self.rfile.readline(), 16):
                content += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return content

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", cloud
    finally:
        server.shutdown()
        server.server_close()
