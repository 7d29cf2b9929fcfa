"""Makes any text fit for a terminal or a page: no terminal codes, no invisible characters."""

import re
import unicodedata

_TERMINAL_CODE = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\^_])|\x9b[0-?]*[ -/]*[@-~]"
)
_WHITE = frozenset("\n\t\u00a0\u2003\u2009\u202f\u3000")
_CONTROL_PICTURES = 0x2400


def printable(text: str) -> str:
    """The text with terminal codes left out, and what is invisible made visible."""
    if text.isprintable():
        return text
    return "".join(map(_visible, _TERMINAL_CODE.sub("", text)))


def _visible(character: str) -> str:
    if character.isprintable() or character in _WHITE:
        return character
    if character < " ":
        return chr(_CONTROL_PICTURES + ord(character))
    if unicodedata.category(character) == "Cs":
        return "\N{REPLACEMENT CHARACTER}"
    return f"\N{LEFT CEILING}U+{ord(character):04X}\N{RIGHT CEILING}"
