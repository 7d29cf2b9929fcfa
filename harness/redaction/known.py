"""What is known to be secret: a stack's own passwords and tokens, the licence, what variables name.

It is removed wherever it stands and however it is spelled: as it is, for a URL, in JSON, in HTML,
in base64 at any of the three places where a secret can begin in it, or in several of these at once.
"""

import base64
import os
import re
from collections.abc import Iterable
from functools import cache, lru_cache
from html.entities import codepoint2name

from harness.redaction.names import REMOVED, is_secret_name

SHORTEST = 8
"""Characters of the shortest text that is removed wherever it stands: any log has `admin`."""

_LONGEST_WORD = 20
_ALPHANUMERIC = re.compile(r"[A-Za-z0-9]+")
# What the signs of escapes are themselves escaped to, where one way of writing is put into another.
_BACKSLASH = r"(?:\\|%(?:25)*5[Cc])"
_AMPERSAND = rf"(?:&|%(?:25)*26|{_BACKSLASH}+u0026)(?:amp(?:;|%(?:25)*3[Bb]))*"
_HASH, _SEMICOLON = r"(?:\#|%(?:25)*23)", r"(?:;|%(?:25)*3[Bb])"
_URL_SAFE = {"+": "-", "/": "_"}
_WHITE = r"(?:\s|\\+[nrt]|%(?:25)*(?:0[AaDd9]|20)|\+|&#(?:x[AaDd9]|1[03]|9);)*"

_Known = tuple[str, re.Pattern[str]]


class Known:
    """Texts that are known to be secret.

    Each has a part that is never spelled in another way: where that is absent, as nearly
    everywhere, the text is not looked at more closely.
    """

    def __init__(self) -> None:
        self.texts: frozenset[str] = frozenset()
        self._patterns: tuple[_Known, ...] = ()

    def add(self, texts: Iterable[str | None]) -> None:
        """Takes more of them; short ones and plain words are passed over."""
        stripped = {text.strip() for text in texts if text}
        new = {text for text in stripped if _can_be_told(text)} - self.texts
        if new:
            self.texts |= new
            # What holds another one goes first.
            ordered = sorted(self.texts, key=len, reverse=True)
            self._patterns = tuple(each for text in ordered for each in _patterns(text))

    def remove_from(self, text: str) -> str:
        """The text without them."""
        for part, pattern in self._patterns:
            if part in text:
                text = pattern.sub(REMOVED, text)
        return text


_of_this_process = Known()


def _can_be_told(text: str) -> bool:
    """Whether a text is a secret wherever it stands: `confluence` and `password` are words."""
    is_word = text.isalpha() and text[1:].islower() and len(text) < _LONGEST_WORD
    return len(text) >= SHORTEST and not is_word


def remember(*secrets: str | None) -> None:
    """Makes texts known as secrets to this process; nothing that is written later shows them.

    Args:
        secrets: as they are, in no encoding; None, what is short and plain words are passed over.
    """
    _of_this_process.add(secrets)


def known() -> Known:
    """What this process knows, with what its environment's variables name."""
    if not _environment_read:
        _environment_read.append(True)
        named = (name for name in os.environ if is_secret_name(name) and name not in _FOLDERS)
        remember(*(os.environ[name] for name in named))
    return _of_this_process


_environment_read: list[bool] = []
_FOLDERS = ("PWD", "OLDPWD")
"""What a shell keeps its folders in, by names that end like a password's."""


@lru_cache(maxsize=256)
def _patterns(text: str) -> tuple[_Known, ...]:
    found = [(_part(text), re.compile("".join(map(_spelled, re.split(r"(\s+)", text)))))]
    raw = text.encode()
    for before in range(3):
        first = (0, 2, 3)[before]
        whole = base64.b64encode(b"\0" * before + raw).decode()[
            first : (before + len(raw)) * 8 // 6
        ]
        spelled = "".join(map(_base64, whole))
        # The characters around it have bits of it.
        found.append((_part(whole), re.compile(rf"[\w+/-]{{0,2}}{spelled}[\w+/%=-]{{0,9}}")))
    return tuple(found)


def _part(text: str) -> str:
    return max(_ALPHANUMERIC.findall(text), key=len, default="")


def _spelled(run: str) -> str:
    """A pattern for every way in which a run of characters is spelled."""
    if run.isspace():
        return _WHITE
    return "".join(each if _ALPHANUMERIC.fullmatch(each) else _character(each) for each in run)


def _base64(one: str) -> str:
    return rf"(?:{_character(one)}|{_URL_SAFE[one]})" if one in _URL_SAFE else one


@cache
def _character(one: str) -> str:
    percent = "".join(f"%(?:25)*(?i:{byte:02x})" for byte in one.encode())
    units = one.encode("utf-16-be").hex()
    escaped = "".join(rf"{_BACKSLASH}+u(?i:{units[at : at + 4]})" for at in range(0, len(units), 4))
    name = "apos" if one == "'" else codepoint2name.get(ord(one))
    entity = rf"{_HASH}(?:0*{ord(one)}|[xX]0*(?i:{ord(one):x}))" + (f"|{name}" if name else "")
    shown = rf"{_BACKSLASH}*(?:{re.escape(one)}|{percent}|{_AMPERSAND}(?:{entity}){_SEMICOLON})"
    return rf"(?:{escaped}|{shown})"
