"""What clients of control APIs have in common: a token that is never shown, and their errors."""

from typing import Any

import httpx

from harness.drivers.liveness import LivingClient
from harness.errors import DriverError
from harness.redaction import remember
from harness.wait import Living


def control_client(
    base_url: str, service: Living | None, token: str, **options: Any
) -> LivingClient:
    """A client of a control API.

    Args:
        base_url: what its paths are below.
        service: its service, where known; calls that wait for it end when it ends.
        token: what it wants to be sent; from now on it is taken out of whatever is written.
        options: of the client itself.
    """
    remember(token)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return LivingClient(service=service, base_url=base_url, headers=headers, timeout=10, **options)


def sent(
    client: httpx.Client, attempted: str, method: str, path: str, **arguments: Any
) -> httpx.Response:
    """The answer to a request that has to succeed.

    Args:
        client: of the API.
        attempted: the request in words, for the error.
        method: the HTTP method.
        path: below the client's base URL.
        arguments: of the request, as httpx takes them.

    Raises:
        DriverError: no answer, or one that is no success.
    """
    try:
        answer = client.request(method, path, **arguments)
    except httpx.TransportError as error:
        raise DriverError(attempted, f"no answer: {error}") from error
    if not answer.is_success:
        raise DriverError(attempted, f"{answer.status_code} {answer.text[:300]}")
    return answer
