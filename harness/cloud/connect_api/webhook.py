"""`/webhook`: the other way to register for events, besides the path in the descriptor.

Sources: notification API reference (GET, PUT); the 2022 guide mentions deleting as a third
operation; the form of its path is inferred.
"""

import re

from harness.cloud.call import Answer, Call, Outcome, Refusal, answer_json
from harness.cloud.changes import WebhooksSet
from harness.cloud.connect_api.access import connect_app
from harness.cloud.egress import malformed
from harness.cloud.world import World
from harness.vocabulary.effects import Effect

ENDPOINTS_LIMIT = 5
"""The most endpoints of an app (published API document)."""
URL_LIMIT = 2048
URL_PATTERN = r"^https://[A-Za-z0-9\[][A-Za-z0-9.:\[\]-]*(/[!-~]*)?$"
"""An absolute HTTPS URL; also in our OpenAPI document."""


async def read(world: World, call: Call) -> Outcome:
    """`GET /webhook`."""
    app = connect_app(world, call)
    return Outcome(answer_json({"endpoints": list(app.endpoints)}), Effect.READ)


async def put(world: World, call: Call) -> Outcome:
    """`PUT /webhook`: the new endpoints replace the old ones."""
    await call.body()
    app = connect_app(world, call)
    body = call.object_of_body()
    endpoints = body.get("endpoints")
    if not isinstance(endpoints, list) or not endpoints:
        raise Refusal(
            400, Effect.MALFORMED, "endpoints must be a non-empty array", field="endpoints"
        )
    if len(endpoints) > ENDPOINTS_LIMIT:
        raise Refusal(
            400,
            Effect.OVER_LIMIT,
            f"{len(endpoints)} endpoints exceed the maximum of {ENDPOINTS_LIMIT}",
            field="endpoints",
        )
    for each in endpoints:
        _check(each)
    unique = list(dict.fromkeys(endpoints))
    outside = [why for each in unique if (why := world.egress.refuses(each))]
    reason = "; ".join(f"will not be called: {why}" for why in outside)
    return Outcome(
        answer_json({"endpoints": unique}),
        Effect.WEBHOOKS_CHANGED,
        reason[:2000],
        [WebhooksSet(app.key, unique)],
    )


async def delete(world: World, call: Call) -> Outcome:
    """`DELETE /webhook`: removes all endpoints."""
    await call.body()
    app = connect_app(world, call)
    reason = f"{len(app.endpoints)} endpoints were removed"
    return Outcome(Answer(204), Effect.WEBHOOKS_CHANGED, reason, [WebhooksSet(app.key, [])])


def _check(endpoint: object) -> None:
    right = isinstance(endpoint, str) and re.fullmatch(URL_PATTERN, endpoint) is not None
    if right and (wrong := malformed(str(endpoint))):
        raise Refusal(400, Effect.MALFORMED, wrong, field="endpoints")
    if not right or len(str(endpoint)) > URL_LIMIT:
        raise Refusal(
            400,
            Effect.MALFORMED,
            f"{str(endpoint)[:100]!r} is not an absolute HTTPS URL, or is longer than {URL_LIMIT}",
            field="endpoints",
        )
