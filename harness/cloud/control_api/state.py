"""The rest of the control API: health, transfers, switches, Marketplace listings, reset."""

from dataclasses import asdict
from typing import TYPE_CHECKING

from pydantic import BaseModel, Field

from harness.cloud.call import Answer, Call, Outcome, answer_json
from harness.cloud.changes import Change, PairListed, Reset, SwitchesSet
from harness.cloud.models import parse
from harness.cloud.settings import Switches
from harness.vocabulary.effects import Effect

if TYPE_CHECKING:
    from harness.cloud.platform import Cloud


class Listing(BaseModel):
    """Body of `POST /_harness/marketplace`."""

    serverAppKey: str = Field(min_length=1, max_length=200)  # noqa: N815 - as in the protocol
    cloudAppKey: str = Field(min_length=1, max_length=200)  # noqa: N815
    listed: bool = True


async def health(cloud: "Cloud", _call: Call) -> Outcome:
    """`GET /_harness/health`."""
    return Outcome(
        answer_json(
            {
                "status": "RUNNING",
                "ports": cloud.addresses.ports,
                "baseUrl": cloud.base_url,
                "now": cloud.now(),
                "rate": cloud.clock.rate,
            }
        ),
        Effect.READ,
    )


async def transfers(cloud: "Cloud", _call: Call) -> Outcome:
    """`GET /_harness/transfers`: all since the last reset, oldest first."""
    shown = [asdict(each) for each in cloud.state.transfers.values()]
    return Outcome(answer_json({"transfers": shown}), Effect.READ)


async def read_switches(cloud: "Cloud", _call: Call) -> Outcome:
    """`GET /_harness/settings`."""
    return Outcome(answer_json(cloud.switches.model_dump()), Effect.READ)


async def put_switches(cloud: "Cloud", call: Call) -> Outcome:
    """`PUT /_harness/settings`: those named are set; the others stay."""
    given = await call.json_object()
    switches = parse(Switches, cloud.switches.model_dump() | given).model_dump()
    return Outcome(answer_json(switches), Effect.CONTROLLED, changes=[SwitchesSet(switches)])


async def list_pair(cloud: "Cloud", call: Call) -> Outcome:
    """`POST /_harness/marketplace`: lists (or unlists) a pair of keys.

    From the first listing on, unequal keys are linked only when listed, as staff describe it in
    the seed thread; until then all are.
    """
    body = parse(Listing, await call.json_object())
    changes: list[Change] = [PairListed(body.serverAppKey, body.cloudAppKey, body.listed)]
    if cloud.switches.marketplace == "open":
        changes.append(SwitchesSet(cloud.switches.model_dump() | {"marketplace": "listed"}))
    return Outcome(Answer(204), Effect.CONTROLLED, changes=changes)


async def reset(cloud: "Cloud", call: Call) -> Outcome:
    """`POST /_harness/reset`: forgets migrations, transfers, data, messages and faults."""
    await call.body()
    waiting = len(cloud.state.messages)
    reason = f"{waiting} events had not been acknowledged yet" if waiting else ""
    return Outcome(Answer(204), Effect.RESET, reason, [Reset()])
