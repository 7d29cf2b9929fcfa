"""What is wrong with a value, in the words of somebody who writes YAML.

pydantic says what it wants in the words of its own language (tuples, dictionaries, fields).
"""

import re
from collections.abc import Mapping
from typing import Any

from harness.support.suggest import meant

_QUOTED = re.compile(r"'([^']*)'")
_LONGEST = 80
"""Characters of a value that is quoted."""

_LIST, _MAPPING = "a list", "a mapping of names to values"
_WHOLE, _NUMBER, _SWITCH = "a whole number", "a number", "on or off"
_WANTED = {
    "path_type": "a path",
    "string_type": "text",
    "bool_type": _SWITCH,
    "bool_parsing": _SWITCH,
    "list_type": _LIST,
    "tuple_type": _LIST,
    "dict_type": _MAPPING,
    "mapping_type": _MAPPING,
    "model_type": _MAPPING,
    "model_attributes_type": _MAPPING,
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_parsing_size": _WHOLE,
    "int_from_float": _WHOLE,
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "finite_number": _NUMBER,
}
"""The kind of value that is wanted, by pydantic's name for the error."""

_BOUNDS = {
    "greater_than": ("gt", "more than {}"),
    "greater_than_equal": ("ge", "{} or more"),
    "less_than": ("lt", "less than {}"),
    "less_than_equal": ("le", "{} or less"),
}
_FORMS = {
    "^[a-z][a-z0-9-]*$": "lower-case letters, digits and hyphens, with a letter first",
    "^/": "a path that begins with /",
}
"""What a pattern asks for."""


def said(error: Mapping[str, Any]) -> str:
    """What an error of pydantic says, for people.

    Args:
        error: one of `ValidationError.errors()`.
    """
    kind, given, context = str(error["type"]), error["input"], error.get("ctx", {})
    if kind in _WANTED and given is None:
        return f"has no value; it must be {_WANTED[kind]}"
    if kind in _WANTED:
        return f"{shown(given)} must be {_WANTED[kind]}{_example(kind, given)}"
    if kind == "missing":
        return f"key {error['loc'][-1]!r} is missing"
    if kind == "literal_error":
        expected = str(context["expected"])
        near = meant(given, _QUOTED.findall(expected)) if isinstance(given, str) else ""
        return f"{shown(given)} is none of {expected}{near}"
    if kind in _BOUNDS:
        bound, words = _BOUNDS[kind]
        return f"{shown(given)} must be {words.format(f'{context[bound]:g}')}"
    if kind in ("too_short", "string_too_short"):
        least = context["min_length"]
        if not given:
            return f"is empty; write {'some text' if given == '' else 'at least one'}"
        return f"has fewer than {least} parts"
    if kind == "string_too_long":
        return f"{shown(given)} has more than {context['max_length']} characters"
    if kind == "string_pattern_mismatch":
        pattern = str(context["pattern"])
        return f"{shown(given)} must be {_FORMS.get(pattern, f'of the form {pattern}')}"
    return str(error["msg"]).removeprefix("Value error, ")


def shown(given: object) -> str:
    """A value as a line quotes it."""
    if given is None:
        return "nothing"
    text = str(given).lower() if isinstance(given, bool) else repr(given)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} ..."


def _example(kind: str, given: object) -> str:
    """How the value that stands there may have been meant."""
    if isinstance(given, (list, dict)):
        return ""
    if kind == "string_type":
        return "; put it in quotes"
    word = str(given)
    if _WANTED[kind] == _LIST and len(word) <= _LONGEST:
        return f", such as [{word}]"
    return ""
