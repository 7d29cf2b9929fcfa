"""What the cloud takes of an answer to one of its own calls: so many bytes, in so much time.

An app's server may be anybody's. Without bounds, a descriptor that never ends would take all of
this machine's memory.
"""

import time
from collections.abc import AsyncIterator
from typing import cast

import httpx

LIMIT = 1024 * 1024
"""Bytes of an answer, unless the call's extension `limit` says otherwise."""

WITHIN = 30.0
"""Wall seconds from a call to the end of its answer."""


class BoundedTransport(httpx.AsyncBaseTransport):
    """Passes calls on, and ends answers that are too long or take too long.

    Whoever made the call gets an `httpx.ReadError` or `httpx.ReadTimeout`, as from a network that
    failed.

    Args:
        transport: makes the calls.
    """

    def __init__(self, transport: httpx.AsyncBaseTransport) -> None:
        self._transport = transport

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Makes the call; the bounds apply while its answer is read."""
        begun = time.monotonic()
        answer = await self._transport.handle_async_request(request)
        coding = answer.headers.get("content-encoding", "identity")
        stream = cast("httpx.AsyncByteStream", answer.stream)
        if coding != "identity":
            # Unpacked it could have any size.
            await stream.aclose()
            raise httpx.ReadError(
                f"the answer is packed ({coding[:40]}), which was not asked for", request=request
            )
        limit = int(request.extensions.get("limit", LIMIT))
        answer.stream = _Bounded(stream, request, limit, begun + WITHIN)
        return answer

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._transport.aclose()


class _Bounded(httpx.AsyncByteStream):
    def __init__(
        self, stream: httpx.AsyncByteStream, request: httpx.Request, limit: int, until: float
    ) -> None:
        self._stream, self._request, self._limit, self._until = stream, request, limit, until

    async def __aiter__(self) -> AsyncIterator[bytes]:
        left = self._limit
        async for chunk in self._stream:
            left -= len(chunk)
            if left < 0:
                what = f"the answer is longer than {self._limit} bytes"
                raise httpx.ReadError(what, request=self._request)
            if time.monotonic() > self._until:
                what = f"the answer was not complete within {WITHIN:g} s"
                raise httpx.ReadTimeout(what, request=self._request)
            yield chunk

    async def aclose(self) -> None:
        await self._stream.aclose()
