"""Calls of a stack's control API that only tests make."""

from typing import Any

import httpx

from harness.drivers.cloud import CloudControl


def control(cloud: CloudControl, method: str, path: str, **arguments: Any) -> httpx.Response:
    """Calls the control API of a stack's cloud with the stack's token; fails where it refuses."""
    token = {"Authorization": f"Bearer {cloud.token}"}
    url = f"{cloud.url}/_harness/{path}"
    with httpx.Client(trust_env=False, headers=token) as client:
        return client.request(method, url, **arguments).raise_for_status()
