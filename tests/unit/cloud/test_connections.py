import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpcore
import httpx
import pytest

from harness.cloud.connections import AddressRefused, CheckedBackend, CheckedTransport, never
from harness.cloud.outgoing import BoundedTransport


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254",
        "169.254.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "2002:a9fe:a9fe::1",
        "fe80::1",
        "fe80::1%eth0",
        "fd00:ec2::254",
        "100.100.100.200",
        "168.63.129.16",
        "0.0.0.0",
        "::",
        "224.0.0.1",
        "ff02::1",
        "255.255.255.255",
    ],
)
def test_never(address: str) -> None:
    assert never(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "::1",
        "10.1.2.3",
        "172.18.0.2",
        "192.168.0.9",
        "fc00::1",
        "8.8.8.8",
        "2001:db8::1",
    ],
)
def test_others_may_be_called(address: str) -> None:
    assert never(address) is None


class Names:
    """Answers look-ups as it is told, and counts them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, **known: list[str]) -> None:
        self.known, self.asked = {n.replace("_", "."): a for n, a in known.items()}, 0

        async def getaddrinfo(_loop: Any, host: str, port: int, **_: Any) -> list[Any]:
            self.asked += 1
            if host not in self.known:
                raise socket.gaierror("no such name")
            return [(0, 0, 0, "", (address, port)) for address in self.known[host]]

        monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", getaddrinfo)


@asynccontextmanager
async def served() -> AsyncIterator[int]:
    """A server on loopback that answers each request with its Host."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        host = next(line[6:] for line in head.splitlines() if line.lower().startswith("host: "))
        writer.write(f"HTTP/1.1 200 OK\r\ncontent-length: {len(host)}\r\n\r\n{host}".encode())
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


def call(host: str, refuses: str | None = None) -> str:
    """What a server on loopback answers to a call by a name."""

    async def main() -> str:
        async with served() as port:
            checked = CheckedTransport(ssl.create_default_context(), lambda _: refuses)
            async with httpx.AsyncClient(transport=BoundedTransport(checked)) as client:
                return (await client.get(f"http://{host}:{port}/")).text.partition(":")[0]

    return asyncio.run(main())


def test_a_name_is_looked_up_once_and_the_host_header_keeps_it(monkeypatch) -> None:
    names = Names(monkeypatch, app_example=["127.0.0.1"])
    assert call("app.example") == "app.example"
    assert names.asked == 1


def test_the_next_address_is_tried_where_one_does_not_answer(monkeypatch) -> None:
    Names(monkeypatch, both=["127.0.0.9", "127.0.0.1"])
    assert call("both") == "both"


@pytest.mark.parametrize("addresses", [["169.254.169.254"], ["127.0.0.1", "fe80::1"]])
def test_a_name_that_leads_to_a_forbidden_address_is_not_called(monkeypatch, addresses) -> None:
    Names(monkeypatch, app_example=addresses)
    with pytest.raises(AddressRefused, match="link-local"):
        call("app.example")


def test_a_name_without_an_address_is_an_error_of_the_network(monkeypatch) -> None:
    Names(monkeypatch)
    with pytest.raises(httpx.ConnectError, match="cannot be looked up"):
        call("app.example")


def test_a_call_that_nobody_asked_about_is_refused_all_the_same(monkeypatch) -> None:
    Names(monkeypatch, a=["127.0.0.1"])
    with pytest.raises(AddressRefused, match="not in the stack"):
        call("a", refuses="not in the stack")


def test_a_name_of_the_internet_does_not_come_to_lead_into_this_network(monkeypatch) -> None:
    names = Names(monkeypatch, app_example=["1.1.1.1"])
    backend = CheckedBackend()

    async def connect() -> None:
        await backend.connect_tcp("app.example", 9, timeout=1)

    async def never_connects(*_: Any) -> None:
        raise httpcore.ConnectError("no network here")

    monkeypatch.setattr(httpcore.AnyIOBackend, "connect_tcp", never_connects)
    with pytest.raises(httpcore.ConnectError, match="no network here"):
        asyncio.run(connect())
    names.known["app.example"] = ["127.0.0.1"]
    with pytest.raises(AddressRefused, match=r"now 127\.0\.0\.1"):
        asyncio.run(connect())
