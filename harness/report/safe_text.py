"""Makes any text fit to be shown: no terminal codes, no invisible characters, no credentials.

A run's artefacts are cleaned where they are written (`harness.redaction`); this is the second line
of defence, for what a log, a jar or a page brought along. HTML is escaped by the templates, not
here.
"""

import re
from pathlib import PurePosixPath
from urllib.parse import quote

from harness.redaction import without_secrets
from harness.support.printable import printable


def shown(text: str) -> str:
    """A text as it may be shown: what is invisible becomes visible, what is secret goes."""
    return printable(without_secrets(text))


def bounded(text: str, most: int) -> str:
    """A text made fit to be shown, then cut to `most` characters; it says how much is left out."""
    text = shown(text)
    return text if len(text) <= most else f"{text[:most]} … ({len(text) - most} more characters)"


def link_inside(path: str) -> str | None:
    """A path within the run's folder as a relative link; None when it would lead out of it."""
    parts = PurePosixPath(path.replace("\\", "/")).parts
    if not parts or ".." in parts or parts[0].startswith("/") or not path.isprintable():
        return None
    return "./" + "/".join(quote(part) for part in parts)


def web_link(address: str) -> str | None:
    """An address that may be followed: https only."""
    return address if re.fullmatch(r"https://[\w.-]+(?::\d+)?(?:/[!-~]*)?", address) else None
