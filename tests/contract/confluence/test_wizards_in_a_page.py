"""The wizards' page objects against small pages written from the facts, in a real browser.

Sources: reference/app-migration-platform.md 4.3 (plan wizard, assessment) and
reference/confluence-container.md 2.1 (set-up wizard).
"""

from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page

from harness.drivers.browser import assessment, migration_assistant, plan_wizard, setup_wizard
from harness.drivers.browser.assessment import Decision
from harness.drivers.browser.plan_wizard import Choices
from harness.drivers.confluence.licence import Licence
from harness.drivers.confluence.session import Account
from harness.drivers.confluence.setup_steps import SetupInput
from harness.errors import BadInput, DriverError

HOME = "/plugins/servlet/ial/migration/home"
HEADING = "<h1>Migration Assistant</h1>"

LOG_IN = (
    "<h1>Log in</h1><form method=post action='/dologin.action'>"
    "<input name=os_username id=os_username><input type=password name=os_password id=os_password>"
    "<button id=loginButton>Log in</button></form>"
)


class Site:
    """Serves pages by path; a path may lead elsewhere instead. Keeps what was posted."""

    def __init__(self) -> None:
        self.pages: dict[str, str] = {}
        self.leads: dict[str, str | Callable[[], str]] = {}
        self.posts: list[tuple[str, list[tuple[str, str]]]] = []
        self.url = ""

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        path = urlsplit(request.path).path
        target = self.leads.get(path)
        location = target() if callable(target) else target
        html = "<!doctype html>" + self.pages.get(path, "<h1>Not found</h1>")
        code = 302 if location else 200 if path in self.pages else 404
        request.send_response(code)
        if location:
            request.send_header("Location", location)
        request.send_header("Content-Type", "text/html")
        request.end_headers()
        request.wfile.write(html.encode())

    def take(self, request: BaseHTTPRequestHandler) -> None:
        content = request.rfile.read(int(request.headers["Content-Length"])).decode()
        self.posts.append((request.path, parse_qsl(content, keep_blank_values=True)))
        self.answer(request)

    def posted(self) -> dict[str, str]:
        return {name: value for _, fields in self.posts for name, value in fields}


@pytest.fixture
def page(browser) -> Iterator[Page]:
    opened = browser.new_page()
    opened.set_default_timeout(5_000)
    yield opened
    opened.close()


@pytest.fixture
def site() -> Iterator[Site]:
    served = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            served.answer(self)

        def do_POST(self) -> None:
            served.take(self)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    served.url = f"http://127.0.0.1:{server.server_port}"
    yield served
    server.shutdown()
    server.server_close()
    thread.join()


def form(heading: str, action: str, inside: str) -> str:
    return f"<h1>{heading}</h1><form method=post action='{action}'>{inside}</form>"


@pytest.fixture
def plan_pages(site: Site) -> Site:
    site.pages |= {
        HOME: f"{HEADING}<a href='/w/1'>Create new migration</a><h2>Migrations dashboard</h2>"
        "<a href='/plugins/servlet/ial/migration/plan?planId=p-1'>plan 1</a>",
        "/w/1": form(
            "Connect to your cloud site",
            "/w/1/done",
            "<label>Migration name<input name=name></label>"
            "<label>Stage<select name=stage><option>Production<option>Testing</select></label>"
            "<label>Destination site<select name=site><option value=a>a.atlassian.net"
            "<option value=d>demo.atlassian.net</select></label>"
            "<label><input type=checkbox name=allow>Allow access</label><button>Confirm</button>",
        ),
        "/w/2": form(
            "Choose what to migrate",
            "/w/2/done",
            "<label><input type=checkbox name=spaces checked>Spaces</label>"
            "<label><input type=checkbox name=apps>Apps</label><button>Next</button>",
        ),
        "/w/3": form("Check for errors", "/w/3/done", "<p>0 errors</p><button>Continue</button>"),
        "/w/4": form("Review", "/w/4/done", "<button name=do value=save>Save</button>"),
    }
    site.leads |= {f"/w/{n}/done": f"/w/{n + 1}" for n in (1, 2, 3)} | {"/w/4/done": HOME}
    return site


def test_the_whole_plan_wizard(page, plan_pages):
    choices = Choices("demo", "testing", {"apps": True, "spaces": False})
    assert migration_assistant.create_plan(page, plan_pages.url, "plan 1", choices=choices) == "p-1"
    assert plan_pages.posted() == {
        "name": "plan 1",
        "stage": "Testing",
        "site": "d",
        "allow": "on",
        "apps": "on",
        "do": "save",
    }


DOMAINS = (
    "<h1>Review email domains</h1><table>"
    "<tr><th>example.org<td>3<td>Trusted"
    "<tr><th>example.com<td>1<td><button onclick=\"this.replaceWith('Trusted')\">Trust</button>"
    "</table><form method=post action=/w/2b/done><button>Next</button></form>"
)


def test_email_domains_are_trusted_where_that_may_be(page, plan_pages):
    plan_pages.pages["/w/2b"] = DOMAINS
    plan_pages.leads |= {"/w/2/done": "/w/2b", "/w/2b/done": "/w/3"}
    assert migration_assistant.create_plan(page, plan_pages.url, "plan 1") == "p-1"
    mine = Choices(may_trust=False)
    with pytest.raises(DriverError, match=r"are not trusted: example\.com\. Trusting one is a"):
        migration_assistant.create_plan(page, plan_pages.url, "plan 1", choices=mine)


def test_a_site_that_is_not_offered(page, plan_pages):
    with pytest.raises(DriverError, match="only a\\.atlassian\\.net, demo"):
        migration_assistant.create_plan(page, plan_pages.url, "plan 1", choices=Choices("other"))


def test_a_page_that_stays_says_what_it_shows(page, plan_pages, monkeypatch):
    monkeypatch.setattr(plan_wizard, "_STEP_MS", 500)
    plan_pages.pages["/w/3"] += "<div role=alert>Charts is out of date</div>"
    plan_pages.leads["/w/3/done"] = "/w/3"
    with pytest.raises(DriverError, match=r"Check for errors.*'Charts is out of date'"):
        migration_assistant.create_plan(page, plan_pages.url, "plan 1")


def test_a_page_without_a_way_forward(page, plan_pages, monkeypatch):
    monkeypatch.setattr(plan_wizard, "_CHECKS_MS", 300)
    plan_pages.pages["/w/2"] = "<h1>Choose what to migrate</h1>"
    with pytest.raises(DriverError, match="no way forward on the page 'Choose what to migrate'"):
        migration_assistant.create_plan(page, plan_pages.url, "plan 1")


def test_a_session_that_ends_in_the_wizard_ends_it_at_once(page, plan_pages):
    plan_pages.leads["/w/1/done"] = "/login.action"
    plan_pages.pages["/login.action"] = LOG_IN
    with pytest.raises(DriverError, match=r"the session has ended: the page 'Log in'"):
        migration_assistant.create_plan(page, plan_pages.url, "plan 1")


def test_checks_that_fail_end_it_at_once(page, plan_pages):
    plan_pages.pages["/w/3"] = (
        "<h1>Check for errors</h1><ul><li>Passed: site<li><b>ERROR</b> Charts is not installed</ul>"
        "<div role=alert>The migration cannot go on.</div><button>Check again</button>"
    )
    with pytest.raises(DriverError, match=r"stopped by .*ERROR Charts is not installed; The mig"):
        migration_assistant.create_plan(page, plan_pages.url, "plan 1")


def test_the_second_address_is_tried(page, plan_pages):
    plan_pages.pages["/admin/migration.action"] = plan_pages.pages.pop(HOME)
    migration_assistant.open_home(page, plan_pages.url)
    assert page.url.endswith("/admin/migration.action")
    plan_pages.pages.clear()
    with pytest.raises(DriverError, match=f"{HOME} gave HTTP 404"):
        migration_assistant.open_home(page, plan_pages.url)


def test_websudo_is_passed_on_the_way(page, plan_pages):
    sudo = iter(["/authenticate.action"])
    home = plan_pages.pages.pop(HOME)
    plan_pages.pages["/home"] = home
    plan_pages.pages["/authenticate.action"] = form(
        "Administrator Access",
        "/doauthenticate.action",
        "<input type=password name=password id=password>"
        "<button id=authenticateButton name=authenticate value=Confirm>Confirm</button>",
    )
    plan_pages.leads |= {
        HOME: lambda: next(sudo, "/home"),
        "/doauthenticate.action": "/home",
    }
    migration_assistant.open_home(page, plan_pages.url, Account("admin", "word"))
    assert plan_pages.posted() == {"password": "word", "authenticate": "Confirm"}


def test_a_prompt_without_an_account_is_an_error(page, site):
    site.leads[HOME] = "/authenticate.action"
    site.pages["/authenticate.action"] = "<h1>Administrator Access</h1>"
    with pytest.raises(DriverError, match="no password was given"):
        migration_assistant.open_home(page, site.url)


def test_a_lost_session_is_told(page, site):
    site.leads[HOME] = "/login.action"
    site.pages["/login.action"] = "<h1>Log in</h1>"
    with pytest.raises(DriverError, match="asks for a log-in"):
        migration_assistant.open_home(page, site.url)


def test_a_lost_session_is_begun_again_with_an_account(page, plan_pages):
    ended = iter(["/login.action"])
    plan_pages.pages |= {
        "/home": plan_pages.pages.pop(HOME),
        "/login.action": LOG_IN,
        "/rest/api/user/current": '{"type": "known"}',
    }
    plan_pages.leads |= {HOME: lambda: next(ended, "/home"), "/dologin.action": "/home"}
    migration_assistant.open_home(page, plan_pages.url, Account("admin", "word"))
    assert plan_pages.posted() == {"os_username": "admin", "os_password": "word"}
    assert page.url.endswith("/home")


MENU = (
    "<select name={name} aria-label='Decision'><option>No decision made<option>Needed in cloud"
    "<option>Not needed in cloud<option>Alternative</select>"
)


@pytest.fixture
def assess_pages(site: Site) -> Site:
    rows = "".join(
        f"<tr><td><b>{app}</b> <code>{app.lower()}-plugin</code></td><td>"
        f"{MENU.format(name=app)}</td></tr>"
        for app in ("Charts", "Tables", "Macros")
    )
    site.pages |= {
        HOME: f"{HEADING}<h2>Assess your apps</h2><a href='/assess'>Assess your apps</a>"
        "<h2>Prepare your apps</h2><a href='/prepare'>Begin preparing</a>",
        "/assess": form(
            "Assess your apps",
            "/assess/done",
            f"<table><tr><th>App</th><th>Decision</th></tr>{rows}</table><button>Done</button>",
        ),
        "/prepare": form(
            "Agree to app migration",
            "/prepare/done",
            "<label><input type=checkbox name=c>I agree: Charts</label><button>Done</button>",
        ),
    }
    site.leads |= {"/assess/done": HOME, "/prepare/done": HOME}
    return site


def test_apps_are_assessed(page, assess_pages):
    decided = {"charts-plugin": Decision.NEEDED, "Tables": Decision.NONE}
    assessment.assess(page, assess_pages.url, decided)
    assert assess_pages.posted() == {
        "Charts": "Needed in cloud",
        "Tables": "No decision made",
        "Macros": "Not needed in cloud",
    }


def test_an_app_without_a_row(page, assess_pages):
    with pytest.raises(DriverError, match="no row for ghost-plugin"):
        assessment.assess(page, assess_pages.url, {"ghost-plugin": Decision.NEEDED})


def test_an_assessment_that_cannot_be_finished(page, assess_pages):
    assess_pages.pages["/assess"] = assess_pages.pages["/assess"].replace(
        "<button>", "<button disabled>"
    )
    with pytest.raises(DriverError, match="cannot be finished"):
        assessment.assess(page, assess_pages.url, {})


def test_what_is_decided_is_read(page, assess_pages):
    shown = assessment.decisions(page, assess_pages.url)
    assert list(shown) == ["Charts", "Tables", "Macros"]
    assert shown["Charts"][0] == "No decision made"


def test_apps_are_prepared(page, assess_pages):
    assessment.prepare(page, assess_pages.url)
    assert assess_pages.posted() == {"c": "on"}


WANTED = SetupInput(Account("admin", "word"), Licence("AAAB-licence"))


@pytest.fixture
def setup_pages(site: Site) -> Site:
    steps = {
        "setuplicense": "<textarea name=confLicenseString></textarea>"
        "<input type=submit id=setupTypeCustom name=setupTypeCustom value=Next>",
        "setupcluster-start": "<label><input type=radio name=newCluster value=newCluster>Clustered"
        "</label><label><input type=radio name=newCluster value=skipCluster>Non-clustered"
        " (standalone)</label><button>Next</button>",
        "setupdata-start": "<input type=submit name=dbchoiceSelect value='Empty Site'>",
        "setupusermanagementchoice-start": "<input type=submit name=internal "
        "value='Manage users and groups within Confluence'>",
        "setupadministrator-start": "".join(
            f"<input name={name}>"
            for name in ("username", "fullName", "email", "password", "confirm")
        )
        + "<input type=submit name=setup-next-button value=Next>",
    }
    names = [*steps, "finishsetup"]
    for number, (name, inside) in enumerate(steps.items()):
        site.pages[f"/setup/{name}.action"] = form(name, f"/post/{number}", inside)
        site.leads[f"/post/{number}"] = f"/setup/{names[number + 1]}.action"
    site.leads["/"] = "/setup/setuplicense.action"
    site.pages["/setup/finishsetup.action"] = "<h1>Set-up is complete</h1>"
    return site


def test_the_set_up_wizard_as_a_person_would(page, setup_pages):
    assert setup_wizard.set_up(page, setup_pages.url, WANTED) == (
        "licence",
        "deployment type",
        "content",
        "user management",
        "administrator",
    )
    posted = setup_pages.posted()
    assert posted["confLicenseString"] == "AAAB-licence"
    assert posted["newCluster"] == "skipCluster"
    assert posted["dbchoiceSelect"] == "Empty Site"
    assert (posted["password"], posted["confirm"]) == ("word", "word")


def test_a_refused_licence_is_seen_although_it_is_200(page, setup_pages):
    setup_pages.leads["/post/0"] = "/setup/setuplicense.action"
    setup_pages.pages["/setup/setuplicense.action"] += (
        "<div id=confLicenseString-error>Not valid</div>"
    )
    with pytest.raises(DriverError, match=r"step licence.*Not valid"):
        setup_wizard.set_up(page, setup_pages.url, WANTED)


def test_no_licence_is_bad_input(page, setup_pages):
    with pytest.raises(BadInput, match="licence"):
        setup_wizard.set_up(page, setup_pages.url, SetupInput(Account("admin", "word")))


def test_a_page_that_the_browser_gave_up_ends_the_wizard_at_once(page: Page) -> None:
    """An address that changes cuts a form's request, which must not be sent again."""
    page.set_default_timeout(20_000)
    page.route("http://given-up.example/", lambda route: route.abort("internetdisconnected"))
    with pytest.raises(PlaywrightError, match="ERR_INTERNET_DISCONNECTED"):
        page.goto("http://given-up.example/")
    page.wait_for_url("chrome-error://**", wait_until="commit")
    with pytest.raises(DriverError, match="the browser gave the page up"):
        plan_wizard.fill_wizard(page, "June", Choices())
