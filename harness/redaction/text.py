"""A text without its secrets: what is known, what is named, what has the form of one."""

from functools import lru_cache

from harness.redaction.beside import without_named
from harness.redaction.forms import without_tokens
from harness.redaction.known import Known, known

_SHORT = 300


def without_secrets(text: str) -> str:
    """A text without tokens, cookies, passwords, keys and licences."""
    of_process = known()
    if len(text) < _SHORT:
        return _again(text, of_process, of_process.texts)
    return _cleaned(text, of_process)


def _cleaned(text: str, known_here: Known) -> str:
    return without_named(without_tokens(known_here.remove_from(text)))


@lru_cache(maxsize=8192)
def _again(text: str, known_here: Known, _: frozenset[str]) -> str:
    """A short text's: what a program says comes again and again, until more is known."""
    return _cleaned(text, known_here)
