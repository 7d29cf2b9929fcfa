"""`GET /_harness/journal`: the journal, filtered, whole or as a stream that follows."""

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
    """`POST /_harness/marks`: a marker; later entries carry its text as their case."""
    body = parse(Mark, await call.json_object())
    world.journal.case = body.text
    return Outcome(Answer(204), Effect.MARKED, body.text)


async def read(world: World, call: Call) -> Outcome:
    """`GET /_harness/journal`: JSON, or with `follow=true` lines of JSON without end.

    With `wait=MS` an answer that would have no entry waits that long for one.
    """
    # Who asks for what is not there yet goes on where that begins.
    since = min(call.whole("since", 0, 0, 999_999_999), world.journal.next)
    wait = call.whole("wait", 0, 0, _LONGEST_WAIT)
    limit = call.whole("limit", 999_999_999, 1, 999_999_999)
    wanted = {
        field: value
        for name, field in _FILTERS.items()
        if (value := call.argument(name)) is not None
    }
    if call.argument("follow") == "true":
        stream = _follow(world, since, wanted)
        return Outcome(Answer(content_type=b"application/x-ndjson", stream=stream), Effect.READ)
    if wait and since >= world.journal.next:
        with suppress(TimeoutError):
            async with asyncio.timeout(wait / 1000):
                await world.journal.grown()
    return Outcome(Answer(stream=_whole(world, since, wanted, limit)), Effect.READ)


async def _whole(
    world: World, since: int, wanted: dict[str, str], limit: int
) -> AsyncGenerator[bytes, None]:
    """The document in pieces: however long the journal, memory holds one of them."""
    position = max(since, 1)
    taken, piece = 0, bytearray(b'{"entries":[')
    for line in _up_to(world, position):
        position += 1
        if not _matches(line, wanted):
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
    """The lines there are now; those that are written while they are sent are not waited for."""
    end = world.journal.next
    for number, line in enumerate(world.journal.lines(since), since):
        if number >= end:
            return
        yield line


async def _follow(world: World, since: int, wanted: dict[str, str]) -> AsyncGenerator[bytes, None]:
    async for line in world.journal.follow(max(since, 1)):
        if _matches(line, wanted):
            yield line


def _matches(line: bytes, wanted: dict[str, str]) -> bool:
    if not wanted:
        return True
    entry = orjson.loads(line)
    return all(entry.get(field) == value for field, value in wanted.items())
