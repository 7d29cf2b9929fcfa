"""What a Forge app calls: it acknowledges messages, reads mappings and data, and writes its log."""

from typing import Literal

from pydantic import BaseModel, Field

from harness.cloud import forge
from harness.cloud.call import Answer, Call, Outcome, Refusal, answer_json
from harness.cloud.changes import AppLogged, MessagesWorkedOff
from harness.cloud.connect_api.access import active_transfer, check_uuid
from harness.cloud.connect_api.app_data import signed_url
from harness.cloud.forge_api.access import forge_app, its_transfer
from harness.cloud.models import parse
from harness.cloud.site_pages import container_page, find_mappings, mapping_page
from harness.cloud.state import Upload
from harness.cloud.world import World
from harness.vocabulary.effects import Effect

MAPPING_PAGE = 1200
"""Default and greatest size of a page of mappings for Forge (Forge REST reference)."""

LOG_LIMIT = 65536
"""The most characters of a log text (Forge REST reference)."""


class MessageStatus(BaseModel):
    """Body of `POST /message/{transferId}/status`."""

    status: Literal["SUCCESS", "FAILED"]
    messageIds: list[str] = Field(min_length=1, max_length=100)  # noqa: N815 - the API's name


class Log(BaseModel):
    """Body of `POST /log/{transferId}`."""

    message: str = Field(max_length=LOG_LIMIT)


async def message_status(world: World, call: Call) -> Outcome:
    """`POST /message/{transferId}/status`: the app has worked messages off, or has failed to."""
    body = parse(MessageStatus, await call.json_object())
    transfer = its_transfer(world, call)
    awaited = [each for each in body.messageIds if each in transfer.awaiting]
    others = len(body.messageIds) - len(awaited)
    reason = f"{others} of the messages are not awaited" if others else ""
    if not awaited:
        return Outcome(Answer(200), Effect.NOT_AWAITED, reason)
    failed = body.status == "FAILED"
    worked_off = MessagesWorkedOff(transfer.id, awaited, failed, world.now())
    changes = [worked_off, *forge.settling(world, transfer, worked_off)]
    effect = Effect.SETTLED if len(changes) > 1 else Effect.WORKED_OFF
    return Outcome(Answer(200), effect, reason, changes)


async def find_mapping(world: World, call: Call) -> Outcome:
    """`POST /mapping/{transferId}/find`."""
    keys = await call.json()
    return find_mappings(world, call, its_transfer(world, call), keys)


async def page_mapping(world: World, call: Call) -> Outcome:
    """`GET /mapping/{transferId}/page`."""
    return mapping_page(world, call, its_transfer(world, call), MAPPING_PAGE)


async def page_containers(world: World, call: Call) -> Outcome:
    """`GET /container/{transferId}/page`."""
    return container_page(world, call, its_transfer(world, call))


async def log(world: World, call: Call) -> Outcome:
    """`POST /log/{transferId}`: adds a text to the log that the customer sees."""
    body = parse(Log, await call.json_object())
    transfer = its_transfer(world, call)
    return Outcome(
        Answer(200), Effect.LOGGED, changes=[AppLogged(transfer.id, body.message, world.now())]
    )


async def data_link(world: World, call: Call) -> Outcome:
    """`GET /data/{s3Key}`: a signed URL that serves the bytes for an hour of platform time."""
    upload = _its_upload(world, call)
    return Outcome(answer_json({"url": signed_url(world, upload)}), Effect.URL_SIGNED)


async def data_payload(world: World, call: Call) -> Outcome:
    """`GET /data/{s3Key}/payload`: the bytes themselves."""
    upload = _its_upload(world, call)
    if not world.store.has(upload.key):
        raise Refusal(404, Effect.NOT_FOUND, f"the bytes of {upload.key} are gone")
    answer = Answer(
        200,
        content_type=b"application/octet-stream",
        stream=world.store.read(upload.key),
        length=upload.size,
    )
    return Outcome(answer, Effect.BYTES_SERVED, detail={"size": upload.size})


def _its_upload(world: World, call: Call) -> Upload:
    app = forge_app(world, call)
    key = call.params["s3Key"]
    upload = world.state.uploads.get(key)
    if upload is None:
        check_uuid("s3Key", key)
        raise Refusal(404, Effect.NOT_FOUND, f"there is no app data {key[:80]!r}")
    active_transfer(world, call, app, upload.transfer_id)
    return upload
