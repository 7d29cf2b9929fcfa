"""The cloud's own calls, to apps and to an upstream, by a client that is made for the first one.

The client's packages are a quarter of a cloud's start, and many a cloud calls nobody. They are
imported when the first address is checked, by `egress`, or called.
"""

import ssl
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import httpx


class CallFailed(Exception):
    """A call had no answer; the text says why."""


class CallRefused(CallFailed):
    """A call was not made, since its address must not be called."""


class Calls:
    """Makes calls, each to an address that may be called, and takes a bounded answer.

    Args:
        refuses: why a URL must not be called; None if it may be.
    """

    def __init__(self, refuses: Callable[[str], str | None]) -> None:
        self._refuses = refuses

    async def make(self, method: str, url: str, **options: Any) -> "httpx.Response":
        """Makes a call; follows no redirect.

        Args:
            method: the HTTP method.
            url: the whole URL.
            options: as `httpx.AsyncClient.request` takes them; `outgoing` has those of its own.

        Raises:
            CallFailed: there was no answer, or not all of it.
            CallRefused: the address must not be called.
        """
        import httpx

        from harness.cloud.connections import AddressRefused

        try:
            return await self._client.request(method, url, **options)
        except AddressRefused as error:
            raise CallRefused(str(error)) from error
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, OSError) as error:
            raise CallFailed(f"{type(error).__name__}: {error}") from error

    @cached_property
    def _client(self) -> "httpx.AsyncClient":
        import httpx

        from harness.cloud.connections import CheckedTransport
        from harness.cloud.outgoing import BoundedTransport

        checked = CheckedTransport(ssl.create_default_context(), self._refuses)
        return httpx.AsyncClient(
            transport=BoundedTransport(checked),
            headers={"Accept-Encoding": "identity"},
            trust_env=False,
            follow_redirects=False,
        )

    async def close(self) -> None:
        """Closes the connections."""
        if "_client" in self.__dict__:
            await self._client.aclose()
