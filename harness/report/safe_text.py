"""Makes any text fit to be shown: no terminal codes, no invisible characters, no credentials.

A run's artefacts are cleaned where they are written (`harness.redact`); this is the second line
of defence, for what a log, a jar or a page brought along. HTML is escaped by the templates, not
here.
"""

import re
import unicodedata
from pathlib import PurePosixPath
from urllib.parse import quote

from harness.support.redact import without_secrets

_TERMINAL_CODE = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\^_])|\x9b[0-?]*[ -/]*[@-~]"
)
_WHITE = frozenset("\n\t\u00a0\u2003\u2009\u202f\u3000")
_CONTROL_PICTURES = 0x2400


def shown(text: str) -> str:
    """A text as it may be shown: what is invisible becomes visible, what is secret goes."""
    text = without_secrets(text)
    if text.isprintable():
        return text
    return "".join(map(_visible, _TERMINAL_CODE.sub("", text)))


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


def _visible(character: str) -> str:
    if character.isprintable() or character in _WHITE:
        return character
    if character < " ":
        return chr(_CONTROL_PICTURES + ord(character))
    if unicodedata.category(character) == "Cs":
        return "\N{REPLACEMENT CHARACTER}"
    return f"\N{LEFT CEILING}U+{ord(character):04X}\N{RIGHT CEILING}"
