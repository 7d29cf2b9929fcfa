"""What happens to the site's content: it is moved from a server, saved and removed by apps."""

from dataclasses import dataclass
from typing import Any, ClassVar

from harness.cloud.changes.base import Change
from harness.cloud.content import Version
from harness.cloud.state import State


@dataclass(frozen=True, slots=True)
class ContentMoved(Change):
    """The core migration of a plan moved spaces, pages, users and groups."""

    kind: ClassVar[str] = "content-moved"
    plan_id: str
    spaces: list[dict[str, Any]]
    pages: list[dict[str, Any]]
    mappings: dict[str, dict[str, str]]

    def _apply(self, state: State) -> None:
        content = state.content
        content.keep_spaces(self.spaces)
        for page in self.pages:
            content.keep_page(page)
        for namespace, pairs in self.mappings.items():
            content.map(namespace, pairs)
        of_plan = content.plans.setdefault(self.plan_id, [])
        of_plan += [each["key"] for each in self.spaces if each["key"] not in of_plan]


@dataclass(frozen=True, slots=True)
class PageSaved(Change):
    """An app made a page, or a new version of one."""

    kind: ClassVar[str] = "page-saved"
    page: dict[str, Any]
    version: dict[str, Any]

    def _apply(self, state: State) -> None:
        old = state.content.pages.get(self.page["id"])
        state.content.keep_page({**self.page, "versions": []})
        before = old.versions if old else []
        state.content.pages[self.page["id"]].versions = [*before, Version(**self.version)]


@dataclass(frozen=True, slots=True)
class PageRemoved(Change):
    """An app put a page into the trash, or out of it for good."""

    kind: ClassVar[str] = "page-removed"
    page_id: str
    purged: bool

    def _apply(self, state: State) -> None:
        if self.purged:
            state.content.pages.pop(self.page_id)
        else:
            state.content.pages[self.page_id].status = "trashed"
