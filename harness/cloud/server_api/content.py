"""What CCMA's core migration calls: it moves a plan's spaces, pages, users and groups to the site.

The site gives each its own id, or the one that the site's description states, and maps the
server's id to it. What an earlier plan has moved is left as it is: in the product, too, a space
that is there already is not migrated again. Bodies stay as they are; that the product rewrites
links and mentions in them is not modelled.
"""

import uuid
from collections.abc import Iterator
from itertools import count
from typing import Any, Literal

from pydantic import BaseModel, Field

from harness.cloud.call import Call, Outcome, answer_json
from harness.cloud.changes import ContentMoved
from harness.cloud.models import parse
from harness.cloud.server_api.access import attached_server
from harness.cloud.site import GROUP, MIGRATOR, NAMESPACES, PAGES, SPACES, user_keys
from harness.cloud.world import World
from harness.vocabulary.effects import Effect

LIMIT = 16 * 1024 * 1024
"""Bytes of one call; the server sends a large space in several."""


class MovedSpace(BaseModel):
    """A space as the server has it."""

    id: str = Field(min_length=1, max_length=200)
    key: str = Field(min_length=1, max_length=255)
    name: str = Field(default="", max_length=1000)
    homepageId: str | None = None  # noqa: N815 - the protocol's names


class MovedPage(BaseModel):
    """A page or blog post as the server has it."""

    id: str = Field(min_length=1, max_length=200)
    spaceId: str  # noqa: N815
    type: Literal["page", "blogpost"] = "page"
    title: str = Field(max_length=1000)
    body: str = ""
    parentId: str | None = None  # noqa: N815


class MovedUser(BaseModel):
    """A user as the server has them."""

    userkey: str = Field(min_length=1, max_length=200)
    email: str | None = None


class Moved(BaseModel):
    """Body of `POST /plans/{planId}/content`; a page's space came before it, or comes with it."""

    spaces: list[MovedSpace] = []
    pages: list[MovedPage] = []
    users: list[MovedUser] = []
    groups: list[str] = []


async def move(world: World, call: Call) -> Outcome:
    """`POST /plans/{planId}/content`: a part of what a plan's core migration moves."""
    await call.body(LIMIT)
    body = parse(Moved, await call.json_object(LIMIT))
    attached_server(world, call)
    plan_id = call.params["planId"]
    call.journalled_body = None
    moving = _Moving(world, plan_id)
    change = moving.change(body)
    left = sorted(each.key for each in body.spaces if each.id not in moving.spaces)
    told = {"spaces": len(change.spaces), "pages": len(change.pages)}
    told |= {"users": len(body.users), "groups": len(body.groups)}
    reason = ", ".join(f"{number} {name}" for name, number in told.items())
    if left:
        reason += f"; an earlier plan has moved {', '.join(left)}, left as it is"
    answer = answer_json(told | {"left": left})
    return Outcome(answer, Effect.CONTENT_MOVED, reason, [change], told)


class _Moving:
    """Gives ids to what comes, and knows those that were given."""

    def __init__(self, world: World, plan_id: str) -> None:
        self._content, self._now, self._plan_id = world.state.content, world.now(), plan_id
        self._numbers: Iterator[int] = count(self._content.next_id())
        self._mappings: dict[str, dict[str, str]] = {}
        self.spaces: dict[str, str] = {
            each.server_id: each.id
            for each in self._content.spaces.values()
            if each.server_id and each.plan_id == plan_id
        }
        """Server id -> cloud id of the spaces that this plan moves."""

    def change(self, body: Moved) -> ContentMoved:
        spaces = [space for space in body.spaces if self._is_free(space)]
        for space in spaces:
            self.spaces[space.id] = self._id(SPACES, space.id)
        pages = [page for page in body.pages if page.spaceId in self.spaces]
        for page in pages:
            self._id(NAMESPACES[page.type], page.id)
        for user in body.users:
            known = self._known("identity:user", f"confluence.userkey/{user.userkey}")
            account = known or str(uuid.uuid5(uuid.NAMESPACE_URL, f"user {user.userkey}"))
            self._map("identity:user", user_keys(user.userkey, user.email, account))
        for group in body.groups:
            known = self._known("identity:group", f"{GROUP}{group}")
            made = known or str(uuid.uuid5(uuid.NAMESPACE_URL, f"group {group}"))
            self._map("identity:group", {f"{GROUP}{group}": made})
        return ContentMoved(
            self._plan_id,
            [self._space(each) for each in spaces],
            [self._page(each) for each in pages],
            self._mappings,
        )

    def _is_free(self, space: MovedSpace) -> bool:
        """Whether no earlier plan has moved the space, and no other one has its key."""
        there = self._content.space_by_key(space.key)
        return there is None or (
            there.server_id == space.id and there.plan_id in (None, self._plan_id)
        )

    def _space(self, space: MovedSpace) -> dict[str, Any]:
        home = space.homepageId
        return {
            "id": self.spaces[space.id],
            "key": space.key,
            "name": space.name or space.key,
            "server_id": space.id,
            "homepage_id": self._id(PAGES, home) if home else None,
            "plan_id": self._plan_id,
        }

    def _page(self, page: MovedPage) -> dict[str, Any]:
        version = {"number": 1, "title": page.title, "body": page.body, "at": self._now}
        return {
            "id": self._id(NAMESPACES[page.type], page.id),
            "space_id": self.spaces[page.spaceId],
            "type": page.type,
            "parent_id": self._id(PAGES, page.parentId) if page.parentId else None,
            "server_id": page.id,
            "versions": [version | {"author": MIGRATOR}],
        }

    def _known(self, namespace: str, key: str) -> str | None:
        given = self._mappings.get(namespace, {}).get(key)
        return given or self._content.cloud_id(namespace, key)

    def _id(self, namespace: str, server_id: str) -> str:
        cloud_id = self._known(namespace, server_id) or str(next(self._numbers))
        self._map(namespace, {server_id: cloud_id})
        return cloud_id

    def _map(self, namespace: str, pairs: dict[str, str]) -> None:
        self._mappings.setdefault(namespace, {}).update(pairs)
