"""A recording as evidence: what the server was told, and what reached the cloud app.

A recording has no words for what a call means, since the cloud's protocol is private. What is
public is read: the words for a transfer's state in an answer, and the events that an app is sent.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from urllib.parse import urlsplit

from harness.cassette.exchange import Exchange
from harness.cassette.files import parse
from harness.checker.recorded import told_in
from harness.diagnosis.evidence import (
    Delivery,
    Evidence,
    NotRecorded,
    Origin,
    ServerCall,
    kind_of_call,
)
from harness.vocabulary.forge_events import PLAIN_NAMES

_ACKNOWLEDGED = 200
"""The one status by which an app takes a webhook (app-migration-platform, section 2.3)."""


def read_recording(lines: Iterable[str]) -> list[Evidence]:
    """The evidence in a recording's lines; a line that is cut off is left out."""
    return [item for each in _exchanges(lines) for item in _from_exchange(each)]


def _exchanges(lines: Iterable[str]) -> Iterator[Exchange]:
    for line in lines:
        with suppress(ValueError):
            parsed = parse(line.encode())
            if isinstance(parsed, Exchange):
                yield parsed


def _from_exchange(exchange: Exchange) -> Iterator[Evidence]:
    origin = Origin(f"recording #{exchange.n}", exchange.wall, exchange.at)
    request, response = exchange.request, exchange.response
    what = kind_of_call(request.method, urlsplit(request.url).path)
    event = request.body.value if request.body.kind == "json" else None
    if exchange.not_recorded:
        yield NotRecorded(origin=origin, what=what)
    elif isinstance(event, dict) and {"eventType", "transferId"} <= event.keys():
        yield Delivery(
            origin=origin,
            event=PLAIN_NAMES.get(str(event["eventType"]), str(event["eventType"])),
            transfer=str(event["transferId"]),
            status=response.status or None,
            acknowledged=response.status == _ACKNOWLEDGED,
            reason=response.failure,
            message=str(event.get("messageId") or ""),
            for_forge=str(event["eventType"]) in PLAIN_NAMES,
        )
    else:
        is_well = 200 <= response.status < 300 and response.body.kind == "json"
        told = tuple(
            (each.transfer, each.status, each.percent)
            for each in (told_in(response.body.value) if is_well else ())
        )
        yield ServerCall(
            origin=origin, what=what, http=response.status, is_poll=bool(told), told=told or None
        )
