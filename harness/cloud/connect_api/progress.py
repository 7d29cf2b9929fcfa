"""`POST /progress/{transferId}`: the call that the seed thread is about.

Sources: developer documentation, "report progress for Connect" and "progress"; the published API
document's status API; the seed thread for outdated keys.
"""

from typing import Any

from harness.cloud import events
from harness.cloud.call import Answer, Call, Outcome, Refusal, answer_json
from harness.cloud.changes import Change, ProgressReported
from harness.cloud.connect_api.access import connect_app, transfer_in_path
from harness.cloud.state import SETTLING, Transfer
from harness.cloud.world import World
from harness.vocabulary.effects import Effect

STATUSES = SETTLING | {"IN_PROGRESS"}
FIELDS = frozenset({"status", "percent", "message"})
MESSAGE_LIMIT = 65536
"""Characters that are kept of a message (published API document). The progress log shows fewer."""
TRUNCATED = "<truncated, message too large>"
"""What is appended to a message that was truncated (published API document)."""


async def post(world: World, call: Call) -> Outcome:
    """Takes a report, and answers a well-formed one with 200 and the report itself."""
    # The body is read before anything is decided, so that nothing is awaited after a decision.
    await call.body()
    app = connect_app(world, call)
    body = call.object_of_body()
    transfer = transfer_in_path(world, call, app)
    if "status" not in body:
        return _without_status(body)
    status, percent, message = _checked(world, body)
    if status not in STATUSES:
        return _unknown_status(world, body, status)
    if percent and transfer.percent is not None and percent < transfer.percent:
        return Outcome(
            answer_json(body),
            Effect.LOWER_PERCENT,
            f"percent {percent} is ignored: {transfer.percent} was reported before",
            detail={"status": status, "percent": percent},
        )
    return _recorded(world, transfer, body, status, percent, message)


def _recorded(
    world: World,
    transfer: Transfer,
    body: dict[str, Any],
    status: str,
    percent: int | None,
    message: str | None,
) -> Outcome:
    remarks = []
    kept = percent
    if not percent and transfer.percent is not None:
        # As published: left out or zero, the previous value is kept.
        kept = None
        if percent == 0 < transfer.percent:
            remarks.append(f"percent 0 keeps the {transfer.percent} that was reported before")
    if message is not None and len(message) > MESSAGE_LIMIT:
        remarks.append(f"the message of {len(message)} characters was truncated")
        message = message[:MESSAGE_LIMIT] + TRUNCATED
    changes: list[Change] = [ProgressReported(transfer.id, status, kept, message, world.now())]
    if transfer.triggered_at is None:
        remarks.append("the listener has not been triggered yet")
    if status in SETTLING:
        if percent != 100:
            remarks.append("a settling status should come with percent 100")
        changes += events.queue(world, transfer, events.SETTLED)
    if unknown := body.keys() - FIELDS:
        remarks.append(f"unknown fields, ignored: {', '.join(sorted(unknown))[:200]}")
    effect = Effect.SETTLED if status in SETTLING else Effect.RECORDED
    return Outcome(
        answer_json({"status": status, "percent": percent, "message": message}),
        effect,
        "; ".join(remarks),
        changes,
        {"status": status, "percent": percent},
    )


def _without_status(body: dict[str, Any]) -> Outcome:
    if "progressStatus" in body or "statusMessage" in body:
        return Outcome(
            Answer(),
            Effect.OUTDATED_KEYS,
            "progressStatus and statusMessage were replaced by status and message in 2021: "
            "answered 200 as the real service does, and nothing changed",
        )
    raise Refusal(400, Effect.MALFORMED, "status is missing", field="status")


def _checked(world: World, body: dict[str, Any]) -> tuple[str, int | None, str | None]:
    status, percent, message = body["status"], body.get("percent"), body.get("message")
    if not isinstance(status, str):
        raise Refusal(400, Effect.MALFORMED, "status must be a string", field="status")
    if message is not None and not isinstance(message, str):
        raise Refusal(400, Effect.MALFORMED, "message must be a string", field="message")
    if percent is not None:
        if not isinstance(percent, int) or isinstance(percent, bool):
            raise Refusal(400, Effect.MALFORMED, "percent must be a whole number", field="percent")
        narrow = status == "IN_PROGRESS" and world.switches.in_progress_percent == "1-99"
        least, most = (1, 99) if narrow else (0, 100)
        if not least <= percent <= most:
            raise Refusal(
                400,
                Effect.OVER_LIMIT,
                f"percent is {str(percent)[:20]}; it must be {least} to {most} with {status}",
                field="percent",
            )
    if status == "FAILURE" and world.switches.failure_status == "accept":
        status = "FAILED"
    return status, percent, message


def _unknown_status(world: World, body: dict[str, Any], status: str) -> Outcome:
    reason = f"{status[:80]!r} is not a status; the statuses are {', '.join(sorted(STATUSES))}"
    if world.switches.unknown_status == 200:
        return Outcome(answer_json(body), Effect.UNKNOWN_STATUS, f"{reason}: ignored")
    raise Refusal(400, Effect.UNKNOWN_STATUS, reason, field="status")
