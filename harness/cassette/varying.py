"""What is another in each run: ids, times, tokens, addresses of this machine. Pure.

A text is cut into what stays the same and what varies. A recorded text then matches any text that
differs from it in what varies alone, and tells which live id stands for which recorded one.
"""

import base64
import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from harness.redaction import REMOVED

_UUID = r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
_ISO = r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?"
_HERE = r"https?://(?:localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])(?::\d{1,5})?"
_NUMBER = r"(?<![\w.-])\d{5,}(?![\w.-])"
_OPAQUE = r"(?<![\w.-])(?=[A-Za-z_-]*\d)(?=[\d_-]*[A-Za-z])[A-Za-z0-9_-]{16,}(?![\w-])"

_PIECE = re.compile(
    rf"(?P<hidden>{re.escape(REMOVED)})|(?P<id>{_UUID})|(?P<time>{_ISO})|(?P<here>{_HERE})"
    rf"|(?P<number>{_NUMBER})|(?P<opaque>{_OPAQUE})"
)
_LIVE = {
    "hidden": "(?:.*?)",
    "id": f"({_UUID})",
    "time": f"(?:{_ISO})",
    "instant": r"(?:\d{10}|\d{13})",
    "here": r"(https?://[^\s/\"'<>?#]+)",
    "number": r"(\d+)",
    "opaque": "([A-Za-z0-9_-]+)",
}
"""Kind -> pattern of what may stand there in a live text; ids and addresses are caught."""

_CARRIED = frozenset({"id", "here", "number", "opaque"})
_FIRST_YEAR, _LAST_YEAR = 978_307_200, 4_102_444_800
"""Epoch seconds between which a number of ten digits, or of thirteen, is read as a time."""


def _pieces(text: str) -> tuple[tuple[str, str], ...]:
    """The text as (kind, piece), with kind `same` for what does not vary."""
    return _cut_again(text) if len(text) <= _SHORT else _cut(text)


def _cut(text: str) -> tuple[tuple[str, str], ...]:
    found: list[tuple[str, str]] = []
    end = 0
    for match in _PIECE.finditer(text):
        if match.start() > end:
            found.append(("same", text[end : match.start()]))
        kind = str(match.lastgroup)
        found.append(("instant" if kind == "number" and _is_instant(match[0]) else kind, match[0]))
        end = match.end()
    if end < len(text):
        found.append(("same", text[end:]))
    return tuple(found)


_SHORT = 500
_cut_again = lru_cache(maxsize=16384)(_cut)
"""A recording's short texts come again and again."""


def _is_instant(digits: str) -> bool:
    seconds = int(digits) if len(digits) == 10 else int(digits) // 1000 if len(digits) == 13 else 0
    return _FIRST_YEAR <= seconds < _LAST_YEAR


@lru_cache(maxsize=4096)
def _pattern(recorded: str) -> tuple[re.Pattern[str], tuple[str, ...]]:
    """What matches a recorded text, and the recorded ids that its groups stand for."""
    pieces = _pieces(recorded)
    pattern = "".join(re.escape(each) if kind == "same" else _LIVE[kind] for kind, each in pieces)
    return re.compile(pattern, re.DOTALL), tuple(each for kind, each in pieces if kind in _CARRIED)


def ids_in(value: Any) -> Iterator[str]:
    """The ids in a JSON value, as texts; keys of objects count, too."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from ids_in(key)
            yield from ids_in(each)
    elif isinstance(value, list):
        for each in value:
            yield from ids_in(each)
    elif isinstance(value, str) or _is_int(value):
        yield from (piece for kind, piece in _pieces(str(value)) if kind in _CARRIED)


def without_ids(text: str) -> str:
    """A text with a star for all that varies, by which texts that may match are found quickly."""
    return "".join(each if kind == "same" else "*" for kind, each in _pieces(text))


class Differs(Exception):
    """A live value is not the recorded one in more than what varies.

    Attributes:
        place: where, such as `.name` or `.items[2]`; empty for the whole value.
        recorded, live: what stands there, shortened.
    """

    def __init__(self, place: str, recorded: Any, live: Any) -> None:
        self.place, self.recorded, self.live = place, _short(recorded), _short(live)
        super().__init__(f"{place or 'it'} was {self.recorded} and is {self.live}")


def _short(value: Any) -> str:
    said = json.dumps(value, ensure_ascii=False, default=str)
    return said if len(said) <= 80 else f"{said[:77]}..."


def match_text(recorded: str, live: str, place: str = "") -> list[tuple[str, str]]:
    """Matches a text.

    Returns:
        Recorded id and live id, for each id in it.

    Raises:
        Differs: it is another text.
    """
    pattern, ids = _pattern(recorded)
    found = pattern.fullmatch(live)
    if found is None:
        raise Differs(place, recorded, live)
    return list(zip(ids, found.groups(), strict=True))


def match_json(recorded: Any, live: Any, place: str = "") -> list[tuple[str, str]]:
    """Matches a JSON value; results as for `match_text`.

    Objects have the same keys; lists the same length, and those of plain values any order, since
    sets are sent as lists.
    """
    if recorded == REMOVED:
        return []
    if isinstance(recorded, dict) and isinstance(live, dict):
        return _match_objects(recorded, live, place)
    if isinstance(recorded, list) and isinstance(live, list):
        return _match_lists(recorded, live, place)
    if isinstance(recorded, str) and isinstance(live, str):
        return match_text(recorded, live, place)
    if _is_int(recorded) and _is_int(live):
        return match_text(str(recorded), str(live), place)
    if type(recorded) is type(live) and recorded == live:
        return []
    raise Differs(place, recorded, live)


def _match_objects(
    recorded: Mapping[str, Any], live: Mapping[str, Any], place: str
) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    if recorded.keys() == live.keys():
        for key, each in recorded.items():
            pairs += match_json(each, live[key], f"{place}.{key}")
        return pairs
    if len(recorded) != len(live):
        raise Differs(f"{place} (keys)", sorted(recorded), sorted(live))
    # Ids may be keys.
    for old, new in zip(_by_shape(recorded), _by_shape(live), strict=True):
        pairs += match_text(old, new, f"{place} (keys)")
        pairs += match_json(recorded[old], live[new], f"{place}.{new}")
    return pairs


def _by_shape(keys: Mapping[str, Any]) -> list[str]:
    return sorted(keys, key=without_ids)


def _match_lists(recorded: list[Any], live: list[Any], place: str) -> list[tuple[str, str]]:
    if len(recorded) != len(live):
        raise Differs(f"{place} (length)", len(recorded), len(live))
    try:
        return _match_items(recorded, live, place)
    except Differs:
        if any(isinstance(each, dict | list) for each in (*recorded, *live)):
            raise
    return _match_items(sorted(recorded, key=_kinds), sorted(live, key=_kinds), place)


def _match_items(recorded: list[Any], live: list[Any], place: str) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for index, (old, new) in enumerate(zip(recorded, live, strict=True)):
        pairs += match_json(old, new, f"{place}[{index}]")
    return pairs


def _kinds(item: Any) -> str:
    """What two plain items that match have in common."""
    cut = _pieces(str(item))
    return "".join(each if kind == "same" else f"<{kind}>" for kind, each in cut)


def carried_over(value: Any, live_id: Callable[[str], str], shift: timedelta) -> Any:
    """A recorded JSON value as it would be said now.

    Args:
        value: as it was recorded.
        live_id: recorded id -> the id that stands for it now.
        shift: how much later it is now; times move by that.
    """
    if isinstance(value, dict):
        return {
            carried_over(key, live_id, shift): carried_over(each, live_id, shift)
            for key, each in value.items()
        }
    if isinstance(value, list):
        return [carried_over(each, live_id, shift) for each in value]
    if _is_int(value):
        said = _carried_text(str(value), live_id, shift)
        return int(said) if said.lstrip("-").isdigit() else said
    return _carried_text(value, live_id, shift) if isinstance(value, str) else value


def _carried_text(text: str, live_id: Callable[[str], str], shift: timedelta) -> str:
    made = []
    for kind, piece in _pieces(text):
        if kind in _CARRIED:
            made.append(live_id(piece))
        elif kind == "instant":
            unit = 1 if len(piece) == 10 else 1000
            made.append(str(int(piece) + round(shift.total_seconds() * unit)))
        elif kind == "time":
            made.append(_later(piece, shift))
        else:
            made.append(STAND_IN_TOKEN if kind == "hidden" else piece)
    return "".join(made)


def _later(said: str, shift: timedelta) -> str:
    """An ISO time, moved; as many digits and the same zone as before."""
    try:
        moved = datetime.fromisoformat(said) + shift
    except (ValueError, OverflowError):
        return said
    fraction = re.search(r"\.(\d+)", said)
    text = moved.strftime("%Y-%m-%dT%H:%M") + (f":{moved:%S}" if said[16:17] == ":" else "")
    if fraction:
        text += f".{moved.microsecond:06d}"[: len(fraction[1]) + 1].ljust(len(fraction[1]) + 1, "0")
    zone = re.search(r"(?:Z|[+-]\d\d:?\d\d)$", said)
    return text + (zone[0] if zone else "")


def _is_int(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _stand_in_token() -> str:
    def part(data: Mapping[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(data).encode()).rstrip(b"=").decode()

    claims = {"sub": "replayed", "iat": _FIRST_YEAR, "exp": _LAST_YEAR}
    return f"{part({'alg': 'none', 'typ': 'JWT'})}.{part(claims)}.replayed"


STAND_IN_TOKEN = _stand_in_token()
"""Stands in an answer where a secret was removed: a JSON web token that opens nothing and does
not expire, since a server may look into what it is given."""
