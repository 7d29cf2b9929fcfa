"""`/_harness/clock`: reads, sets and advances platform time."""

import time

from pydantic import BaseModel, Field

from harness.cloud.call import Call, Outcome, answer_json
from harness.cloud.changes import ClockSet
from harness.cloud.clock import iso
from harness.cloud.models import parse
from harness.cloud.world import World
from harness.vocabulary.effects import Effect

_LATEST = 4102444800000.0
"""2100-01-01, in epoch milliseconds."""


class Clock(BaseModel):
    """Body of `PUT /_harness/clock`; what is left out stays the same."""

    now: float | None = Field(default=None, ge=0, le=_LATEST, allow_inf_nan=False)
    rate: float | None = Field(default=None, gt=0, le=100_000, allow_inf_nan=False)


class Advance(BaseModel):
    """Body of `POST /_harness/clock/advance`."""

    seconds: float = Field(ge=0, le=_LATEST / 1000, allow_inf_nan=False)


async def read(world: World, _call: Call) -> Outcome:
    """`GET /_harness/clock`."""
    return Outcome(answer_json({"now": world.now(), "rate": world.clock.rate}), Effect.READ)


async def put(world: World, call: Call) -> Outcome:
    """`PUT /_harness/clock`."""
    body = parse(Clock, await call.json_object())
    now = world.now() if body.now is None else body.now
    return _set(now, world.clock.rate if body.rate is None else body.rate)


async def advance(world: World, call: Call) -> Outcome:
    """`POST /_harness/clock/advance`."""
    body = parse(Advance, await call.json_object())
    return _set(world.now() + body.seconds * 1000.0, world.clock.rate)


def _set(now: float, rate: float) -> Outcome:
    return Outcome(
        answer_json({"now": int(now), "rate": rate}),
        Effect.CONTROLLED,
        f"platform time is {iso(now)}, at {rate:g} platform seconds per wall second",
        [ClockSet(now, time.time(), rate)],
    )
