"""Keeps secrets and long bodies out of the journal.

The journal is exported with results and shown in reports, so nothing that signs or unlocks
anything may get into it.
"""

import re
from functools import lru_cache
from typing import Any

import orjson

BODY_LIMIT = 4096
"""How many characters of a body the journal keeps."""

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
    """A text with its JSON web tokens removed."""
    return _JWT.sub(REMOVED, value) if "eyJ" in value else value


def path_and_query(path: str, query: str) -> str:
    """A path and its query, with the values of secret parameters removed."""
    if not query:
        return text(path)
    shown = _QUERY_SECRET.sub(rf"\1{REMOVED}", query)
    return text(f"{path}?{shown}")


def url(value: str) -> str:
    """A URL, well-formed or not, with the values of secret parameters removed."""
    path, _, query = value.partition("?")
    return path_and_query(path, query)


def body(value: Any) -> Any:
    """A JSON value without secrets; if it is too long, the beginning of its text."""
    clean, size = _clean(value, 0)
    if size > BODY_LIMIT:
        shown = orjson.dumps(clean).decode()
        return f"[{len(shown)} characters of JSON] {shown[:BODY_LIMIT]}"
    return clean


def unabridged_body(value: Any) -> Any:
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
