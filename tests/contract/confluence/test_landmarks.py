"""Landmarks of pages, as dc-app-performance-toolkit's page objects and clients go by them.

Its code is on no registry and is not run here: what it waits for stands here in our own words.
Source: atlassian/dc-app-performance-toolkit, app/selenium_ui/confluence/pages and
app/util/api/confluence_clients.py.
"""

import re
import time
from urllib.parse import urlsplit

import httpx
import pytest
from people import complaints
from playwright.sync_api import Page
from standin_processes import await_running, run_standin

from harness.drivers.confluence.session import Account, open_client, who_am_i

ADMIN = Account("admin", "admin")


@pytest.fixture(scope="module")
def standin(built, tmp_path_factory):
    with run_standin(built, tmp_path_factory.mktemp("home"), {}) as running:
        await_running(running.url)
        yield running


@pytest.fixture
def http(standin):
    with open_client(standin.url, ADMIN, mode="cookie") as client:
        yield client


def await_path(page: Page, path: str) -> None:
    page.wait_for_url(lambda url: urlsplit(url).path == path)


@pytest.mark.standin
def test_log_in_dashboard_administration_and_log_out(standin, browser):
    page = browser.new_page()
    said = complaints(page)
    page.goto(f"{standin.url}/login.action")
    for landmark in ("#sidebar-container", "#login-container", "#footer-build-information"):
        assert page.locator(landmark).is_visible(), landmark
    assert re.fullmatch(r"\d+\.\d+\.\d+", page.inner_text("#footer-build-information"))
    page.fill("#os_username", ADMIN.user)
    page.fill("#os_password", ADMIN.password)
    page.click("#loginButton")
    await_path(page, "/dashboard.action")
    page.goto(f"{standin.url}/dashboard.action#all-updates")
    assert page.locator(".list-container-all-updates").is_visible()
    assert page.locator(".content-header-all-updates").is_visible()
    page.goto(f"{standin.url}/index.action")
    assert page.get_attribute("meta[name=ajs-user-locale]", "content")

    page.goto(f"{standin.url}/admin/viewgeneralconfig.action")
    assert page.locator("#login-container").is_visible()
    page.fill("#password", ADMIN.password)
    page.click("#authenticateButton")
    await_path(page, "/admin/viewgeneralconfig.action")
    assert page.inner_text("#editbaseurl").startswith("http://")

    page.goto(f"{standin.url}/logout.action")
    assert page.locator("#logout-message").is_visible()
    assert page.locator("#loginButton").is_visible()
    page.close()
    assert said == []


@pytest.mark.standin
def test_system_information_right_after_the_password(standin):
    """The form's address is asked for by GET first, and the page by the confirmation's answer."""
    with httpx.Client(base_url=standin.url, trust_env=False, follow_redirects=True) as client:
        form = client.get("/dologin.action")
        assert form.status_code == 200
        assert "loginform" in form.text
        client.get("/rest/api/user/current", auth=(ADMIN.user, ADMIN.password))
        login = {"os_username": ADMIN.user, "os_password": ADMIN.password}
        client.post("/dologin.action", data=login)
        page = client.post(
            "/doauthenticate.action",
            data={
                "authenticate": "Confirm",
                "destination": "/admin/systeminfo.action",
                "password": ADMIN.password,
            },
            headers={"X-Atlassian-Token": "no-check"},
        )
    assert page.url.path == "/admin/systeminfo.action"
    version = re.search(r"Confluence Version</th><td>([\d.]+)", page.text)
    assert version
    assert "deployment=terraform" not in page.text


@pytest.mark.standin
def test_the_newer_form_is_shown_by_get_as_well(built, tmp_path):
    with run_standin(built, tmp_path, {"STANDIN_LOGIN": "tsv"}) as running:
        await_running(running.url)
        with httpx.Client(base_url=running.url, trust_env=False) as client:
            form = client.get("/dologin.action")
    assert form.status_code == 200
    assert 'id="login-button"' in form.text
    assert 'id="login-container"' in form.text


@pytest.mark.standin
def test_the_licence_has_an_end_and_the_seats_a_count(http):
    details = http.get("/rest/license/1.0/license/details").json()
    assert details["expiryDate"] / 1000 > time.time()
    assert http.get("/rest/license/1.0/license/remainingSeats").json() == {"count": 9}


@pytest.mark.standin
def test_users_and_groups_for_an_administrator(standin):
    """As an end-to-end environment of ONLYOFFICE makes its second user: confluence.ts."""
    with open_client(standin.url, ADMIN, mode="basic") as http:
        unknown = http.get("/admin/users/viewuser.action?username=second")
        assert unknown.status_code == 200
        assert "<title>View User: second" not in unknown.text
        page = http.get("/admin/users/createuser.action").text
        token = re.search(r'name="atl_token" value="([^"]+)"', page)
        person = {
            "atl_token": token[1],
            "username": "second",
            "fullName": "Second <b>",
            "email": "second@example.com",
            "password": "word",
            "confirm": "other",
        }
        refused = http.post("/admin/users/docreateuser.action", data=person)
        assert refused.status_code == 200
        assert "The passwords do not match." in refused.text
        made = http.post("/admin/users/docreateuser.action", data=person | {"confirm": "word"})
        assert made.headers["location"] == "/admin/users/viewuser.action?username=second"
        assert "<title>View User: second" in http.get(made.headers["location"]).text
        assert "Second &lt;b&gt;" in http.get("/admin/users/browseusers.action").text
        again = http.post("/admin/users/docreateuser.action", data=person | {"confirm": "word"})
        assert "There is a user with this name." in again.text
        groups = http.get("/admin/users/browsegroups.action").text
        assert re.search(r"confluence-users</th><td>admin, second<", groups)
        assert http.get("/rest/license/1.0/license/remainingSeats").json() == {"count": 8}
    second = Account("second", "word")
    with open_client(standin.url, second, mode="basic") as other:
        assert who_am_i(other) == "second"
        assert other.get("/dashboard.action").status_code == 200
        assert other.get("/admin/users/browseusers.action").status_code == 403
