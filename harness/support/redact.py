"""Takes credentials out of what a run keeps: logs, exceptions, pages and traces may carry some.

Names stay, so that a reader still sees that there was a token; values go.
"""

import re
from functools import lru_cache
from typing import Any

REMOVED = "[removed]"

_NAMED = (
    r"(?:secret|password|passwd|token|jwt|authorization|signature|credential|api[-_. ]?key"
    r"|licen[cs]e[-_. ]?key|jsessionid|seraph\.\w+|private[-_. ]?key|publickey)"
)
_SECRETS: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*-----|\Z)", re.S),
        REMOVED,
    ),
    (re.compile(r"eyJ[\w-]+\.[\w-]*\.[\w-]*"), REMOVED),
    (re.compile(r"\bAAA[A-Z][A-Za-z0-9+/=\s]{60,}(?:X02\w+)?"), f"{REMOVED} "),
    (re.compile(r"(?i)(\b(?:set-)?cookie[\"']?\s*[:=]\s*[\"']?)[^\n\"']+"), rf"\1{REMOVED}"),
    (re.compile(r"(?i)\b(bearer|basic|jwt)(\s+)[\w.~+/=-]{6,}"), rf"\1\2{REMOVED}"),
    (
        re.compile(
            rf"(?i)({_NAMED}[\w.-]{{0,40}}\\*[\"']?\s*[:=]\s*)"
            r"(\\+\"[^\"]*\"|\"(?:[^\"\\]|\\.)*\"|'[^']*'|(?!(?:bearer|basic|jwt)\s)[^\s,;&}\"'<>]+)"
        ),
        rf"\1{REMOVED}",
    ),
    (
        re.compile(
            rf"(?i)(name=[\"'][^\"'>]{{0,40}}{_NAMED}[^\"'>]{{0,40}}[\"'][^>]{{0,99}}?value=[\"'])[^\"']+"
        ),
        rf"\1{REMOVED}",
    ),
    (re.compile(r"(://[^/\s:@]*:)[^/\s@]+(?=@)"), rf"\1{REMOVED}"),
)
_SUSPECT = (
    *("secret", "passw", "token", "jwt", "authorization", "signature", "credential", "cookie"),
    *("api", "licen", "jsessionid", "seraph.", "private", "publickey", "-----begin", "eyj", "aaa"),
    *("bearer", "basic", "@"),
)
"""Without one of these, in lower case, a text holds nothing that the patterns find."""
_SHORT = 300
_NAME = re.compile(rf"(?i)(?:{_NAMED}|cookie|atl_token|upm-token)")


def without_secrets(text: str) -> str:
    """A text without tokens, cookies, passwords, keys and licences."""
    if not is_suspect(text):
        return text
    for pattern, replacement in _SECRETS:
        text = pattern.sub(replacement, text)
    return text


@lru_cache(maxsize=4096)
def is_secret_name(name: str) -> bool:
    """Whether what stands under this name is a credential."""
    return _NAME.search(name) is not None


def is_suspect(text: str) -> bool:
    """Whether a text may hold a credential; most texts need no closer look."""
    low = text.lower()
    return any(word in low for word in _SUSPECT)


@lru_cache(maxsize=8192)
def _again(text: str) -> str:
    """A short text without credentials; a page's own words come again and again."""
    return without_secrets(text)


def cleaned(value: Any) -> Any:
    """A JSON value without credentials: in its texts, under their names, as `{name, value}`."""
    if isinstance(value, str):
        return _again(value) if len(value) < _SHORT else without_secrets(value)
    if isinstance(value, list):
        return [cleaned(item) for item in value]
    if not isinstance(value, dict):
        return value
    named = "value" in value and is_secret_name(str(value.get("name", "")))
    return {
        key: REMOVED
        if isinstance(item, str) and item and ((key == "value" and named) or is_secret_name(key))
        else cleaned(item)
        for key, item in value.items()
    }
