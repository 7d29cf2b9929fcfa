"""Who may use a listener, and who its control API.

A page of another site, open in a browser of this machine, can send requests to any port of
loopback, and after a change of its name's address even read the answers. So a page is never let
in, nor is whoever calls by a name that is none of the listener's. To use the control API, a program
has to know the stack's token, or, where there is none, call by this machine's own name.
"""

import hmac
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from harness.errors import BadInput

_OWN_NAMES = frozenset({"localhost", "localhost.localdomain", "host.docker.internal"})
_OF_NO_PAGE = frozenset({"none", "same-origin"})
"""What browsers say of an address that a person typed, and of a page of this very server."""

_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data", "text/plain")
"""What a page may send to another site without asking first."""

_ATLASSIAN = (".atlassian.com", ".atlassian.net", ".atl-asap.net")
"""Names that the cloud stands in for; nobody else has pages there."""

_SENT_BY_PAGES = frozenset({b"origin", b"sec-fetch-site"})

Header = Callable[[bytes], str | None]
"""Gives a request's header by its name in lower case."""


@dataclass(frozen=True)
class Turned:
    """Why a request is turned away.

    Attributes:
        status: the HTTP status.
        reason: why, and what to do.
    """

    status: int
    reason: str


@dataclass(frozen=True)
class Door:
    """The door of a process's listeners.

    Args:
        token: what programs have to send to the control API; None where none was made.
        names: by which the process is called beside those of this machine and its network.
    """

    token: str | None = None
    names: frozenset[str] = frozenset()

    @classmethod
    def of_file(cls, path: Path | None, names: Iterable[str] = ()) -> "Door":
        """The door with the token of a file.

        Raises:
            BadInput: the file cannot be read, or is empty.
        """
        known = frozenset(name.lower() for name in names)
        if path is None:
            return cls(names=known)
        try:
            token = path.read_text().strip()
        except (OSError, UnicodeDecodeError) as error:
            raise BadInput(f"the control token cannot be read: {error}", path=path) from error
        if not token:
            raise BadInput("the control token is empty", path=path)
        return cls(token, known)

    def turns_stranger_away(self, named: Mapping[bytes, bytes]) -> Turned | None:
        """Why a request is turned away, whatever it asks for; None if it is not.

        Args:
            named: the request's headers, with names in lower case.
        """
        if not _SENT_BY_PAGES.isdisjoint(named):
            sent = {name: value.decode("latin-1") for name, value in named.items()}
            if (page := _page(sent.get)) is not None:
                return Turned(403, f"{page} may not call here: this is for programs")
        host = named.get(b"host", b"")
        if not _is_a_name_of(host, self.names):
            shown = host.decode("latin-1")[:200]
            return Turned(421, f"the host is {shown!r}: this cloud has no such name")
        return None

    def turns_away(self, header: Header) -> Turned | None:
        """Why a request to the control API is turned away; None if it is let in."""
        if (page := _page(header)) is not None:
            return Turned(403, f"{page} may not use the control API: it is for programs")
        if self.token is not None:
            given = (header(b"authorization") or "").encode("utf-8", "replace")
            if hmac.compare_digest(given, f"Bearer {self.token}".encode()):
                return None
            return Turned(401, "send Authorization: Bearer <the stack's control token>")
        if not _is_own_name(header(b"host")):
            return Turned(403, f"the host is {header(b'host')!r}: use localhost or an address")
        kind = (header(b"content-type") or "").partition(";")[0].strip().lower()
        if kind in _FORMS:
            return Turned(
                415, f"the body is {kind}: send Content-Type: application/json (curl: --json)"
            )
        return None


def _page(header: Header) -> str | None:
    """The page in a browser that a request comes from; None for a program's."""
    origin, site = header(b"origin"), header(b"sec-fetch-site")
    if origin is not None:
        return f"a page of {origin[:200]!r}"
    return None if site is None or site in _OF_NO_PAGE else "a page of another site"


@lru_cache(maxsize=256)
def _is_a_name_of(header: bytes, names: frozenset[str]) -> bool:
    """Whether a Host is a name by which a listener is called: no name of a page of the internet."""
    host = header.decode("latin-1")
    if not host or _is_own_name(host):
        return True
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    # Names without a dot are those of a Docker network.
    return "." not in name or name.endswith(_ATLASSIAN) or name in names


def _is_own_name(host: str | None) -> bool:
    """Whether a Host is an address, or a name that means this machine wherever it is looked up."""
    try:
        name = urlsplit(f"//{host or ''}").hostname or ""
    except ValueError:
        return False
    if name in _OWN_NAMES or name.endswith(".localhost"):
        return True
    try:
        return bool(ip_address(name))
    except ValueError:
        return False
