"""`GET /data/...`: what the server app uploaded, and links to its bytes.

Sources: developer documentation, app data (a signed URL is valid for an hour; data can be had
while the transfer is active). The field name `url` is inferred from the same call for Forge.
"""

from urllib.parse import urlencode

from harness.cloud.call import Answer, Call, Outcome, Refusal, answer_json
from harness.cloud.connect_api.access import (
    active_transfer,
    check_uuid,
    connect_app,
    transfer_in_path,
)
from harness.cloud.state import LINK_LIFE, Upload
from harness.cloud.world import World
from harness.vocabulary.effects import Effect

LINKS = "/_signed"


async def list_all(world: World, call: Call) -> Outcome:
    """`GET /data/{transferId}/all`."""
    transfer = transfer_in_path(world, call, connect_app(world, call))
    uploads = [world.state.uploads[key] for key in transfer.uploads]
    listed = [
        {"label": each.label, "s3Key": each.key} if each.label else {"s3Key": each.key}
        for each in uploads
    ]
    return Outcome(answer_json(listed), Effect.READ, f"{len(listed)} uploads")


async def get_link(world: World, call: Call) -> Outcome:
    """`GET /data/{s3Key}`: a signed URL that serves the bytes for an hour of platform time."""
    app = connect_app(world, call)
    upload = _upload(world, call)
    active_transfer(world, call, app, upload.transfer_id)
    return Outcome(answer_json({"url": signed_url(world, upload)}), Effect.URL_SIGNED)


def signed_url(world: World, upload: Upload) -> str:
    """Makes a URL that serves an upload's bytes for an hour of platform time."""
    expires = str(world.now() + LINK_LIFE)
    query = urlencode(
        {"expires": expires, "signature": world.vault.mac("link", upload.key, expires)}
    )
    return f"{world.addresses.public_url}{LINKS}/{upload.key}?{query}"


async def serve(world: World, call: Call) -> Outcome:
    """`GET /_signed/{s3Key}`: the bytes, for whoever has the link."""
    key = call.params["s3Key"]
    expires, signature = call.query_value("expires") or "", call.query_value("signature") or ""
    call.caller = "bearer of a signed URL"
    if not world.vault.is_mac(signature, "link", key, expires):
        raise Refusal(403, Effect.BAD_SIGNATURE, "this link was not made here, or it was changed")
    if int(expires) <= world.now():
        raise Refusal(
            403,
            Effect.LINK_EXPIRED,
            "the link has expired after an hour of platform time; get a new one",
        )
    upload = _upload(world, call)
    call.transfer_id = upload.transfer_id
    if not world.store.has(upload.key):
        raise Refusal(404, Effect.NOT_FOUND, f"the bytes of {key} are gone")
    answer = Answer(
        200,
        content_type=b"application/octet-stream",
        stream=world.store.read(upload.key),
        length=upload.size,
    )
    return Outcome(answer, Effect.BYTES_SERVED, detail={"size": upload.size})


def _upload(world: World, call: Call) -> Upload:
    upload = world.state.uploads.get(call.params["s3Key"])
    if upload is None:
        check_uuid("s3Key", call.params["s3Key"])
        raise Refusal(404, Effect.NOT_FOUND, f"there is no app data {call.params['s3Key'][:80]!r}")
    return upload
