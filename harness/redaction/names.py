"""Which names make what stands beside them a secret, and which values are none all the same."""

import re
from functools import lru_cache

from harness.redaction.table import ENDINGS, NAMES, NO_VALUES, PASSWORDS, WORDS

REMOVED = "[removed]"

_PARTS = "|".join(word.capitalize() for word in WORDS)
NAME = (
    rf"(?:{'|'.join(NAMES)}|(?:(?<![A-Za-z])|(?<=-D)|(?<=%[0-9A-F][0-9A-F]))(?:{'|'.join(WORDS)})|(?-i:(?<=[a-z])(?:{_PARTS})))"
    rf"(?:[-_.]?(?:{'|'.join(ENDINGS)})){{0,2}}"
)
"""The end of a name, for patterns that ignore case."""

_NAME = re.compile(rf"(?i){NAME}\Z")
_LONGEST_NAME = 200
_CLASS = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)+\.[A-Za-z]\w*")
_OBJECT = re.compile(r"[\w.$]+@[0-9a-f]{1,8}")
_BLANKED = re.compile(r"(?:\*+|\u2022+|[.#_-]{2,}|[xX]{4,}|-)?")
_NUMBER = re.compile(r"-?\d{1,6}(?:\.\d+)?")
_STRONG = re.compile(r"(?=.*\d)(?=.*[A-Za-z])\S{8,}")
_NAMED_THINGS = re.compile(
    r"[\w.$]+@[0-9a-f]{1,8}|\d{4}-\d\d-\d\d.*|[\w-]+\.\w{2,4}|[vV]?\d+(?:\.\d+)+\S*|[\w.-]+:\d+|https?:.*|/.*"
    r"|(?i:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}).*"
)
"""A Java object, a date, a file, a version, a host with its port, an address, a UUID."""


@lru_cache(maxsize=4096)
def is_secret_name(name: str) -> bool:
    """Whether what stands under this name is a credential."""
    return len(name) < _LONGEST_NAME and _NAME.search(name) is not None


def is_secret(name: str, value: str, *, in_a_sentence: bool = False) -> bool:
    """Whether a value is a secret where it stands beside such a name.

    Args:
        name: the name, at least its end.
        value: the value, without its quotes.
        in_a_sentence: whether it may as well be the next word of prose.
    """
    bare = value.strip().rstrip(".,;:!?)")
    of_password = any(word in name.lower() for word in PASSWORDS)
    if bare.lower() in NO_VALUES or bare.startswith(
        ("[removed", "${", "{{", "<", "http://", "https://")
    ):
        return False
    if _BLANKED.fullmatch(bare) or _CLASS.fullmatch(bare):
        return False
    if not of_password and (_NUMBER.fullmatch(bare) or _OBJECT.fullmatch(bare)):
        return False
    if name.lower().endswith("pwd") and bare.startswith(("/", "\\", "~")):
        return False  # the shell's folder
    return not in_a_sentence or is_strong(bare) or (of_password and not bare.isalpha())


def is_strong(word: str) -> bool:
    """Whether a word of a sentence is no word, nor the name of a thing: that is, a made-up one."""
    return _STRONG.fullmatch(word) is not None and _NAMED_THINGS.fullmatch(word) is None
