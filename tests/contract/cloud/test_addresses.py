"""Addresses that are none: refused with 4xx wherever one can be given, and nothing else suffers."""

from collections.abc import Callable

import pytest
from cloud_processes import CloudDriver, ConnectApp

Give = Callable[[CloudDriver, ConnectApp, str], int]

WRONG = (
    *("https://[", "https://[::1", "https://]/", "https://a:99999/x", "https://a:-1/", "https://"),
    *("https://a:b/", "https://a b/", "https://a/\nx", "https://\r\nx/", "http://u:p@a/", "//a/b"),
    *("ftp://a/b", "file:///etc/passwd", "javascript:x", "a", "https://\x00/", "https://[v1.x]/"),
    *(f"https://{'a' * 300}/", "https://xn--\x7f/", "https://a..b/", "https://.", "http://%zz/"),
)


def webhook(cloud: CloudDriver, app: ConnectApp, url: str) -> int:
    return app.call(cloud, "PUT", "/webhook", json={"endpoints": [url]}).status_code


def base_url(cloud: CloudDriver, _app: ConnectApp, url: str) -> int:
    return cloud.http.post("/_harness/apps", json={"baseUrl": url}).status_code


def descriptor_url(cloud: CloudDriver, _app: ConnectApp, url: str) -> int:
    return cloud.http.post("/_harness/apps", json={"descriptorUrl": url}).status_code


def events_url(cloud: CloudDriver, _app: ConnectApp, url: str) -> int:
    body = {"key": "charts-on-forge", "eventsUrl": url}
    return cloud.http.post("/_harness/forge-apps", json=body).status_code


def cloud_url(cloud: CloudDriver, _app: ConnectApp, url: str) -> int:
    body = {"serverId": "B0QX-2", "serverBaseUrl": "http://localhost:8090", "cloudUrl": url}
    return cloud.http.post("/server/v1/attach", json=body).status_code


def server_url(cloud: CloudDriver, _app: ConnectApp, url: str) -> int:
    body = {"serverId": "B0QX-2", "serverBaseUrl": url, "cloudUrl": "https://demo.atlassian.net"}
    return cloud.http.post("/server/v1/attach", json=body).status_code


def in_descriptor(*path: str) -> Give:
    def give(cloud: CloudDriver, app: ConnectApp, url: str) -> int:
        app.more_descriptor = {path[0]: {path[1]: url} if path[1:] else url}
        return cloud.http.post("/_harness/apps", json={"baseUrl": app.url}).status_code

    return give


PLACES: dict[str, Give] = {
    "webhook": webhook,
    "install's base URL": base_url,
    "install's descriptor": descriptor_url,
    "Forge app's events": events_url,
    "attached site": cloud_url,
    "attached server": server_url,
    "descriptor's base URL": in_descriptor("baseUrl"),
    "descriptor's region": in_descriptor("regionBaseUrls", "EU"),
}


@pytest.mark.parametrize("place", PLACES)
def test_what_is_no_address_is_refused(cloud: CloudDriver, app: ConnectApp, place: str) -> None:
    answers = {url: PLACES[place](cloud, app, url) for url in WRONG}
    assert {url: status for url, status in answers.items() if not 400 <= status < 500} == {}
    assert "internal error" not in cloud.effects()
    assert app.call(cloud, "GET", "/transfer/recent").status_code == 200
