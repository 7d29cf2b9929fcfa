"""The set-up wizard, passed over HTTP and in a browser, on a stand-in of each test's own."""

import httpx
import pytest
from people import complaints, tab_to
from standin_processes import run_standin

from harness.drivers.browser import setup_wizard
from harness.drivers.confluence import startup_checks
from harness.drivers.confluence.licence import Licence
from harness.drivers.confluence.session import Account, connect, who_am_i
from harness.drivers.confluence.setup import set_up
from harness.drivers.confluence.setup_steps import Database, SetupInput
from harness.errors import BadInput

pytestmark = pytest.mark.standin

ADMIN = Account("site-admin", "a-long-word-1")
LICENCE = Licence("QUFBQmZha2UrbGljZW5jZS9mb3ItdGhlLXN0YW5kLWlu" * 3)
WIZARD = {"STANDIN_SETUP": "wizard"}
ALL_STEPS = (
    "licence",
    "deployment type",
    "database choice",
    "content",
    "user management",
    "administrator",
)


def knows_the_admin(url: str) -> bool:
    with connect(url, ADMIN) as http:
        return who_am_i(http) == ADMIN.user


def test_over_http_with_the_embedded_database(built, tmp_path):
    with run_standin(built, tmp_path, WIZARD) as standin:
        assert set_up(standin.url, SetupInput(ADMIN, LICENCE), every=0.1) == ALL_STEPS
        assert knows_the_admin(standin.url)
        assert set_up(standin.url, SetupInput(ADMIN, LICENCE)) == ()
    with run_standin(built, tmp_path, WIZARD) as standin:  # the home keeps it
        assert set_up(standin.url, SetupInput(ADMIN)) == ()
        assert knows_the_admin(standin.url)
    said = (tmp_path / "output.txt").read_text()
    assert LICENCE.reveal() not in said
    assert ADMIN.password not in said


def test_over_http_with_an_external_database(built, tmp_path):
    database = Database("jdbc:postgresql://db:5432/confluence", "confluence", "db-word")
    with run_standin(built, tmp_path, WIZARD) as standin:
        passed = set_up(standin.url, SetupInput(ADMIN, LICENCE, database), every=0.1)
        assert passed[2:4] == ("database choice", "database type")
        assert knows_the_admin(standin.url)


def test_pages_that_variables_skip(built, tmp_path):
    variables = WIZARD | {
        "ATL_LICENSE_KEY": LICENCE.reveal(),
        "ATL_DB_TYPE": "postgresql",
        "ATL_JDBC_URL": "jdbc:postgresql://db:5432/confluence",
        "ATL_JDBC_USER": "confluence",
        "ATL_JDBC_PASSWORD": "db-word",
    }
    with run_standin(built, tmp_path, variables) as standin:
        passed = set_up(standin.url, SetupInput(ADMIN), every=0.1)
        assert passed == ("deployment type", "content", "user management", "administrator")


def test_a_refused_licence(built, tmp_path):
    with run_standin(built, tmp_path, WIZARD) as standin:
        with pytest.raises(BadInput, match="refused the licence") as caught:
            set_up(standin.url, SetupInput(ADMIN, Licence("no-licence-at-all")), every=0.1)
        assert "no-licence-at-all" not in str(caught.value)
        with pytest.raises(BadInput, match="none was given"):
            set_up(standin.url, SetupInput(ADMIN), every=0.1)


@pytest.mark.parametrize(
    ("database", "width"),
    [(None, 768), (Database("jdbc:postgresql://db:5432/c", "c", "db-word"), 1280)],
    ids=["h2-768", "pg-1280"],
)
def test_in_a_browser_as_a_person_would(built, tmp_path, browser, database, width):
    with run_standin(built, tmp_path, WIZARD) as standin:
        with httpx.Client(base_url=standin.url, trust_env=False) as anyone:
            assert startup_checks.await_booted(anyone, within=30) == "FIRST_RUN"
        page = browser.new_page(viewport={"width": width, "height": 800})
        said = complaints(page, of_width=True)
        passed = setup_wizard.set_up(page, standin.url, SetupInput(ADMIN, LICENCE, database))
        assert [step for step in passed if step != "database type"] == list(ALL_STEPS)
        page.close()
        assert said == []
        assert knows_the_admin(standin.url)


def test_with_the_keyboard_alone(built, tmp_path, browser):
    with run_standin(built, tmp_path, WIZARD) as standin:
        with httpx.Client(base_url=standin.url, trust_env=False) as anyone:
            startup_checks.await_booted(anyone, within=30)
        page = browser.new_page()
        said = complaints(page)
        page.goto(standin.url)
        for fields, button in (
            ({"Confluence license": LICENCE.reveal()}, "Next"),
            ({}, "Next"),
            ({}, "Next"),
            ({}, "Empty Site"),
            ({}, "Manage users and groups"),
            (
                {
                    "Username": ADMIN.user,
                    "Name": "Site Admin",
                    "Email": "admin@example.com",
                    "Password": ADMIN.password,
                    "Confirm": ADMIN.password,
                },
                "Next",
            ),
        ):
            for label, text in fields.items():
                tab_to(page, label)
                page.keyboard.insert_text(text)
            tab_to(page, button)
            with page.expect_navigation():
                page.keyboard.press("Enter")
        page.close()
        assert said == []
        assert knows_the_admin(standin.url)
