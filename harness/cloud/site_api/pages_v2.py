"""`/wiki/api/v2/pages` and `/spaces` (Confluence Cloud REST API v2, "Page" and "Space").

Bodies are in the storage format. What the product has beyond that is answered 501.
"""

from collections.abc import Callable, Sequence
from typing import Any, Literal, TypeVar
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, Field

from harness.cloud.call import Call, Outcome, Refusal, answer_json
from harness.cloud.content import Page, Space, Version
from harness.cloud.models import parse
from harness.cloud.site_api import saving
from harness.cloud.site_api.access import app_within_scopes, not_there, only
from harness.cloud.world import World
from harness.vocabulary.effects import Effect

MOST = 250
T = TypeVar("T", Page, Space, Version)


class _Body(BaseModel):
    model_config = ConfigDict(extra="ignore")

    representation: str
    value: str


class _Version(BaseModel):
    number: int
    message: str = ""


class NewPage(BaseModel):
    """Body of `POST /pages`."""

    spaceId: str  # noqa: N815 - the API's names
    title: str = Field(min_length=1, max_length=255)
    status: Literal["current"] = "current"
    parentId: str | None = None  # noqa: N815
    body: _Body | None = None


class ChangedPage(BaseModel):
    """Body of `PUT /pages/{id}`, whose fields are all required but the parent."""

    id: str
    status: Literal["current"]
    title: str = Field(min_length=1, max_length=255)
    body: _Body
    version: _Version
    parentId: str | None = None  # noqa: N815
    spaceId: str | None = None  # noqa: N815


async def list_pages(world: World, call: Call) -> Outcome:
    """`GET /pages`."""
    app_within_scopes(world, call)
    only(call, "id", "space-id", "title", "status", "body-format", "limit", "cursor")
    return _pages(world, call, _listed(call, "space-id"))


async def pages_of_space(world: World, call: Call) -> Outcome:
    """`GET /spaces/{id}/pages`."""
    app_within_scopes(world, call)
    only(call, "title", "status", "body-format", "limit", "cursor")
    return _pages(world, call, {_space(world, call.params["id"]).id})


def _pages(world: World, call: Call, spaces: set[str] | None) -> Outcome:
    ids, title = _listed(call, "id"), call.query_value("title")
    statuses = _listed(call, "status") or {"current"}
    found = [
        page
        for page in sorted(world.state.content.pages.values(), key=lambda each: int(each.id))
        if page.type == "page"
        and page.status in statuses
        and (ids is None or page.id in ids)
        and (spaces is None or page.space_id in spaces)
        and title in (None, page.version.title)
    ]
    with_body = _with_body(call)
    return _listing(world, call, found, lambda page: _shown(world, page, with_body))


async def read(world: World, call: Call) -> Outcome:
    """`GET /pages/{id}`, in an earlier version too."""
    app_within_scopes(world, call)
    only(call, "body-format", "version", "status", "get-draft")
    if call.query_value("get-draft") not in (None, "false"):
        raise not_there("a draft")
    page = _page(world, call, *(_listed(call, "status") or ("current", "trashed")))
    version = saving.asked_version(call, page)
    shown = _shown(world, page, _with_body(call), version)
    return Outcome(answer_json(shown), Effect.READ, f"version {version.number} of page {page.id}")


async def versions(world: World, call: Call) -> Outcome:
    """`GET /pages/{id}/versions`, newest first."""
    app_within_scopes(world, call)
    only(call, "limit", "cursor")
    newest_first = _page(world, call).versions[::-1]
    return _listing(world, call, newest_first, _shown_version)


async def create(world: World, call: Call) -> Outcome:
    """`POST /pages`."""
    await call.body(saving.BODY_LIMIT)
    app = app_within_scopes(world, call)
    body = parse(NewPage, await call.json_object(saving.BODY_LIMIT))
    only(call)
    space = _space(world, body.spaceId)
    page = saving.new_page(world, space.id, "page", body.parentId)
    page, change = saving.save(world, app, page, 1, title=body.title, body=_storage(body.body))
    return saving.saved(_shown(world, page, True), page, change)


async def update(world: World, call: Call) -> Outcome:
    """`PUT /pages/{id}`: a new version, or one that comes out of the trash."""
    await call.body(saving.BODY_LIMIT)
    app = app_within_scopes(world, call)
    body = parse(ChangedPage, await call.json_object(saving.BODY_LIMIT))
    page = _page(world, call, "current", "trashed")
    if body.id != page.id:
        raise Refusal(400, Effect.MALFORMED, "the id in the body is not that of the address")
    if body.spaceId not in (None, page.space_id):
        raise not_there("a page that is moved to another space")
    number = saving.next_number(page, body.version.number)
    page = saving.moved_under(world, page, body.parentId)
    said = {"title": body.title, "body": _storage(body.body), "message": body.version.message}
    page, change = saving.save(world, app, page, number, **said)
    return saving.saved(_shown(world, page, True), page, change)


async def delete(world: World, call: Call) -> Outcome:
    """`DELETE /pages/{id}`."""
    await call.body()
    app_within_scopes(world, call)
    only(call, "purge")
    return saving.remove(world, call.params["id"], call.query_value("purge") == "true")


async def list_spaces(world: World, call: Call) -> Outcome:
    """`GET /spaces`."""
    app_within_scopes(world, call)
    only(call, "ids", "keys", "type", "status", "limit", "cursor")
    ids, keys = _listed(call, "ids"), _listed(call, "keys")
    is_usual = call.query_value("type") in (None, "global")
    is_usual &= call.query_value("status") in (None, "current")
    found = [
        space
        for space in sorted(world.state.content.spaces.values(), key=lambda each: int(each.id))
        if is_usual and (ids is None or space.id in ids) and (keys is None or space.key in keys)
    ]
    return _listing(world, call, found, lambda space: _shown_space(world, space))


async def read_space(world: World, call: Call) -> Outcome:
    """`GET /spaces/{id}`."""
    app_within_scopes(world, call)
    only(call)
    return Outcome(answer_json(_shown_space(world, _space(world, call.params["id"]))), Effect.READ)


def _page(world: World, call: Call, *statuses: str) -> Page:
    page = saving.find(world, call.params["id"], *statuses)
    if page.type != "page":
        raise Refusal(404, Effect.NOT_FOUND, f"content {page.id} is a {page.type}, not a page")
    return page


def _space(world: World, space_id: str) -> Space:
    space = world.state.content.spaces.get(space_id)
    if space is None:
        raise Refusal(404, Effect.NOT_FOUND, f"there is no space {space_id[:80]!r}")
    return space


def _listed(call: Call, name: str) -> set[str] | None:
    given = call.query_value(name)
    return None if given is None else {each.strip() for each in given.split(",")}


def _with_body(call: Call) -> bool:
    wanted = call.query_value("body-format")
    if wanted not in (None, "storage"):
        raise not_there(f"the body format {wanted}")
    return wanted is not None


def _storage(body: _Body | None) -> str:
    if body is None:
        return ""
    if body.representation != "storage":
        raise not_there(f"a body in the representation {body.representation}")
    return body.value


def _listing(
    world: World, call: Call, found: Sequence[T], shown: Callable[[T], dict[str, Any]]
) -> Outcome:
    """A page of a list; `cursor` is opaque to clients, and here the place in the list."""
    limit = call.query_int("limit", 25, 1, MOST)
    begin = call.query_int("cursor", 0, 0, 10**8)
    links = {"base": world.base_url}
    if begin + limit < len(found):
        given = {
            name: value
            for name in ("id", "space-id", "title", "status", "body-format", "ids", "keys")
            if (value := call.query_value(name)) is not None
        }
        rest = given | {"limit": limit, "cursor": begin + limit}
        links["next"] = f"{call.raw_path}?{urlencode(rest)}"
    results = [shown(each) for each in found[begin : begin + limit]]
    reason = f"{len(results)} of {len(found)}"
    return Outcome(answer_json({"results": results, "_links": links}), Effect.READ, reason)


def _shown(
    world: World, page: Page, with_body: bool, version: Version | None = None
) -> dict[str, Any]:
    version = version or page.version
    body = {"storage": {"representation": "storage", "value": version.body}} if with_body else {}
    key = world.state.content.spaces[page.space_id].key
    return {
        "id": page.id,
        "status": page.status,
        "title": version.title,
        "spaceId": page.space_id,
        "parentId": page.parent_id,
        "parentType": "page" if page.parent_id else None,
        "position": None,
        "authorId": page.versions[0].author,
        "ownerId": page.versions[0].author,
        "lastOwnerId": None,
        "createdAt": saving.when(page.versions[0].at),
        "version": _shown_version(version),
        "body": body,
        "_links": {"webui": f"/spaces/{key}/pages/{page.id}", "base": world.base_url},
    }


def _shown_version(version: Version) -> dict[str, Any]:
    return {
        "createdAt": saving.when(version.at),
        "message": version.message,
        "number": version.number,
        "minorEdit": False,
        "authorId": version.author,
    }


def _shown_space(world: World, space: Space) -> dict[str, Any]:
    return {
        "id": space.id,
        "key": space.key,
        "name": space.name,
        "type": "global",
        "status": "current",
        "homepageId": space.homepage_id,
        "_links": {"webui": f"/spaces/{space.key}", "base": world.base_url},
    }
