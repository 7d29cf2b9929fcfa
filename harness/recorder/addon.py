"""What mitmproxy calls: each request and answer that goes through the proxy."""

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from mitmproxy import ctx, http

from harness.cassette.exchange import Request, Response
from harness.cassette.keeping import content_of
from harness.recorder.desk import Desk, kept_request, kept_response

CONTROL_HOST = "cassette.harness"
"""Requests to this host are for the proxy itself."""

_LONGEST_WAIT = 5.0
"""The most wall seconds that a caller waits for lines."""

_URL = "harness.url"
"""Under which a flow keeps the address that the server named."""


@dataclass
class Recorder:
    """The proxy's behaviour.

    Attributes:
        desk: keeps what is said, and answers from a recording where it has one.
        token: what callers of the control have to send.
        ports_file: where the port is announced.
        instead: host -> host and port that are asked in its place.
    """

    desk: Desk
    token: str
    ports_file: Path | None
    instead: Mapping[str, tuple[str, int]]

    def running(self) -> None:
        """The proxy listens: its port is announced."""
        (_, port, *_rest), *_others = ctx.master.addons.get("proxyserver").listen_addrs()
        if self.ports_file:
            beside = self.ports_file.with_suffix(".new")
            beside.write_text(json.dumps({"proxy": port}))
            beside.replace(self.ports_file)

    def requestheaders(self, flow: http.HTTPFlow) -> None:
        """Sends on to another address what goes to a name that leads nowhere here."""
        request = flow.request
        flow.metadata[_URL] = request.pretty_url
        if not self.desk.player and (target := self.instead.get(request.host)):
            name = request.host_header
            request.host, request.port = target
            request.host_header = name

    async def request(self, flow: http.HTTPFlow) -> None:
        """Answers what is for the proxy itself, and in the cloud's place."""
        if flow.request.host == CONTROL_HOST:
            await self._control(flow)
        elif self.desk.player:
            self._play(flow)

    def response(self, flow: http.HTTPFlow) -> None:
        """Keeps what the cloud answered."""
        if flow.request.host == CONTROL_HOST or self.desk.player or flow.response is None:
            return
        request, removed = _request(flow)
        told, more = kept_response(
            flow.response.status_code,
            _headers(flow.response.headers),
            flow.response.get_content(strict=False),
        )
        self.desk.keep(request, told, flow.request.timestamp_start, removed + more)

    def error(self, flow: http.HTTPFlow) -> None:
        """Keeps that the cloud did not answer."""
        if flow.request.host == CONTROL_HOST or self.desk.player:
            return
        request, removed = _request(flow)
        failure = Response(0, failure=flow.error.msg if flow.error else "no answer")
        self.desk.keep(request, failure, flow.request.timestamp_start, removed)

    def _play(self, flow: http.HTTPFlow) -> None:
        # What is removed from a request for the record is removed before it is matched, too.
        request, removed = _request(flow)
        began = flow.request.timestamp_start
        played = self.desk.play(request, began)
        told = played.response
        content = content_of(told.body)
        if told.failure:
            flow.kill()
        elif content is None:
            message = f"the recording left the body of {played.source} out, since it was too long"
            flow.response = _json(501, {"statusCode": 501, "message": message})
        else:
            flow.response = http.Response.make(told.status, content, dict(told.headers))
        shown, more = kept_response(told.status, dict(told.headers), content)
        if told.failure:
            shown = told
        self.desk.keep(request, shown, began, removed + more, played)

    async def _control(self, flow: http.HTTPFlow) -> None:
        request = flow.request
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        if not hmac.compare_digest(given.encode(), self.token.encode()):
            flow.response = _json(401, {"message": "this is the harness's own"})
        elif request.path.startswith("/lines"):
            number, seconds = (int(request.query.get(name, "0")) for name in ("since", "wait"))
            await self.desk.grown(number, min(seconds / 1000, _LONGEST_WAIT))
            lines, after = self.desk.since(number)
            flow.response = http.Response.make(200, lines, {"harness-next": str(after)})
        elif request.path == "/begin":
            said = json.loads(request.get_content() or b"{}")
            self.desk.begin(str(said["case"]), datetime.fromisoformat(said["at"]))
            flow.response = _json(200, {})
        else:
            flow.response = _json(200, {"recorder": 1})


def _request(flow: http.HTTPFlow) -> tuple[Request, list[str]]:
    request = flow.request
    length = request.headers.get("content-length", "")
    kept, removed = kept_request(
        request.method.upper(),
        flow.metadata.get(_URL, request.pretty_url),
        request.headers.get("content-type", ""),
        request.get_content(strict=False),
        int(length) if length.isdecimal() else 0,
    )
    if "authorization" in request.headers:
        removed = [*removed, "request.headers.authorization"]
    return kept, removed


def _headers(headers: http.Headers) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _json(status: int, data: Mapping[str, object]) -> http.Response:
    content = json.dumps(data).encode()
    return http.Response.make(status, content, {"content-type": "application/json"})
