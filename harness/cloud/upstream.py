"""Record and replay for routes that the stub does not have.

With `--upstream`, such a request is forwarded, and the exchange kept without its secrets in
the data folder; a later run without the upstream replays it. Replies are found by method,
path and query.
"""

import base64
import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx

from harness.cloud import redact
from harness.cloud.call import Answer, Call, Outcome
from harness.vocabulary.effects import Effect

if TYPE_CHECKING:
    from harness.cloud.platform import Cloud

_WITHIN = 30.0
"""Wall seconds for the upstream's answer."""
_BODY_LIMIT = 8 * 1024 * 1024

_FORWARDED = frozenset(
    {"accept", "content-type", "authorization", "user-agent", "x-atlassian-token"}
)
_KEPT = frozenset({"content-type", "location", "etag", "cache-control"})
_SECRET_FREE = frozenset({"accept", "content-type"})


class Exchanges:
    """The recorded exchanges.

    Args:
        folder: where they are kept; made with the first.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, call: Call) -> dict[str, Any] | None:
        """The recorded exchange that a request asks for again."""
        path = self._place(call)
        if not path.is_file():
            return None
        found: dict[str, Any] = json.loads(path.read_text())
        return found

    def keep(self, call: Call, exchange: dict[str, Any]) -> None:
        """Keeps an exchange; the newest of a request counts."""
        self._folder.mkdir(parents=True, exist_ok=True)
        place = self._place(call)
        beside = place.with_suffix(".new")
        beside.write_text(json.dumps(exchange, indent=1))
        beside.replace(place)

    def _place(self, call: Call) -> Path:
        name = f"{call.method} {redact.path_and_query(call.raw_path, call.query)}"
        return self._folder / f"{hashlib.sha256(name.encode()).hexdigest()[:32]}.json"


async def answer(cloud: "Cloud", call: Call) -> Outcome | None:
    """Forwards or replays a request without a route; None when neither can be done."""
    if cloud.settings.upstream is not None:
        return await _forward(cloud, call, cloud.settings.upstream)
    exchange = cloud.exchanges.find(call)
    if exchange is None:
        return None
    reply = exchange["reply"]
    made = Answer(
        reply["status"],
        base64.b64decode(reply["body"]),
        reply["headers"].get("content-type", "application/octet-stream").encode(),
        [
            (name.encode(), value.encode())
            for name, value in reply["headers"].items()
            if name != "content-type"
        ],
    )
    return Outcome(made, Effect.REPLAYED, f"recorded at {exchange['recorded']}")


async def _forward(cloud: "Cloud", call: Call, upstream: str) -> Outcome:
    body = await call.body(_BODY_LIMIT)
    headers = {
        name.decode("latin-1"): value.decode("latin-1")
        for name, value in call.scope["headers"]
        if name.decode("latin-1") in _FORWARDED
    }
    query = f"?{call.query}" if call.query else ""
    url = f"{upstream.rstrip('/')}{call.raw_path}{query}"
    try:
        reply = await cloud.client.request(
            call.method, url, content=body, headers=headers, timeout=_WITHIN
        )
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        reason = f"{urlsplit(upstream).hostname} did not answer: {type(error).__name__}: {error}"
        message = json.dumps({"statusCode": 502, "message": reason})
        return Outcome(Answer(502, message.encode()), Effect.FORWARDED, reason)
    kept = {name: value for name, value in reply.headers.items() if name in _KEPT}
    content_type = kept.get("content-type", "application/octet-stream")
    shown = _without_secrets(reply.content)
    exchange = {
        "recorded": httpx.Headers(reply.headers).get("date", ""),
        "request": {
            "method": call.method,
            "path": redact.path_and_query(call.raw_path, call.query),
            "headers": {name: text for name, text in headers.items() if name in _SECRET_FREE},
            "body": _without_secrets(body).decode(errors="replace"),
        },
        "reply": {
            "status": reply.status_code,
            "headers": kept,
            "body": base64.b64encode(shown).decode(),
        },
    }
    cloud.exchanges.keep(call, exchange)
    more = [(name.encode(), text.encode()) for name, text in kept.items() if name != "content-type"]
    made = Answer(reply.status_code, reply.content, content_type.encode(), more)
    reason = f"{urlsplit(upstream).hostname} answered {reply.status_code}; the exchange is kept"
    return Outcome(made, Effect.FORWARDED, reason)


def _without_secrets(body: bytes) -> bytes:
    try:
        return json.dumps(redact.whole(json.loads(body))).encode()
    except (ValueError, RecursionError):  # no JSON
        shown = redact.text(body.decode("utf-8", "surrogateescape"))
        return shown.encode("utf-8", "surrogateescape")
