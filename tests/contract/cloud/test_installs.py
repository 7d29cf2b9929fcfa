"""Installs: any address of a descriptor, absolute callbacks, and what the product refuses."""

import base64
import re
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import atlassian_jwt
import httpx
import jwt
import pytest
from cloud_processes import CloudDriver, ConnectApp, eventually
from cryptography.hazmat.primitives import serialization

from harness.drivers.cloud import CloudControl


@pytest.fixture
def new_app() -> Iterator[ConnectApp]:
    with closing(ConnectApp()) as made:
        yield made


def install(cloud: CloudDriver, app: ConnectApp, **descriptor: Any) -> httpx.Response:
    app.more_descriptor = descriptor
    return cloud.http.post("/_harness/apps", json={"baseUrl": app.url})


@pytest.mark.parametrize(
    ("descriptor", "told"),
    [
        ({"modules": {"jiraIssueGlances": []}}, "defined an unknown module (jiraIssueGlances)"),
        (
            {"modules": {"cloudAppMigration": {"migrationWebhookPath": "/hook"}}},
            "defined an unknown module (cloudAppMigration). It belongs at the top",
        ),
        (
            {"modules": {"generalPages": [{"key": "a"}]}},
            "require the READ scope, but does not request the READ scope",
        ),
        ({"lifecycle": {}}, "did not specify an installed lifecycle callback"),
        ({"lifecycle": {"enabled": "/enabled"}}, "did not specify an installed lifecycle callback"),
        ({"lifecycle": "x"}, "lifecycle is not a JSON object"),
        ({"authentication": None}, 'missing required properties (["authentication"])'),
        ({"authentication": {"type": "none"}}, "authentication.type is not jwt"),
        ({"key": 7}, "key is not a string"),
        ({"modules": []}, ""),
        ({"modules": ["x"]}, "modules is not a JSON object"),
        ({"regionBaseUrls": {"EU": "https://[localhost]:1/"}}, "regionBaseUrls.EU"),
        ({"lifecycle": {"installed": "https://["}}, "lifecycle.installed"),
        ({"lifecycle": {"installed": "https://elsewhere.example/x"}}, "elsewhere.example"),
        ({"cloudAppMigration": {"migrationWebhookPath": "hook"}}, "must begin with /"),
    ],
)
def test_what_the_product_refuses_is_refused_in_its_words(
    cloud: CloudDriver, new_app: ConnectApp, descriptor: dict[str, Any], told: str
) -> None:
    answer = install(cloud, new_app, **descriptor)
    if not told:
        assert answer.status_code == 200
        return
    assert answer.status_code == 400
    assert told in answer.json()["message"]
    assert new_app.received == []
    assert cloud.control("GET", "apps") == {"apps": []}


@pytest.mark.parametrize("scope", ["READ", "read", "WRITE", "ADMIN"])
def test_a_module_needs_a_scope_that_reads(
    cloud: CloudDriver, new_app: ConnectApp, scope: str
) -> None:
    modules = {"webhooks": [{"event": "page_created", "url": "/page"}]}
    assert install(cloud, new_app, modules=modules, scopes=["ACT_AS_USER"]).status_code == 400
    assert install(cloud, new_app, modules=modules, scopes=[scope]).status_code == 200


def test_a_switch_lets_any_module_pass(cloud: CloudDriver, new_app: ConnectApp) -> None:
    cloud.control("PUT", "settings", {"descriptors": "ignored"})
    assert install(cloud, new_app, modules={"newerThanThis": []}).status_code == 200


def test_a_descriptor_may_have_any_address(cloud: CloudDriver, new_app: ConnectApp) -> None:
    url = f"{new_app.url}/extensions/descriptor/?for=confluence"
    cloud.control("POST", "apps", {"descriptorUrl": url})
    assert [path for path, _ in new_app.received] == ["/installed", "/enabled"]
    assert new_app.asked == ["/extensions/descriptor/?for=confluence"]
    cloud.control("POST", "apps", {"descriptorUrl": url, "baseUrl": url}, expect=400)
    cloud.control("POST", "apps", {}, expect=400)


def test_an_app_is_put_back_from_the_descriptor_that_it_was_installed_from(
    cloud: CloudDriver, new_app: ConnectApp
) -> None:
    url = f"{new_app.url}/extensions/descriptor/?for=confluence"
    with closing(CloudControl(cloud.url)) as control:
        control.install(new_app.url, "/extensions/descriptor/?for=confluence")
        (listed,) = control.apps()
        assert listed["descriptor_url"] == url
        control.uninstall(listed["key"])
        control.put_back(listed)
        assert control.apps() == [listed]
    assert new_app.asked == ["/extensions/descriptor/?for=confluence"] * 2


def test_a_lifecycle_address_may_be_absolute(cloud: CloudDriver, new_app: ConnectApp) -> None:
    lifecycle = {"installed": f"{new_app.url}/at/installed?x=1"}
    assert install(cloud, new_app, lifecycle=lifecycle).status_code == 200
    assert [path for path, _ in new_app.received] == ["/at/installed?x=1"]
    claims = jwt.decode(new_app.tokens[0].removeprefix("JWT "), options={"verify_signature": False})
    assert claims["qsh"] == atlassian_jwt.url_utils.hash_url("POST", "/at/installed?x=1")


def test_the_base_url_stays_as_given(cloud: CloudDriver, new_app: ConnectApp) -> None:
    base = f"{new_app.url}/"
    assert install(cloud, new_app, baseUrl=base).status_code == 200
    claims = jwt.decode(new_app.tokens[0].removeprefix("JWT "), options={"verify_signature": False})
    assert claims["aud"] == [base]
    assert [path for path, _ in new_app.received] == ["/installed", "/enabled"]
    cloud.trigger(cloud.transfer(cloud.migration()))
    eventually(lambda: new_app.webhooks())
    (kept,) = cloud.control("GET", "apps")["apps"]
    assert kept["base_url"] == base


@pytest.mark.parametrize("base", ["", "/wiki"])
def test_the_consumers_information_is_what_an_install_says(
    cloud: CloudDriver, app: ConnectApp, base: str
) -> None:
    """As older frameworks check an install: both texts by pattern, each on one line."""
    answer = cloud.http.get(f"{base}/plugins/servlet/oauth/consumer-info")
    assert answer.headers["content-type"] == "application/xml"
    (installed,) = [body for path, body in app.received if path == "/installed"]
    for name, field in (("key", "clientKey"), ("publicKey", "publicKey")):
        found = re.search(rf"<{name}>(.*)</{name}>", answer.text)
        assert found is not None
        assert found[1] == installed[field]
    assert serialization.load_der_public_key(base64.b64decode(installed["publicKey"]))


@pytest.mark.parametrize("shape", ["list", "text"])
def test_the_audience_of_an_install_is_a_list_or_a_text(
    cloud: CloudDriver, new_app: ConnectApp, shape: str
) -> None:
    cloud.control("PUT", "settings", {"install_audience": shape})
    assert install(cloud, new_app).status_code == 200
    token = new_app.tokens[0].removeprefix("JWT ")
    audience = jwt.decode(token, options={"verify_signature": False})["aud"]
    assert audience == (new_app.url if shape == "text" else [new_app.url])


METADATA = (
    *("169.254.169.254", "[::ffff:169.254.169.254]", "2852039166", "0xa9fea9fe", "169.254.43518"),
    *("[fe80::1]", "[fd00:ec2::254]", "[64:ff9b::a9fe:a9fe]", "0.0.0.0", "0", "100.100.100.200"),
)


def test_no_form_of_a_metadata_address_is_called(cloud: CloudDriver) -> None:
    for host in METADATA:
        answer = cloud.http.post("/_harness/apps", json={"baseUrl": f"http://{host}:80"})
        assert (answer.status_code, host) == (400, host)
        assert "is not called" in answer.json()["message"]
    assert cloud.effects().count("refused: address outside the stack") == len(METADATA)


def test_an_install_that_failed_leaves_nothing_allowed(
    cloud: CloudDriver, app: ConnectApp, new_app: ConnectApp
) -> None:
    webhook = f"{new_app.url.replace('http:', 'https:')}/hook"
    refused = install(cloud, new_app, lifecycle={})
    assert refused.status_code == 400
    app.call(cloud, "PUT", "/webhook", json={"endpoints": [webhook]})
    entry = cloud.journal(effect="webhooks changed")[0]
    assert "will not be called: " in entry["reason"]


def test_an_app_may_not_have_another_port_of_its_host_called(
    cloud: CloudDriver, app: ConnectApp, new_app: ConnectApp
) -> None:
    """On loopback every service has the same host."""
    assert install(cloud, app, lifecycle={"installed": f"{new_app.url}/x"}).status_code == 400
    app.more_descriptor = {}
    cloud.control("POST", "apps", {"baseUrl": app.url})
    assert new_app.received == []


def test_the_same_key_from_elsewhere_gets_a_secret_of_its_own(
    cloud: CloudDriver, app: ConnectApp, new_app: ConnectApp
) -> None:
    first = app.secret
    cloud.install(app.url)
    assert app.secret == first
    cloud.install(new_app.url)
    assert new_app.secret not in ("", first)
    assert app.call(cloud, "GET", "/transfer/recent").status_code == 401
    assert new_app.call(cloud, "GET", "/transfer/recent").status_code == 200


def test_who_refuses_the_install_of_a_known_key_takes_nothing_over(
    cloud: CloudDriver, app: ConnectApp, new_app: ConnectApp
) -> None:
    refused = install(cloud, new_app, lifecycle={"installed": "http://127.0.0.1:1/x"})
    assert refused.status_code == 400
    assert app.call(cloud, "GET", "/transfer/recent").status_code == 200
    (kept,) = cloud.control("GET", "apps")["apps"]
    assert kept["base_url"] == app.url
