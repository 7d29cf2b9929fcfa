"""Reads and sets the cloud's state: health, transfers, switches, Marketplace listings, reset."""

from dataclasses import asdict

from pydantic import BaseModel, Field

from harness.cloud.call import Answer, Call, Outcome, answer_json
from harness.cloud.changes import Change, PairListed, Reset, SwitchesSet
from harness.cloud.models import parse
from harness.cloud.settings import Switches
from harness.cloud.world import World
from harness.vocabulary.effects import Effect


class Listing(BaseModel):
    """Body of `POST /_harness/marketplace`."""

    serverAppKey: str = Field(min_length=1, max_length=200)  # noqa: N815 - as in the protocol
    cloudAppKey: str = Field(min_length=1, max_length=200)  # noqa: N815
    listed: bool = True


async def health(world: World, _call: Call) -> Outcome:
    """`GET /_harness/health`."""
    return Outcome(
        answer_json(
            {
                "status": "RUNNING",
                "ports": world.addresses.ports,
                "baseUrl": world.base_url,
                "now": world.now(),
                "rate": world.clock.rate,
            }
        ),
        Effect.READ,
    )


async def transfers(world: World, _call: Call) -> Outcome:
    """`GET /_harness/transfers`: all transfers since the last reset, oldest first."""
    shown = [asdict(each) for each in world.state.transfers.values()]
    return Outcome(answer_json({"transfers": shown}), Effect.READ)


async def content(world: World, _call: Call) -> Outcome:
    """`GET /_harness/content`: the site's spaces and pages, each with its newest version."""
    held = world.state.content
    spaces = [asdict(each) for each in held.spaces.values()]
    pages = []
    for each in held.pages.values():
        shown = asdict(each) | asdict(each.version)
        del shown["versions"]
        pages.append(shown | {"space_key": held.spaces[each.space_id].key})
    return Outcome(answer_json({"spaces": spaces, "pages": pages}), Effect.READ)


async def read_switches(world: World, _call: Call) -> Outcome:
    """`GET /_harness/settings`."""
    return Outcome(answer_json(world.switches.model_dump()), Effect.READ)


async def put_switches(world: World, call: Call) -> Outcome:
    """`PUT /_harness/settings`: sets the switches that are given; the others stay the same."""
    given = await call.json_object()
    switches = parse(Switches, world.switches.model_dump() | given).model_dump()
    return Outcome(answer_json(switches), Effect.CONTROLLED, changes=[SwitchesSet(switches)])


async def list_pair(world: World, call: Call) -> Outcome:
    """`POST /_harness/marketplace`: lists (or unlists) a pair of keys.

    Until the first listing all keys are linked; from then on different keys are linked only if
    they are listed, as staff describe it in the seed thread.
    """
    body = parse(Listing, await call.json_object())
    changes: list[Change] = [PairListed(body.serverAppKey, body.cloudAppKey, body.listed)]
    if world.switches.marketplace == "open":
        changes.append(SwitchesSet(world.switches.model_dump() | {"marketplace": "listed"}))
    return Outcome(Answer(204), Effect.CONTROLLED, changes=changes)


async def reset(world: World, call: Call) -> Outcome:
    """`POST /_harness/reset`: removes migrations, transfers, data, messages and faults."""
    await call.body()
    waiting = len(world.state.messages)
    reason = f"{waiting} events had not been acknowledged yet" if waiting else ""
    return Outcome(Answer(204), Effect.RESET, reason, [Reset()])
