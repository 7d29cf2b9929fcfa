"""Keeps secrets and bulk out of the journal.

The journal is exported with results and shown in reports, so nothing that signs or opens
anything may reach it.
"""

import re
from functools import lru_cache
from typing import Any

import orjson

BODY_LIMIT = 4096
"""Characters of a body that the journal keeps."""

REMOVED = "[removed]"

_DEPTH = 20

_SECRET_NAME = re.compile(
    r"secret|password|passwd|token|jwt|authorization|cookie|signature|credential|api.?key|publickey",
    re.IGNORECASE,
)
_JWT = re.compile(r"eyJ[\w-]+\.[\w-]*\.[\w-]*")
_QUERY_SECRET = re.compile(
    r"(?i)((?:^|[?&])[^=&?]*(?:jwt|token|secret|signature|password)[^=&]*=)[^&]*"
)


def text(value: str) -> str:
    """A text without any JSON web token in it."""
    return _JWT.sub(REMOVED, value) if "eyJ" in value else value


def path_and_query(path: str, query: str) -> str:
    """A path with its query, secret parameters emptied."""
    if not query:
        return text(path)
    shown = _QUERY_SECRET.sub(rf"\1{REMOVED}", query)
    return text(f"{path}?{shown}")


def body(value: Any) -> Any:
    """A JSON value without secrets; a short text in its place when it is too long."""
    clean, size = _clean(value, 0)
    if size > BODY_LIMIT:
        shown = orjson.dumps(clean).decode()
        return f"[{len(shown)} characters of JSON] {shown[:BODY_LIMIT]}"
    return clean


def whole(value: Any) -> Any:
    """A JSON value without secrets, however long."""
    return _clean(value, 0)[0]


def _clean(value: Any, depth: int) -> tuple[Any, int]:
    """The value without secrets, and about how many characters it has."""
    if isinstance(value, str):
        shown = text(value)
        return shown, len(shown) + 2
    if not isinstance(value, (dict, list)):
        return value, 8
    if depth > _DEPTH:
        return "[nested too deeply]", 20
    size = 2
    if isinstance(value, list):
        items = []
        for item in value:
            clean, length = _clean(item, depth + 1)
            items.append(clean)
            size += length + 1
        return items, size
    pairs = {}
    for key, item in value.items():
        clean, length = (REMOVED, 9) if item and _is_secret(key) else _clean(item, depth + 1)
        pairs[key] = clean
        size += length + len(key) + 4
    return pairs, size


@lru_cache(maxsize=1024)
def _is_secret(name: str) -> bool:
    return len(name) < 200 and _SECRET_NAME.search(name) is not None
