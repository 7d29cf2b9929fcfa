"""The newer log-in form with Basic closed, as 10.2 comes: cookies, websudo and access tokens."""

import pytest
from standin_processes import await_running, run_standin

from harness.drivers.browser import login, migration_assistant
from harness.drivers.confluence import apps, dark_features, session
from harness.drivers.confluence.session import connect, open_client, open_with_token, who_am_i
from harness.errors import DriverError

pytestmark = pytest.mark.standin

CLOSED = {"STANDIN_LOGIN": "tsv", "STANDIN_BASIC": "off"}
FEATURE = "migration-assistant.app-migration.feature"


@pytest.fixture(scope="module")
def closed(built, tmp_path_factory, admin) -> str:
    account = {"STANDIN_ADMIN_USER": admin.user, "STANDIN_ADMIN_PASSWORD": admin.password}
    with run_standin(built, tmp_path_factory.mktemp("closed"), CLOSED | account) as standin:
        await_running(standin.url)
        yield standin.url


def test_basic_is_closed_and_a_cookie_is_taken_instead(closed, admin, charts):
    with open_client(closed, admin) as http:
        assert who_am_i(http) is None
        with pytest.raises(DriverError, match="Basic authentication is closed"):
            apps.install(http, charts)
    with connect(closed, admin) as http:
        assert who_am_i(http) == admin.user


def test_apps_and_features_by_cookie(closed, admin, charts):
    with connect(closed, admin) as http:
        app = apps.install(http, charts)
        apps.uninstall(http, app.key)
        dark_features.set_site(http, {FEATURE: True})
        assert FEATURE in dark_features.site(http)
        dark_features.set_user(http, {FEATURE: True})
        assert FEATURE in dark_features.user(http)


def test_a_token_made_in_a_logged_in_page(closed, admin, browser):
    context = browser.new_context()
    page = context.new_page()
    login.log_in(page, closed, admin)
    token = login.create_token(page, closed, "made in a page", account=admin)
    with open_with_token(closed, token.value) as http:
        assert who_am_i(http) == admin.user
        session.revoke_token(http, token)
        assert who_am_i(http) is None
    context.close()


def test_the_assistant_behind_the_newer_form(closed, admin, browser):
    context = browser.new_context()
    page = context.new_page()
    login.log_in(page, closed, admin)
    migration_assistant.open_home(page, closed, admin)
    context.close()
