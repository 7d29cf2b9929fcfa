"""A site's description, as the server has it: spaces with their pages, users and groups."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harness.support.yaml_source import read

ServerSite = Mapping[str, list[dict[str, Any]]]
"""`spaces`, `users` and `groups`, in the words of the stand-in's own resource."""

NOTHING: ServerSite = {"spaces": [], "users": [], "groups": []}


def server_site(path: Path | None) -> ServerSite:
    """Reads what a site's description (docs/cloud.md) says of the server; nothing without one.

    Raises:
        BadInput: the file cannot be read.
    """
    data = read(path).data if path else None
    if not isinstance(data, dict):
        return NOTHING
    return {
        "spaces": [_space(each) for each in _parts(data, "spaces")],
        "users": [_user(each) for each in _parts(data, "users")],
        "groups": [_group(each) for each in _parts(data, "groups")],
    }


def _parts(data: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    return [each for each in data.get(name) or () if isinstance(each, dict)]


_PAGE = {"id": "server_id"} | {name: name for name in ("type", "title", "body", "parent")}
_USER = {"key": "userkey"} | {name: name for name in ("username", "email", "password")}


def _space(space: Mapping[str, Any]) -> dict[str, Any]:
    pages = [_texts(each, _PAGE) for each in _parts(space, "pages")]
    return _texts(space, {"id": "server_id", "key": "key", "name": "name"}) | {"pages": pages}


def _user(user: Mapping[str, Any]) -> dict[str, Any]:
    known = _texts(user, _USER)
    name = str(user.get("name") or user.get("username") or user.get("userkey", ""))
    return {"username": name, "fullName": name} | known


def _group(group: Mapping[str, Any]) -> dict[str, Any]:
    members = [str(each) for each in group.get("members") or ()]
    return _texts(group, {"name": "name"}) | {"members": members}


def _texts(part: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """What a part says, by the stand-in's names; numbers are ids and become texts."""
    return {wanted: str(part[name]) for wanted, name in names.items() if part.get(name) is not None}
