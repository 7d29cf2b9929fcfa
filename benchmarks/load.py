"""A load generator in one process: keep-alive connections, one request under way on each.

Without a rate, each request follows the answer before it, and a server is always at its limit: how
long an answer takes is then the connections by the rate, and says little of the server. With one,
requests are due at their times, whether or not the answers before them came in time.

Raw HTTP/1.1 over asyncio protocols, so that the client is not what is measured. It reads
answers with a Content-Length, and chunked ones whose body does not end like a last chunk.
"""

import asyncio
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import uvloop


@dataclass(frozen=True)
class Load:
    """What came of a run."""

    requests: int
    seconds: float
    p50_ms: float
    p99_ms: float
    wrong: int

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds


class _Connection(asyncio.Protocol):
    def __init__(
        self,
        requests: Iterator[bytes],
        done: asyncio.Future[None],
        first: float,
        interval: float,
    ) -> None:
        self.requests, self.done = requests, done
        self.first, self.interval = first, interval
        self.buffer = b""
        self.times: list[float] = []
        self.wrong = 0
        self.begun = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.due = time.perf_counter() + self.first
        self.next()

    def next(self) -> None:
        request = next(self.requests, None)
        if request is None:
            self.done.done() or self.done.set_result(None)
            self.transport.close()
            return
        early = self.due - time.perf_counter()
        if early > 0:
            asyncio.get_running_loop().call_later(early, self._send, request)
        else:
            # The wait for the answer before it counts: its sender would have waited, too.
            self._send(request, self.due if self.interval else None)
        self.due += self.interval

    def _send(self, request: bytes, due: float | None = None) -> None:
        self.begun = time.perf_counter() if due is None else due
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head_end = self.buffer.find(b"\r\n\r\n")
        if head_end < 0:
            return
        head = self.buffer[:head_end].lower()
        if b"transfer-encoding: chunked" in head:
            if not self.buffer.endswith(b"\r\n0\r\n\r\n"):
                return
        else:
            at = head.find(b"content-length:")
            length = 0 if at < 0 else int(head[at + 15 :].split(b"\r\n", 1)[0])
            if len(self.buffer) < head_end + 4 + length:
                return
        self.times.append(time.perf_counter() - self.begun)
        self.wrong += not head.startswith(b"http/1.1 2")
        self.buffer = b""
        self.next()

    def connection_lost(self, _exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(ConnectionError("the server closed the connection"))


def run(
    url: str,
    requests: Callable[[int], Iterator[bytes]],
    connections: int = 32,
    per_second: float | None = None,
) -> Load:
    """Sends each connection's requests to a plain HTTP server.

    Args:
        url: scheme, host and port.
        requests: the raw requests of a connection, by its number.
        connections: how many at a time.
        per_second: how many requests are due on all of them; as many as can be when left out.
    """
    interval = connections / per_second if per_second else 0.0
    place = urlsplit(url)

    async def main() -> Load:
        loop = asyncio.get_running_loop()
        made: list[_Connection] = []
        ends = [loop.create_future() for _ in range(connections)]
        begun = time.perf_counter()
        for number, end in enumerate(ends):

            def factory(number: int = number, end: "asyncio.Future[None]" = end) -> _Connection:
                first = interval * number / connections  # not all at once
                made.append(_Connection(requests(number), end, first, interval))
                return made[-1]

            await loop.create_connection(factory, place.hostname, place.port)
        await asyncio.gather(*ends)
        seconds = time.perf_counter() - begun
        times = sorted(each for connection in made for each in connection.times)
        return Load(
            len(times),
            seconds,
            times[len(times) // 2] * 1000,
            times[int(len(times) * 0.99)] * 1000,
            sum(each.wrong for each in made),
        )

    return uvloop.run(main())


def request(method: str, path: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    """A raw request."""
    lines = [f"{method} {path} HTTP/1.1", "host: localhost"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if body:
        lines += [f"content-length: {len(body)}", "content-type: application/json"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
