"""One request of a server and its answer, as a recording keeps them; `docs/recordings.md`.

A recording is JSON lines: a header, marks where a case begins, and exchanges. Nothing here knows
what the requests mean. Only the standard library is used, since the recording proxy runs in an
environment of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

VERSION = 1

NO_CASE = ""
"""The case of what was said before the first one began."""


@dataclass(frozen=True, slots=True)
class Body:
    """What a message carries: JSON, text, bytes, or only how many there were.

    Attributes:
        kind: `none`, `json`, `text`, `base64`, or `left-out` for one that was too long to keep.
        value: the JSON value, the text, the bytes in base64, or `{bytes, sha256}`.
    """

    kind: str = "none"
    value: Any = None


@dataclass(frozen=True, slots=True)
class Request:
    """What the server asked.

    Attributes:
        method: in capital letters.
        url: the whole address, with the host that the server named.
        body: what it sent.
        type: the body's media type.
    """

    method: str
    url: str
    body: Body = Body()
    type: str = ""


@dataclass(frozen=True, slots=True)
class Response:
    """What it was answered.

    Attributes:
        status: HTTP's; 0 where nobody answered.
        headers: the few that mean something to the server, by their names in small letters.
        body: what it was told.
        failure: why nobody answered.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Body = Body()
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and its answer.

    Attributes:
        n: its number in its file, from 1.
        case: the case in which it took place.
        at: server time of the request.
        wall: wall time of the request.
        seconds: wall seconds that the answer took.
        removed: the places that a secret was taken out of, such as `response.json.token`.
        replayed: the exchange of a recording that answered, as `stack-1 #12`; empty where the
            cloud did.
        not_recorded: why no exchange of the recording could answer.
    """

    n: int
    case: str
    at: datetime
    wall: datetime
    seconds: float
    request: Request
    response: Response
    removed: tuple[str, ...] = ()
    replayed: str = ""
    not_recorded: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a case begins.

    Attributes:
        case: the case.
        at: server time.
    """

    case: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Header:
    """What a recording is of.

    Attributes:
        recorded: wall time at which it began.
        of: what was recorded, in words of who recorded it: a Confluence, its assistant, a cloud.
    """

    recorded: datetime
    of: Mapping[str, str] = field(default_factory=dict)


Line = Header | Mark | Exchange


def to_json(line: Line) -> dict[str, Any]:
    """A line of a recording as JSON data; what is empty is left out."""
    if isinstance(line, Header):
        return {"cassette": VERSION, "recorded": _said(line.recorded), "of": dict(line.of)}
    if isinstance(line, Mark):
        return {"mark": line.case, "at": _said(line.at)}
    request, response = line.request, line.response
    whole = {
        "n": line.n,
        "case": line.case,
        "at": _said(line.at),
        "wall": _said(line.wall),
        "seconds": round(line.seconds, 3),
        "request": {"method": request.method, "url": request.url}
        | _full({"type": request.type})
        | _body_json(request.body),
        "response": {"status": response.status}
        | _full({"headers": dict(response.headers), "failure": response.failure})
        | _body_json(response.body),
        "removed": list(line.removed),
        "replayed": line.replayed,
        "not_recorded": line.not_recorded,
    }
    return _full(whole)


def from_json(data: Any) -> Line:
    """The line that JSON data says.

    Raises:
        ValueError: it is no line of a recording of this version; says which part is not.
    """
    if not isinstance(data, dict):
        raise ValueError("a line is no JSON object")
    if "cassette" in data:
        if data["cassette"] != VERSION:
            raise ValueError(
                f"it is a recording of version {data['cassette']!r}; this harness reads {VERSION}"
            )
        of = _part(data, "of", dict, {})
        return Header(_time(data, "recorded"), {str(key): str(each) for key, each in of.items()})
    if "mark" in data:
        return Mark(_part(data, "mark", str), _time(data, "at"))
    asked, told = _part(data, "request", dict), _part(data, "response", dict)
    return Exchange(
        n=_part(data, "n", int),
        case=_part(data, "case", str, NO_CASE),
        at=_time(data, "at"),
        wall=_time(data, "wall"),
        seconds=float(_part(data, "seconds", (int, float), 0.0)),
        request=Request(
            _part(asked, "method", str),
            _part(asked, "url", str),
            _body(asked),
            _part(asked, "type", str, ""),
        ),
        response=Response(
            _part(told, "status", int),
            {str(key): str(each) for key, each in _part(told, "headers", dict, {}).items()},
            _body(told),
            _part(told, "failure", str, ""),
        ),
        removed=tuple(str(each) for each in _part(data, "removed", list, [])),
        replayed=_part(data, "replayed", str, ""),
        not_recorded=_part(data, "not_recorded", str, ""),
    )


_BODIES = ("json", "text", "base64", "left-out")


def _body_json(body: Body) -> dict[str, Any]:
    return {} if body.kind == "none" else {body.kind: body.value}


def _body(data: Mapping[str, Any]) -> Body:
    kind = next((each for each in _BODIES if each in data), None)
    if kind is None:
        return Body()
    value = data[kind]
    if kind in ("text", "base64") and not isinstance(value, str):
        raise ValueError(f"{kind} is no text")
    return Body(kind, value)


def _full(data: Mapping[str, Any]) -> dict[str, Any]:
    return {key: each for key, each in data.items() if each not in ("", 0, [], {}, None)}


_NEEDED = object()


def _part(data: Mapping[str, Any], name: str, kind: Any, default: Any = _NEEDED) -> Any:
    value = data.get(name, default)
    if value is _NEEDED:
        raise ValueError(f"{name!r} is missing")
    if value is not default and (not isinstance(value, kind) or isinstance(value, bool)):
        raise ValueError(f"{name!r} is {value!r:.40}")
    return value


def _said(time: datetime) -> str:
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _time(data: Mapping[str, Any], name: str) -> datetime:
    said = _part(data, name, str)
    try:
        return datetime.fromisoformat(said).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(f"{name!r} is no time: {said:.40}") from None
