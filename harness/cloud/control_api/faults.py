"""`/_harness/faults`: switches faults on and off."""

from harness.cloud.call import Answer, Call, Outcome, Refusal, answer_json
from harness.cloud.faults.rules import AnyFault
from harness.cloud.models import parse
from harness.cloud.world import World
from harness.vocabulary.effects import Effect


async def add(world: World, call: Call) -> Outcome:
    """`POST /_harness/faults`."""
    fault = parse(AnyFault, {"fault": await call.json_object()}).fault
    identity = world.faults.add(fault)
    return Outcome(
        answer_json({"id": identity}, 201), Effect.CONTROLLED, f"fault {identity}: {fault.kind}"
    )


async def list_all(world: World, _call: Call) -> Outcome:
    """`GET /_harness/faults`."""
    return Outcome(answer_json({"faults": world.faults.listed()}), Effect.READ)


async def remove(world: World, call: Call) -> Outcome:
    """`DELETE /_harness/faults/{id}`."""
    if not world.faults.remove(call.params["id"]):
        raise Refusal(404, Effect.NOT_FOUND, f"there is no fault {call.params['id'][:80]!r}")
    return Outcome(Answer(204), Effect.CONTROLLED)


async def clear(world: World, _call: Call) -> Outcome:
    """`DELETE /_harness/faults`."""
    world.faults.clear()
    return Outcome(Answer(204), Effect.CONTROLLED)
