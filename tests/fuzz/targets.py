"""What is fuzzed: each reader of bytes from outside, a function that fails by a fault of ours only.

Each takes any bytes. The errors that a reader says it raises are passed over; all others, and
readings that take too long, are faults.
"""

import asyncio
import atexit
import json
import shutil
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import httptools

from harness.cases import app as app_file
from harness.cases import load as load_cases
from harness.cloud.app import Application
from harness.cloud.assembly import assemble
from harness.cloud.call import CONNECTION
from harness.cloud.journal import Journal
from harness.cloud.routes import make_router
from harness.cloud.settings import ServeSettings
from harness.diagnosis import jar_check
from harness.diagnosis.readers.run_folder import read_artifact
from harness.diagnosis.readers.run_folder import read_run as read_evidence
from harness.drivers.debugger.packets import IdSizes, Reader, decode_packet, packet_length
from harness.drivers.debugger.protocol import decode_composite
from harness.errors import BadInput, MalformedPacket
from harness.plugin_jar.classfile import NoClassFile, parse
from harness.plugin_jar.read import read_plugin
from harness.plugin_jar.validate import parse_manifest
from harness.redaction import cleaned, without_secrets
from harness.report.safe_text import shown
from harness.store import layout, results, server_log

Target = Callable[[bytes], None]

_SIZES = IdSizes(field=8, method=8, object=8, reference_type=8, frame=8)
_ARTIFACTS = (layout.PROBE, layout.UPM, layout.OSGI, layout.SITE, layout.FLAGS, layout.PROGRESS)


@cache
def _folder() -> Path:
    """A folder of this process's own; a fuzzer ends without a word, and its caller removes it."""
    folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _written(name: str, data: bytes) -> Path:
    path = _folder() / name
    path.write_bytes(data)
    return path


def jar(data: bytes) -> None:
    """`harness check` of a jar."""
    with suppress(BadInput):
        shown(jar_check.as_text(read_plugin(_written("fuzzed.jar", data))))


def manifest(data: bytes) -> None:
    """A jar's manifest."""
    parse_manifest(data.decode("utf-8", "replace"))


def class_file(data: bytes) -> None:
    """A class file."""
    with suppress(NoClassFile):
        parse(data)


def case_file(data: bytes) -> None:
    """A case file, beside an app that is right."""
    _written("app.yaml", b"name: x\n")
    with suppress(BadInput):
        load_cases(_written("cases.yaml", data))


def app(data: bytes) -> None:
    """An app.yaml."""
    _written("app.yaml", data)
    with suppress(BadInput):
        app_file.load(_folder())


def jdwp(data: bytes) -> None:
    """What a JVM answers to the debugger."""
    with suppress(MalformedPacket):
        packet_length(data[:4])
    if len(data) >= 11:
        decode_packet(data)
    with suppress(MalformedPacket):
        decode_composite(data, _SIZES)
    reader = Reader(data, _SIZES)
    with suppress(MalformedPacket):
        for _ in range(reader.count()):
            reader.string()
            reader.location()
            reader.tagged_object()
        reader.end()


def journal(data: bytes) -> None:
    """A journal that a cloud finds in its data folder."""
    path = _written("journal.jsonl", data)
    opened = Journal(path, lambda: 0)
    try:
        with suppress(BadInput):
            for _ in opened.recover():
                pass
    finally:
        opened.close()


def evidence(data: bytes) -> None:
    """A case's artefacts, as `harness explain` reads them."""
    text = data.decode("utf-8", "replace")
    for name in (layout.JOURNAL, layout.SERVER_LOG, *_ARTIFACTS):
        with suppress(ValueError, TypeError, KeyError, AttributeError, RecursionError):
            read_artifact(name, text)


def log(data: bytes) -> None:
    """The server's log."""
    text = data.decode("utf-8", "replace")
    list(server_log.parse(text))
    server_log.zone_of(text)


def stored_run(data: bytes) -> None:
    """A results.json that somebody sends."""
    path = _written(layout.RESULTS, data)
    with suppress(BadInput):
        results.read(path)
    with suppress(BadInput):
        read_evidence(path)


def secrets(data: bytes) -> None:
    """A text that is kept, and a JSON value."""
    text = data.decode("utf-8", "replace")
    without_secrets(text)
    with suppress(ValueError, RecursionError):
        cleaned(json.loads(text))


def http(data: bytes) -> None:
    """A request to the cloud: its head as the server's parser takes it, and its body."""
    heard = _Heard()
    parser = httptools.HttpRequestParser(heard)
    try:
        parser.feed_data(data)
    except (httptools.HttpParserError, httptools.HttpParserUpgrade):
        return
    # A fault that is asked for, such as latency, would stay for all requests after it.
    if heard.is_whole and len(heard.target) < 4000 and b"fault" not in heard.target.lower():
        method = parser.get_method().decode()
        status = _cloud()(method, heard)
        assert status != 500, f"{method} {heard.target!r} is answered by 500"


class _Heard:
    """A request as the parser tells it, piece by piece."""

    def __init__(self) -> None:
        self.target, self.body, self.is_whole = b"", b"", False
        self.headers: list[tuple[bytes, bytes]] = []

    def on_url(self, part: bytes) -> None:
        self.target += part

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers.append((name.lower(), value))

    def on_body(self, part: bytes) -> None:
        self.body += part

    def on_message_complete(self) -> None:
        self.is_whole = True


class _Connection:
    """What the cloud asks of a connection."""

    def __init__(self, told: list[int]) -> None:
        self._told = told

    async def answer_json(self, status: int, body: bytes) -> None:
        """Keeps the status."""
        self._told.append(status)

    def is_closing(self) -> bool:
        """The client stays."""
        return False


@cache
def _cloud() -> Callable[[str, _Heard], int]:
    """A cloud in this process, with nothing on its site."""
    loop = asyncio.new_event_loop()
    folder = _folder() / "cloud"
    folder.mkdir()
    cloud = assemble(ServeSettings(folder))
    served = Application(cloud.world, cloud.deadlines, make_router())

    async def started() -> None:
        cloud.start()

    loop.run_until_complete(started())

    def ask(method: str, heard: _Heard) -> int:
        path, _, query = heard.target.partition(b"?")
        told: list[int] = []
        scope = {
            "type": "http",
            "method": method,
            "raw_path": path,
            "query_string": query,
            "headers": heard.headers,
            "scheme": "http",
            "client": ("127.0.0.1", 1),
            "state": {CONNECTION: _Connection(told)},
        }
        pieces = [{"type": "http.request", "body": heard.body, "more_body": False}]

        async def receive() -> Mapping[str, Any]:
            return pieces.pop() if pieces else {"type": "http.disconnect"}

        async def send(message: Mapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                told.append(message["status"])

        loop.run_until_complete(asyncio.wait_for(served(scope, receive, send), 10))
        return told[0] if told else 0

    return ask


TARGETS: dict[str, Target] = {
    each.__name__: each
    for each in (
        *(jar, manifest, class_file, case_file, app, jdwp, journal, evidence, log, stored_run),
        *(secrets, http),
    )
}
