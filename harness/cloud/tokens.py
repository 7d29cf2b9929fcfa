"""Connect's JSON web tokens: `qsh`, HS256 both ways, and the RS256 of a signed install.

Times are wall times: a token made by a real app knows no other clock.
Sources: Connect's public rules for JWT and `qsh`; `reference/tried.md` for what ACE accepts
and sends (its `qsh` leaves out the base URL's `/wiki`).
"""

import base64
import binascii
import hashlib
import hmac
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from typing import Any, TypeGuard
from urllib.parse import parse_qsl, quote, urlsplit

import orjson

from harness.vocabulary.effects import Effect

_FROM_URLSAFE = bytes.maketrans(b"-_", b"+/")

_LONG = 4096
"""Characters; an app's token has some hundred. Longer ones are not remembered, being anybody's."""

LIFETIME = 180
"""Wall seconds for which a token of ours is valid; the same as in ACE."""


class TokenRefused(Exception):
    """A token is not accepted.

    Args:
        effect: what the journal says.
        claim: the claim or header field that failed.
        message: why, for the caller; it contains no secret.
    """

    def __init__(self, effect: Effect, claim: str, message: str) -> None:
        self.effect, self.claim, self.message = effect, claim, message
        super().__init__(message)


def qsh(method: str, path: str, query: str = "") -> str:
    """Connect's query string hash.

    Args:
        method: the HTTP method.
        path: the raw (still percent-encoded) path below the base URL.
        query: the raw query string; a `jwt` parameter in it is left out.
    """
    canonical_path = path.replace("&", "%26").rstrip("/") or "/"
    if not canonical_path.startswith("/"):
        canonical_path = f"/{canonical_path}"
    canonical_query = _canonical_query(query) if query else ""
    text = f"{method.upper()}&{canonical_path}&{canonical_query}"
    return hashlib.sha256(text.encode()).hexdigest()


def _canonical_query(query: str) -> str:
    values: dict[str, list[str]] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        if name != "jwt":
            values.setdefault(quote(name, safe="~"), []).append(value)
    # Repeated values are put in order before they are encoded: the rules say after, but the product
    # and the public packages do it so.
    return "&".join(
        f"{name}={','.join(quote(value, safe='~') for value in sorted(values[name]))}"
        for name in sorted(values)
    )


def path_below(base_url: str, url: str) -> str:
    """The path of a URL that goes into its `qsh`.

    Args:
        base_url: the app's base URL.
        url: a URL of the app.

    Returns:
        The raw path, without the base URL's own path where it lies under that.
    """
    base = urlsplit(base_url).path.rstrip("/")
    path = urlsplit(url).path
    return path[len(base) :] if base and path.startswith(f"{base}/") else path


def sign_hs256(issuer: str, secret: str, hashed: str, now: float | None = None) -> str:
    """Makes a context-less token of `issuer`, signed with the shared secret.

    Args:
        issuer: the client key when the cloud calls the app; the app key when the app calls.
        secret: the shared secret of the install.
        hashed: the request's `qsh`.
        now: wall time in epoch seconds; the current time when left out.
    """
    at = int(time.time() if now is None else now)
    claims = {"iss": issuer, "iat": at, "exp": at + LIFETIME, "qsh": hashed}
    return _encode(claims, secret, "HS256")


def sign_install(
    client_key: str, audience: str | list[str], hashed: str, private_key: str, key_id: str
) -> str:
    """Makes the RS256 token of an install or uninstall callback.

    Args:
        client_key: the site's client key, as `iss`.
        audience: `aud`: the app's base URL, by itself or in a list.
        hashed: the request's `qsh`.
        private_key: PEM of the RSA key.
        key_id: names the public key that the install-keys host serves.
    """
    at = int(time.time())
    claims = {
        "iss": client_key,
        "aud": audience,
        "iat": at,
        "exp": at + LIFETIME,
        "qsh": hashed,
    }
    return _encode(claims, private_key, "RS256", {"kid": key_id})


def _encode(
    claims: dict[str, Any], key: str, algorithm: str, headers: dict[str, Any] | None = None
) -> str:
    # Imported with the first token: with its cryptography it is a sixth of a cloud's start.
    import jwt

    return jwt.encode(claims, key, algorithm=algorithm, headers=headers)


Peeked = tuple[Mapping[str, Any], Mapping[str, Any]]
"""A token's header and claims, unverified."""


def peek(token: str) -> Peeked:
    """A token's header and claims, unverified.

    Raises:
        TokenRefused: it is not a token.
    """
    return (_peeked if len(token) < _LONG else _peeked.__wrapped__)(token)


# Within a second an app signs the same call with the same token.
@lru_cache(maxsize=256)
def _peeked(token: str) -> Peeked:
    parts = token.split(".")
    if len(parts) != 3:
        raise _malformed("a JWT has three parts separated by dots")
    return _header(parts[0]), _part(parts[1], "payload")


def claimed_app(authorization: str) -> str | None:
    """The app that a request says it comes from; nothing is verified.

    Args:
        authorization: the request's Authorization header; empty when it has none.
    """
    try:
        issuer = peek(authorization.partition(" ")[2].strip())[1].get("iss")
    except TokenRefused:
        return None
    return issuer if isinstance(issuer, str) else None


def verify_hs256(
    token: str,
    peeked: Peeked,
    secret_of: Callable[[str], str | None],
    hashes: Sequence[str],
    skew: float,
    now: Callable[[], float] = time.time,
) -> str:
    """Verifies a Connect token.

    Args:
        token: the compact token.
        peeked: its header and claims, from `peek`.
        secret_of: the shared secret of an issuer; None for an issuer that is not installed.
        hashes: the `qsh` values that are right for this request.
        skew: wall seconds by which two clocks may differ.
        now: wall time in epoch seconds.

    Returns:
        The issuer.

    Raises:
        TokenRefused: it is not valid; the error names the claim that failed.
    """
    header, claims = peeked
    algorithm = header.get("alg")
    if algorithm != "HS256":
        raise TokenRefused(
            Effect.BAD_ALGORITHM, "alg", f"alg is {algorithm!r}; only HS256 is accepted here"
        )
    issuer = claims.get("iss")
    secret = secret_of(issuer) if isinstance(issuer, str) else None
    if secret is None:
        raise TokenRefused(
            Effect.UNKNOWN_ISSUER, "iss", f"no app with the key {issuer!r} is installed here"
        )
    _check_signature(token, secret, str(issuer))
    _check_times(claims, skew, now())
    given = claims.get("qsh")
    if given not in hashes:
        raise TokenRefused(
            Effect.BAD_QSH,
            "qsh",
            f"qsh is {given!r}; for this request it must be {' or '.join(hashes)}: "
            "the SHA-256 of METHOD&path&query, with the path below the base URL",
        )
    return str(issuer)


@lru_cache(maxsize=256)
def _check_signature(token: str, secret: str, issuer: str) -> None:
    """Compares texts, not bytes: base64 has many spellings of the same bytes, a JWT allows one."""
    signed, _, given = token.rpartition(".")
    keyed = _keyed(secret).copy()
    keyed.update(signed.encode())
    expected = keyed.digest()
    right = base64.urlsafe_b64encode(expected).rstrip(b"=")
    if hmac.compare_digest(right, given.encode()):
        return
    message = f"the signature was not made with the shared secret of {issuer!r}'s install"
    # Only now, for the message: does the app's encoder spell the right bytes in another way?
    with suppress(ValueError):
        if hmac.compare_digest(expected, _bytes(given)):
            message = (
                "the signature's bytes are right but not their spelling: base64url (- and _, no =, "
                "no other characters) is required, and its unused last bits must be 0"
            )
    raise TokenRefused(Effect.BAD_SIGNATURE, "signature", message)


@lru_cache(maxsize=64)
def _keyed(secret: str) -> hmac.HMAC:
    """HMAC-SHA-256 with its key set; setting the key takes OpenSSL longer than signing."""
    return hmac.new(secret.encode(), digestmod="sha256")


def _check_times(claims: Mapping[str, Any], skew: float, now: float) -> None:
    expires, issued = claims.get("exp"), claims.get("iat")
    if not _is_number(expires):
        raise TokenRefused(Effect.EXPIRED_TOKEN, "exp", "exp is missing or not a number")
    if not expires + skew >= now:  # written so that NaN counts as expired
        raise TokenRefused(
            Effect.EXPIRED_TOKEN,
            "exp",
            f"exp was {now - expires:.0f} s ago by this cloud's clock ({skew:g} s are tolerated)",
        )
    for claim, value in (("iat", issued), ("nbf", claims.get("nbf"))):
        if value is not None and not _is_number(value):
            raise TokenRefused(Effect.MALFORMED_TOKEN, claim, f"{claim} is not a number")
        if value is not None and value - skew > now:
            raise TokenRefused(
                Effect.TOKEN_NOT_YET_VALID,
                claim,
                f"{claim} lies {value - now:.0f} s in the future ({skew:g} s are tolerated)",
            )


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


@lru_cache(maxsize=64)
def _header(text: str) -> Mapping[str, Any]:
    """A token's header; cached, since an app sends the same one each time."""
    return _part(text, "header")


def _part(text: str, name: str) -> Mapping[str, Any]:
    try:
        part = orjson.loads(_decode(text, name))
    except ValueError as error:
        raise _malformed(f"its {name} is not JSON") from error
    if not isinstance(part, dict):
        raise _malformed(f"its {name} is not a JSON object")
    return part


def _decode(text: str, name: str) -> bytes:
    try:
        return _bytes(text)
    except ValueError as error:  # binascii.Error is a ValueError
        raise _malformed(f"its {name} is not base64url") from error


def _bytes(text: str) -> bytes:
    return binascii.a2b_base64(text.encode("ascii").translate(_FROM_URLSAFE) + b"==")


def _malformed(why: str) -> TokenRefused:
    return TokenRefused(Effect.MALFORMED_TOKEN, "token", f"this is not a JSON web token: {why}")
