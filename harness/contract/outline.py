"""The form of an answer without its contents, for a report that somebody sends to others.

Names of members, types, ids of forms: what a driver reads by. No value, no text of a page.
"""

from collections.abc import Mapping
from typing import Any

import httpx

from harness.contract.expectations import json_of
from harness.drivers.confluence.pages import read_page

_MOST = 40
_DEEPEST = 4
_NAME = 60


def of_answer(answer: httpx.Response) -> dict[str, Any]:
    """Describes an answer: its status, media type and redirect, and the form of its body."""
    kind = answer.headers.get("content-type", "").split(";")[0].strip()
    said: dict[str, Any] = {"status": answer.status_code, "type": kind}
    if answer.has_redirect_location:
        said["leads to"] = answer.request.url.join(answer.headers["location"]).path
    body = json_of(answer)
    if body is not None:
        said["body"] = of_json(body)
    elif kind == "text/html":
        page = read_page(answer.text)
        controls = {name for form in page.forms for name in form.controls}
        said["controls"], said["ids"] = _some(controls), _some(page.ids)
    return said


def of_json(body: Any, depth: int = 0) -> Any:
    """The form of a JSON value: objects with their members' forms, lists with that of the first."""
    if isinstance(body, Mapping):
        if depth == _DEEPEST:
            return "object"
        members = list(body.items())[:_MOST]
        return {str(name)[:_NAME]: of_json(each, depth + 1) for name, each in members}
    if isinstance(body, list):
        return [of_json(body[0], depth + 1)] if body and depth < _DEEPEST else []
    return {bool: "boolean", int: "number", float: "number", str: "text"}.get(type(body), "null")


def _some(names: set[str] | frozenset[str]) -> list[str]:
    return [name[:_NAME] for name in sorted(names)[:_MOST]]
