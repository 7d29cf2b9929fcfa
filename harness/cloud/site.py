"""The site that a migration goes to: its spaces, pages and users, and the mappings to them.

A small YAML file describes it, so that an app can really rewrite its data. As documented, mappings
belong to the pair of server and site, not to a transfer.
"""

from functools import cached_property
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)


class Page(_Part):
    """A page: its id on the server and its id in the cloud."""

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
    """A user: the userkey on the server and the account id in the cloud."""

    userkey: str
    account_id: str
    email: str | None = None
    name: str = ""


class Group(_Part):
    """A group."""

    name: str
    cloud_id: str


class Site(_Part):
    """The description of a site."""

    spaces: list[Space] = []
    users: list[User] = []
    groups: list[Group] = []
    mappings: dict[str, dict[str, str]] = Field(
        default={}, description="Further mappings by namespace."
    )

    @cached_property
    def by_namespace(self) -> dict[str, dict[str, str]]:
        """All mappings: namespace -> server key -> cloud id, sorted by key."""
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
        """The sorted server keys of each namespace."""
        return {name: list(pairs) for name, pairs in self.by_namespace.items()}

    def containers(self, kind: str) -> dict[str, dict[str, str]]:
        """The containers of a type: key -> container, in the fields of the published API document.

        There is a `Site` container even where only one space migrates (a vendor's observation).
        """
        if kind == "ConfluenceSpace":
            return {
                each.key: {"type": kind, "key": each.key, "sourceId": each.server_id}
                for each in sorted(self.spaces, key=lambda space: space.key)
            }
        if kind == "Site":
            return {kind: {"type": kind}}
        if kind == "UserSelection" and self.users:
            return {kind: {"type": kind, "selectedUsers": "ALL_USERS"}}
        return {}


def load_site(path: Path) -> Site:
    """Reads a site's YAML.

    Raises:
        ValueError: it cannot be read or is invalid; one line says where and why.
    """
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
