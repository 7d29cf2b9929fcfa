"""A JSON value without its secrets."""

from typing import Any

from harness.redaction.names import REMOVED, is_secret, is_secret_name
from harness.redaction.text import without_secrets

DEEPEST = 100
"""Values within values that are looked into; what is deeper is left out."""

_NAMES = ("name", "key")
_TOO_DEEP = "[nested too deeply]"


def cleaned(value: Any, depth: int = 0) -> Any:
    """A JSON value without credentials: in its texts, under their names, as `{name, value}`.

    Args:
        value: texts, numbers, lists and dictionaries.
        depth: how many values it stands in already.
    """
    if isinstance(value, str):
        return without_secrets(value)
    if not isinstance(value, (dict, list)):
        return value
    if depth > DEEPEST:
        return _TOO_DEEP
    if isinstance(value, list):
        return [cleaned(item, depth + 1) for item in value]
    named = "value" in value and any(is_secret_name(str(value.get(each, ""))) for each in _NAMES)
    return {
        key: _blanked(key, item, depth + 1)
        if is_secret_name(str(key)) or (key == "value" and named)
        else cleaned(item, depth + 1)
        for key, item in value.items()
    }


def _blanked(name: str, value: Any, depth: int) -> Any:
    """What stands under the name of a credential, with all its texts removed."""
    if isinstance(value, str):
        return REMOVED if value and is_secret(name, value) else value
    if not isinstance(value, (dict, list)):
        return value
    if depth > DEEPEST:
        return _TOO_DEEP
    if isinstance(value, list):
        return [_blanked(name, item, depth + 1) for item in value]
    return {key: _blanked(name, item, depth + 1) for key, item in value.items()}
