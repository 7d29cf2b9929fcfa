"""Answers about the site's content: mappings by key, mappings and containers page by page.

The three APIs (Connect's, Forge's, the server's) differ in who may call them and in the size of a
page, but not in the answer.
"""

from bisect import bisect_right
from typing import Any

from harness.cloud.call import Call, Outcome, Refusal, answer_json
from harness.cloud.state import Transfer
from harness.cloud.world import World
from harness.vocabulary.effects import Effect

KEYS_AT_ONCE = 100
"""The most keys in one look-up (a comment of Atlassian's in a forum sample)."""
MAPPING_PAGE = 5000
"""Default and greatest size of a page of mappings for Connect (mapping API reference)."""
CONTAINER_PAGE = 250
"""Default and greatest size of a page of containers (release note on the migration model)."""

CONTAINER_TYPES = ("Site", "ConfluenceSpace", "JiraProject", "UserSelection")
"""The first three are published as what can be asked for. The fourth is published as a type of
container only; that it can be asked for by this name is our choice."""


def find_mappings(world: World, call: Call, transfer: Transfer, keys: Any) -> Outcome:
    """Looks up at most 100 keys; the answer leaves out those that are not mapped."""
    namespace = call.required_query_value("namespace")
    _check_scope(world, transfer, namespace)
    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
        raise Refusal(400, Effect.MALFORMED, "the body must be a JSON array of strings")
    if "" in keys:
        raise Refusal(400, Effect.MALFORMED, "a key is empty")
    if len(keys) > KEYS_AT_ONCE:
        raise Refusal(
            400,
            Effect.OVER_LIMIT,
            f"{len(keys)} keys in one call; at most {KEYS_AT_ONCE} are allowed",
        )
    known = world.state.content.mappings.get(namespace)
    found = {key: known[key] for key in keys if key in known} if known else {}
    reason = f"{len(found)} of {len(keys)} keys are mapped in {namespace[:80]}"
    if known is None:
        reason += ", a namespace that the site does not have"
    return Outcome(answer_json(found), Effect.READ, reason)


def mapping_page(world: World, call: Call, transfer: Transfer, most: int = MAPPING_PAGE) -> Outcome:
    """Answers with a page of a namespace, sorted by key, that begins after `lastEntity`."""
    namespace, last = call.required_query_value("namespace"), call.query_value("lastEntity")
    size = call.query_int("pageSize", most, 1, most)
    _check_scope(world, transfer, namespace)
    keys = world.state.content.keys(namespace)
    begin = bisect_right(keys, last) if last else 0
    page = keys[begin : begin + size]
    pairs = world.state.content.mappings.get(namespace, {})
    meta = _meta(begin + size < len(keys), page[-1] if page else last, size)
    return Outcome(
        answer_json({"items": {key: pairs[key] for key in page}, "meta": meta}),
        Effect.READ,
        f"{len(page)} of {len(keys)} mappings in {namespace[:80]}",
    )


def container_page(world: World, call: Call, transfer: Transfer) -> Outcome:
    """Answers with a page of a plan's containers of a type that begins after `lastEntity`.

    Two shapes are known: clients that were generated from the published API document have a map
    from key to container, and those of the server's side a list. A switch chooses.
    """
    kind, last = call.required_query_value("containerType"), call.query_value("lastEntity")
    if kind not in CONTAINER_TYPES:
        raise Refusal(
            400,
            Effect.MALFORMED,
            f"containerType is {kind[:80]!r}; it must be one of {', '.join(CONTAINER_TYPES)}",
        )
    size = call.query_int("pageSize", CONTAINER_PAGE, 1, CONTAINER_PAGE)
    plan_id = world.state.migrations[transfer.migration_id].plan_id
    everything = world.state.content.containers(kind, plan_id)
    keys = list(everything)
    begin = bisect_right(keys, last) if last else 0
    page = {key: everything[key] for key in keys[begin : begin + size]}
    meta = _meta(begin + size < len(everything), next(reversed(page), last), size)
    as_map = world.switches.container_page == "map"
    return Outcome(
        answer_json({"containers": page if as_map else list(page.values()), "meta": meta}),
        Effect.READ,
        f"{len(page)} of {len(everything)} containers of the type {kind}",
    )


def _check_scope(world: World, transfer: Transfer, namespace: str) -> None:
    """Access to mappings depends on the declared scopes (documentation, access scopes)."""
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
