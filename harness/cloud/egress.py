"""The egress guard: decides which addresses the cloud may call.

A stub of Atlassian's cloud must never call another service just because a descriptor or a webhook
registration names it. It calls the host and port of each app that the control API installed, and
those that were allowed by name; `connections` checks the address that a name leads to.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING

from harness.cloud.state import State
from harness.errors import BadInput

if TYPE_CHECKING:
    import httpx

_LONGEST_HOST = 253
_HOST = re.compile(r"(?:[A-Za-z0-9_-]{1,63}\.)*[A-Za-z0-9_-]{1,63}\.?")
_USUAL_PORTS = {"http": 80, "https": 443}

Place = tuple[str, int]
"""A host, as it is looked up, and a port."""


class Egress:
    """Decides by host and port.

    Args:
        state: has the installed apps.
        allowed: what is allowed from the start, each as `HOST` or `HOST:PORT`; a host without a
            port is allowed on the usual ports of http and https.
        upstream: the URL to which requests without a route are forwarded.

    Raises:
        BadInput: one of them is not of its form.
    """

    def __init__(self, state: State, allowed: Iterable[str], upstream: str | None = None) -> None:
        self._state = state
        self._allowed = {place for each in allowed for place in _named(each)}
        if upstream is not None:
            if wrong := malformed(upstream):
                raise BadInput(f"--upstream: {wrong}")
            self._allowed.add(_place(upstream))
        self._during: list[Place] = []

    @contextmanager
    def during_install(self, url: str) -> Iterator[None]:
        """Allows the place of a URL that came through the control API, until the block ends.

        From then on it is allowed if an app was installed from there.
        """
        place = _place(url)
        self._during.append(place)
        try:
            yield
        finally:
            self._during.remove(place)

    def refuses(self, url: str) -> str | None:
        """Why a URL must not be called; None if it may be."""
        if wrong := malformed(url):
            return wrong
        place = _place(url)
        if place in self._allowed or place in self._during or place in self._installed():
            return None
        host, port = place
        return (
            f"{host}:{port} is not in this cloud's stack and was not allowed by name: "
            f"install the app from there, or start the cloud with --egress {host}:{port}"
        )

    def _installed(self) -> Iterator[Place]:
        return (_place(app.base_url) for app in self._state.apps.values())


@lru_cache(maxsize=256)
def malformed(url: str) -> str | None:
    """Why a URL can never be called, whatever is allowed; None if it has the right form.

    The one parser is that of the client which makes the calls: two parsers may see two hosts.
    """
    try:
        parts = _parsed(url)
        host = parts.raw_host.decode("ascii")
        port = parts.port
    except ValueError as error:
        return f"{url[:200]!r} is not a URL: {error}"
    if parts.scheme not in _USUAL_PORTS or not host:
        return f"{url[:200]!r} is not an http or https URL"
    if not _can_be_host(host):
        return f"{url[:200]!r} names no host: {host[:100]!r} is neither a name nor an address"
    if port is not None and not 0 < port < 65536:
        return f"{url[:200]!r} names no port: {port}"
    if parts.userinfo:
        return f"{url[:200]!r} contains credentials"
    return None


def _can_be_host(host: str) -> bool:
    """Whether a name can be looked up; an IPv6 address was parsed already."""
    return ":" in host or (len(host) <= _LONGEST_HOST and bool(_HOST.fullmatch(host)))


@lru_cache(maxsize=256)
def _place(url: str) -> Place:
    """The place that a well-formed URL names."""
    parts = _parsed(url)
    host = parts.raw_host.decode("ascii").lower()
    return host, parts.port or _USUAL_PORTS[parts.scheme]


def _parsed(url: str) -> "httpx.URL":
    """A URL as the client takes it.

    Raises:
        ValueError: it takes it for none.
    """
    import httpx  # with the first address: `calls` says why

    try:
        return httpx.URL(url)
    except httpx.InvalidURL as error:
        raise ValueError(str(error)) from error


def _named(text: str) -> Iterator[Place]:
    """The places that an option means.

    Raises:
        BadInput: it is neither `HOST` nor `HOST:PORT`.
    """
    urls = [f"{scheme}://{text}" for scheme in _USUAL_PORTS]
    if any(character in text for character in "/?#@") or malformed(urls[0]):
        raise BadInput(f"--egress: {text[:200]!r} is neither HOST nor HOST:PORT")
    return (_place(url) for url in urls)
