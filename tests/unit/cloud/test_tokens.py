import json
import time
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

import atlassian_jwt
import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.cloud.tokens import TokenRefused, peek, qsh, sign_hs256, verify_hs256
from harness.vocabulary.effects import Effect

SECRET = "a shared secret that is long enough for SHA-256"
NOW = 1_700_000_000.0
NAMES = st.text("abcXYZ09-._~ %+&=/?äß", min_size=1, max_size=8)


def verify(token: str, hashes: tuple[str, ...] = ("right",), skew: float = 30.0) -> str:
    secrets = {"charts": SECRET}
    return verify_hs256(token, peek(token), secrets.get, hashes, skew, lambda: NOW)


def refused(token: str, **arguments: Any) -> TokenRefused:
    with pytest.raises(TokenRefused) as caught:
        verify(token, **arguments)
    return caught.value


@pytest.mark.parametrize(
    ("method", "url"),
    [
        ("GET", "/"),
        ("get", "/rest/atlassian-connect/1/migration/webhook"),
        ("POST", "/mapping/x/find?namespace=identity%3Auser"),
        ("GET", "/page?b=2&a=1&a=0&c"),
        ("GET", "/page?name=a+b%20c*~"),
        ("GET", "/page/?x=1"),
    ],
)
def test_qsh_agrees_with_the_public_package(method: str, url: str) -> None:
    path, _, query = url.partition("?")
    assert qsh(method, path, query) == atlassian_jwt.url_utils.hash_url(method, url)


@given(st.lists(st.tuples(st.sampled_from("abä"), NAMES) | st.tuples(NAMES, NAMES), max_size=5))
def test_qsh_agrees_for_any_query(pairs: list[tuple[str, str]]) -> None:
    query = urlencode(pairs)
    url = f"/path?{query}" if query else "/path"
    assert qsh("PUT", "/path", query) == atlassian_jwt.url_utils.hash_url("PUT", url)


def test_a_jwt_parameter_is_no_part_of_the_hash() -> None:
    assert qsh("GET", "/a", "x=1&jwt=abc") == qsh("GET", "/a", "x=1")


def test_a_right_token_gives_its_issuer() -> None:
    assert verify(sign_hs256("charts", SECRET, "right", NOW)) == "charts"
    assert verify(sign_hs256("charts", SECRET, "right", NOW), hashes=("other", "right")) == "charts"


@pytest.mark.parametrize("at", [NOW - 180 - 29, NOW + 29])
def test_skew_is_tolerated(at: float) -> None:
    assert verify(sign_hs256("charts", SECRET, "right", at)) == "charts"


@pytest.mark.parametrize(
    ("at", "effect"),
    [(NOW - 180 - 32, Effect.EXPIRED_TOKEN), (NOW + 32, Effect.TOKEN_NOT_YET_VALID)],
)
def test_more_than_the_skew_is_not(at: float, effect: Effect) -> None:
    assert refused(sign_hs256("charts", SECRET, "right", at)).effect == effect


def test_a_changed_token_is_refused() -> None:
    head, claims, signature = sign_hs256("charts", SECRET, "right", NOW).split(".")
    other = sign_hs256("charts", SECRET, "wrong", NOW).split(".")[1]
    assert refused(f"{head}.{other}.{signature}").effect == Effect.BAD_SIGNATURE
    assert refused(f"{head}.{claims}.").effect == Effect.BAD_SIGNATURE


@pytest.mark.parametrize("algorithm", ["none", "HS512"])
def test_other_algorithms_are_refused(algorithm: str) -> None:
    key = None if algorithm == "none" else SECRET.ljust(64, "x")
    token = jwt.encode({"iss": "charts", "exp": NOW + 9, "qsh": "right"}, key, algorithm=algorithm)
    assert refused(token).effect == Effect.BAD_ALGORITHM


@pytest.mark.parametrize("exp", [None, "soon", True, [1]])
def test_an_expiry_that_is_no_time_is_refused(exp: Any) -> None:
    claims = {"iss": "charts", "exp": exp, "qsh": "right"}
    token = jwt.api_jws.encode(_json(claims), SECRET, algorithm="HS256")
    assert refused(token).effect == Effect.EXPIRED_TOKEN


@given(st.text(max_size=60))
def test_any_text_is_a_token_or_refused(text: str) -> None:
    with suppress(TokenRefused):
        assert all(isinstance(part, dict) for part in peek(text))


def test_ours_is_one_that_others_accept() -> None:
    token = sign_hs256("client", SECRET, "hash", time.time())
    assert jwt.decode(token, SECRET, algorithms=["HS256"])["qsh"] == "hash"


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()
