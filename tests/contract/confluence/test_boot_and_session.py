from datetime import UTC, datetime

import httpx
import pytest

from harness.drivers.confluence import session, startup_checks
from harness.drivers.confluence.session import Account, open_client
from harness.errors import DriverError


def test_it_is_running_and_knows_the_admin(client, admin):
    assert startup_checks.status(client) == "RUNNING"
    assert startup_checks.await_authenticated(client, within=30) == admin.user


def test_server_time_is_a_time_of_this_age(client):
    assert abs((startup_checks.server_time(client) - datetime.now(UTC)).days) < 400


def test_a_wrong_password_is_nobody(confluence_url, admin):
    with open_client(confluence_url, Account(admin.user, "wrong-password")) as http:
        assert session.who_am_i(http) is None


def test_a_cookie_session_by_form(confluence_url, admin):
    with open_client(confluence_url, admin, mode="cookie") as http:
        assert session.who_am_i(http) == admin.user
        assert "Authorization" not in http.get("/status").request.headers


def test_a_refused_form_says_so(confluence_url, admin):
    with pytest.raises(DriverError, match="still anonymous"):
        open_client(confluence_url, Account(admin.user, "wrong-password"), mode="cookie")


def test_a_cookie_session_passes_websudo(confluence_url, admin):
    with open_client(confluence_url, admin, mode="cookie") as http:
        assert http.get("/admin/darkfeatures.action").status_code == httpx.codes.OK


def test_a_write_without_the_token_header_is_refused_by_cookie(confluence_url, admin):
    with open_client(confluence_url, admin, mode="cookie") as http:
        answer = http.post(
            "/rest/feature/1/site", json=["a.b"], headers={"X-Atlassian-Token": "nocheck"}
        )
        assert answer.status_code == httpx.codes.FORBIDDEN
