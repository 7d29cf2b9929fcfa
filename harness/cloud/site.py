"""The site that is migrated to: spaces, pages, users, and the mappings a core migration leaves.

A small YAML file describes it, so that an app can really rewrite its data. Mappings hang on the
pair of server and site, not on a transfer, as documented; keys that nobody mapped are left out
of answers.
"""

from bisect import bisect_right
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from harness.cloud.call import Call, Outcome, Refusal, answer_json
from harness.cloud.state import Transfer
from harness.vocabulary.effects import Effect

if TYPE_CHECKING:
    from harness.cloud.platform import Cloud

KEYS_AT_ONCE = 100
"""Keys of one look-up (a comment of Atlassian's in a forum sample)."""
MAPPING_PAGE = 5000
"""Default and greatest page of mappings for Connect (mapping API reference)."""
CONTAINER_PAGE = 250
"""Greatest page of containers (release note on the migration model)."""

CONTAINER_TYPES = ("Site", "ConfluenceSpace", "JiraProject")


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)


class Page(_Part):
    """A page: its id on the server and the one it got in the cloud."""

    server_id: str
    cloud_id: str
    title: str = ""
    body: str = ""


class Space(_Part):
    """A space with its pages."""

    key: str
    name: str = ""
    server_id: str
    cloud_id: str
    pages: list[Page] = []


class User(_Part):
    """A user: the server's userkey, the cloud's account id."""

    userkey: str
    account_id: str
    email: str | None = None
    name: str = ""


class Group(_Part):
    """A group."""

    name: str
    cloud_id: str


class Site(_Part):
    """The whole description."""

    spaces: list[Space] = []
    users: list[User] = []
    groups: list[Group] = []
    mappings: dict[str, dict[str, str]] = Field(
        default={}, description="Further mappings by namespace."
    )

    @cached_property
    def by_namespace(self) -> dict[str, dict[str, str]]:
        """All mappings: namespace -> server key -> cloud id, keys in order."""
        spaces: dict[str, str] = {}
        pages: dict[str, str] = {}
        users: dict[str, str] = {}
        groups: dict[str, str] = {}
        for space in self.spaces:
            spaces[space.server_id] = space.cloud_id
            pages |= {page.server_id: page.cloud_id for page in space.pages}
        for user in self.users:
            users[f"confluence.userkey/{user.userkey}"] = user.account_id
            if user.email:
                users[f"email/{user.email}"] = user.account_id
        for group in self.groups:
            groups[f"identity:group:name/{group.name}"] = group.cloud_id
        made = {
            "confluence:space": spaces,
            "confluence:page": pages,
            "identity:user": users,
            "identity:group": groups,
        }
        for namespace, more in self.mappings.items():
            made[namespace] = made.get(namespace, {}) | more
        return {name: dict(sorted(pairs.items())) for name, pairs in made.items()}

    @cached_property
    def keys_in_order(self) -> dict[str, list[str]]:
        """Server keys of each namespace, in order."""
        return {name: list(pairs) for name, pairs in self.by_namespace.items()}

    def containers(self, kind: str) -> list[dict[str, str]]:
        """Containers of a type. The shape of an item is not published: inferred."""
        if kind == "ConfluenceSpace":
            spaces = sorted(self.spaces, key=lambda space: space.key)
            return [{"type": kind, "key": each.key, "sourceId": each.server_id} for each in spaces]
        return []


def load_site(path: Path) -> Site:
    """Reads a site's YAML.

    Raises:
        ValueError: it cannot be read or is wrong; one line that says where and why.
    """
    try:
        return Site.model_validate(yaml.safe_load(path.read_text()) or {})
    except OSError as error:
        raise ValueError(f"{path}: {error.strerror}") from error
    except yaml.YAMLError as error:
        raise ValueError(f"{path}: no YAML: {' '.join(str(error).split())}") from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ValueError(f"{path}: {place}: {first['msg']}") from error


def find_mappings(cloud: "Cloud", call: Call, transfer: Transfer, keys: Any) -> Outcome:
    """Answers a look-up by keys: at most 100, unknown ones left out."""
    namespace = call.needed("namespace")
    _check_scope(cloud, transfer, namespace)
    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
        raise Refusal(400, Effect.MALFORMED, "the body must be a JSON array of strings")
    if len(keys) > KEYS_AT_ONCE:
        raise Refusal(
            400,
            Effect.OVER_LIMIT,
            f"{len(keys)} keys were asked for; at most {KEYS_AT_ONCE} a call",
        )
    known = cloud.site.by_namespace.get(namespace)
    found = {key: known[key] for key in keys if key in known} if known else {}
    reason = f"{len(found)} of {len(keys)} keys are mapped in {namespace[:80]}"
    if known is None:
        reason += ", a namespace that the site's description does not have"
    return Outcome(answer_json(found), Effect.READ, reason)


def mapping_page(
    cloud: "Cloud", call: Call, transfer: Transfer, most: int = MAPPING_PAGE
) -> Outcome:
    """Answers with one page of a namespace, keys in order, after `lastEntity`."""
    namespace, last = call.needed("namespace"), call.argument("lastEntity")
    size = call.whole("pageSize", most, 1, most)
    _check_scope(cloud, transfer, namespace)
    keys = cloud.site.keys_in_order.get(namespace, [])
    begin = bisect_right(keys, last) if last else 0
    page = keys[begin : begin + size]
    pairs = cloud.site.by_namespace.get(namespace, {})
    meta = _meta(begin + size < len(keys), page[-1] if page else last, size)
    return Outcome(
        answer_json({"items": {key: pairs[key] for key in page}, "meta": meta}),
        Effect.READ,
        f"{len(page)} of {len(keys)} mappings in {namespace[:80]}",
    )


def container_page(cloud: "Cloud", call: Call) -> Outcome:
    """Answers with one page of containers of a type, after `lastEntity`."""
    kind, last = call.needed("containerType"), call.argument("lastEntity")
    if kind not in CONTAINER_TYPES:
        raise Refusal(
            400,
            Effect.MALFORMED,
            f"containerType is {kind[:80]!r}; it must be one of {', '.join(CONTAINER_TYPES)}",
        )
    size = call.whole("pageSize", CONTAINER_PAGE, 1, CONTAINER_PAGE)
    everything = cloud.site.containers(kind)
    keys = [each["key"] for each in everything]
    begin = bisect_right(keys, last) if last else 0
    page = everything[begin : begin + size]
    meta = _meta(begin + size < len(everything), page[-1]["key"] if page else last, size)
    return Outcome(
        answer_json({"containers": page, "meta": meta}),
        Effect.READ,
        f"{len(page)} of {len(everything)} containers of the type {kind}",
    )


def _check_scope(cloud: "Cloud", transfer: Transfer, namespace: str) -> None:
    """Access to mappings is gated by declared scopes (documentation, access scopes)."""
    kind = "IDENTITY" if namespace.startswith("identity:") else "PRODUCT"
    scope = f"MIGRATION_TRACING_{kind}"
    if cloud.switches.scopes == "checked" and scope not in transfer.scopes:
        raise Refusal(
            403,
            Effect.NO_SCOPE,
            f"{namespace[:80]} needs the scope {scope}, which the listener's "
            f"getDataAccessScopes() does not declare",
        )


def _meta(more: bool, last: str | None, size: int) -> dict[str, Any]:
    return {"hasNext": more, "lastEntity": last, "pageSize": size}
