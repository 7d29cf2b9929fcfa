"""What was refused or had no effect, beside what would have worked, part by part.

A near miss names the parts of a call as they were and as they would have to be, and marks the first
that differs: the transfer in the path, what the token's qsh was made over, the key, the status
word, the percent. That is how WireMock shows a request that nearly matched.
"""

import difflib
import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from harness.diagnosis.data_evidence import DataRead
from harness.diagnosis.evidence import (
    Delivery,
    Evidence,
    MessageStatus,
    Origin,
    ProgressPost,
    ServerCall,
    TransferMade,
)
from harness.diagnosis.facts import Facts, server_time, with_effect
from harness.vocabulary.effects import EFFECTIVE, Effect

_POST = "/rest/atlassian-connect/1/migration/progress/"
_MESSAGE = "/app/migration/forge/v1/message/"
_STATUSES = ("IN_PROGRESS", "SUCCESS", "FAILED", "INCOMPLETE")
_MEANT = {
    **dict.fromkeys(("DONE", "FINISHED", "COMPLETE", "COMPLETED", "OK", "SUCCEEDED"), "SUCCESS"),
    **dict.fromkeys(("FAILURE", "FAIL", "ERROR", "ERRORED"), "FAILED"),
    **dict.fromkeys(("RUNNING", "STARTED", "PENDING", "PROCESSING"), "IN_PROGRESS"),
    **dict.fromkeys(("PARTIAL", "PARTIALLY_COMPLETE", "WARNING"), "INCOMPLETE"),
}
"""Words that other APIs have for the same."""
_TODAYS_KEY = {"progressStatus": "status", "statusMessage": "message"}
_QSH = re.compile(r"qsh is '(?P<given>[0-9a-f]{64})'")
_SECRET = "the shared secret of this site's installation"  # noqa: S105 - words
_TOKEN_PARTS: dict[str, tuple[str, str, str]] = {
    Effect.NO_TOKEN: ("Authorization", "none", "JWT and a token"),
    Effect.BAD_SIGNATURE: ("signed with", "another secret", _SECRET),
    Effect.UNKNOWN_ISSUER: ("iss", "an app that is not installed", "the installed app's key"),
    Effect.BAD_ALGORITHM: ("alg", "another", "HS256"),
    Effect.EXPIRED_TOKEN: ("exp", "over", "some minutes ahead"),
    Effect.TOKEN_NOT_YET_VALID: ("iat", "ahead of the cloud's clock", "now"),
    Effect.NOT_A_CONNECT_APP: ("Authorization", "Bearer", "JWT, from a Connect app"),
}
"""Why a token was refused -> the part, as it was, as it would have to be."""
_FORGE_TOKENS: dict[str, tuple[str, str, str]] = {
    Effect.NO_TOKEN: ("Authorization", "none", "Bearer and a token, which requestAtlassian adds"),
    Effect.NOT_A_FORGE_APP: ("Authorization", "JWT", "Bearer, from a Forge app"),
    Effect.BAD_BEARER: ("token", "of no Forge app on the site", "the one that came with the event"),
}
"""The same for a Forge app."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a call.

    Args:
        name: which part.
        was: as it was.
        would: as it would have worked.
    """

    name: str
    was: str
    would: str

    @property
    def differs(self) -> bool:
        """Whether this part had to be another."""
        return self.was != self.would


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A call that changed nothing.

    Args:
        says: the call, in one line.
        origin: where it was read.
        parts: its parts, in the order in which they are looked at.
        times: how many calls missed in the same way.
    """

    says: str
    origin: Origin
    parts: tuple[Part, ...]
    times: int = 1

    @property
    def first(self) -> Part:
        """The first part that differs."""
        return next(part for part in self.parts if part.differs)


def near_misses(facts: Facts) -> list[NearMiss]:
    """Every way in which a call missed, the first call of each."""
    found: dict[tuple[str, ...], NearMiss] = {}
    for item, parts in [*_posts(facts), *_reads(facts), *_others(facts)]:
        if not any(part.differs for part in parts):
            continue
        miss = NearMiss(item.says, item.origin, tuple(parts))
        way = (type(item).__name__, miss.first.name, getattr(item, "effect", ""))
        first = found.get(way)
        found[way] = replace(first, times=first.times + 1) if first else miss
    return list(found.values())


def _posts(facts: Facts) -> Iterator[tuple[Evidence, list[Part]]]:
    for post in facts.of(ProgressPost):
        if post.effect not in EFFECTIVE:
            # Why it had no effect is what the parts say.
            yield replace(post, reason=""), _of_post(facts, post)


def _reads(facts: Facts) -> Iterator[tuple[Evidence, list[Part]]]:
    for read in facts.of(DataRead):
        if not read.ok:
            yield read, _of_read(facts, read)


def _others(facts: Facts) -> Iterator[tuple[Evidence, list[Part]]]:
    for made in facts.of(TransferMade):
        if made.linked is False:
            yield made, _of_keys(facts, made)
    for tries in facts.unanswered:
        yield from ((each, [_answer(each)]) for each in tries)
    for call in facts.of(ServerCall):
        if call.is_unauthorised:
            yield call, [_server_token(call)]


def _answer(tried: Delivery) -> Part:
    return Part("answer", tried.answer, f"200 within {tried.within} s")


_LINK_MINUTES = 60


def _server_token(call: ServerCall) -> Part:
    if call.effect == Effect.CONNECTION_EXPIRED:
        return Part("connection", "expired", "one that an administrator has made again")
    if call.effect == Effect.EXPIRED_BEARER:
        return Part("token", "expired", "the one that POST /server/v1/token gives for it")
    return Part("token", "unknown or revoked", "of a connection made anew")


def _of_post(facts: Facts, post: ProgressPost) -> list[Part]:
    own = next((each.transfer for each in facts.transfers), post.transfer)
    astray = post.effect in (Effect.UNKNOWN_TRANSFER, Effect.ANOTHER_APPS_TRANSFER)
    right = own if astray else post.transfer
    if isinstance(post, MessageStatus):
        return [_path(f"{_MESSAGE}%s/status", post.transfer, right), *_of_messages(facts, post)]
    parts = [_path(f"{_POST}%s", post.transfer, right)]
    if post.effect == Effect.BAD_QSH:
        parts.append(_qsh(post.reason, "POST", f"{_POST}{post.transfer}"))
    elif post.effect in _TOKEN_PARTS:
        parts.append(Part(*_TOKEN_PARTS[post.effect]))
    if post.effect == Effect.ALREADY_SETTLED:
        parts.append(Part("transfer", _settled(facts), "one that is under way"))
    if post.effect == Effect.EXPIRED:
        parts.append(Part("transfer", "older than 14 days", "one that is under way"))
    body = dict(post.body)
    if post.effect == Effect.OUTDATED_KEYS:
        return [*parts, *(_todays(key, value) for key, value in post.body)]
    if "status" in body or post.effect == Effect.MALFORMED:
        parts.append(_status(post, body))
    if "percent" in body:
        parts.append(_percent(facts, post, body["percent"]))
    return parts


def _path(path: str, was: str, right: str) -> Part:
    return Part("path", f"POST {path % was}", f"POST {path % right}")


def _of_messages(facts: Facts, post: MessageStatus) -> Iterator[Part]:
    """What was wrong with a Forge app's acknowledgement."""
    if post.effect in _FORGE_TOKENS:
        yield Part(*_FORGE_TOKENS[post.effect])
    if post.effect == Effect.ALREADY_SETTLED:
        yield Part("transfer", _settled(facts), "one that is under way")
    if post.effect == Effect.EXPIRED:
        yield Part("transfer", "older than 14 days", "one that is under way")
    body = dict(post.body)
    if post.effect == Effect.NOT_AWAITED:
        was = f"messageIds: {body.get('messageIds', 'none')}"
        yield Part("messageIds", was, "messageIds: those of events of uploads, each once")
    if post.effect == Effect.MALFORMED:
        was = ", ".join(f"{key}: {value}" for key, value in post.body) or "nothing"
        yield Part("body", was, 'status: "SUCCESS" or "FAILED", messageIds: a list of texts')


def _todays(key: str, value: str) -> Part:
    return Part("key", f"{key}: {value}", f"{_TODAYS_KEY.get(key, key)}: {value}")


def _status(post: ProgressPost, body: dict[str, str]) -> Part:
    if "status" not in body:
        return Part("key", "no status", "status: one of " + ", ".join(_STATUSES))
    was = f"status: {body['status']}"
    if post.effect != Effect.UNKNOWN_STATUS:
        return Part("status", was, was)
    word = (post.status or "").upper().replace(" ", "_").replace("-", "_")
    near = [_MEANT[word]] if word in _MEANT else difflib.get_close_matches(word, _STATUSES, n=1)
    would = " or ".join(json.dumps(each) for each in near or _STATUSES[1:])
    return Part("status", was, f"status: {would}")


def _percent(facts: Facts, post: ProgressPost, given: str) -> Part:
    was = f"percent: {given}"
    if post.effect == Effect.LOWER_PERCENT:
        before = [
            each.percent or 0
            for each in with_effect(facts.of(ProgressPost), *EFFECTIVE)
            if server_time(each) <= server_time(post)
        ]
        return Part("percent", was, f"percent: {max(before, default=0)} or more")
    if post.effect in (Effect.MALFORMED, Effect.OVER_LIMIT) and post.percent is None:
        number = given.strip('"')
        is_right = number.isdecimal() and int(number) <= _MOST
        return Part("percent", was, f"percent: {number if is_right else '0 to 100'}")
    if post.effect == Effect.OVER_LIMIT:
        return Part("percent", was, "percent: 0 to 100")
    return Part("percent", was, was)


_MOST = 100


def _settled(facts: Facts) -> str:
    settled = facts.ended
    return f"settled as {settled.status}" if settled else "settled"


def _of_read(facts: Facts, read: DataRead) -> list[Part]:
    parts = [Part("question", read.what, read.what)]
    if read.effect == Effect.LINK_EXPIRED:
        links = [
            server_time(each)
            for each in facts.of(DataRead)
            if each.is_link and each.ok and server_time(each) <= server_time(read)
        ]
        age = int((server_time(read) - max(links)).total_seconds() / 60) if links else 0
        # A link within its hour is right; that it is refused is the platform's doing.
        would = "asked for within the last 60 min" if age >= _LINK_MINUTES else f"{age} min old"
        parts.append(Part("link", f"{age} min old", would))
    elif read.effect == Effect.BAD_QSH:
        parts.append(_qsh(read.reason, "GET", read.path))
    elif tokens := (_FORGE_TOKENS if "/forge/" in read.path else _TOKEN_PARTS).get(read.effect):
        parts.append(Part(*tokens))
    elif read.effect == Effect.ALREADY_SETTLED:
        parts.append(Part("transfer", _settled(facts), "one that is under way"))
    elif read.effect == Effect.NOT_FOUND:
        parts.append(Part("s3Key", "one that no event named", "that of app-data-uploaded"))
    return parts


def _of_keys(facts: Facts, made: TransferMade) -> list[Part]:
    pair = facts.pair
    server, cloud = made.server_key or "null", made.cloud_key or "null"
    if pair is None or (pair.server_key, pair.cloud_key) == (server, cloud):
        return [Part("keys", f"{server} and {cloud}", "a pair of your Marketplace entry")]
    return [
        Part("getServerAppKey()", server, pair.server_key),
        Part("getCloudAppKey()", cloud, pair.cloud_key),
    ]


def _qsh(reason: str, method: str, path: str) -> Part:
    """What the token's qsh was made over, where one of the usual mistakes gives that hash."""
    path = path.partition("?")[0].removeprefix("/wiki")
    right = f"{method}&{path}&"
    given = _QSH.search(reason)
    wrong = (_guess(given["given"], method, path) if given else None) or "something else"
    return Part("qsh over", wrong, right)


def _guess(given: str, method: str, path: str) -> str | None:
    tail = path.rpartition("/migration")[2]
    paths = (f"/wiki{path}", f"{path}/", path.lstrip("/"), f"/migration{tail}", tail, "")
    usual: Iterable[str] = (
        *(f"{method}&{each}&" for each in paths),
        f"{method}&{path}",
        f"{method.lower()}&{path}&",
        *(f"{other}&{path}&" for other in ("GET", "POST", "PUT") if other != method),
        f"{method} {path}",
        path,
    )
    return next(
        (each for each in usual if hashlib.sha256(each.encode()).hexdigest() == given), None
    )


def as_data(miss: NearMiss) -> dict[str, Any]:
    """A near miss as plain data."""
    at = miss.origin.server
    return {
        "says": miss.says,
        "source": miss.origin.source,
        "server_time": at.isoformat() if at else None,
        "times": miss.times,
        "parts": [
            {
                "part": part.name,
                "was": part.was,
                "would": part.would,
                "differs": part.differs,
                "first": part is miss.first,
            }
            for part in miss.parts
        ],
    }


def as_lines(miss: NearMiss) -> list[str]:
    """A near miss as lines of text; the first part that differs is marked."""
    again = f" ({miss.times} times)" if miss.times > 1 else ""
    lines = [f"  - {miss.says} [{miss.origin.source}]{again}"]
    for part in miss.parts:
        if part.differs:
            mark = "*" if part is miss.first else " "
            lines += [f"  {mark} {part.name} was    {part.was}"]
            lines += [f"    {' ' * len(part.name)} would  {part.would}"]
    return lines
