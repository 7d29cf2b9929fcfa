"""What the site holds: spaces, pages with their versions, and mappings from the server's ids.

Changes alone alter it, and each carries the ids that it gives, so that a restart ends up with the
same.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

FIRST_ID = 393216
"""Ids of the cloud's own begin above it, and above all that a description states."""


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a page; `at` is platform time in epoch milliseconds."""

    number: int
    title: str
    body: str
    at: int
    author: str
    message: str = ""


@dataclass(slots=True)
class Page:
    """A page or blog post. There is one version at least, the oldest first."""

    id: str
    space_id: str
    type: str = "page"
    status: str = "current"
    parent_id: str | None = None
    server_id: str | None = None
    versions: list[Version] = field(default_factory=list)

    @property
    def version(self) -> Version:
        """The newest version."""
        return self.versions[-1]


@dataclass(slots=True)
class Space:
    """A space; `plan_id` is the plan that moved it, None while it is only described."""

    id: str
    key: str
    name: str
    server_id: str | None = None
    homepage_id: str | None = None
    plan_id: str | None = None


@dataclass
class Content:
    """Spaces and pages by id, mappings by namespace, and which spaces each plan has."""

    spaces: dict[str, Space] = field(default_factory=dict)
    pages: dict[str, Page] = field(default_factory=dict)
    mappings: dict[str, dict[str, str]] = field(default_factory=dict)
    plans: dict[str, list[str]] = field(default_factory=dict)
    _sorted: dict[str, list[str]] = field(default_factory=dict)
    _last_id: int = FIRST_ID

    def map(self, namespace: str, pairs: Mapping[str, str]) -> None:
        """Adds mappings; those of a namespace are sorted by the server's key."""
        merged = {**self.mappings.get(namespace, {}), **pairs}
        self.mappings[namespace] = dict(sorted(merged.items()))
        self._sorted.pop(namespace, None)
        self._note(pairs.values())

    def keys(self, namespace: str) -> list[str]:
        """The sorted server keys of a namespace."""
        if namespace not in self._sorted:
            self._sorted[namespace] = list(self.mappings.get(namespace, ()))
        return self._sorted[namespace]

    def cloud_id(self, namespace: str, key: str) -> str | None:
        """The cloud's id of what has this key on the server."""
        return self.mappings.get(namespace, {}).get(key)

    def next_id(self) -> int:
        """A number above all ids that were ever given or stated, also to what is gone."""
        return self._last_id + 1

    def _note(self, ids: Iterable[str]) -> None:
        self._last_id = max((self._last_id, *(int(each) for each in ids if each.isdecimal())))

    def space_by_key(self, key: str) -> Space | None:
        """The space with a key."""
        return next((each for each in self.spaces.values() if each.key == key), None)

    def pages_of(self, space_id: str) -> list[Page]:
        """The pages of a space, in any status."""
        return [each for each in self.pages.values() if each.space_id == space_id]

    def is_taken(self, page: Page, title: str) -> bool:
        """Whether other current content of the space has this title."""
        return any(
            each.version.title == title and each.status == "current"
            for each in self.pages_of(page.space_id)
            if each.id != page.id and each.type == page.type
        )

    def containers(self, kind: str, plan_id: str) -> dict[str, dict[str, str]]:
        """The containers of a plan: key -> container, in the fields of the published API document.

        Of a plan that the core migration said nothing of, all spaces are. There is a `Site`
        container even where only one space migrates (a vendor's observation).
        """
        if kind == "ConfluenceSpace":
            of_plan = self.plans.get(plan_id)
            return {
                each.key: {"type": kind, "key": each.key, "sourceId": each.server_id or ""}
                for each in sorted(self.spaces.values(), key=lambda space: space.key)
                if of_plan is None or each.key in of_plan
            }
        if kind == "Site":
            return {kind: {"type": kind}}
        if kind == "UserSelection" and self.mappings.get("identity:user"):
            return {kind: {"type": kind, "selectedUsers": "ALL_USERS"}}
        return {}

    def keep_spaces(self, spaces: Iterable[Mapping[str, Any]]) -> None:
        """Keeps spaces, given as their fields."""
        for each in spaces:
            self.spaces[each["id"]] = Space(**each)
            self._note([each["id"]])

    def keep_page(self, page: Mapping[str, Any]) -> None:
        """Keeps a page, given as its fields; its versions as theirs."""
        versions = [Version(**each) for each in page["versions"]]
        self.pages[page["id"]] = Page(**{**page, "versions": versions})
        self._note([page["id"]])
