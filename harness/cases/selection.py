"""Chooses cases by an expression over their ids: words joined by `and`, `or`, `not`.

A word matches an id that contains it: `-k "feature=on and not ccma=3.1.7"`.
"""

import re
from collections.abc import Callable, Sequence
from difflib import SequenceMatcher

from harness.errors import BadInput

_TOKEN = re.compile(r"\(|\)|[^\s()]+")
_JOINS = frozenset({"and", "or", "not", "(", ")"})

Predicate = Callable[[str], bool]


def compile_expression(text: str) -> Predicate:
    """A test of ids from an expression.

    Raises:
        BadInput: the expression is not complete or has something left over.
    """
    tokens = _TOKEN.findall(text)
    predicate, rest = _either(tokens, text)
    if rest:
        raise BadInput(f"-k {text!r}: {rest[0]!r} does not belong there")
    return predicate


def nearest(text: str, ids: Sequence[str], most: int = 3) -> str:
    """A phrase for an expression that matches nothing: the ids that come nearest to it.

    Args:
        text: the expression.
        ids: those that there are.
        most: how many to name.
    """
    words = [word for word in _TOKEN.findall(text) if word not in _JOINS]

    def likeness(name: str) -> float:
        near = (
            max(
                SequenceMatcher(None, word, part).ratio()
                for part in (name, *re.split(r"[\[\],]+", name))
            )
            for word in words
        )
        return sum(near)

    found = sorted(ids, key=likeness, reverse=True)[:most]
    rest = len(ids) - len(found)
    return f"nearest: {', '.join(found)}" + (f" (and {rest} others)" if rest else "")


def _either(tokens: Sequence[str], text: str) -> tuple[Predicate, Sequence[str]]:
    left, tokens = _both(tokens, text)
    if tokens and tokens[0] == "or":
        right, tokens = _either(tokens[1:], text)
        return (lambda name: left(name) or right(name)), tokens
    return left, tokens


def _both(tokens: Sequence[str], text: str) -> tuple[Predicate, Sequence[str]]:
    left, tokens = _one(tokens, text)
    if tokens and tokens[0] == "and":
        right, tokens = _both(tokens[1:], text)
        return (lambda name: left(name) and right(name)), tokens
    return left, tokens


def _one(tokens: Sequence[str], text: str) -> tuple[Predicate, Sequence[str]]:
    if not tokens or tokens[0] in {"and", "or", ")"}:
        raise BadInput(f"-k {text!r}: a word is missing")
    if tokens[0] == "not":
        inner, tokens = _one(tokens[1:], text)
        return (lambda name: not inner(name)), tokens
    if tokens[0] == "(":
        inner, tokens = _either(tokens[1:], text)
        if not tokens or tokens[0] != ")":
            raise BadInput(f"-k {text!r}: a closing bracket is missing")
        return inner, tokens[1:]
    word = tokens[0]
    return (lambda name: word in name), tokens[1:]
