"""Opens the cloud's outgoing connections, each to an address that was checked.

A name is looked up once, every address that it has is checked, and the connection is made to one
of them: a name that leads elsewhere a moment later leads nobody there. TLS and the Host header
keep the name.
"""

import asyncio
import socket
import ssl
from collections.abc import Callable, Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import httpcore
import httpx

_Address = IPv4Address | IPv6Address

_NEVER = tuple(
    (ip_network(network), what)
    for network, what in (
        ("169.254.0.0/16", "link-local, where clouds keep the secrets of their machines"),
        ("fe80::/10", "link-local"),
        ("fd00:ec2::/32", "where a cloud keeps the secrets of its machines"),
        ("100.100.100.200/32", "where a cloud keeps the secrets of its machines"),
        ("168.63.129.16/32", "where a cloud keeps the secrets of its machines"),
        ("0.0.0.0/8", "no address of a host"),
        ("::/128", "no address of a host"),
        ("224.0.0.0/4", "a group's"),
        ("ff00::/8", "a group's"),
        ("255.255.255.255/32", "everybody's"),
    )
)
_NAT64 = ip_network("64:ff9b::/96")


class AddressRefused(httpx.ConnectError):
    """An address that must not be called."""


def never(address: str) -> str | None:
    """Why an address is never called, whatever is allowed; None if it may be."""
    parsed = ip_address(address.partition("%")[0])
    for each in _meant(parsed):
        for network, what in _NEVER:
            if each in network:
                return f"{address} is {what}"
    return None


def _meant(address: _Address) -> Iterable[_Address]:
    """An address, and the IPv4 address that it is another form of."""
    yield address
    if isinstance(address, IPv6Address):
        if address in _NAT64:
            yield IPv4Address(int(address) & 0xFFFFFFFF)
        for inner in (address.ipv4_mapped, address.sixtofour):
            if inner is not None:
                yield inner


class CheckedBackend(httpcore.AnyIOBackend):
    """Connects to an address only after it was checked.

    A name that once led to the internet and now leads into this machine or its network was given
    a new address by somebody outside: that is refused, too.
    """

    def __init__(self) -> None:
        super().__init__()
        self._were_public: set[str] = set()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Looks a name up, checks what came, and connects to the first address that answers.

        Raises:
            AddressRefused: it has an address that is never called.
            httpcore.ConnectError: it has no address, or none of them answers.
        """
        failed = httpcore.ConnectError(f"{host} has no address")
        for address in self._checked(host, await _look_up(host, port)):
            try:
                return await super().connect_tcp(
                    address, port, timeout, local_address, socket_options
                )
            except httpcore.ConnectError as error:
                failed = error
        raise failed

    def _checked(self, host: str, addresses: list[str]) -> list[str]:
        for address in addresses:
            if why := never(address):
                raise AddressRefused(f"{host} is not called: {why}")
        public = bool(addresses) and all(ip_address(each).is_global for each in addresses)
        if public:
            self._were_public.add(host)
        elif host in self._were_public:
            raise AddressRefused(
                f"{host} is not called: it was an address of the internet before, and is now "
                f"{', '.join(addresses)}"
            )
        return addresses


async def _look_up(host: str, port: int) -> list[str]:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpcore.ConnectError(f"{host} cannot be looked up: {error}") from error
    return list(dict.fromkeys(str(each[4][0]) for each in found))


class CheckedTransport(httpx.AsyncHTTPTransport):
    """httpx's own transport, which calls nothing else than it may.

    Args:
        trust: whom it trusts.
        refuses: why a URL must not be called; None if it may be.
    """

    def __init__(self, trust: ssl.SSLContext, refuses: Callable[[str], str | None]) -> None:
        super().__init__(verify=trust, trust_env=False)
        # httpx has no argument for the backend of its pool.
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=trust,
            max_connections=_MOST,
            max_keepalive_connections=_MOST_IDLE,
            keepalive_expiry=_IDLE_SECONDS,
            network_backend=CheckedBackend(),
        )
        self._refuses = refuses

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Makes a call; whoever forgot to ask whether it may be made gets AddressRefused."""
        if why := self._refuses(str(request.url)):
            raise AddressRefused(why, request=request)
        return await super().handle_async_request(request)


_MOST, _MOST_IDLE, _IDLE_SECONDS = 100, 20, 5.0
"""Connections, those kept for the next call, and for how long: httpx's own defaults."""
