"""`/wiki/rest/api/content` (Confluence Cloud REST API v1, "Content" and "Content versions").

Newer sites answer 410 to most of it (public reports of 2026): the switch `content_v1`.
"""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from harness.cloud.call import Call, Outcome, Refusal, answer_json
from harness.cloud.content import Page, Space, Version
from harness.cloud.models import parse
from harness.cloud.site_api import saving
from harness.cloud.site_api.access import app_within_scopes, not_there, only
from harness.cloud.state import App
from harness.cloud.world import World
from harness.vocabulary.effects import Effect

_USUAL = "history,space,version"
_KNOWN = ("space", "container", "history", "version", "ancestors", "body", "body.storage")
_KINDS = ("page", "blogpost")


class _Storage(BaseModel):
    value: str
    representation: str = "storage"


class _Body(BaseModel):
    model_config = ConfigDict(extra="allow")

    storage: _Storage | None = None


class _Ancestor(BaseModel):
    id: str


class _Space(BaseModel):
    key: str


class _Number(BaseModel):
    number: int | None = None
    message: str = ""


class NewContent(BaseModel):
    """Body of `POST /content`."""

    type: str
    title: str = Field(min_length=1, max_length=255)
    space: _Space
    status: Literal["current"] = "current"
    ancestors: list[_Ancestor] = []
    body: _Body = _Body()


class ChangedContent(BaseModel):
    """Body of `PUT /content/{id}`."""

    type: str
    title: str = Field(min_length=1, max_length=255)
    version: _Number
    status: Literal["current"] = "current"
    ancestors: list[_Ancestor] = []
    body: _Body = _Body()


async def list_content(world: World, call: Call) -> Outcome:
    """`GET /content`."""
    _caller(world, call)
    only(call, "type", "spaceKey", "title", "status", "expand", "start", "limit")
    kind, title = call.query_value("type") or "page", call.query_value("title")
    _check_kind(kind)
    key = call.query_value("spaceKey")
    space_id = None if key is None else _space(world, key).id
    status, shown = call.query_value("status") or "current", _expansion(call, "")
    found = [
        page
        for page in sorted(world.state.content.pages.values(), key=lambda each: int(each.id))
        if page.type == kind
        and status in ("any", page.status)
        and space_id in (None, page.space_id)
        and title in (None, page.version.title)
    ]
    start, limit = call.query_int("start", 0, 0, 10**8), call.query_int("limit", 25, 1, 1000)
    results = [_shown(world, each, shown) for each in found[start : start + limit]]
    links = {"self": f"{world.addresses.public_url}{call.raw_path}", "base": world.base_url}
    if start + limit < len(found):
        query = "".join(
            f"&{each}" for each in call.query.split("&") if not each.startswith(("start=", "jwt="))
        )
        links["next"] = f"/rest/api/content?start={start + limit}{query}"
    answer = {"results": results, "start": start, "limit": limit, "size": len(results)}
    return Outcome(answer_json(answer | {"_links": links}), Effect.READ, f"{len(results)} shown")


async def read(world: World, call: Call) -> Outcome:
    """`GET /content/{id}`."""
    _caller(world, call)
    only(call, "status", "version", "expand")
    status = call.query_value("status") or "current"
    page = _page(world, call, *(("current", "trashed") if status == "any" else (status,)))
    version = saving.asked_version(call, page)
    shown = _shown(world, page, _expansion(call, _USUAL), version)
    return Outcome(answer_json(shown), Effect.READ, f"version {version.number} of page {page.id}")


async def versions(world: World, call: Call) -> Outcome:
    """`GET /content/{id}/version`, newest first."""
    _caller(world, call)
    only(call, "start", "limit")
    start, limit = call.query_int("start", 0, 0, 10**8), call.query_int("limit", 200, 1, 1000)
    newest_first = _page(world, call, "current").versions[::-1]
    results = [_shown_version(each) for each in newest_first[start : start + limit]]
    answer = {"results": results, "start": start, "limit": limit, "size": len(results)}
    return Outcome(answer_json(answer | {"_links": {"base": world.base_url}}), Effect.READ)


async def create(world: World, call: Call) -> Outcome:
    """`POST /content`."""
    await call.body(saving.BODY_LIMIT)
    app = _caller(world, call)
    body = parse(NewContent, await call.json_object(saving.BODY_LIMIT))
    only(call, "expand", "status")
    _check_kind(body.type)
    shown = _expansion(call, f"{_USUAL},ancestors,body.storage")
    parent = body.ancestors[-1].id if body.ancestors else None
    page = saving.new_page(world, _space(world, body.space.key).id, body.type, parent)
    page, change = saving.save(world, app, page, 1, title=body.title, **_said(body.body))
    return saving.saved(_shown(world, page, shown), page, change)


async def update(world: World, call: Call) -> Outcome:
    """`PUT /content/{id}`: a new version, or one that comes out of the trash."""
    await call.body(saving.BODY_LIMIT)
    app = _caller(world, call)
    body = parse(ChangedContent, await call.json_object(saving.BODY_LIMIT))
    only(call, "expand", "status", "conflictPolicy")
    shown = _expansion(call, f"{_USUAL},ancestors,body.storage")
    page = _page(world, call, "current", "trashed")
    if body.type != page.type:
        raise Refusal(400, Effect.MALFORMED, f"content {page.id} is a {page.type}")
    number = saving.next_number(page, body.version.number)
    page = saving.moved_under(world, page, body.ancestors[-1].id if body.ancestors else None)
    said = {"title": body.title, "message": body.version.message} | _said(body.body)
    page, change = saving.save(world, app, page, number, **said)
    return saving.saved(_shown(world, page, shown), page, change)


async def delete(world: World, call: Call) -> Outcome:
    """`DELETE /content/{id}`."""
    await call.body()
    _caller(world, call)
    only(call, "status")
    purge = call.query_value("status") == "trashed"
    return saving.remove(world, call.params["id"], purge)


def _caller(world: World, call: Call) -> App:
    app = app_within_scopes(world, call)
    if world.switches.content_v1 == "gone":
        raise Refusal(410, Effect.NOT_FOUND, "this part of the REST API v1 has been removed")
    return app


def _page(world: World, call: Call, *statuses: str) -> Page:
    return saving.find(world, call.params["id"], *statuses)


def _space(world: World, key: str) -> Space:
    space = world.state.content.space_by_key(key)
    if space is None:
        raise Refusal(404, Effect.NOT_FOUND, f"No space with key : {key[:80]}")
    return space


def _check_kind(kind: str) -> None:
    if kind not in _KINDS:
        raise not_there(f"content of the type {kind}")


def _said(body: _Body) -> dict[str, str]:
    if body.storage is None:
        if body.model_extra:
            raise not_there("a body that is not in the storage format")
        return {}
    if body.storage.representation != "storage":
        raise not_there(f"a body in the representation {body.storage.representation}")
    return {"body": body.storage.value}


def _expansion(call: Call, usual: str) -> set[str]:
    """What is to be shown in full: names, and those that they are part of."""
    given = call.query_value("expand")
    names = [each for each in (usual if given is None else given).split(",") if each]
    shown: set[str] = set()
    for name in names:
        first = name.split(".")[0]
        if name not in _KNOWN and not (first in _KNOWN and first != "body"):
            raise not_there(f"expand={name}")
        shown |= {name, first}
    return shown


def _shown(
    world: World, page: Page, expanded: set[str], version: Version | None = None
) -> dict[str, Any]:
    version, content = version or page.version, world.state.content
    space = content.spaces[page.space_id]
    own = {"id": space.id, "key": space.key, "name": space.name, "type": "global"}
    bodies = {"storage": {"value": version.body, "representation": "storage"}}
    parts: dict[str, Any] = {
        "space": own,
        "container": own,
        "history": {
            "latest": True,
            "createdBy": _by(page.versions[0].author),
            "createdDate": saving.when(page.versions[0].at),
            "lastUpdated": _shown_version(page.version),
        },
        "version": _shown_version(version),
        "ancestors": [_brief(each) for each in _ancestors(world, page)],
        "body": bodies if "body.storage" in expanded else {},
    }
    links = {
        "webui": f"/spaces/{space.key}/pages/{page.id}",
        "self": f"{world.base_url}/rest/api/content/{page.id}",
        "base": world.base_url,
        "context": "/wiki",
    }
    shown = {name: part for name, part in parts.items() if name in expanded}
    left = {name: "" for name in parts if name not in expanded}
    brief = _brief(page) | {"title": version.title}
    return brief | shown | {"_links": links, "_expandable": left}


def _brief(page: Page) -> dict[str, Any]:
    return {
        "id": page.id,
        "type": page.type,
        "status": page.status,
        "title": page.version.title,
    }


def _ancestors(world: World, page: Page) -> list[Page]:
    found: list[Page] = []
    above = page.parent_id
    while above and (parent := world.state.content.pages.get(above)) and parent not in found:
        found.insert(0, parent)
        above = parent.parent_id
    return found


def _shown_version(version: Version) -> dict[str, Any]:
    return {
        "by": _by(version.author),
        "when": saving.when(version.at),
        "message": version.message,
        "number": version.number,
        "minorEdit": False,
    }


def _by(author: str) -> dict[str, str]:
    return {"type": "known", "accountId": author, "accountType": "app", "displayName": author}
