"""The app's side of Connect: whom it trusts, and how it signs its calls.

Sources: Connect's public rules; `reference/tried.md` for what ACE does (`qsh` over the path below
the base URL, tokens valid for 180 seconds).
"""

import asyncio
import os
import ssl
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx
import jwt

from harness.cloud.tokens import TokenRefused, peek, qsh, sign_hs256, verify_hs256

_KEYS_HOST = "https://connect-install-keys.atlassian.com"
_MIGRATION = "/rest/atlassian-connect/1/migration"
_SKEW = 30.0
_TRIES = 7
_PASSING = frozenset({429, 500, 502, 503, 504, 507})
"""What another try may change: the cloud is busy, or broke."""

_FIRST_PAUSE = 0.1


class NotTrusted(Exception):
    """A call cannot be trusted or signed; the message says why."""


@dataclass(frozen=True)
class Installation:
    """The site that the app is installed on."""

    client_key: str
    secret: str
    base_url: str


class SiteClient:
    """Verifies what the site sends, and calls it.

    Args:
        key: the app's key.
    """

    def __init__(self, key: str) -> None:
        self.key = key
        self.installation: Installation | None = None
        self._http = httpx.AsyncClient(
            verify=ssl.create_default_context(), trust_env=False, timeout=30
        )

    async def close(self) -> None:
        """Closes the connections."""
        await self._http.aclose()

    async def check_install(
        self, authorization: str, method: str, path: str, audience: str, site_url: str
    ) -> Mapping[str, Any]:
        """Checks a signed install or uninstall callback, and returns its token's claims.

        Raises:
            NotTrusted: its token is not valid.
        """
        token = authorization.removeprefix("JWT ").strip()
        try:
            key_id = jwt.get_unverified_header(token).get("kid", "")
            public_key = await self._install_key(key_id, site_url)
            claims: Mapping[str, Any] = jwt.decode(
                token, public_key, algorithms=["RS256"], audience=audience, leeway=_SKEW
            )
        except (jwt.PyJWTError, httpx.HTTPError, ValueError) as error:
            raise NotTrusted(f"{type(error).__name__}: {error}") from error
        if claims.get("qsh") != qsh(method, path):
            raise NotTrusted("the qsh is not the one of this request")
        return claims

    async def _install_key(self, key_id: str, site_url: str) -> str:
        # On loopback no name leads to the host of the keys, so the key comes from the site itself.
        parts = urlsplit(site_url)
        of_site = f"{parts.scheme}://{parts.netloc}"
        default = _KEYS_HOST if (parts.hostname or "").endswith(".atlassian.net") else of_site
        host = os.environ.get("CONNECT_KEYS_CDN_URL") or default
        answer = await self._http.get(f"{host}/{key_id}")
        answer.raise_for_status()
        return answer.text

    def check_call(self, authorization: str, method: str, path: str, query: str) -> None:
        """Checks the token of a webhook or an `enabled` callback.

        Raises:
            NotTrusted: it is not valid, or the app is not installed.
        """
        installed = self.installation
        if installed is None:
            raise NotTrusted("the app is not installed")
        try:
            token = authorization.removeprefix("JWT ").strip()
            verify_hs256(
                token,
                peek(token),
                lambda issuer: installed.secret if issuer == installed.client_key else None,
                (qsh(method, path, query),),
                _SKEW,
            )
        except TokenRefused as refused:
            raise NotTrusted(f"{refused.claim}: {refused.message}") from refused

    async def call(
        self,
        method: str,
        path: str,
        query: str = "",
        json: Any = None,
        secret: str | None = None,
        base: str = "",
    ) -> httpx.Response:
        """Calls the migration API as a Connect app.

        After a 429, a 5xx or a broken connection it tries again, with growing pauses, as the rate
        limit page asks apps to do.

        Args:
            method: the HTTP method.
            path: below the migration API's base path.
            query: the raw query string.
            json: the body.
            secret: what to sign with; None takes the installation's shared secret.
            base: what to put behind the site's base URL, where nothing belongs.

        Raises:
            httpx.HTTPError: the connection of the last try broke.
            NotTrusted: the app is not installed.
        """
        installed = self.installation
        if installed is None:
            raise NotTrusted("the app is not installed")
        below = f"{_MIGRATION}{path}"
        url = f"{installed.base_url}{base}{below}" + (f"?{query}" if query else "")
        for attempt in range(_TRIES):
            last = attempt == _TRIES - 1
            pause = _FIRST_PAUSE * 2**attempt
            # A new token for each try: an old one may have expired during the pauses.
            token = sign_hs256(self.key, secret or installed.secret, qsh(method, below, query))
            try:
                answer = await self._http.request(
                    method, url, json=json, headers={"Authorization": f"JWT {token}"}
                )
            except httpx.HTTPError:
                if last:
                    raise
            else:
                if last or answer.status_code not in _PASSING:
                    return answer
                pause = _retry_after(answer, pause)
            await asyncio.sleep(pause)
        raise AssertionError("unreachable")

    async def download(self, url: str) -> AsyncIterator[bytes]:
        """The bytes behind a signed URL."""
        async with self._http.stream("GET", url) as answer:
            answer.raise_for_status()
            async for piece in answer.aiter_bytes():
                yield piece


def _retry_after(answer: httpx.Response, default: float) -> float:
    given = answer.headers.get("retry-after", "")
    return min(float(given), 30.0) if given.isascii() and given.isdecimal() else default
