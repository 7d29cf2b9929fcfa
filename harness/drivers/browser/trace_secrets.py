"""Removes credentials from a Playwright trace: cookies, authorization headers, what was typed.

A trace is a zip of JSON lines (`*.trace`, `*.network`) and resources: pages, styles, posted forms.
Only values are blanked; names stay, so that a reader still sees that a cookie was sent.
"""

import json
import zipfile
from pathlib import Path
from typing import Any

from harness import redaction
from harness.redaction import REMOVED

_LINES = (".trace", ".network")
_TEXTS = (".html", ".dat", ".har", ".json", ".txt", ".xml", ".js")
_COOKIES = "cookies"


def remove_secrets(trace: Path) -> None:
    """Rewrites a trace in place without its credentials.

    Raises:
        OSError: it cannot be read or written, as on a full disk; the trace is removed then, since
            it still has the credentials.
        BadZipFile: it is not a trace; it is removed as well.
    """
    scratch = trace.with_name(f".{trace.name}.part")
    try:
        _rewrite(trace, scratch)
    except BaseException:
        trace.unlink()
        scratch.unlink(missing_ok=True)
        raise


def _rewrite(trace: Path, scratch: Path) -> None:
    with (
        zipfile.ZipFile(trace) as source,
        zipfile.ZipFile(scratch, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for entry in source.infolist():
            content = source.read(entry)
            if entry.filename.endswith(_LINES):
                content = b"\n".join(_cleaned_line(line) for line in content.splitlines()) + b"\n"
            elif entry.filename.endswith(_TEXTS):
                content = _cleaned_text(content)
            target.writestr(entry.filename, content)
    scratch.replace(trace)


def _cleaned_line(line: bytes) -> bytes:
    return json.dumps(cleaned(json.loads(line)), separators=(",", ":")).encode()


def _cleaned_text(content: bytes) -> bytes:
    try:
        return redaction.without_secrets(content.decode()).encode()
    except UnicodeDecodeError:  # it is not text after all
        return content


def cleaned(value: Any) -> Any:
    """The same JSON value with credentials blanked, wherever they are in it."""
    return redaction.cleaned(_without_cookies(value))


def _without_cookies(value: Any, in_cookies: bool = False) -> Any:
    """Blanks every cookie's value, whatever the cookie is called."""
    if isinstance(value, list):
        return [_without_cookies(item, in_cookies) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: REMOVED
        if in_cookies and key == "value"
        else _without_cookies(item, in_cookies or key == _COOKIES)
        for key, item in value.items()
    }
