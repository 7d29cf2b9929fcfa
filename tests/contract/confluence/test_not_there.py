"""What the stand-in does not have: it says so, once in the log and in a list."""

import json

import httpx
import pytest
from standin_processes import StandIn, await_running, run_standin
from typer.testing import CliRunner

from harness.drivers.confluence import absence, startup_checks
from harness.drivers.confluence.session import Account, open_client
from harness.explain import collect

pytestmark = pytest.mark.standin

ADMIN = Account("admin", "admin")
REMEMBERED = 200


@pytest.fixture
def standin(built, tmp_path):
    with run_standin(built, tmp_path, {}) as running:
        await_running(running.url)
        yield running


@pytest.fixture
def http(standin):
    with open_client(standin.url, ADMIN, mode="basic") as client:
        yield client


def gaps_in_log(standin: StandIn) -> list[str]:
    lines = (standin.home / "logs" / "atlassian-confluence.log").read_text().splitlines()
    marker = "Asked for and not there: "
    return [line.partition(marker)[2] for line in lines if marker in line]


def test_a_gap_is_501_with_its_name_and_is_logged_and_listed_once(standin, http):
    assert absence.asked_for(http) == []
    for page in ("4711", "4712"):
        answer = http.get(f"/rest/nothing/1/page/{page}/here?secret=x")
        assert answer.status_code == 501
        assert answer.headers["content-type"].startswith("application/json")
        assert f"GET /rest/nothing/1/page/{page}/here" in answer.json()["message"]
    page = http.get("/admin/nothing.action")
    assert page.status_code == 501
    assert page.headers["content-type"].startswith("text/html")
    assert "GET /admin/nothing.action" in page.text

    found = absence.asked_for(http)
    assert [str(each) for each in found] == [
        "GET /rest/nothing/1/page/{id}/here, 2 times",
        "GET /admin/nothing.action, once",
    ]
    assert gaps_in_log(standin) == [
        "GET /rest/nothing/1/page/{id}/here",
        "GET /admin/nothing.action",
    ]
    kept = collect.not_there(http, found[:1])
    assert [(each["path"], each["times"]) for each in kept["asked"]] == [
        ("/admin/nothing.action", 1)
    ]


def test_a_method_that_a_known_path_does_not_take_is_a_gap_too(http):
    answer = http.delete("/rest/api/user/current")
    assert answer.status_code == 501
    assert "DELETE /rest/api/user/current" in answer.json()["message"]


def test_nobody_hears_of_a_gap_and_a_wrong_password_hears_401(standin, http):
    with httpx.Client(base_url=standin.url, trust_env=False) as nobody:
        assert nobody.get("/rest/nothing/1.0/here").status_code == 501
        wrong = nobody.get("/rest/nothing/1.0/there", auth=("admin", "wrong"))
        assert wrong.status_code == 401
        assert nobody.get("/rest/standin/1.0/not-there").status_code == 401
    assert [each.path for each in absence.asked_for(http)] == ["/rest/nothing/1.0/here"]


def test_one_who_tries_names_fills_neither_log_nor_list(standin, http):
    for number in range(REMEMBERED + 5):
        assert http.get(f"/nothing-{number}.action").status_code == 501
    assert len(absence.asked_for(http)) == REMEMBERED
    told = gaps_in_log(standin)
    assert len(told) == REMEMBERED
    assert told[-1].endswith("; no others are named from now on")
    assert http.get("/rest/standin/1.0/not-there").json()["more"] == 5


def test_before_the_set_up_a_gap_leads_to_the_wizard_as_every_page_does(built, tmp_path):
    with (
        run_standin(built, tmp_path, {"STANDIN_SETUP": "wizard"}) as running,
        httpx.Client(base_url=running.url, trust_env=False) as nobody,
    ):
        assert startup_checks.await_booted(nobody, within=60) == "FIRST_RUN"
        assert (
            nobody.get("/nothing.action").headers["location"] == "/bootstrap/selectsetupstep.action"
        )
        assert nobody.get("/rest/nothing/1.0/here").status_code == 503


def test_the_doctor_lists_what_a_stack_was_asked_for(confluence_stack, client, monkeypatch):
    from harness.cli.main import app
    from harness.environment import doctor

    class Attached:
        stack = confluence_stack

        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

    monkeypatch.setattr(doctor, "attached_stack", lambda *_: Attached())
    client.get("/rest/asked/1.0/of-the-doctor")
    told = CliRunner().invoke(app, ["doctor", "--stack", "last"]).output
    assert "stack    asked for and not there: GET /rest/asked/1.0/of-the-doctor, once" in told
    data = json.loads(CliRunner().invoke(app, ["doctor", "--stack", "last", "--json"]).output)
    paths = {each["path"]: each["times"] for each in data["not_there"]}
    assert paths["/rest/asked/1.0/of-the-doctor"] == 1
