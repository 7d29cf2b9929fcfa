"""The set-up wizard as public scripts drive it: what each asks for, in our own words.

The scripts are on no registry, so they are not run here. Each test names where its script is.
"""

import re
from collections.abc import Mapping
from urllib.parse import urljoin, urlsplit

import httpx
import pytest
from people import complaints
from standin_processes import run_standin

from harness.drivers.confluence import startup_checks
from harness.drivers.confluence.pages import read_page
from harness.drivers.confluence.session import Account, connect, who_am_i

pytestmark = pytest.mark.standin

ADMIN = Account("site-admin", "a-long-word-1")
LICENCE = "QUFBQmZha2UrbGljZW5jZS9mb3ItdGhlLXN0YW5kLWlu" * 3
WIZARD = {"STANDIN_SETUP": "wizard"}
DATABASE = {
    "ATL_DB_TYPE": "postgresql",
    "ATL_JDBC_URL": "jdbc:postgresql://db:5432/confluence",
    "ATL_JDBC_USER": "confluence",
    "ATL_JDBC_PASSWORD": "db-word",
}
PRESET = WIZARD | DATABASE | {"ATL_LICENSE_KEY": LICENCE}
ACCOUNT = {
    "username": ADMIN.user,
    "fullName": "Site Admin",
    "email": "admin@example.com",
    "password": ADMIN.password,
    "confirm": ADMIN.password,
}
CHOICES: Mapping[str, Mapping[str, str]] = {
    "setupcluster.action": {"newCluster": "skipCluster"},
    "setupdata.action": {"contentChoice": "blank", "dbchoiceSelect": "Empty Site"},
    "setupusermanagementchoice.action": {
        "userManagementChoice": "internal",
        "internal": "Manage users and groups within Confluence",
    },
    "setupadministrator.action": ACCOUNT | {"setup-next-button": "Next"},
}


@pytest.fixture
def first_run(built, tmp_path):
    """Starts a stand-in that is to be set up, and gives a client without redirects of its own."""
    opened = []

    def start(variables: Mapping[str, str]) -> httpx.Client:
        standin = run_standin(built, tmp_path, variables)
        client = httpx.Client(base_url=standin.__enter__().url, trust_env=False)
        opened.extend((standin, client))
        assert startup_checks.await_booted(client, within=60) == "FIRST_RUN"
        return client

    yield start
    for each in reversed(opened):
        each.__exit__(None, None, None)


def is_set_up(client: httpx.Client) -> bool:
    with connect(str(client.base_url), ADMIN) as http:
        return startup_checks.status(client) == "RUNNING" and who_am_i(http) == ADMIN.user


def token_of(client: httpx.Client, path: str = "/") -> str:
    token = read_page(client.get(path, follow_redirects=True).text).token
    assert token
    return token


def test_the_step_is_asked_for_and_each_is_posted_with_the_start_pages_token(first_run):
    """deftdevs/bootstrapi: confluence/src/main/java/com/deftdevs/bootstrapi/confluence/cli."""
    client = first_run(PRESET)
    assert client.get("/").headers["location"] == "/bootstrap/selectsetupstep.action"
    step = client.get("/bootstrap/selectsetupstep.action")
    assert step.status_code == 302
    assert step.headers["location"] == "/setup/setupcluster-start.action"
    for action, fields in CHOICES.items():
        posted = client.post(f"/setup/{action}", data={**fields, "atl_token": token_of(client)})
        assert posted.status_code == 302, action
    assert client.get("/setup/finishsetup.action").status_code == 200
    assert is_set_up(client)
    assert client.get("/bootstrap/selectsetupstep.action").headers["location"] == "/"


def test_the_step_is_the_action_of_the_first_form(first_run):
    """BFoerschner/knobas: testenv/seed-atlassian.sh."""
    client = first_run(PRESET)
    page = client.get("/", follow_redirects=True)
    passed = []
    for _ in range(12):
        found = re.search(r'<form[^>]*action="([^"]*)"', page.text)
        step = found[1] if found else ""
        if step in ("", "finishsetup.action"):
            break
        fields = dict(CHOICES[step])
        if step == "setupcluster.action":
            assert re.search(r'id="clusteringDisabled"[^>]*value="true" checked', page.text)
            fields["isClusteringEnabled"] = "true"
        token = re.search(r'name="atl_token"[^>]*value="([^"]*)"', page.text)
        posted = client.post(f"/setup/{step}", data={"atl_token": token[1], **fields})
        page = client.get(posted.headers["location"])
        passed.append(step)
    assert passed == list(CHOICES)
    assert is_set_up(client)


def test_the_step_is_known_by_a_control_and_the_address_by_its_end(first_run):
    """An end-to-end environment of ONLYOFFICE for Confluence: confluence.ts."""
    client = first_run(PRESET)
    controls = {
        "setupcluster.action": 'name="isClusteringEnabled"',
        "setupdata.action": 'name="dbchoiceSelect"',
        "setupusermanagementchoice.action": 'name="internal"',
        "setupadministrator.action": 'id="username"',
    }
    page = client.get("/", follow_redirects=True)
    passed = []
    while "/setup/" in str(page.url) and "finishsetup" not in str(page.url):
        step = next(action for action, control in controls.items() if control in page.text)
        token = re.search(r'name="atl_token" value="([^"]+)"', page.text)
        fields = {"atl_token": token[1], **CHOICES[step]}
        page = client.post(f"/setup/{step}", data=fields, follow_redirects=True)
        passed.append(step)
    assert passed == list(controls)
    assert is_set_up(client)


def test_licence_and_content_by_posts_to_addresses_with_two_slashes(first_run):
    """A script in Python with requests and Beautiful Soup, for 7.x and in Russian.

    It is public file 47318687052 of the search that found it, which names no repository. It reads
    the server's id off the licence page, joins its base with a slash too many, and sends its
    buttons' captions in its language. Its licence skips the choice of a deployment; ours does not.
    """
    client = first_run(WIZARD)
    token = token_of(client)
    page = client.get("/", follow_redirects=True)
    assert re.search(r'id="serverId" value="[A-Z0-9-]{19}"', page.text)
    licence = {"confLicenseString": LICENCE, "setupTypeCustom": "Далее", "atl_token": token}
    for path, fields in (
        ("//setup/dosetuplicense.action", licence),
        ("//setup/setupcluster.action", CHOICES["setupcluster.action"]),
        ("//setup/setupdbchoice.action", {"dbChoice": "custom", "thisNodeClustered": "false"}),
        (
            "//setup/setupdbtype.action",
            {
                "dbConfigInfo.databaseType": "postgresql",
                "dbConfigInfo.simple": "false",
                "dbConfigInfo.databaseUrl": "jdbc:postgresql://db:5432/c",
                "dbConfigInfo.hostname": "",
                "dbConfigInfo.userName": "c",
                "dbConfigInfo.password": "db-word",
            },
        ),
        ("//setup/setupdata.action", {"contentChoice": "blank", "dbchoiceSelect": "Пустой Сайт"}),
        ("//setup/setupusermanagementchoice.action", {"userManagementChoice": "internal"}),
        ("//setup/setupadministrator.action", ACCOUNT),
    ):
        answer = client.post(
            f"{str(client.base_url).rstrip('/')}{path}", data={"atl_token": token, **fields}
        )
        assert answer.status_code == 302, path
    assert is_set_up(client)


def test_a_form_leads_to_where_it_was_shown(first_run):
    """Each action is a name beside the page, so a context path before it does no harm."""
    page = first_run(WIZARD).get("/", follow_redirects=True)
    form = read_page(page.text).form_with("confLicenseString")
    assert form.action == "dosetuplicense.action"
    assert urljoin("http://h/wiki/setup/setuplicense.action", form.action) == (
        "http://h/wiki/setup/dosetuplicense.action"
    )


def test_a_browser_goes_by_the_ids(first_run, browser):
    """aruizca/puppeteer-confluence-setup and aruizca/testcafe-confluence-set: setup.js.

    It never types a user name, submits the empty site's form without its button, and goes on to
    the administration from the last page, where the password is asked for again.
    """
    client = first_run(WIZARD)
    base = str(client.base_url).rstrip("/")
    page = browser.new_page()
    said = complaints(page)

    def at(path: str) -> None:
        page.wait_for_url(lambda url: urlsplit(url).path == path)

    page.goto(f"{base}/setup/setupstart.action")
    at("/setup/setuplicense.action")
    page.evaluate(
        "licence => document.getElementById('confLicenseString').value = licence", LICENCE
    )
    page.click("#setupTypeCustom")
    at("/setup/setupcluster-start.action")
    page.click("#clusteringDisabled")
    page.click("#skip-button")
    at("/setup/setupdbchoice-start.action")
    page.click("#custom")
    page.click("#setup-next-button")
    at("/setup/setupdbtype-start.action")
    assert page.locator("#dbConfigInfo-databaseUrl").is_hidden()
    page.click("#dbConfigInfo-customize + span + label")
    page.fill("#dbConfigInfo-databaseUrl", "jdbc:postgresql://db:5432/c")
    page.fill("#dbConfigInfo-username", "c")
    page.fill("#dbConfigInfo-password", "db-word")
    page.click("#setup-next-button")
    at("/setup/setupdata-start.action")
    assert page.locator("#blankChoiceForm > input[type=submit].setupdata-button").is_visible()
    page.eval_on_selector("#blankChoiceForm", "form => form.submit()")
    at("/setup/setupusermanagementchoice-start.action")
    page.click("#internal")
    at("/setup/setupadministrator-start.action")
    for name in ("fullName", "email", "password", "confirm"):
        page.fill(f"#{name}", ACCOUNT[name])
    page.click("#setup-next-button")
    at("/setup/finishsetup.action")
    assert startup_checks.status(client) == "RUNNING"
    page.click("#further-configuration")
    at("/authenticate.action")
    page.fill("#password", ADMIN.password)
    page.click("#authenticateButton")
    at("/admin/viewgeneralconfig.action")
    page.close()
    assert said == []
    with connect(base, Account("admin", ADMIN.password)) as http:
        assert who_am_i(http) == "admin"
