import pytest

from harness.drivers.browser.login import log_in, logged_in, save_state
from harness.drivers.confluence.session import Account
from harness.errors import DriverError


def test_one_log_in_serves_later_contexts(browser, storage_state, confluence_url):
    context = browser.new_context(storage_state=storage_state)
    page = context.new_page()
    page.goto(confluence_url)
    assert logged_in(page, confluence_url)
    context.close()
    assert storage_state.stat().st_mode & 0o077 == 0


def test_a_refused_log_in_says_what_was_shown(browser, confluence_url, admin):
    context = browser.new_context()
    page = context.new_page()
    with pytest.raises(DriverError, match=f"logging {admin.user} in"):
        log_in(page, confluence_url, Account(admin.user, "wrong-password"), within=2)
    assert not logged_in(page, confluence_url)
    context.close()


def test_a_state_is_kept_for_its_owner_only(context, tmp_path):
    path = tmp_path / "state.json"
    path.write_text("{}")
    path.chmod(0o644)
    save_state(context, path)
    assert path.stat().st_mode & 0o077 == 0
