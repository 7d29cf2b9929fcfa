"""`qsh` and signatures beside both public packages: what both of them say is right here, too."""

import base64
import hashlib
import hmac
import json
import random
import subprocess
import time
from pathlib import Path
from typing import Any

import atlassian_jwt
import pytest

from harness.cloud.tokens import TokenRefused, peek, qsh, sign_hs256, verify_hs256
from harness.engines import builds

pytestmark = pytest.mark.witness

REQUESTS = 20_000
SECRET = "a shared secret that is long enough for SHA-256"
PATHS = ("/", "/rest/a", "/rest/a/", "/x%20y", "/a&b", "/a;b", "/a%2Fb", "/~x", "/%41", "/%C3%A4")
NAMES = ("a", "b", "ab", "A", "a%20b", "a+b", "a~", "a%7E", "%61", "", "%C3%A4", "jwt", "__proto__")
PIECES = (
    *"abAZ09-._~!'()*;:@,=+/?$",
    *("%20", "%2B", "%2b", "%26", "%2C", "%3D", "%25", "%2F", "%2A", "%7E", "%27", "%00", "%0A"),
    *("%C3%A4", "%c3%a4", "%E2%82%AC", "%F0%9F%98%80", "%EE%80%80"),
    *("%E4", "%ED%A0%80", "%zz", "%", "%4"),
)
"""Of values: what has to be encoded, what need not, in either case, and bytes that are no text."""


def requests() -> list[tuple[str, str]]:
    """Requests with parameters that are repeated, empty, without a value, and oddly encoded."""
    chance = random.Random(20)  # noqa: S311 - the same requests each time

    def parameter() -> str:
        value = "".join(chance.choices(PIECES, k=chance.randint(0, 4)))
        name = chance.choice(NAMES) if chance.random() < 0.9 else value.partition("=")[0]
        return name if chance.random() < 0.1 else f"{name}={value}"

    def url() -> str:
        query = "&".join(parameter() for _ in range(chance.randint(0, 5)))
        return chance.choice(PATHS) + (f"?{query}" if query else "")

    return [(chance.choice(("GET", "post", "PUT")), url()) for _ in range(REQUESTS)]


def spellings(token: str) -> list[str]:
    """The token with its signature spelled otherwise, and with others."""
    signed, _, signature = token.rpartition(".")
    raw = base64.urlsafe_b64decode(signature + "=")
    standard = base64.b64encode(raw).decode()
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    last = alphabet.index(signature[-1])
    others = [
        *(standard, standard.rstrip("="), f"{signature}=", f"{signature}==", f"{signature}A"),
        *(f"{signature[:9]}{junk}{signature[9:]}" for junk in " \n\t!*%~"),
        *(f" {signature}", f"{signature} ", f"{signature}\n", signature[:-1], ""),
        *(f"{signature[:-1]}{alphabet[last ^ bits]}" for bits in (1, 2, 3)),
        *(f"{signature[:-1]}{alphabet[last ^ 4]}", signature.swapcase()),
    ]
    return [f"{signed}.{other}" for other in others if other != signature]


@pytest.fixture(scope="module")
def tokens() -> list[str]:
    """Good tokens first, one for each of 50 times, then each in all other spellings."""
    good = [sign_hs256("charts", SECRET, f"hash {number}") for number in range(50)]
    return good + [other for token in good for other in spellings(token)]


@pytest.fixture(scope="module")
def npm(tokens: list[str]) -> dict[str, list[Any]]:
    """What Atlassian's npm package says of the requests and of the tokens."""
    folder = builds.node_app(Path(__file__).with_name("atlassian-jwt"), lambda _line: None)
    asked = {"requests": requests(), "tokens": [(token, SECRET) for token in tokens]}
    done = subprocess.run(
        ["node", "oracle.js"],
        cwd=folder,
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=True,
    )
    answer: dict[str, list[Any]] = json.loads(done.stdout)
    return answer


def test_qsh_is_what_both_packages_say(npm: dict[str, list[Any]]) -> None:
    agreed = different = 0
    for (method, url), theirs in zip(requests(), npm["hashes"], strict=True):
        if theirs != atlassian_jwt.url_utils.hash_url(method, url):
            continue
        agreed += 1
        path, _, query = url.partition("?")
        different += qsh(method, path, query) != theirs
    assert different == 0
    assert agreed > REQUESTS * 0.7


def accepted_here(token: str) -> bool:
    try:
        claims = peek(token)
        right = claims[1]["qsh"]
        verify_hs256(token, claims, {"charts": SECRET}.get, (right,), 30)
    except TokenRefused:
        return False
    return True


def test_a_signature_has_one_spelling(npm: dict[str, list[Any]], tokens: list[str]) -> None:
    assert [accepted_here(token) for token in tokens] == npm["accepted"]
    assert npm["accepted"][:50] == [True] * 50
    assert True not in npm["accepted"][50:]


def test_a_wrong_spelling_is_told_from_a_wrong_secret() -> None:
    token = sign_hs256("charts", SECRET, "hash", time.time())
    body, _, signature = token.rpartition(".")
    wrong = hmac.new(b"other", body.encode(), hashlib.sha256).digest()
    said = []
    for other in (f"{signature}=", base64.urlsafe_b64encode(wrong).decode().rstrip("=")):
        given = f"{body}.{other}"
        with pytest.raises(TokenRefused) as refused:
            verify_hs256(given, peek(given), {"charts": SECRET}.get, ("hash",), 30)
        said.append(refused.value.message)
    assert "not their spelling" in said[0]
    assert "was not made with the shared secret" in said[1]
