"""Tells the stand-in what it holds: spaces, pages, users and groups; a real one has its own.

The resource is the stand-in's own, `/rest/standin/1.0/site`.
"""

from collections.abc import Mapping
from typing import Any

import httpx

from harness.drivers.confluence.absence import is_absent
from harness.errors import DriverError

_RESOURCE = "/rest/standin/1.0/site"


def describe(client: httpx.Client, site: Mapping[str, Any]) -> None:
    """Makes a stand-in's content what a description says; a real Confluence is left alone.

    Raises:
        DriverError: it refused the description.
    """
    _done(client.put(_RESOURCE, json=site), "telling the stand-in what it holds")


def is_changed(client: httpx.Client) -> bool:
    """Whether a stand-in's content was changed since it was described, or put back.

    Raises:
        DriverError: it does not say.
    """
    answer = client.get(_RESOURCE)
    return _done(answer, "asking whether content was changed") and bool(answer.json()["changed"])


def put_back(client: httpx.Client) -> None:
    """Makes a stand-in's content what it was when it was described.

    Raises:
        DriverError: it could not.
    """
    _done(client.post(_RESOURCE, json={}), "putting content back")


def _done(answer: httpx.Response, attempted: str) -> bool:
    """Whether it was done; a real Confluence has no such resource."""
    if is_absent(answer):
        return False
    if not answer.is_success:
        raise DriverError(attempted, f"HTTP {answer.status_code}: {answer.text[:500]}")
    return True
