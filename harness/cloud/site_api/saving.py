"""Finds, makes, changes and removes pages, whichever version of the REST it is asked by.

The next version has to be given, else 409; a title is used once in a space, else 400.
"""

from dataclasses import asdict, replace
from typing import Any

from harness.cloud.call import Answer, Call, Outcome, Refusal, answer_json
from harness.cloud.changes import PageRemoved, PageSaved
from harness.cloud.clock import iso
from harness.cloud.content import Page, Version
from harness.cloud.state import App
from harness.cloud.world import World
from harness.vocabulary.effects import Effect

BODY_LIMIT = 6 * 1024 * 1024


def find(world: World, page_id: str, *statuses: str) -> Page:
    """A page by its id, if it is in one of the statuses; in the current one when none is given.

    Raises:
        Refusal: 404.
    """
    page = world.state.content.pages.get(page_id)
    if page is None or page.status not in (statuses or ("current",)):
        raise Refusal(404, Effect.NOT_FOUND, f"No content found with id: {page_id[:80]}")
    return page


def asked_version(call: Call, page: Page) -> Version:
    """The version of a page that `version` in the query names; the newest when it is left out.

    Raises:
        Refusal: 400, it is no number; 404, there is no such version.
    """
    number = call.query_int("version", page.version.number, 1, 10**8)
    version = next((each for each in page.versions if each.number == number), None)
    if version is None:
        raise Refusal(404, Effect.NOT_FOUND, f"{page.type} {page.id} has no version {number}")
    return version


def when(at: int) -> str:
    """Platform time as both versions of the REST write it."""
    return iso(at).replace("+00:00", "Z")


def new_page(world: World, space_id: str, kind: str, parent_id: str | None) -> Page:
    """A page that is not yet in the space.

    Raises:
        Refusal: 400, the parent is no page of the space.
    """
    content = world.state.content
    page = Page(id=str(content.next_id()), space_id=space_id, type=kind)
    page.parent_id = content.spaces[space_id].homepage_id if kind == "page" else None
    if parent_id is not None:
        page.parent_id = _parent(world, page, parent_id)
    return page


def moved_under(world: World, page: Page, parent_id: str | None) -> Page:
    """The page below another parent, where one is given.

    Raises:
        Refusal: 400, the parent is no page of the space, or lies below the page.
    """
    if parent_id is None:
        return page
    return replace(page, parent_id=_parent(world, page, parent_id))


def _parent(world: World, page: Page, parent_id: str) -> str:
    pages, above = world.state.content.pages, parent_id
    parent = pages.get(parent_id)
    if parent is None or parent.status != "current" or parent.space_id != page.space_id:
        why = f"the parent {parent_id[:80]} is no page of the space"
        raise Refusal(400, Effect.MALFORMED, why)
    seen: set[str] = set()
    while above in pages and above not in seen:
        if above == page.id:
            raise Refusal(400, Effect.MALFORMED, "a page cannot be its own ancestor")
        seen.add(above)
        above = pages[above].parent_id or ""
    return parent_id


def next_number(page: Page, given: int | None) -> int:
    """The number of the next version, which has to be the one that is given.

    Raises:
        Refusal: 400, none is given; 409, another one is.
    """
    current = page.version.number
    if given is None:
        why = "Must supply an incremented version when updating Content. No version supplied."
        raise Refusal(400, Effect.MALFORMED, why)
    if given != current + 1:
        raise Refusal(
            409,
            Effect.VERSION_CONFLICT,
            f"Version must be incremented on update. Current version is: {current}",
        )
    return given


def save(world: World, app: App, page: Page, number: int, **said: str) -> tuple[Page, PageSaved]:
    """The page with a new version, and the change that makes it so.

    Args:
        world: the cloud's.
        app: who saves it.
        page: as it was, or with another parent.
        number: the version's.
        said: `title`, `body` and `message`; the first two are as before when they are left out.

    Raises:
        Refusal: 400, the title is taken or empty.
    """
    before = page.versions[-1] if page.versions else None
    title = said.get("title") or (before.title if before else "")
    body = said.get("body", before.body if before else "")
    if not title:
        raise Refusal(400, Effect.MALFORMED, "a title is required")
    if world.state.content.is_taken(page, title):
        key = world.state.content.spaces[page.space_id].key
        raise Refusal(
            400,
            Effect.MALFORMED,
            "A page with this title already exists: A page already exists with the title "
            f"{title[:255]} in the space with key {key}",
        )
    version = Version(number, title, body, world.now(), app.key, said.get("message", ""))
    saved = replace(page, status="current", versions=[*page.versions, version])
    fields = {name: getattr(saved, name) for name in Page.__slots__ if name != "versions"}
    return saved, PageSaved(fields, asdict(version))


def saved(shown: Any, page: Page, change: PageSaved) -> Outcome:
    """The answer to a save."""
    number = page.version.number
    reason = f"version {number} of page {page.id}, {page.version.title[:80]!r}"
    detail = {"pageId": page.id, "version": number}
    return Outcome(answer_json(shown), Effect.PAGE_SAVED, reason, [change], detail)


def remove(world: World, page_id: str, purge: bool) -> Outcome:
    """Puts a page into the trash; purged, one that is there is gone for good.

    Raises:
        Refusal: 404.
    """
    page = find(world, page_id, "trashed" if purge else "current")
    reason = f"page {page.id} is {'gone' if purge else 'in the trash'}"
    detail = {"pageId": page.id}
    change = PageRemoved(page.id, purge)
    return Outcome(Answer(204), Effect.PAGE_REMOVED, reason, [change], detail)
