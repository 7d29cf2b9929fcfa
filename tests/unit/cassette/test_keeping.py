"""What of a message is kept: nothing that opens anything, and nothing that is too long."""

import json

from harness.cassette import keeping
from harness.cassette.exchange import Body

TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl"


def test_secrets_are_named_by_their_place_and_gone() -> None:
    sent = {"user": "a", "sharedSecret": "s3cr3t-value-9", "list": [{"token": TOKEN}] * 2}
    body, removed = keeping.body_of(json.dumps(sent).encode(), "application/json", "request")
    assert body.value["user"] == "a"
    assert "s3cr3t" not in str(body.value)
    assert TOKEN not in str(body.value)
    assert removed == ["request.json.sharedSecret", "request.json.list[].token"]


def test_a_signed_address_keeps_its_names() -> None:
    url = f"https://name:word12345@store.example.com/a?X-Amz-Signature=0a1b2c&part=1&jwt={TOKEN}"
    shown, removed = keeping.address_of(url, "request")
    assert shown == ("https://store.example.com/a?X-Amz-Signature=[removed]&part=1&jwt=[removed]")
    assert removed == ["request.url"]


def test_of_the_headers_only_those_that_mean_something_are_kept() -> None:
    kept, removed = keeping.headers_of(
        {
            "Content-Type": "application/json",
            "Set-Cookie": "JSESSIONID=12345678",
            "Location": f"https://a/b?token={TOKEN}",
            "Server": "x",
        },
        "response",
    )
    assert kept == {"content-type": "application/json", "location": "https://a/b?token=[removed]"}
    assert removed == ["response.headers.location", "response.headers.set-cookie"]


def test_a_body_is_json_text_or_bytes_and_comes_back() -> None:
    for content, kind in ((b'{"a": 1}', "json"), (b"plain", "text"), (b"\xff\x00", "base64")):
        body, _ = keeping.body_of(content, "", "response")
        assert body.kind == kind
        assert keeping.content_of(body) == content
    assert keeping.body_of(b"", "", "response") == (Body(), [])
    assert keeping.content_of(Body()) == b""


def test_of_a_long_body_only_the_length_is_kept() -> None:
    body, _ = keeping.body_of(b"x" * (keeping.BODY_LIMIT + 1), "text/plain", "request")
    assert body.kind == "left-out"
    assert body.value["bytes"] == keeping.BODY_LIMIT + 1
    assert keeping.content_of(body) is None
