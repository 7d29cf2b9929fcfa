"""Tells the stand-in which parts of Confluence an app needs; a real one has them all.

The resources are the stand-in's own, below `/rest/standin/1.0/`.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import httpx

from harness.drivers.confluence.absence import is_absent
from harness.errors import DriverError

_BASE = "/rest/standin/1.0/"


def prepare(
    client: httpx.Client,
    jars: Iterable[Path],
    answers: Mapping[str, Any],
) -> None:
    """Give a stand-in the host's API jars and its answers; they replace what it had before.

    A real Confluence has no such resource and needs none: it is left alone.

    Raises:
        DriverError: it refused a jar or an answer.
    """
    cleared = client.delete(f"{_BASE}host/jars")
    if is_absent(cleared):
        return
    _done(cleared, "clearing the host's jars")
    for jar in jars:
        answer = client.put(f"{_BASE}host/jars/{jar.name}", content=jar.read_bytes())
        _done(answer, f"giving the stand-in {jar.name}")
    body = {"answers": dict(answers)}
    _done(client.put(f"{_BASE}host", json=body), "stating what the host answers")


def asked(client: httpx.Client, key: str) -> Mapping[str, Any] | None:
    """What a stand-in gave a plugin of the host, and what the plugin called; None elsewhere.

    Raises:
        DriverError: it does not say.
    """
    answer = client.get(f"{_BASE}plugins/{key}")
    if is_absent(answer):
        return None
    _done(answer, f"asking what {key} called of the host")
    told: Mapping[str, Any] = answer.json()
    return told


def _done(answer: httpx.Response, attempted: str) -> None:
    if not answer.is_success:
        raise DriverError(attempted, f"HTTP {answer.status_code}: {answer.text[:500]}")
