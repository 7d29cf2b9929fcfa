"""One line for what a server can and cannot do; where no case can run, why and what to do."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from harness.drivers.browser.dashboard import PlanRow
from harness.drivers.confluence.session import Account, open_client
from harness.environment import preflight as module
from harness.environment.preflight import Hand, preflight
from harness.environment.remote import RemoteConfluence
from harness.errors import BadInput
from harness.planning.attached import Abilities, AppThere

ADDRESS = "http://there/confluence"
PLUGIN = "com.atlassian.migration.agent"
FEATURES = "<h2>System dark features</h2><ul><li>jvm.flag</li></ul><h2>Site dark features</h2>"


class Server:
    """Somebody's server: its answers by path, and what it was asked to change."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[int, str]] = {
            "/rest/applinks/1.0/manifest": (200, "<manifest><version>9.2.0</version></manifest>"),
            "/rest/api/user/current": (200, '{"type": "known", "username": "admin"}'),
            "/rest/api/accessmode": (200, '"READ_WRITE"'),
            "/admin/darkfeatures.action": (200, FEATURES),
            "/users/darkfeatures.action": (200, "<h2>User dark features</h2>"),
            "/authenticate.action": (200, "<form><input name='password'></form>"),
            "/rest/feature/1/site/migration-assistant.app-migration.feature": (200, "false"),
            "/rest/plugins/1.0/": (200, plugins("3.9.6")),
        }
        self.upload = 400
        self.behind = timedelta(0)
        self.each_answer_takes = timedelta(0)  # of its own time
        self.changed: list[str] = []
        self._answers = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/confluence")
        self._answers += 1
        then = datetime.now(UTC) - self.behind + self._answers * self.each_answer_takes
        headers = {"date": format_datetime(then, usegmt=True), "upm-token": "t"}
        if request.method != "GET":
            self.changed.append(f"{request.method} {path}")
            return httpx.Response(self.upload, headers=headers)
        status, text = self.answers.get(path, (404, ""))
        return httpx.Response(status, text=text, headers=headers)


def plugins(version: str, enabled: bool = True) -> str:
    assistant = {"key": PLUGIN, "version": version, "enabled": enabled, "userInstalled": False}
    app = {"key": "an-app", "version": "1.0", "enabled": False, "userInstalled": True}
    return json.dumps({"plugins": [assistant, app]})


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """What a browser sees of the assistant's home."""
    shown = SimpleNamespace(language="en-GB", alerts=[], plans=())
    page = SimpleNamespace(
        locator=lambda _: SimpleNamespace(get_attribute=lambda _: shown.language),
        get_by_role=lambda _: SimpleNamespace(all_inner_texts=lambda: shown.alerts),
    )

    @contextmanager
    def session(**_: object) -> Iterator[Any]:
        @contextmanager
        def context() -> Iterator[Any]:
            yield SimpleNamespace(new_page=lambda: page)

        yield SimpleNamespace(new_context=context)

    monkeypatch.setattr(module, "browser_session", session)
    for name in ("log_in", "open_home", "await_drawn"):
        monkeypatch.setattr(module, name, lambda *_: None)
    monkeypatch.setattr(module.dashboard, "plans", lambda *_: shown.plans)
    return shown


def look(server: Server, **more: Any) -> tuple[Abilities, str]:
    account = more.pop("account", Account("admin", "secret"))
    client = open_client(ADDRESS, account, transport=httpx.MockTransport(server))
    lines: list[str] = []
    given: dict[str, Any] = {"stub": False, "scale": 1.0, **more}
    hand = Hand(ADDRESS, account, client, RemoteConfluence(ADDRESS), **given)
    try:
        return preflight(hand, lines.append), "\n".join(lines)
    except BadInput as error:
        return Abilities("", "nothing"), f"{chr(10).join(lines)}\n{error}"
    finally:
        client.close()


@pytest.mark.usefixtures("home")
def test_what_a_server_is_and_can_do(server):
    able, said = look(server)
    assert able == Abilities(
        "3.9.6",
        "progress REST",
        uploads=True,
        installed={"an-app": AppThere("1.0", False)},
        system_features=frozenset({"jvm.flag"}),
    )
    for line in (
        "yes      Confluence          9.2.0",
        "yes      permission          admin is an administrator",
        "yes      read-only mode      off",
        "yes      assistant           3.9.6",
        "yes      UPM upload          open",
        "yes      dark features       by REST, read back",
        "yes      websudo             the password is asked for again, and given",
        "yes      language            en-GB",
        "no       log                 none was named (--log)",
        "no       debugger            none was named (--jdwp)",
        "yes      clock               within a minute of this machine's",
        "note     what cloud recorded by the assistant's progress REST",
    ):
        assert line in said, said


@pytest.mark.usefixtures("home")
def test_a_dry_look_sends_nothing_but_questions(server):
    able, said = look(server, may_try=False)
    assert server.changed == []
    assert able.uploads is None
    assert "unknown  UPM upload" in said
    look(server)
    assert server.changed == ["POST /rest/plugins/1.0/"]  # an upload of nothing, which is refused


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    ("path", "answer", "told"),
    [
        ("/rest/api/accessmode", (200, '"READ_ONLY"'), "is in read-only mode.*Maintenance"),
        ("/admin/darkfeatures.action", (403, ""), "cannot open the page of dark features"),
        ("/rest/plugins/1.0/", (200, plugins("3.9.6", False)), "disabled in UPM"),
        ("/rest/plugins/1.0/", (403, ""), "UPM does not list the apps"),
    ],
)
def test_where_no_case_can_run_one_line_says_why(server, path, answer, told):
    import re

    server.answers[path] = answer
    _, said = look(server)
    last = said.splitlines()[-1]
    assert last.startswith(f"{ADDRESS}: ")
    assert re.search(told, last), last


@pytest.mark.usefixtures("home")
def test_what_is_not_there_is_said_and_the_rest_goes_on(server):
    server.upload = 403
    del server.answers["/rest/feature/1/site/migration-assistant.app-migration.feature"]
    del server.answers["/rest/api/accessmode"]
    server.answers["/rest/plugins/1.0/"] = (200, plugins("3.1.7"))
    able, said = look(server)
    assert able.uploads is False
    assert able.witness == "nothing"
    assert "no       UPM upload          closed: -Dupm.plugin.upload.enabled=true opens it" in said
    assert "no       dark features       REST does not tell them" in said
    assert "unknown  read-only mode      the server does not say (HTTP 404)" in said
    assert "no       what cloud recorded nothing tells: the assistant 3.1.7" in said


@pytest.mark.usefixtures("home")
def test_a_clock_that_is_minutes_off_is_said(server):
    server.behind = timedelta(minutes=7)
    _, said = look(server)
    assert "note     clock               7 min behind this machine's" in said


@pytest.mark.usefixtures("home")
def test_a_clock_that_runs_fast_is_refused_with_its_rate(server):
    server.each_answer_takes = timedelta(minutes=1)
    _, said = look(server)
    assert "times as fast as time: name the rate by --time-scale" in said.splitlines()[-1]


def test_pages_in_another_language_are_not_guessed_at(server, home):
    home.language = "de-DE"
    _, said = look(server)
    assert "its pages are in de-DE" in said.splitlines()[-1]
    assert "set the language of admin to English" in said.splitlines()[-1]


def test_a_site_that_is_not_connected_takes_a_person(server, home):
    home.alerts = ["The connection to your cloud site has expired.\nConnect again"]
    _, said = look(server)
    assert "has no connection to its cloud site" in said.splitlines()[-1]


@pytest.mark.usefixtures("home")
def test_a_token_cannot_give_the_password(server):
    _, said = look(server, account=Account("admin", "", "token"))
    assert "note     websudo             on: where a page asks for the password a token" in said


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    ("answer", "line"),
    [
        ((404, ""), "unknown  email domains       the assistant does not list them"),
        ((500, ""), "unknown  email domains       HTTP 500"),
        ((200, "[]"), "unknown  email domains       the answer has no list availableDomains"),
        (
            (200, '{"availableDomains": [{"domainName": "a.example", "rule": "TRUSTED"}]}'),
            "yes      email domains       all 1 are trusted",
        ),
        (
            (200, '{"availableDomains": [{"domainName": "a.example"}]}'),
            "note     email domains       not trusted: a.example; where the wizard asks for it",
        ),
    ],
)
def test_whether_a_plan_with_users_can_run_is_said(server, answer, line):
    server.answers["/rest/migration/latest/email/domains"] = answer
    assert line in look(server)[1]


@pytest.mark.usefixtures("home")
def test_a_plan_is_not_run_again_by_an_assistant_that_cannot(server):
    server.answers["/rest/plugins/1.0/"] = (200, plugins("3.1.7"))
    _, said = look(server, plan="My plan")
    assert "3.1.7 cannot run a plan again by REST (3.4.8 can)" in said


def test_a_plan_that_is_to_be_run_again_is_there_and_has_run(server, home):
    server.answers["/rest/plugins/1.0/"] = (200, plugins("3.9.6"))
    home.plans = (PlanRow("1", "Theirs", "FINISHED"), PlanRow("2", "New", "SAVED"))
    for named in ("Theirs", "1"):
        assert "yes      plan                Theirs, FINISHED" in look(server, plan=named)[1]
    assert "lists no such plan, but 'Theirs', 'New'" in look(server, plan="My plan")[1]
    assert "'New': the plan has never run" in look(server, plan="New")[1]


def test_what_is_wrong_is_said_once(server, home):
    home.language = "de-DE"
    assert look(server)[1].count("set the language of admin to English") == 1
