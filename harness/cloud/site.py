"""The site that a migration goes to: its spaces, pages and users, and the mappings to them.

A small YAML file describes it, so that an app can really rewrite its data. As documented, mappings
belong to the pair of server and site, not to a transfer.
"""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from harness.cloud import content as contents
from harness.cloud.content import Content, Version

SPACES, PAGES = "confluence:space", "confluence:page"
NAMESPACES = {"page": PAGES, "blogpost": "confluence:blogpost"}
"""The namespace of content's mappings by its type. That of blog posts is not published."""
GROUP = "identity:group:name/"
MIGRATOR = "migration"
"""The author of what the core migration has moved."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)


class Page(_Part):
    """A page: its id on the server, and its id in the cloud where that is stated."""

    server_id: str | None = None
    cloud_id: str | None = None
    title: str = ""
    body: str = ""
    type: Literal["page", "blogpost"] = "page"
    parent: str | None = None


class Space(_Part):
    """A space with its pages."""

    key: str
    name: str = ""
    server_id: str | None = None
    cloud_id: str | None = None
    pages: list[Page] = []


class User(_Part):
    """A user: the userkey on the server and the account id in the cloud."""

    userkey: str | None = None
    account_id: str | None = None
    email: str | None = None
    name: str = ""
    username: str = ""
    password: str = ""


class Group(_Part):
    """A group; its members are user names on the server."""

    name: str
    cloud_id: str | None = None
    members: list[str] = []


class Site(_Part):
    """The description of a site. What has no id of the cloud's gets one at the core migration."""

    spaces: list[Space] = []
    users: list[User] = []
    groups: list[Group] = []
    mappings: dict[str, dict[str, str]] = Field(
        default={}, description="Further mappings by namespace."
    )

    def content(self) -> Content:
        """What the site holds before a core migration: all that has its ids in the description."""
        content = Content()
        shown = [space for space in self.spaces if space.cloud_id and space.server_id]
        for space in shown:
            _add_space(content, space)
        pages = [page for space in shown for page in _shown_pages(space)]
        made: dict[str, dict[str, str]] = {
            SPACES: {str(each.server_id): str(each.cloud_id) for each in shown},
            PAGES: {},
            "identity:user": {},
            "identity:group": {
                f"{GROUP}{each.name}": each.cloud_id for each in self.groups if each.cloud_id
            },
        }
        for page in pages:
            of_type = made.setdefault(NAMESPACES[page.type], {})
            of_type[str(page.server_id)] = str(page.cloud_id)
        for user in self.users:
            if user.account_id:
                made["identity:user"] |= user_keys(user.userkey, user.email, user.account_id)
        for namespace, more in self.mappings.items():
            made[namespace] = made.get(namespace, {}) | more
        for namespace, pairs in made.items():
            content.map(namespace, pairs)
        return content


def _shown_pages(space: Space) -> list[Page]:
    """Those that have both ids."""
    return [each for each in space.pages if each.cloud_id and each.server_id]


def _add_space(content: Content, space: Space) -> None:
    space_id, shown = str(space.cloud_id), _shown_pages(space)
    of_server = {each.server_id: each.cloud_id for each in space.pages}
    for page in shown:
        content.pages[str(page.cloud_id)] = contents.Page(
            id=str(page.cloud_id),
            space_id=space_id,
            type=page.type,
            parent_id=of_server.get(page.parent),
            server_id=page.server_id,
            versions=[Version(1, page.title, page.body, 0, MIGRATOR)],
        )
    content.spaces[space_id] = contents.Space(
        id=space_id,
        key=space.key,
        name=space.name or space.key,
        server_id=space.server_id,
        homepage_id=shown[0].cloud_id if shown else None,
    )


def user_keys(userkey: str | None, email: str | None, account_id: str) -> dict[str, str]:
    """The mappings of a user; one cloud user can appear under several keys."""
    keys = {"confluence.userkey/": userkey, "email/": email}
    return {f"{prefix}{key}": account_id for prefix, key in keys.items() if key}


def load_site(path: Path) -> Site:
    """Reads a site's YAML.

    Raises:
        ValueError: it cannot be read or is invalid; one line says where and why.
    """
    import yaml  # a tenth of a cloud's start, and many a cloud has no such file

    try:
        return Site.model_validate(yaml.safe_load(path.read_text()) or {})
    except OSError as error:
        raise ValueError(f"{path}: {error.strerror}") from error
    except yaml.YAMLError as error:
        raise ValueError(f"{path}: not YAML: {' '.join(str(error).split())}") from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        raise ValueError(f"{path}: {field}: {first['msg']}") from error
