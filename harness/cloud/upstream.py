"""Record and replay for routes that the stub does not have.

With `--upstream`, such a request is forwarded, and the exchange is kept without its secrets in
the data folder. A later run without the upstream replays it.
"""

import base64
import json
from urllib.parse import urlsplit

from harness.cloud import redact
from harness.cloud.call import Answer, Call, Outcome
from harness.cloud.calls import CallFailed
from harness.cloud.world import World
from harness.vocabulary.effects import Effect

_TIMEOUT = 30.0
"""Wall seconds that the upstream has to answer."""
_BODY_LIMIT = 8 * 1024 * 1024

_FORWARDED = frozenset(
    {"accept", "content-type", "authorization", "user-agent", "x-atlassian-token"}
)
_KEPT = frozenset({"content-type", "location", "etag", "cache-control"})
_SECRET_FREE = frozenset({"accept", "content-type"})


async def answer(world: World, call: Call) -> Outcome | None:
    """Forwards or replays a request that has no route; None if it can do neither."""
    if world.settings.upstream is not None:
        return await _forward(world, call, world.settings.upstream)
    exchange = world.exchanges.find(call)
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
    return Outcome(made, Effect.REPLAYED, f"recorded on {exchange['recorded']}")


async def _forward(world: World, call: Call, upstream: str) -> Outcome:
    body = await call.body(_BODY_LIMIT)
    headers = {
        name: value for name, value in call.scope["headers"] if name.decode("latin-1") in _FORWARDED
    }
    query = f"?{call.query}" if call.query else ""
    url = f"{upstream.rstrip('/')}{call.raw_path}{query}"
    try:
        reply = await world.calls.make(
            call.method,
            url,
            content=body,
            headers=headers,
            timeout=_TIMEOUT,
            extensions={"limit": _BODY_LIMIT},
        )
    except CallFailed as error:
        reason = f"{urlsplit(upstream).hostname} did not answer: {error}"
        message = json.dumps({"statusCode": 502, "message": reason})
        return Outcome(Answer(502, message.encode()), Effect.FORWARDED, reason)
    kept = {name: value for name, value in reply.headers.items() if name in _KEPT}
    content_type = kept.get("content-type", "application/octet-stream")
    shown = without_secrets(reply.content)
    exchange = {
        "recorded": reply.headers.get("date", ""),
        "request": {
            "method": call.method,
            "path": redact.path_and_query(call.raw_path, call.query),
            "headers": {
                name.decode(): value.decode("latin-1")
                for name, value in headers.items()
                if name.decode() in _SECRET_FREE
            },
            "body": without_secrets(body).decode(errors="replace"),
        },
        "reply": {
            "status": reply.status_code,
            "headers": kept,
            "body": base64.b64encode(shown).decode(),
        },
    }
    world.exchanges.keep(call, exchange)
    more = [(name.encode(), text.encode()) for name, text in kept.items() if name != "content-type"]
    made = Answer(reply.status_code, reply.content, content_type.encode(), more)
    reason = (
        f"{urlsplit(upstream).hostname} answered {reply.status_code}; the exchange was recorded"
    )
    return Outcome(made, Effect.FORWARDED, reason)


def without_secrets(body: bytes) -> bytes:
    """A body as it is recorded, JSON or not."""
    try:
        return json.dumps(redact.unabridged_body(json.loads(body))).encode()
    except (ValueError, RecursionError):  # not JSON
        shown = redact.text(body.decode("utf-8", "surrogateescape"))
        return shown.encode("utf-8", "surrogateescape")
