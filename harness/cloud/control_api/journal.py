"""`/_harness/journal` and `/_harness/marks`: reads the journal, and puts marks into it."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import suppress

import orjson
from pydantic import BaseModel, Field

from harness.cloud.call import Answer, Call, Outcome
from harness.cloud.models import parse
from harness.cloud.world import World
from harness.vocabulary.effects import Effect

_FILTERS = {
    "case": "case",
    "route": "route",
    "effect": "effect",
    "transfer": "transfer_id",
    "app": "app_key",
    "direction": "direction",
}
_PIECE = 64 * 1024
_LONGEST_WAIT = 60_000
"""Milliseconds."""


class Mark(BaseModel):
    """Body of `POST /_harness/marks`."""

    text: str = Field(max_length=1000)


async def mark(world: World, call: Call) -> Outcome:
    """`POST /_harness/marks`: adds a mark; later entries carry its text as their case."""
    body = parse(Mark, await call.json_object())
    world.journal.case = body.text
    return Outcome(Answer(204), Effect.MARKED, body.text)


async def read(world: World, call: Call) -> Outcome:
    """`GET /_harness/journal`: one JSON document, or with `follow=true` JSON lines without end.

    With `wait=MS`, an answer that would have no entries waits up to that long for one.
    """
    # A number beyond the end means: from the next entry on.
    since = min(call.query_int("since", 0, 0, 999_999_999), world.journal.next)
    wait = call.query_int("wait", 0, 0, _LONGEST_WAIT)
    limit = call.query_int("limit", 999_999_999, 1, 999_999_999)
    filters = {
        field: value
        for name, field in _FILTERS.items()
        if (value := call.query_value(name)) is not None
    }
    if call.query_value("follow") == "true":
        stream = _follow(world, since, filters)
        return Outcome(Answer(content_type=b"application/x-ndjson", stream=stream), Effect.READ)
    if wait and since >= world.journal.next:
        with suppress(TimeoutError):
            async with asyncio.timeout(wait / 1000):
                await world.journal.grown()
    return Outcome(Answer(stream=_document(world, since, filters, limit)), Effect.READ)


async def _document(
    world: World, since: int, filters: dict[str, str], limit: int
) -> AsyncGenerator[bytes, None]:
    """The document in pieces: however long the journal is, memory holds one piece."""
    position = max(since, 1)
    taken, piece = 0, bytearray(b'{"entries":[')
    for line in _up_to(world, position):
        position += 1
        if not _matches(line, filters):
            continue
        if taken:
            piece += b","
        piece += line.rstrip(b"\n")
        taken += 1
        if len(piece) >= _PIECE:
            yield bytes(piece)
            piece.clear()
        if taken == limit:
            break
    yield bytes(piece) + f'],"next":{position}}}'.encode()


def _up_to(world: World, since: int) -> Iterator[bytes]:
    """The lines that exist now, without those that are written while these are sent."""
    end = world.journal.next
    for number, line in enumerate(world.journal.lines(since), since):
        if number >= end:
            return
        yield line


async def _follow(world: World, since: int, filters: dict[str, str]) -> AsyncGenerator[bytes, None]:
    async for line in world.journal.follow(max(since, 1)):
        if _matches(line, filters):
            yield line


def _matches(line: bytes, filters: dict[str, str]) -> bool:
    if not filters:
        return True
    entry = orjson.loads(line)
    return all(entry.get(field) == value for field, value in filters.items())
