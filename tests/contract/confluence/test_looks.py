"""Looks at a plan of a stand-in, whose pages a server or a script draws."""

import uuid

import pytest
from playwright.sync_api import Page
from standin_processes import StandIn, await_running, run_standin

from harness.drivers.browser import dashboard, migration_assistant
from harness.drivers.browser.login import log_in
from harness.drivers.browser.look import look
from harness.drivers.confluence import dark_features
from harness.drivers.confluence.session import Account, open_client
from harness.errors import DriverError, PageUnreadable
from harness.vocabulary.features import FEATURE
from harness.vocabulary.rows import Row

pytestmark = pytest.mark.standin

ADMIN = Account("admin", "admin")
KEY = "charts-plugin"
SETTINGS = {
    "server": {"STANDIN_PAGES": "server"},
    "script": {"STANDIN_PAGES": "script", "STANDIN_PAGES_DELAY": "400"},
}


@pytest.fixture(scope="module", params=SETTINGS)
def standin(request, built, tmp_path_factory) -> StandIn:
    home = tmp_path_factory.mktemp("looks")
    with run_standin(built, home, SETTINGS[request.param]) as running:
        await_running(running.url)
        yield running


@pytest.fixture(scope="module")
def client(standin):
    with open_client(standin.url, ADMIN) as opened:
        yield opened


@pytest.fixture
def page(standin, browser) -> Page:
    context = browser.new_context()
    opened = context.new_page()
    log_in(opened, standin.url, ADMIN)
    yield opened
    context.close()


@pytest.fixture
def name() -> str:
    return f"plan {uuid.uuid4()}"


@pytest.fixture
def plan(page, standin, name) -> str:
    made = migration_assistant.create_plan(page, standin.url, name)
    migration_assistant.open_plan(page, made)
    return made


def test_absence_is_seen_on_the_plan_s_page(page, plan, name, client):
    for feature, row in ((False, "ABSENT"), (True, "NO_ROW")):
        dark_features.set_site(client, {FEATURE: feature})
        seen = look(page, KEY, plan_name=name)
        assert seen.row == Row(row)
        assert (seen.proof.plan_id, seen.proof.plan_name) == (plan, name)
        assert seen.proof.user == ADMIN.user
        assert seen.remarks == ()


@pytest.mark.usefixtures("plan")
def test_a_session_that_has_ended_is_begun_again_and_that_is_said(page, name):
    before = look(page, KEY, plan_name=name)
    page.context.clear_cookies()
    seen = look(page, KEY, plan_name=name, account=ADMIN)
    assert seen.row == before.row
    assert seen.remarks == ("logged in again: the session had ended",)


def test_without_the_account_a_session_that_has_ended_is_an_error(page, plan):
    page.context.clear_cookies()
    with pytest.raises(PageUnreadable, match="a log-in is asked for") as caught:
        look(page, KEY)
    assert caught.value.state == "logged-out"
    seen = look(page, KEY, account=ADMIN)  # the plan's address is not forgotten
    assert seen.proof.plan_id == plan


@pytest.mark.usefixtures("plan")
def test_another_plan_s_page_is_not_read(page):
    with pytest.raises(PageUnreadable, match="does not name 'another plan'") as caught:
        look(page, KEY, plan_name="another plan")
    assert caught.value.state == "another-plan"


def test_a_plan_that_was_deleted_is_not_absence(page, plan, standin, browser):
    context = browser.new_context()
    other = context.new_page()
    log_in(other, standin.url, ADMIN)
    dashboard.delete_plan(other, standin.url, plan)
    context.close()
    with pytest.raises(PageUnreadable, match="no such migration plan"):
        look(page, KEY)
    with pytest.raises(DriverError, match="opening the plan"):
        migration_assistant.open_plan(page, plan)


def test_a_server_that_ends_is_no_row(page, plan):
    page.route("**/plan?planId=*", lambda route: route.abort("connectionrefused"))
    with pytest.raises(Exception, match="ERR_CONNECTION_REFUSED"):
        look(page, KEY)
    page.unroute("**/plan?planId=*")
    assert look(page, KEY).proof.plan_id == plan


def test_email_domains_are_trusted_by_rest(client):
    address = "/rest/migration/latest/email/domains"
    (domain,) = client.get(address).json()["availableDomains"]
    rule = {"domainName": domain["domainName"], "rule": "TRUSTED"}
    rules = "/rest/migration/latest/email/domain-rules"
    assert client.put(rules, json={"rule": "TRUSTED"}).status_code == 400
    assert client.put(rules, json=rule).is_success
    assert client.get(address).json()["availableDomains"][0]["rule"] == "TRUSTED"
