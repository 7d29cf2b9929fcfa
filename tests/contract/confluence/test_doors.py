"""A page of another site, in the browser of an administrator who is logged in, tries each door."""

from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from other_site import Try, tried
from playwright.sync_api import Browser

from harness.drivers.cloud import CloudAppControl
from harness.drivers.confluence import apps, dark_features
from harness.environment.services.names import CLOUD_APP
from harness.environment.stack import Stack, url

pytestmark = pytest.mark.standin

FAULT = '{"kind": "cut"}'
ATTACH = '{"serverId": "x", "serverBaseUrl": "", "cloudUrl": "https://demo.atlassian.net"}'
FEATURE = "planted.by.a.page"


def doors(stack: Stack) -> list[Try]:
    """What a page may try: each listener read, written blindly, and by a form without asking."""
    confluence, cloud = stack.confluence_url, stack.cloud.url
    app = stack.cloud_app.url
    host, upm = f"{confluence}/rest/standin/1.0/host", f"{confluence}/rest/plugins/1.0/"
    feature = f"{confluence}/rest/feature/1/site/{FEATURE}"
    login = f"{confluence}/dologin.action"
    return [
        Try("who am I", f"{confluence}/rest/api/user/current"),
        Try("the page of the assistant", f"{confluence}/plugins/servlet/ial/migration/home"),
        Try("upload token", upm),
        Try("upload", upm, "POST", "no-cors", "a jar"),
        Try("upload by a form", upm, "POST", "form", "a jar"),
        Try("dark feature", feature, "POST", "no-cors"),
        Try("dark feature by a form", feature, "POST", "form"),
        Try("dark feature, asked for", feature, "PUT"),
        Try("host's answers", host, "PUT", body='{"users": []}'),
        Try("host's answers by a form", host, "POST", "form", '{"users": []}'),
        Try("host's jars", f"{host}/jars", "DELETE"),
        Try("log-in by a form", login, "POST", "form", "os_username=admin&os_password=admin"),
        Try("journal", f"{cloud}/_harness/journal"),
        Try("reset", f"{cloud}/_harness/reset", "POST", "no-cors"),
        Try("fault", f"{cloud}/_harness/faults", "POST", "no-cors", FAULT),
        Try("fault by a form", f"{cloud}/_harness/faults", "POST", "form", FAULT),
        Try("attach", f"{cloud}/server/v1/attach", "POST", "no-cors", ATTACH),
        Try("attach over TLS", f"{stack.cloud_url}/server/v1/attach", "POST", "no-cors", ATTACH),
        Try("events", f"{app}/_app/events"),
        Try("script", f"{app}/_app/script", "PUT", body='{"behaviour": "fails"}'),
        Try("app's reset", f"{app}/_app/reset", "POST", "no-cors"),
        Try("app's reset by a form", f"{app}/_app/reset", "POST", "form"),
        Try("app over TLS", url("https", stack.running[CLOUD_APP], "https"), mode="no-cors"),
    ]


def events(app: CloudAppControl) -> str:
    token = {"Authorization": f"Bearer {app.token}"}
    return httpx.get(f"{app.url}/_app/events", headers=token, trust_env=False).text


def test_a_page_that_tries_each_door_reads_and_changes_nothing(
    browser: Browser, storage_state: Path, clean, confluence_stack: Stack, tmp_path: Path
) -> None:
    stack = confluence_stack
    app = stack.cloud_app
    assert isinstance(app, CloudAppControl)
    before = apps.user_installed(clean), dark_features.site(clean), events(app)
    begin = stack.cloud.journal_end()
    # The stand-in's cookie goes along: a page of the same machine is of the same site.
    with browser.new_context(storage_state=storage_state, ignore_https_errors=True) as context:
        came = tried(context, tmp_path, doors(stack))
    read = {
        name: what for name, what in came.items() if what not in ("opaque ", "TypeError", "sent")
    }
    assert read == {}
    assert (apps.user_installed(clean), dark_features.site(clean), events(app)) == before
    since = [entry["effect"] for entry in stack.cloud.journal(begin)[0]]
    assert since.count("refused: not called by a program of the stack") >= 6
    assert not {"reset", "controlled", "attached"} & set(since)


def test_no_listener_answers_to_a_name_that_was_bound_anew(confluence_stack: Stack) -> None:
    stack = confluence_stack
    listeners = [
        *(stack.confluence_url, url("http", stack.running["confluence"], "synchrony")),
        *(stack.cloud.url, stack.cloud_url, stack.cloud_app.url),
        url("https", stack.running[CLOUD_APP], "https"),
    ]
    with httpx.Client(trust_env=False, verify=False) as anyone:  # noqa: S501 - not what is tested
        for each in listeners:
            for path in ("/", "/status", "/_harness/journal", "/_app/events", "/installed"):
                port = urlsplit(each).port
                answer = anyone.get(f"{each}{path}", headers={"Host": f"site.example:{port}"})
                assert (answer.status_code, each, path) == (421, each, path)
