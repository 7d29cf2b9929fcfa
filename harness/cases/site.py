"""The users and spaces of a site's description, as the server tells its plugins of them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.support.yaml_source import read


@dataclass(frozen=True)
class SiteContent:
    """What the site holds.

    Args:
        users: each with `key`, `name`, `username`, `fullName` and `email` where they are known.
        spaces: each with `key`, `name` and `id`.
    """

    users: tuple[dict[str, str], ...] = ()
    spaces: tuple[dict[str, str], ...] = ()


def site_content(path: Path | None) -> SiteContent:
    """Reads a site's description (docs/cloud.md); nothing without one.

    Raises:
        BadInput: the file cannot be read.
    """
    data = read(path).data if path else None
    if not isinstance(data, dict):
        return SiteContent()
    return SiteContent(
        users=tuple(_user(each) for each in _parts(data, "users")),
        spaces=tuple(_space(each) for each in _parts(data, "spaces")),
    )


def _parts(data: dict[str, Any], name: str) -> list[dict[str, Any]]:
    return [each for each in data.get(name) or () if isinstance(each, dict)]


def _user(user: dict[str, Any]) -> dict[str, str]:
    name = str(user.get("name") or user.get("userkey", ""))
    known = {"key": str(user.get("userkey", "")), "name": name, "username": name, "fullName": name}
    return known | ({"email": str(user["email"])} if user.get("email") else {})


def _space(space: dict[str, Any]) -> dict[str, str]:
    key = str(space.get("key", ""))
    return {
        "key": key,
        "name": str(space.get("name") or key),
        "id": str(space.get("server_id", "")),
    }
