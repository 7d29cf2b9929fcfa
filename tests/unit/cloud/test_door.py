"""Who may use a control API."""

from pathlib import Path

import pytest

from harness.cloud.door import Door
from harness.errors import BadInput

LOCAL = {"host": "localhost:8080"}
JSON = {"content-type": "application/json"}


def status(door: Door, **headers: str) -> int | None:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    turned = door.turns_away(lambda name: named.get(name.decode()))
    return turned.status if turned else None


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"host": "localhost:8080"}, None),
        ({"host": "127.0.0.1:8080"}, None),
        ({"host": "[::1]:8080"}, None),
        ({"host": "cloud.localhost"}, None),
        ({"host": "10.1.2.3"}, None),
        ({"host": "LOCALHOST"}, None),
        ({"host": "evil.example:8080"}, 403),
        ({"host": "localhost.evil.example"}, 403),
        ({"host": "127.0.0.1.evil.example"}, 403),
        ({"host": "[::1"}, 403),
        ({"host": ""}, 403),
        ({}, 403),
        (LOCAL | {"origin": "https://evil.example"}, 403),
        (LOCAL | {"origin": "null"}, 403),
        (LOCAL | {"origin": "http://localhost:8080"}, 403),
        (LOCAL | {"sec_fetch_site": "cross-site"}, 403),
        (LOCAL | {"sec_fetch_site": "same-site"}, 403),
        (LOCAL | {"sec_fetch_site": "none"}, None),
        (LOCAL | {"content_type": "text/plain"}, 415),
        (LOCAL | {"content_type": "TEXT/plain; charset=utf-8"}, 415),
        (LOCAL | {"content_type": "application/x-www-form-urlencoded"}, 415),
        (LOCAL | {"content_type": "multipart/form-data; boundary=x"}, 415),
        (LOCAL | {"content_type": "application/json"}, None),
    ],
)
def test_without_a_token_a_program_of_this_machine_is_let_in(headers, expected) -> None:
    assert status(Door(), **headers) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("Bearer the-token", None),
        ("Bearer the-toke", 401),
        ("Bearer the-token2", 401),
        ("bearer the-token", 401),
        ("the-token", 401),
        ("Bearer \xfc", 401),
        ("", 401),
    ],
)
def test_with_a_token_only_who_knows_it_is_let_in(given: str, expected: int | None) -> None:
    door = Door("the-token")
    assert status(door, authorization=given, host="any.example") == expected
    assert status(door, host="localhost") == 401


def test_a_page_is_not_let_in_whatever_it_knows() -> None:
    known = {"authorization": "Bearer the-token", "host": "localhost"}
    assert status(Door("the-token"), **known, origin="http://localhost") == 403
    assert status(Door("the-token"), **known, sec_fetch_site="cross-site") == 403


def test_the_token_is_read_from_its_file(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text("abc\n")
    assert Door.of_file(path) == Door("abc")
    assert Door.of_file(None) == Door()
    path.write_text(" \n")
    with pytest.raises(BadInput, match="empty"):
        Door.of_file(path)
    with pytest.raises(BadInput, match="cannot be read"):
        Door.of_file(tmp_path / "missing")


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"host": "localhost:8080"}, None),
        ({"host": "127.0.0.1"}, None),
        ({"host": "cloud:8080"}, None),
        ({"host": "api.atlassian.com"}, None),
        ({"host": "demo.atlassian.net:443"}, None),
        ({"host": "Stub.example:8080"}, None),
        ({"host": "docker.example"}, None),
        ({}, None),
        ({"host": "evil.example"}, 421),
        ({"host": "stub.example.evil.example"}, 421),
        ({"host": "evilatlassian.com"}, 421),
        ({"host": "[::1"}, 421),
        ({"host": "cloud", "origin": "null"}, 403),
        ({"host": "api.atlassian.com", "origin": "https://api.atlassian.com"}, 403),
        ({"host": "cloud", "sec-fetch-site": "cross-site"}, 403),
        ({"host": "cloud", "sec-fetch-site": "none"}, None),
    ],
)
def test_no_route_is_for_a_page_or_for_another_hosts_name(headers, expected) -> None:
    door = Door.of_file(None, ["stub.example", "DOCKER.example"])
    sent = {name.encode(): value.encode() for name, value in headers.items()}
    turned = door.turns_stranger_away({b"accept": b"*/*", **sent})
    assert (turned.status if turned else None) == expected
