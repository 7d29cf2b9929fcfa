"""The cloud's journal as evidence.

The journal's shape belongs to the cloud; here it is read by paths and effects only, and a field
that is missing gives less evidence, never an error.
"""

import contextlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from harness.diagnosis.data_evidence import CancelAsked, DataRead, DataUploaded
from harness.diagnosis.evidence import (
    UNNAMED,
    ConnectApp,
    Delivery,
    EndedByPlatform,
    Evidence,
    ListenerFailed,
    LogWritten,
    MessageStatus,
    MigrationMade,
    Origin,
    ProgressPost,
    SentElsewhere,
    ServerCall,
    ToleratedCall,
    TransferMade,
    Triggered,
    UnknownAddress,
    kind_of_call,
)
from harness.vocabulary.effects import Effect
from harness.vocabulary.forge_events import PLAIN_NAMES

Entry = Mapping[str, Any]

_SERVER = "/server/v1"
_FORGE = "/app/migration/forge/v1"
_PROGRESS = re.compile(r"/rest/atlassian-connect/1/migration/progress/(?P<transfer>[^/?]+)")
_POLL = re.compile(rf"{_SERVER}/migrations/[^/]+/progress")
_OF_MIGRATION = re.compile(rf"{_SERVER}/migrations/(?P<migration>[^/?]+)")
_TRANSFERS = re.compile(rf"{_SERVER}/migrations/[^/]+/transfers")
_OF_TRANSFER = re.compile(
    rf"{_SERVER}/transfers/(?P<transfer>[^/]+)/(?P<what>triggered|errored|data|cancel)"
)
_READ = re.compile(
    rf"(?:/rest/atlassian-connect/1/migration|{_FORGE})/"
    rf"(?P<what>data|mapping|transfer|container)/|/_signed/"
)
_PAYLOAD = re.compile(rf"{_FORGE}/data/[^/?]+/payload")
_MESSAGE = re.compile(rf"{_FORGE}/message/(?P<transfer>[^/?]+)/status")
_LOG = re.compile(rf"{_FORGE}/log/(?P<transfer>[^/?]+)")
_OF_AN_APP = (_PROGRESS, _MESSAGE, _LOG, _READ)
"""What a cloud app calls."""
_APP = re.compile(rf"{_SERVER}/apps/(?P<key>[^/?]+)")
_NOT_THERE_IS_NO_ERROR = re.compile(rf"{_SERVER}/transfers/[^/]+/feedback")
_NAMED = re.compile(r'"(exceptionType)":\s*"([^"]*)"')
_SENDING = frozenset(
    {Effect.DELIVERED, Effect.NOT_ACKNOWLEDGED, Effect.DROPPED, Effect.WRONG_ENVIRONMENT}
)
_NOT_INSTALLED = re.compile(r"no app with the key|is not installed on the site")
_NO_ENDPOINT = re.compile(r"has no webhook endpoint")
_PLATFORMS_OWN: dict[str, str] = {Effect.TIMED_OUT: "TIMED_OUT", Effect.CANCELLED: "CANCELLED"}


def read_journal(lines: Iterable[str]) -> list[Evidence]:
    """The evidence in a journal of JSON lines; a line that is cut off is left out."""
    entries: list[dict[str, Any]] = []
    for line in lines:
        with contextlib.suppress(ValueError):
            entry = json.loads(line)
            entries += [entry] if isinstance(entry, dict) else []
    entries = _since_reset(entries)
    begun = {str(body["id"]) for body in map(_body, filter(_begins, entries)) if body.get("id")}
    own = (entry for entry in entries if not _is_another_cases(entry, begun))
    return [item for entry in own for item in from_entry(entry)]


def from_entry(entry: Entry) -> Iterator[Evidence]:
    """The evidence in one entry."""
    origin = Origin(
        f"journal #{entry.get('seq')}", _time(entry, "wall_time"), _time(entry, "platform_time")
    )
    effect = str(entry.get("effect") or "")
    path = str(entry.get("path") or "")
    transfer = str(entry.get("transfer_id") or "")
    if tolerated := entry.get("tolerated"):
        what = f"{entry.get('method')} {entry.get('route')}"
        yield ToleratedCall(origin=origin, what=what, why=str(tolerated))
    status = _PLATFORMS_OWN.get(effect) or _settled_as(entry)
    if status and not _MESSAGE.search(path):
        yield EndedByPlatform(
            origin=origin, transfer=transfer, status=status, reason=str(entry.get("reason") or "")
        )
    if entry.get("direction") == "out":
        if effect in _SENDING and transfer:
            yield _delivery(entry, origin, transfer, effect)
    else:
        yield from _request(entry, origin, path, effect)


def _request(entry: Entry, origin: Origin, path: str, effect: str) -> Iterator[Evidence]:
    transfer = str(entry.get("transfer_id") or "")
    if effect == Effect.UNKNOWN_ROUTE:
        yield _unknown_address(entry, origin, path)
    elif post := _PROGRESS.search(path):
        if entry.get("method") == "POST":
            yield _post(entry, origin, post["transfer"], effect)
    elif said := _MESSAGE.search(path):
        yield _message_status(entry, origin, said["transfer"], effect)
    elif log := _LOG.search(path):
        yield LogWritten(
            origin=origin, transfer=log["transfer"], http=_answered(entry), effect=effect
        )
    elif (read := _READ.search(path)) and entry.get("method") in ("GET", "POST"):
        yield _read(entry, origin, transfer, read["what"])
    elif path.startswith(_SERVER):
        yield from _server_call(entry, origin, path)
    elif effect in (Effect.INSTALLED, Effect.UNINSTALLED, Effect.WEBHOOKS_CHANGED):
        yield _connect_app(entry, origin, effect)


def _unknown_address(entry: Entry, origin: Origin, path: str) -> UnknownAddress:
    known = next(filter(None, (each.search(path) for each in _OF_AN_APP)), None)
    what = f"{entry.get('method')} {path.split('?')[0]}"
    return UnknownAddress(origin=origin, what=what, base=path[: known.start()] if known else None)


def _since_reset(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What came after the last reset: until then the previous case may still have been running."""
    resets = [index for index, entry in enumerate(entries) if entry.get("effect") == Effect.RESET]
    return entries[resets[-1] + 1 :] if resets else entries


def _begins(entry: Entry) -> bool:
    return entry.get("method") == "POST" and entry.get("path") == f"{_SERVER}/migrations"


def _is_another_cases(entry: Entry, begun: set[str]) -> bool:
    """Whether the server asks for a migration of an earlier case, which it may go on polling."""
    of = _OF_MIGRATION.match(str(entry.get("path") or ""))
    if of is None or of["migration"] in begun:
        return False
    return bool(begun) or entry.get("effect") == Effect.NOT_FOUND


def _server_call(entry: Entry, origin: Origin, path: str) -> Iterator[Evidence]:
    http, method = _status(entry), str(entry.get("method"))
    if not _NOT_THERE_IS_NO_ERROR.match(path):
        what = kind_of_call(method, path.split("?")[0])
        effect, poll = str(entry.get("effect") or ""), bool(_POLL.fullmatch(path))
        yield ServerCall(
            origin=origin,
            what=what,
            http=_answered(entry),
            is_poll=poll,
            effect=effect,
            told=_told(entry) if poll else None,
        )
    if not 0 < http < 400:
        return
    body = _body(entry)
    if method == "POST" and path == f"{_SERVER}/migrations":
        yield MigrationMade(origin=origin)
    elif method == "POST" and _TRANSFERS.fullmatch(path):
        yield TransferMade(
            origin=origin,
            transfer=str(entry.get("transfer_id") or body.get("transferId") or body.get("id")),
            server_key=_text(body, "serverAppKey", "server_key"),
            cloud_key=_text(body, "cloudAppKey", "cloud_key"),
            linked=body["linked"] if isinstance(body.get("linked"), bool) else None,
            is_rerun=bool(body.get("originalTransferId", body.get("original_id"))),
        )
    elif of := _OF_TRANSFER.fullmatch(path.split("?")[0]):
        yield _of_transfer(origin, of["transfer"], of["what"], body)
    elif app := _APP.fullmatch(path):
        installed = not _NOT_INSTALLED.search(str(entry.get("reason") or ""))
        yield ConnectApp(origin=origin, key=app["key"], installed=installed, webhook_known=False)


def _of_transfer(origin: Origin, transfer: str, what: str, body: Mapping[str, Any]) -> Evidence:
    """What the server said of a transfer."""
    if what == "triggered":
        return Triggered(origin=origin, transfer=transfer)
    if what == "cancel":
        return CancelAsked(origin=origin, transfer=transfer)
    if what == "data":
        size = body.get("size")
        return DataUploaded(
            origin=origin,
            transfer=transfer,
            label=_text(body, "label") or "",
            size=size if isinstance(size, int) else None,
        )
    exception = str(body.get("exceptionType") or UNNAMED)
    return ListenerFailed(origin=origin, transfer=transfer, exception=exception)


def _is_cut(entry: Entry) -> bool:
    """Whether the connection was cut during the answer."""
    detail = entry.get("detail")
    return isinstance(detail, dict) and bool(detail.get("cut"))


def _told(entry: Entry) -> tuple[tuple[str, str, int | None], ...] | None:
    """What a poll was answered of each transfer; None where the journal does not say."""
    detail = entry.get("detail")
    shown = detail.get("transfers") if isinstance(detail, dict) else None
    if not isinstance(shown, list):
        return None
    return tuple(
        (str(each["transferId"]), str(each["status"]), each.get("percent"))
        for each in shown
        if isinstance(each, dict) and "transferId" in each and "status" in each
    )


def _read(entry: Entry, origin: Origin, transfer: str, what: str | None) -> DataRead:
    """The cloud app's question for data, a link to it, mappings, or the bytes behind a link."""
    path = str(entry.get("path") or "").split("?")[0]
    names = {
        "data": "for app data",
        "mapping": "for mappings",
        "transfer": "about the transfer",
        "container": "for containers",
    }
    is_list = path.endswith("/all")
    what = None if _PAYLOAD.search(path) else what
    return DataRead(
        origin=origin,
        transfer=transfer,
        what="for its list of app data" if is_list else names.get(what or "", "for the bytes"),
        http=_answered(entry),
        effect=str(entry.get("effect") or ""),
        is_bytes=what is None,
        is_link=what == "data" and not is_list,
        reason=str(entry.get("reason") or ""),
        path=path,
    )


def _delivery(entry: Entry, origin: Origin, transfer: str, effect: str) -> Evidence:
    """A try to deliver, or, without an address to try, what the site says of the app."""
    reason = str(entry.get("reason") or "")
    key = str(entry.get("app_key") or "")
    if _NOT_INSTALLED.search(reason):
        return ConnectApp(origin=origin, key=key, installed=False)
    if _NO_ENDPOINT.search(reason):
        return ConnectApp(origin=origin, key=key, installed=True, webhook=None)
    event = _text(_body(entry), "eventType") or str(entry.get("route") or "webhook")
    event = event.removeprefix("webhook ")
    for_forge = event in PLAIN_NAMES
    event = PLAIN_NAMES.get(event, event)
    if effect == Effect.WRONG_ENVIRONMENT:
        return SentElsewhere(origin=origin, event=event, transfer=transfer, reason=reason)
    return Delivery(
        origin=origin,
        event=event,
        transfer=transfer,
        status=_status(entry) or None,
        acknowledged=effect == Effect.DELIVERED,
        reason=reason,
        lost=effect == Effect.DROPPED,
        message=_text(_body(entry), "messageId") or "",
        for_forge=for_forge,
    )


def _post(entry: Entry, origin: Origin, transfer: str, effect: str) -> ProgressPost:
    body = _body(entry)
    percent = body.get("percent")
    return ProgressPost(
        origin=origin,
        transfer=transfer,
        http=_answered(entry),
        effect=effect,
        status=_text(body, "status", "progressStatus"),
        percent=percent if isinstance(percent, int) else None,
        reason=str(entry.get("reason") or ""),
        body=_sent(entry),
    )


def _message_status(entry: Entry, origin: Origin, transfer: str, effect: str) -> MessageStatus:
    """A Forge app's acknowledgement of messages, with the transfer's status after it."""
    is_worked_off = effect == Effect.WORKED_OFF
    return MessageStatus(
        origin=origin,
        transfer=transfer,
        http=_answered(entry),
        effect=Effect.RECORDED if is_worked_off else effect,
        status="IN_PROGRESS" if is_worked_off else _settled_as(entry),
        reason=str(entry.get("reason") or ""),
        body=_sent(entry),
        reported=_text(_body({**entry, "changes": None}), "status"),
    )


def _settled_as(entry: Entry) -> str | None:
    """The status as which the platform settled a transfer with this; None where it did not."""
    changes = entry.get("changes")
    for change in changes if isinstance(changes, list) else ():
        if isinstance(change, dict) and change.get("kind") == "settled-by-platform":
            return _text(change, "status")
    return None


def _sent(entry: Entry) -> tuple[tuple[str, str], ...]:
    """A request's body, each key with its value as JSON."""
    body = entry.get("body")
    if not isinstance(body, dict):
        return ()
    return tuple((str(key), json.dumps(value)) for key, value in body.items())


def _connect_app(entry: Entry, origin: Origin, effect: str) -> ConnectApp:
    body = _body(entry)
    endpoints = body.get("endpoints")
    first = str(endpoints[0]) if isinstance(endpoints, list) and endpoints else None
    webhook = _text(body, "webhook_path") or first
    key = str(entry.get("app_key") or _text(body, "key", "app_key") or "")
    return ConnectApp(
        origin=origin, key=key, installed=effect != Effect.UNINSTALLED, webhook=webhook
    )


def _body(entry: Entry) -> dict[str, Any]:
    """All named facts of an entry: its changes, then its body, then its detail."""
    body: dict[str, Any] = {}
    changes = entry.get("changes")
    for change in changes if isinstance(changes, list) else ():
        if isinstance(change, dict):
            for inner in (change, *(change.get(name) for name in ("migration", "transfer", "app"))):
                body |= inner if isinstance(inner, dict) else {}
    for name in ("body", "detail"):
        value = entry.get(name)
        if isinstance(value, str):
            try:
                value = json.loads(value)
            except ValueError:
                # A long body is kept in part; what it says of the exception comes first.
                value = dict(_NAMED.findall(value))
        if isinstance(value, dict):
            body |= value
    return body


def _text(body: Mapping[str, Any], *names: str) -> str | None:
    """The first of these fields that is a text."""
    return next((body[name] for name in names if isinstance(body.get(name), str)), None)


def _status(entry: Entry) -> int:
    status = entry.get("status")
    return status if isinstance(status, int) else 0


def _answered(entry: Entry) -> int:
    """The status that the caller saw; 0 where the connection was cut during the answer."""
    return 0 if _is_cut(entry) else _status(entry)


def _time(entry: Entry, name: str) -> datetime | None:
    try:
        time = datetime.fromisoformat(str(entry.get(name)))
    except ValueError:
        return None
    return time if time.tzinfo else time.replace(tzinfo=UTC)
