"""Keeps secrets and bulk out of the journal.

The journal is exported with results and shown in reports, so nothing that signs or opens
anything may reach it.
"""

import json
import re
from typing import Any

BODY_LIMIT = 4096
"""Characters of a body that the journal keeps."""

REMOVED = "[removed]"

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
    clean = _clean(value, 0)
    if isinstance(clean, dict | list):
        size = len(json.dumps(clean))
        if size > BODY_LIMIT:
            return f"[{size} characters of JSON] {json.dumps(clean)[:BODY_LIMIT]}"
    return clean


def _clean(value: Any, depth: int) -> Any:
    if isinstance(value, str):
        return text(value if len(value) <= BODY_LIMIT else f"{value[:BODY_LIMIT]}...")
    if isinstance(value, dict):
        if depth > 20:
            return "[nested too deeply]"
        return {
            key: REMOVED if item and _SECRET_NAME.search(key) else _clean(item, depth + 1)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return "[nested too deeply]" if depth > 20 else [_clean(item, depth + 1) for item in value]
    return value
