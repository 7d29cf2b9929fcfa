"""Removes credentials from a Playwright trace: cookies and authorization headers.

A trace is a zip of JSON lines (`*.trace`, `*.network`) and resources. Only values are blanked;
names stay, so that a reader still sees that a cookie was sent.
"""

import json
import zipfile
from pathlib import Path
from typing import Any

REMOVED = "[removed]"

_HEADERS = frozenset({"authorization", "cookie", "proxy-authorization", "set-cookie", "upm-token"})
_LISTS = frozenset({"cookies"})


def remove_secrets(trace: Path) -> None:
    """Rewrites a trace in place without its credentials."""
    scratch = trace.with_name(f".{trace.name}.part")
    with (
        zipfile.ZipFile(trace) as source,
        zipfile.ZipFile(scratch, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for entry in source.infolist():
            content = source.read(entry)
            if entry.filename.endswith((".trace", ".network")):
                content = b"\n".join(_cleaned_line(line) for line in content.splitlines()) + b"\n"
            target.writestr(entry.filename, content)
    scratch.replace(trace)


def _cleaned_line(line: bytes) -> bytes:
    return json.dumps(cleaned(json.loads(line)), separators=(",", ":")).encode() if line else line


def cleaned(value: Any, in_cookies: bool = False) -> Any:
    """The same JSON value with credentials blanked, wherever they stand in it."""
    if isinstance(value, list):
        return [cleaned(item, in_cookies) for item in value]
    if not isinstance(value, dict):
        return value
    named = str(value.get("name", "")).lower()
    secret = "value" in value and (in_cookies or named in _HEADERS)
    return {
        key: REMOVED
        if (key == "value" and secret) or (key.lower() in _HEADERS and isinstance(item, str))
        else cleaned(item, in_cookies or key in _LISTS)
        for key, item in value.items()
    }
