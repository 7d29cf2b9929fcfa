"""What of a request and its answer is kept: without secrets, and without what is too long."""

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from harness.cassette.exchange import Body
from harness.redaction import REMOVED, cleaned, is_secret_name, without_secrets

BODY_LIMIT = 8 * 1024 * 1024
"""Bytes of a body that are kept; of a longer one only its length and digest."""

KEPT_HEADERS = frozenset({"content-type", "location", "etag", "retry-after", "cache-control"})
"""Headers of an answer that mean something to whom it is given."""


def body_of(content: bytes, media_type: str, place: str) -> tuple[Body, list[str]]:
    """A body as it is kept.

    Args:
        content: its bytes, decompressed.
        media_type: its `Content-Type`.
        place: what its places begin with, such as `request`.

    Returns:
        The body, and the places that a secret was taken out of.
    """
    if not content:
        return Body(), []
    if len(content) > BODY_LIMIT:
        return left_out(len(content), hashlib.sha256(content).hexdigest()), []
    if "json" in media_type or content[:1] in (b"{", b"["):
        try:
            value = json.loads(content)
            clean = cleaned(value)
        except (ValueError, RecursionError):
            pass
        else:
            return Body("json", clean), list(_removed(value, clean, f"{place}.json"))
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return Body("base64", base64.b64encode(content).decode()), []
    shown = without_secrets(text)
    return Body("text", shown), [f"{place}.text"] if shown != text else []


def left_out(size: int, digest: str) -> Body:
    """A body that is too long to be kept."""
    return Body("left-out", {"bytes": size, "sha256": digest})


def content_of(body: Body) -> bytes | None:
    """The bytes of a kept body; None where it was left out."""
    if body.kind == "json":
        return json.dumps(body.value, ensure_ascii=False).encode()
    if body.kind == "text":
        return str(body.value).encode()
    if body.kind == "base64":
        return base64.b64decode(body.value)
    return b"" if body.kind == "none" else None


def address_of(url: str, place: str) -> tuple[str, list[str]]:
    """An address as it is kept, and the places that a secret was taken out of."""
    parts = urlsplit(url)
    shown = urlunsplit(
        parts._replace(
            netloc=parts.netloc.rpartition("@")[2],
            path=without_secrets(parts.path),
            query="&".join(map(_parameter, parts.query.split("&"))) if parts.query else "",
        )
    )
    return shown, [f"{place}.url"] if shown != url else []


def _parameter(given: str) -> str:
    name, _, value = given.partition("=")
    return f"{name}={REMOVED}" if value and is_secret_name(name) else without_secrets(given)


def headers_of(headers: Mapping[str, str], place: str) -> tuple[dict[str, str], list[str]]:
    """The headers that are kept, and the places of those that held a secret."""
    low = {name.lower(): value for name, value in headers.items()}
    kept, removed = {}, []
    for name, value in sorted(low.items()):
        is_changed = False
        if name in KEPT_HEADERS:
            is_place = name == "location"
            kept[name] = address_of(value, place)[0] if is_place else without_secrets(value)
            is_changed = kept[name] != value
        if is_changed or is_secret_name(name):
            removed.append(f"{place}.headers.{name}")
    return kept, removed


def _removed(value: Any, clean: Any, place: str) -> Iterator[str]:
    """The places at which a value and what is kept of it differ; a list's items count as one."""
    if isinstance(value, dict) and isinstance(clean, dict):
        for key, each in value.items():
            yield from _removed(each, clean.get(key), f"{place}.{key}")
    elif isinstance(value, list) and isinstance(clean, list):
        found = [
            where
            for old, new in zip(value, clean, strict=False)
            for where in _removed(old, new, f"{place}[]")
        ]
        yield from dict.fromkeys(found)
    elif value != clean:
        yield place
