"""The life of a server's token and of its site's connection: 401, renewal, and the end."""

from typing import Any

import pytest
from cloud_processes import CloudDriver

HOUR = 3600
DAY = 24 * HOUR
PROTECTED = (("GET", "/connection"), ("GET", "/apps/x"), ("POST", "/migrations"))


@pytest.fixture
def server(cloud: CloudDriver) -> CloudDriver:
    """A server that does nothing by itself about a token that has expired."""
    cloud.attach()
    cloud.renews = False
    return cloud


def later(cloud: CloudDriver, seconds: float) -> None:
    cloud.control("POST", "clock/advance", {"seconds": seconds})


def refused(cloud: CloudDriver, code: str) -> dict[str, Any]:
    """What a call is answered that is refused for its token, as every other one is."""
    body = {"planId": "p", "name": "n"}
    said = [
        cloud.server(method, path, 401, json=body if method == "POST" else None)
        for method, path in PROTECTED
    ]
    assert [each["code"] for each in said] == [code] * len(PROTECTED)
    answer: dict[str, Any] = said[0]
    return answer


def test_a_token_is_valid_for_its_hours_and_renewed_after_them(server: CloudDriver) -> None:
    first = server.token
    later(server, 24 * HOUR - 60)
    server.server("GET", "/connection")
    later(server, 61)
    assert "renew it with POST /token" in refused(server, "token-expired")["message"]
    assert server.effects()[-1] == "refused: expired server token"
    renewed = server.server("POST", "/token", json={})
    assert server.effects()[-1] == "token renewed"
    server.token = renewed["token"]
    assert server.token != first
    connection = server.server("GET", "/connection")
    assert connection["connectedAt"] < renewed["expiresAt"] - 24 * HOUR * 1000


def test_at_its_end_a_connection_can_only_be_made_again(server: CloudDriver) -> None:
    later(server, 90 * DAY + 60)
    said = refused(server, "connection-expired")
    assert "an administrator has to connect the site again" in said["message"]
    server.server("POST", "/token", 401, json={})
    assert server.effects()[-2:] == ["refused: connection expired"] * 2
    server.attach()
    server.server("GET", "/connection")


def test_a_token_of_no_connection_is_told_apart(server: CloudDriver) -> None:
    name, made_at, mac = server.token.split(".")
    for token in ("x", f"{name}.{int(made_at) + 1}.{mac}", f"{name}.{mac}", f"{name}.x.{mac}"):
        server.token = token
        refused(server, "unknown-token")
        server.server("POST", "/token", 401, json={})


def test_both_lives_are_switches(server: CloudDriver) -> None:
    later(server, 2 * HOUR)
    server.control("PUT", "settings", {"server_token_hours": 1})
    refused(server, "token-expired")
    server.control("PUT", "settings", {"connection_days": 0.05})
    refused(server, "connection-expired")
    server.control("PUT", "settings", {"connection_days": 90, "server_token_hours": 24})
    server.server("GET", "/connection")
