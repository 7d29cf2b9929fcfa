"""Keeps secrets and long bodies out of the journal.

The journal is exported with results and shown in reports, so nothing that signs or unlocks
anything may get into it: `harness.redaction` takes it out, and here what is left is cut.
"""

from typing import Any

import orjson

from harness.redaction import DEEPEST, cleaned, without_secrets

BODY_LIMIT = 4096
"""How many characters of a body the journal keeps."""

_LOOKED_AT = 4 * BODY_LIMIT
"""How much of a long body is cleaned: a secret that the cut goes through has to be seen whole."""


def text(value: str) -> str:
    """A text without secrets."""
    return without_secrets(value) if value else value


def path_and_query(path: str, query: str) -> str:
    """A path and its query without secrets."""
    return without_secrets(f"{path}?{query}" if query else path)


def url(value: str) -> str:
    """A URL, well-formed or not, without secrets."""
    path, _, query = value.partition("?")
    return path_and_query(path, query)


def body(value: Any) -> Any:
    """A JSON value without secrets; if it is too long, the beginning of its text."""
    try:
        whole = orjson.dumps(value)
    except TypeError:  # nested too deeply to be written
        return body(_beginning(value, [_LOOKED_AT]))
    if len(whole) <= BODY_LIMIT:
        return cleaned(value)
    shown = orjson.dumps(cleaned(_beginning(value, [_LOOKED_AT]))).decode()
    return f"[{len(whole.decode())} characters of JSON] {shown[:BODY_LIMIT]}"


def unabridged_body(value: Any) -> Any:
    """A JSON value without secrets, however long."""
    return cleaned(value)


def _beginning(value: Any, left: list[int], depth: int = 0) -> Any:
    """The first parts of a value, down to the depth that is kept.

    Args:
        value: the value.
        left: takes how many characters may still come.
        depth: how many values it stands in.
    """
    if isinstance(value, str):
        shown = value[: max(left[0], 0)]
        left[0] -= len(shown) + 2
        return shown
    left[0] -= 8
    if not isinstance(value, (dict, list)):
        return value
    if depth > DEEPEST:
        return "[nested too deeply]"
    if isinstance(value, list):
        return [_beginning(item, left, depth + 1) for item in value if left[0] > 0]
    pairs = {}
    for key, item in value.items():
        if left[0] <= 0:
            break
        left[0] -= len(key) + 4
        pairs[key] = _beginning(item, left, depth + 1)
    return pairs
