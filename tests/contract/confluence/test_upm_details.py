"""What clients of UPM rest on, request by request."""

import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from standin_processes import await_running, run_standin

from harness.drivers.confluence import apps
from harness.drivers.confluence.session import Account, open_client
from harness.wait import wait_for

UPM = "/rest/plugins/1.0/"
URI = "application/vnd.atl.plugins.install.uri+json"
LICENCE = "QUFB" * 20


@pytest.fixture
def shelf(charts: Path) -> Iterator[str]:
    """The address of a server on this machine that has the sample app's jar."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/away.jar":
                self.send_response(302)
                self.send_header("Location", "http://example.com/charts.jar")
                self.end_headers()
                return
            self.send_response(200 if self.path in ("/charts.jar", "/charts") else 404)
            self.end_headers()
            self.wfile.write(charts.read_bytes())

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def task_of(client, uri):
    """The end of an install from an address."""
    token = client.get(UPM).headers["upm-token"]
    accepted = client.post(
        f"{UPM}?token={token}", json={"pluginUri": uri}, headers={"Content-Type": URI}
    )
    assert accepted.status_code == 202, accepted.text
    assert accepted.headers["location"].endswith(accepted.json()["links"]["self"])

    def ended():
        told = client.get(accepted.json()["links"]["self"], follow_redirects=True).json()
        return told if "key" in told or told["status"]["done"] else None

    return wait_for("the task to end", ended, within=60)


def test_an_app_that_is_not_installed_is_a_404_without_json(client):
    answer = client.get(f"{UPM}org.example.nothing-key")
    assert answer.status_code == 404
    assert not answer.content


def test_the_licence_answers_every_method_with_itself(clean, charts):
    address = f"{UPM}{apps.install(clean, charts).key}-key/license"
    body = {"rawLicense": LICENCE}
    none = clean.get(address).json()
    given = [clean.request(method, address, json=body).json() for method in ("POST", "PUT")]
    removed = clean.delete(address)
    assert removed.status_code == 200
    assert [each["valid"] for each in (none, *given, removed.json())] == [False, True, True, True]
    assert given[0]["licenseType"] == "DEVELOPER"
    assert not given[0]["evaluation"]
    assert LICENCE not in str(given)
    assert clean.get(address).json() == none


@pytest.mark.standin
def test_a_module_that_does_not_run_is_not_enabled_and_says_501(clean, tmp_path):
    jar = tmp_path / "pages.jar"
    with zipfile.ZipFile(jar, "w") as content:
        content.writestr("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\r\n\r\n")
        content.writestr(
            "atlassian-plugin.xml",
            "<atlassian-plugin key='org.example.pages' name='Pages' plugins-version='2'>"
            "<plugin-info><version>1.0.0</version></plugin-info>"
            "<servlet key='page' class='x.Y'><url-pattern>/page</url-pattern></servlet>"
            "</atlassian-plugin>",
        )
    address = f"{UPM}{apps.install(clean, jar).key}-key"
    (module,) = clean.get(address).json()["modules"]
    assert not module["enabled"]
    assert not module["recognisableType"]
    assert not module["broken"]
    answer = clean.put(f"{address}/modules/page-key", json={"enabled": True})
    assert answer.status_code == 501
    assert "does not run modules of type servlet" in answer.json()["message"]
    page = clean.get("/plugins/servlet/page")
    assert page.status_code == 501
    assert "GET /plugins/servlet/page" in page.text


@pytest.mark.standin
def test_the_assistant_is_no_app_to_switch_or_remove(client):
    address = f"{UPM}{apps.ASSISTANT}-key"
    for method in ("PUT", "DELETE"):
        answer = client.request(method, address, json={"enabled": False})
        assert answer.status_code == 501
        assert f"{method} {address}" in answer.json()["message"]
    assert client.get(address).json()["enabled"]


@pytest.mark.standin
def test_settings_say_that_the_marketplace_is_not_asked(client):
    (setting,) = client.get(f"{UPM}settings").json()["settings"]
    assert (setting["key"], setting["value"]) == ("pacDisabled", True)
    assert client.put(f"{UPM}settings", json={"settings": []}).status_code == 501


@pytest.fixture(scope="module")
def near(built, tmp_path_factory):
    """A client of a stand-in that reaches this machine."""
    with run_standin(built, tmp_path_factory.mktemp("home"), {}) as standin:
        await_running(standin.url)
        with open_client(standin.url, Account("admin", "admin")) as opened:
            yield opened


@pytest.mark.standin
def test_an_app_is_installed_from_an_address_inside_the_stack(near, shelf):
    assert task_of(near, f"{shelf}/charts.jar")["key"] == "charts-plugin"
    assert near.get(f"{UPM}charts-plugin-key").json()["enabled"]


@pytest.mark.standin
@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("{shelf}/other.jar", "was answered 404"),
        ("{shelf}/charts", "is not a valid plugin artifact"),
        ("{shelf}/away.jar", "was answered 302"),
        ("http://192.0.2.1/charts.jar", "is outside of the stack"),
        ("http://169.254.169.254/charts.jar", "is outside of the stack"),
        ("http://nobody.invalid/charts.jar", "is not known"),
        ("file:///etc/charts.jar", "has to be an http or https address"),
    ],
)
def test_what_an_address_has_not_is_the_tasks_error(near, shelf, address, says):
    status = task_of(near, address.format(shelf=shelf))["status"]
    assert "err+json" in status["contentType"]
    assert says in status["errorMessage"]


@pytest.mark.standin
def test_what_is_no_address_is_400(near):
    for body in ({}, {"pluginUri": "http://a b"}, []):
        token = near.get(UPM).headers["upm-token"]
        headers = {"Content-Type": URI}
        answer = near.post(f"{UPM}?token={token}", json=body, headers=headers)
        assert answer.status_code == 400, body
