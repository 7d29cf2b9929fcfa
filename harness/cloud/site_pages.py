"""Answers about the site's content: mappings and containers, by key or page by page.

The three APIs (Connect's, Forge's, the server's) differ in who may ask and in the size of a page,
not in the answer.
"""

from bisect import bisect_right
from typing import Any

from harness.cloud.call import Call, Outcome, Refusal, answer_json
from harness.cloud.state import Transfer
from harness.cloud.world import World
from harness.vocabulary.effects import Effect

KEYS_AT_ONCE = 100
"""Keys of one look-up (a comment of Atlassian's in a forum sample)."""
MAPPING_PAGE = 5000
"""Default and greatest page of mappings for Connect (mapping API reference)."""
CONTAINER_PAGE = 250
"""Greatest page of containers (release note on the migration model)."""

CONTAINER_TYPES = ("Site", "ConfluenceSpace", "JiraProject")


def find_mappings(world: World, call: Call, transfer: Transfer, keys: Any) -> Outcome:
    """Answers a look-up by keys: at most 100, unknown ones left out."""
    namespace = call.needed("namespace")
    _check_scope(world, transfer, namespace)
    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
        raise Refusal(400, Effect.MALFORMED, "the body must be a JSON array of strings")
    if len(keys) > KEYS_AT_ONCE:
        raise Refusal(
            400,
            Effect.OVER_LIMIT,
            f"{len(keys)} keys were asked for; at most {KEYS_AT_ONCE} a call",
        )
    known = world.site.by_namespace.get(namespace)
    found = {key: known[key] for key in keys if key in known} if known else {}
    reason = f"{len(found)} of {len(keys)} keys are mapped in {namespace[:80]}"
    if known is None:
        reason += ", a namespace that the site's description does not have"
    return Outcome(answer_json(found), Effect.READ, reason)


def mapping_page(world: World, call: Call, transfer: Transfer, most: int = MAPPING_PAGE) -> Outcome:
    """Answers with one page of a namespace, keys in order, after `lastEntity`."""
    namespace, last = call.needed("namespace"), call.argument("lastEntity")
    size = call.whole("pageSize", most, 1, most)
    _check_scope(world, transfer, namespace)
    keys = world.site.keys_in_order.get(namespace, [])
    begin = bisect_right(keys, last) if last else 0
    page = keys[begin : begin + size]
    pairs = world.site.by_namespace.get(namespace, {})
    meta = _meta(begin + size < len(keys), page[-1] if page else last, size)
    return Outcome(
        answer_json({"items": {key: pairs[key] for key in page}, "meta": meta}),
        Effect.READ,
        f"{len(page)} of {len(keys)} mappings in {namespace[:80]}",
    )


def container_page(world: World, call: Call) -> Outcome:
    """Answers with one page of containers of a type, after `lastEntity`."""
    kind, last = call.needed("containerType"), call.argument("lastEntity")
    if kind not in CONTAINER_TYPES:
        raise Refusal(
            400,
            Effect.MALFORMED,
            f"containerType is {kind[:80]!r}; it must be one of {', '.join(CONTAINER_TYPES)}",
        )
    size = call.whole("pageSize", CONTAINER_PAGE, 1, CONTAINER_PAGE)
    everything = world.site.containers(kind)
    keys = [each["key"] for each in everything]
    begin = bisect_right(keys, last) if last else 0
    page = everything[begin : begin + size]
    meta = _meta(begin + size < len(everything), page[-1]["key"] if page else last, size)
    return Outcome(
        answer_json({"containers": page, "meta": meta}),
        Effect.READ,
        f"{len(page)} of {len(everything)} containers of the type {kind}",
    )


def _check_scope(world: World, transfer: Transfer, namespace: str) -> None:
    """Access to mappings is gated by declared scopes (documentation, access scopes)."""
    kind = "IDENTITY" if namespace.startswith("identity:") else "PRODUCT"
    scope = f"MIGRATION_TRACING_{kind}"
    if world.switches.scopes == "checked" and scope not in transfer.scopes:
        raise Refusal(
            403,
            Effect.NO_SCOPE,
            f"{namespace[:80]} needs the scope {scope}, which the listener's "
            f"getDataAccessScopes() does not declare",
        )


def _meta(more: bool, last: str | None, size: int) -> dict[str, Any]:
    return {"hasNext": more, "lastEntity": last, "pageSize": size}
