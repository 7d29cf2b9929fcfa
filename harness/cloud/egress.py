"""The egress guard: decides which addresses the cloud may call.

A stub of Atlassian's cloud must never call another host just because a descriptor or a webhook
registration names it. It calls the hosts of apps that the control API installed, and those that
were allowed by name.
"""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

import httpx

from harness.cloud.state import State

_LONGEST_HOST = 253
_HOST = re.compile(r"(?:[A-Za-z0-9_-]{1,63}\.)*[A-Za-z0-9_-]{1,63}\.?")


class Egress:
    """Decides by host name.

    Args:
        state: has the installed apps.
        allowed: the host names that are allowed from the start.
    """

    def __init__(self, state: State, allowed: Iterable[str]) -> None:
        self._state = state
        self._allowed = {name.lower() for name in allowed}

    def allow(self, url: str) -> None:
        """Allows the host of a URL that came through the control API."""
        if host := _host(url):
            self._allowed.add(host)

    def refuses(self, url: str) -> str | None:
        """Why a URL must not be called; None if it may be."""
        if wrong := malformed(url):
            return wrong
        host = _host(url)
        if host in self._allowed or host in {
            _host(app.base_url) for app in self._state.apps.values()
        }:
            return None
        return (
            f"the host {host} is not in this cloud's stack and was not allowed by name: "
            "install the app from that host, or start the cloud with --egress"
        )


def malformed(url: str) -> str | None:
    """Why a URL can never be called, whatever is allowed; None if it has the right form."""
    try:
        parts = urlsplit(url)
        _ = parts.port
        # What the client cannot parse would break each delivery.
        host = httpx.URL(url).raw_host.decode("ascii")
    except (ValueError, httpx.InvalidURL) as error:
        return f"{url[:200]!r} is not a URL: {error}"
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return f"{url[:200]!r} is not an http or https URL"
    if not _can_be_host(host):
        return f"{url[:200]!r} names no host: {host[:100]!r} is neither a name nor an address"
    if parts.username or parts.password:
        return f"{url[:200]!r} contains credentials"
    return None


def _can_be_host(host: str) -> bool:
    """Whether a name can be looked up; an IPv6 address was parsed already."""
    return ":" in host or (len(host) <= _LONGEST_HOST and bool(_HOST.fullmatch(host)))


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""
