import json
import time
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

import atlassian_jwt
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st

from harness.cloud.tokens import (
    TokenRefused,
    claimed_app,
    path_below,
    peek,
    qsh,
    sign_hs256,
    sign_install,
    verify_hs256,
)
from harness.vocabulary.effects import Effect

SECRET = "a shared secret that is long enough for SHA-256"
NOW = 1_700_000_000.0
NAMES = st.text("abcXYZ09-._~ %+&=/?äß", min_size=1, max_size=8)


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()


def signed(claims: dict[str, Any], **header: Any) -> str:
    """A token of ours with any claims."""
    given = {"iss": "charts", "exp": NOW + 9, "qsh": "right", **claims}
    return jwt.api_jws.encode(_json(given), SECRET, algorithm="HS256", headers=header or None)


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


def said(token: str, **arguments: Any) -> tuple[Effect, str]:
    found = refused(token, **arguments)
    assert str(found) == found.message
    return found.effect, found.claim


def test_a_signature_in_another_spelling_is_told_from_a_wrong_one() -> None:
    head, _, signature = sign_hs256("charts", SECRET, "right", NOW).rpartition(".")
    padded = refused(f"{head}.{signature}=")
    assert padded.message.startswith("the signature's bytes are right but not their spelling")
    for wrong in ("AAAA", "A", "é"):
        found = refused(f"{head}.{wrong}")
        assert (found.effect, found.message) == (
            Effect.BAD_SIGNATURE,
            "the signature was not made with the shared secret of 'charts''s install",
        )


def test_a_refusal_names_what_failed() -> None:
    right = signed({})
    assert said(jwt.encode({"iss": "charts"}, SECRET * 2, algorithm="HS384")) == (
        Effect.BAD_ALGORITHM,
        "alg",
    )
    assert said(signed({"iss": "other"})) == (Effect.UNKNOWN_ISSUER, "iss")
    assert said(signed({"iss": ["charts"]})) == (Effect.UNKNOWN_ISSUER, "iss")
    assert said(f"{right.rpartition('.')[0]}.AAAA") == (Effect.BAD_SIGNATURE, "signature")
    assert said(signed({"exp": NOW - 31})) == (Effect.EXPIRED_TOKEN, "exp")
    assert said(signed({"exp": "x"})) == (Effect.EXPIRED_TOKEN, "exp")
    assert said(signed({"iat": NOW + 31})) == (Effect.TOKEN_NOT_YET_VALID, "iat")
    assert said(signed({"nbf": NOW + 31})) == (Effect.TOKEN_NOT_YET_VALID, "nbf")
    assert said(signed({"nbf": "x"})) == (Effect.MALFORMED_TOKEN, "nbf")
    assert said(signed({"iat": True})) == (Effect.MALFORMED_TOKEN, "iat")
    assert said(right, hashes=("one", "two")) == (Effect.BAD_QSH, "qsh")


def test_a_refusal_says_by_how_much() -> None:
    assert (
        "exp was 40 s ago by this cloud's clock (30 s are"
        in refused(signed({"exp": NOW - 40})).message
    )
    assert "iat lies 40 s in the future (30 s are" in refused(signed({"iat": NOW + 40})).message
    assert "it must be one or two: " in refused(signed({}), hashes=("one", "two")).message
    assert "'other' is installed" in refused(signed({"iss": "other"})).message
    assert "HS384" in refused(jwt.encode({}, SECRET * 2, algorithm="HS384")).message


@pytest.mark.parametrize("claims", [{"exp": NOW - 30}, {"iat": NOW + 30}, {"nbf": NOW + 30}])
def test_the_skew_itself_is_tolerated(claims: dict[str, Any]) -> None:
    assert verify(signed(claims)) == "charts"


def test_an_expiry_that_is_not_a_number_of_time_has_passed() -> None:
    """NaN is later than nothing and earlier than nothing."""
    peeked = ({"alg": "HS256"}, {"iss": "charts", "exp": float("nan"), "qsh": "right"})
    with pytest.raises(TokenRefused) as caught:
        verify_hs256(signed({}), peeked, {"charts": SECRET}.get, ("right",), 30, lambda: NOW)
    assert caught.value.effect == Effect.EXPIRED_TOKEN


def test_later_hashes_are_made_only_where_they_are_needed() -> None:
    def hashes() -> Any:
        yield "right"
        raise AssertionError("it was right already")

    assert verify(signed({}), hashes()) == "charts"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("token", "why"),
    [
        ("a.b", "three parts"),
        ("a.b.c.d", "three parts"),
        ("e30.ä.x", "payload is not base64url"),
        ("A.e30.x", "header is not base64url"),
        ("e30.bm8.x", "payload is not JSON"),
        ("W10.e30.x", "header is not a JSON object"),
        ("e30.W10.x", "payload is not a JSON object"),
    ],
)
def test_what_is_no_token_is_told_why(token: str, why: str) -> None:
    with pytest.raises(TokenRefused, match=why) as caught:
        peek(token)
    assert (caught.value.effect, caught.value.claim) == (Effect.MALFORMED_TOKEN, "token")


def test_a_token_in_url_safe_letters_is_read() -> None:
    assert peek("eyJhIjoi8J-YgPCfmIA_In0.e30.x")[0] == {"a": "\U0001f600\U0001f600?"}


@pytest.mark.parametrize(
    ("header", "app"),
    [
        (f"JWT {signed({})}", "charts"),
        (f"Bearer  {signed({})} ", "charts"),
        (f"JWT {signed({'iss': 3})}", None),
        ("JWT nonsense", None),
        ("", None),
    ],
)
def test_a_request_says_which_app_it_comes_from(header: str, app: str | None) -> None:
    assert claimed_app(header) == app


@pytest.mark.parametrize(
    ("base", "url", "path"),
    [
        ("https://a/wiki", "https://a/wiki/rest/x", "/rest/x"),
        ("https://a/wiki/", "https://a/wiki/rest/x", "/rest/x"),
        ("https://a/wiki", "https://a/wikis/x", "/wikis/x"),
        ("https://a/appx", "https://a/appx/hook", "/hook"),
        ("https://a/wiki", "https://a/other", "/other"),
        ("https://a", "https://a/x?y=1", "/x"),
    ],
)
def test_a_hash_is_of_the_path_below_the_base_url(base: str, url: str, path: str) -> None:
    assert path_below(base, url) == path


def test_our_tokens_are_valid_for_three_minutes() -> None:
    claims = peek(sign_hs256("charts", SECRET, "right", NOW))[1]
    assert claims == {"iss": "charts", "iat": NOW, "exp": NOW + 180, "qsh": "right"}
    assert abs(peek(sign_hs256("charts", SECRET, "right"))[1]["iat"] - time.time()) < 60


def test_a_signed_install_is_for_one_audience_by_a_named_key() -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    token = sign_install("site", ["https://app"], "hash", pem, "key-1")
    claims = jwt.decode(token, key.public_key(), algorithms=["RS256"], audience="https://app")
    assert (claims["iss"], claims["aud"], claims["qsh"]) == ("site", ["https://app"], "hash")
    assert claims["exp"] - claims["iat"] == 180
    assert peek(token)[0]["kid"] == "key-1"


def test_a_path_is_hashed_in_one_form() -> None:
    assert qsh("GET", "/a/") == qsh("get", "/a") == qsh("GET", "a")
    assert qsh("GET", "/a&b") == qsh("GET", "/a%26b")
    assert qsh("GET", "") == qsh("GET", "/")
    assert qsh("GET", "/a", "x=2&x=1") == qsh("GET", "/a", "x=1&x=2") != qsh("GET", "/a", "x=1")


def test_a_hash_is_of_the_path_without_the_slash_at_its_end() -> None:
    assert qsh("GET", "/box/") == qsh("GET", "/box") != qsh("GET", "/bo")
    assert qsh("GET", "/") == qsh("GET", "")
