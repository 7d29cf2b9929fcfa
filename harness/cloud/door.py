"""Who may use a control API.

A page of another site, open in a browser of this machine, can send requests to any port of
loopback, and after a change of its name's address even read the answers. So a page is never let
in; a program has to know the stack's token, or, where there is none, call by this machine's own
name.
"""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from harness.errors import BadInput

_OWN_NAMES = frozenset({"localhost", "localhost.localdomain", "host.docker.internal"})
_OF_NO_PAGE = frozenset({"none", "same-origin"})
"""What browsers say of an address that a person typed, and of a page of this very server."""

_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data", "text/plain")
"""What a page may send to another site without asking first."""

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
    """The door of a control API.

    Args:
        token: what programs have to send; None where none was made.
    """

    token: str | None = None

    @classmethod
    def of_file(cls, path: Path | None) -> "Door":
        """The door with the token of a file.

        Raises:
            BadInput: the file cannot be read, or is empty.
        """
        if path is None:
            return cls()
        try:
            token = path.read_text().strip()
        except (OSError, UnicodeDecodeError) as error:
            raise BadInput(f"the control token cannot be read: {error}", path=path) from error
        if not token:
            raise BadInput("the control token is empty", path=path)
        return cls(token)

    def turns_away(self, header: Header) -> Turned | None:
        """Why a request is turned away; None if it is let in."""
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
