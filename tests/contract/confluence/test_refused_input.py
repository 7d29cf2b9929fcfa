"""What a stand-in answers to input that is wrong, and that nothing of a refused jar stays."""

import io
import os
import re
import zipfile
from collections.abc import Iterable
from pathlib import Path

import httpx
import pytest
from hostile_jars import HOSTILE, many
from standin_processes import StandIn, await_running, run_standin

from harness.drivers.confluence.session import Account, open_client
from harness.wait import wait_for

pytestmark = pytest.mark.standin

ADMIN = Account("admin", "admin")
UPM = "/rest/plugins/1.0/"
MANIFEST = (
    "Manifest-Version: 1.0\r\nBundle-ManifestVersion: 2\r\n"
    "Bundle-SymbolicName: org.example.bad\r\nBundle-Version: 1.0.0\r\n\r\n"
)
DESCRIPTOR = (
    "<atlassian-plugin key='org.example.bad' name='Bad' plugins-version='2'>"
    "<plugin-info><version>1.0.0</version></plugin-info></atlassian-plugin>"
)
TRACE = re.compile(r"\bat [a-z]+(\.\w+)+\(|[a-z]+(\.\w+)+(Exception|Error)\b")


@pytest.fixture(scope="module")
def standin(built, tmp_path_factory) -> StandIn:
    open_doors = ["password.confirmation.disabled=true"]
    with run_standin(built, tmp_path_factory.mktemp("bad"), {}, open_doors) as running:
        await_running(running.url)
        yield running


@pytest.fixture
def http(standin):
    with open_client(standin.url, ADMIN) as client:
        yield client


@pytest.fixture(scope="module")
def drawn_by_server(built, tmp_path_factory) -> StandIn:
    """A stand-in whose server draws the assistant's pages, and takes forms from them."""
    variables = {"STANDIN_PAGES": "server"}
    open_doors = ["password.confirmation.disabled=true"]
    with run_standin(built, tmp_path_factory.mktemp("drawn"), variables, open_doors) as running:
        await_running(running.url)
        yield running


DESTINATIONS = (
    *("//evil.example", "https://evil.example/", "/\t/evil.example", "/\\evil.example", "\\\\evil"),
    *(
        "/\n/evil.example",
        "/\r\n/evil.example",
        "/\x00/evil.example",
        " //evil.example",
        "/\u012fevil",
    ),
    *(
        "/\u2028/evil.example",
        "/\x7f/evil",
        "/\u3000/evil",
        "/\uff0fevil",
        "javascript:alert(1)",
        "",
    ),
    *("/login\r\nSet-Cookie: a=b", "evil.example", "?x", "/\u010d\u010aSet-Cookie: a=b"),
)


def test_a_log_in_leads_to_pages_of_its_own_only(standin) -> None:
    form = {"os_username": ADMIN.user, "os_password": ADMIN.password}
    led = {}
    with httpx.Client(base_url=standin.url, trust_env=False) as anyone:
        for destination in (*DESTINATIONS, "/admin/x?y=/z%20a"):
            answer = anyone.post("/dologin.action", data=form | {"os_destination": destination})
            assert answer.status_code == 302
            assert "set-cookie: a=b" not in str(answer.headers).lower()
            led[destination] = answer.headers["location"]
    assert led.pop("/admin/x?y=/z%20a") == "/admin/x?y=/z%20a"
    assert set(led.values()) == {"/dashboard.action"}


def test_another_name_than_its_own_is_refused(standin) -> None:
    """As a browser asks after the address of a page's name was changed to this machine's."""
    with httpx.Client(base_url=standin.url, trust_env=False) as anyone:
        for host in ("evil.example:8090", "127.0.0.1.evil.example", "localhost.evil.example"):
            for path in ("/login.action", "/status", "/synchrony/heartbeat"):
                refused = anyone.get(path, headers={"Host": host})
                assert refused.status_code == 421
                assert "STANDIN_HOSTS" in refused.text
        for host in (
            "localhost",
            "LOCALHOST:1",
            "a.localhost",
            "[::1]:8090",
            "10.0.0.7",
            "confluence",
        ):
            assert anyone.get("/status", headers={"Host": host}).status_code == 200


def jar_of(entries: Iterable[tuple[str, bytes]] = (), descriptor: str = DESCRIPTOR) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as jar:
        jar.writestr("META-INF/MANIFEST.MF", MANIFEST)
        jar.writestr("atlassian-plugin.xml", descriptor)
        for name, content in entries:
            jar.writestr(name, content)
    return stream.getvalue()


WHOLE = jar_of([("notes.txt", os.urandom(4096))])
EXTERNAL = "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]>" + DESCRIPTOR
JARS = {
    "a bomb": jar_of([("zeros", bytes(30 << 20))]),
    "an entry above its folder": jar_of([("../../outside.txt", b"x")]),
    "an absolute entry": jar_of([("/tmp/outside.txt", b"x")]),
    "an entry above it by backslashes": jar_of([("..\\outside.txt", b"x")]),
    "more entries than it takes": many(66_000),
    "an entry packed by bzip2": HOSTILE["bzip2"](),
    "truncated": WHOLE[:-200],
    "half of it": WHOLE[: len(WHOLE) // 2],
    "a damaged entry": WHOLE.replace(WHOLE[2000:2100], bytes(100)),
    "no jar": b"PK\x03\x04 and nothing else of a jar",
    "a descriptor that is no XML": jar_of(descriptor="<atlassian-plugin key="),
    "a descriptor with an external entity": jar_of(descriptor=EXTERNAL),
}


def upload(http: httpx.Client, content: bytes) -> dict[str, object]:
    """The end of an upload's task, as UPM tells it."""
    token = http.get(UPM).headers["upm-token"]
    sent = http.post(UPM, params={"token": token}, files={"plugin": ("bad.jar", content)})
    assert sent.status_code == 202, sent.text
    assert not TRACE.search(sent.text)

    def done() -> dict[str, object] | None:
        answer = http.get(sent.headers["location"])
        assert answer.status_code == 200, "it was installed"
        assert not TRACE.search(answer.text), answer.text
        status: dict[str, object] = answer.json()["status"]
        return status if status["done"] else None

    return wait_for("the upload to end", done, within=30)


def files_of(home: Path) -> set[Path]:
    kept = (path for path in home.rglob("*") if path.is_file())
    return {path for path in kept if path.relative_to(home).parts[0] != "logs"}


def test_a_jar_that_is_whole_would_be_installed(http):
    with pytest.raises(AssertionError, match="it was installed"):
        upload(http, WHOLE)
    assert http.delete(f"{UPM}org.example.bad-key").status_code == 204
    wait_for(
        "the app to be gone",
        lambda: http.get(f"{UPM}org.example.bad-key").status_code == 404 or None,
        within=10,
    )


@pytest.mark.parametrize("kind", JARS)
def test_a_bad_jar_is_refused_and_nothing_of_it_stays(standin, http, kind):
    before = files_of(standin.home)
    status = upload(http, JARS[kind])
    assert str(status["contentType"]).endswith("task.install.err+json")
    assert status["subCode"]
    assert status["errorMessage"]
    assert not [each for each in http.get(UPM).json()["plugins"] if each["userInstalled"]]
    assert files_of(standin.home) == before
    assert not list(standin.home.parent.rglob("outside.txt"))
    assert "root:" not in str(status)


@pytest.mark.parametrize(
    ("method", "path", "sent", "code"),
    [
        ("POST", "/rest/feature/1/site", {"content": b"{no json"}, 400),
        ("POST", "/rest/feature/1/site", {"json": {"keys": 3}}, 400),
        ("POST", "/rest/feature/1/site", {"json": ["no key at all"]}, 400),
        ("POST", UPM, {"content": b"PK", "headers": {"Content-Type": "application/zip"}}, 415),
        ("POST", UPM, {"files": {"other": b"x"}}, 400),
        ("PUT", f"{UPM}org.example.nothing-key", {"json": {"enabled": True}}, 404),
        ("GET", f"{UPM}pending/no-such-task", {}, 404),
        ("GET", "/rest/nothing/1.0/here", {}, 501),
        ("DELETE", "/rest/api/user/current", {}, 501),
        ("GET", "/rest/api/user", {}, 400),
        ("GET", "/rest/api/user?username=nobody", {}, 404),
        ("POST", "/rest/migration/latest/app-migration/trigger/x", {"content": b"["}, 400),
        ("POST", "/rest/migration/latest/plans", {"content": b"["}, 400),
        ("POST", "/rest/migration/latest/plans", {"json": {"name": " ", "include": ["APPS"]}}, 400),
        ("GET", "/rest/migration/latest/plans/x", {}, 404),
    ],
)
def test_rest_answers_bad_input_in_json(http, method, path, sent, code):
    if path == UPM:
        path = f"{UPM}?token={http.get(UPM).headers['upm-token']}"
    sent = {**sent, "headers": {"Content-Type": "application/json"} | sent.get("headers", {})}
    if "files" in sent:
        del sent["headers"]
    answer = http.request(method, path, **sent)
    assert answer.status_code == code, answer.text
    assert answer.headers["content-type"].startswith("application/json")
    assert answer.json()["message"]
    assert not TRACE.search(answer.text), answer.text


def test_an_upload_without_a_token_is_403(http):
    assert http.post(UPM, files={"plugin": ("a.jar", WHOLE)}).status_code == 403


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("POST", "/plugins/servlet/ial/migration/create", 403),
        ("GET", "/plugins/servlet/ial/migration/plan?planId=%00../../x", 404),
        ("GET", "/nothing/here", 501),
        ("GET", "/s/..%2f..%2fstandin.jar", 400),
        ("GET", "/admin/darkfeatures!remove.action?featureKey=a", 403),
    ],
)
def test_pages_answer_bad_input_without_a_stack_trace(drawn_by_server, method, path, code):
    """By cookie, so that the XSRF guard of forms is asked."""
    with open_client(drawn_by_server.url, ADMIN, mode="cookie") as client:
        client.headers.pop("X-Atlassian-Token", None)
        answer = client.request(method, path, data={"name": "p"} if method == "POST" else None)
    assert answer.status_code == code, answer.text
    assert not TRACE.search(answer.text), answer.text


def test_a_form_that_is_not_taken_comes_back_with_200(drawn_by_server):
    with open_client(drawn_by_server.url, ADMIN) as client:
        client.headers["X-Atlassian-Token"] = "no-check"
        answer = client.post(
            "/plugins/servlet/ial/migration/create", data={"name": " ", "step": "connect"}
        )
    assert answer.status_code == 200
    assert "Give the migration a name" in answer.text
    assert 'name="atl_token"' in answer.text
