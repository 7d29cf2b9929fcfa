"""The nearest right word for a wrong one."""

import difflib
from collections.abc import Iterable


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A phrase to append to an error: the nearest known word, or all of them.

    Args:
        word: what the user wrote.
        known: the words that would be right.

    Returns:
        `; did you mean 'x'?`, or `; there are a, b, c` when none is near.
    """
    words = sorted(known)
    return meant(word, words) or f"; there are {', '.join(words)}"


def meant(word: str, known: Iterable[str]) -> str:
    """The same phrase where a known word is near, and nothing where none is."""
    near = nearest(word, known)
    return f"; did you mean {near!r}?" if near else ""


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that a user is likely to have meant; None where none is near."""
    near = difflib.get_close_matches(word, sorted(known), n=1, cutoff=0.6)
    return near[0] if near else None
