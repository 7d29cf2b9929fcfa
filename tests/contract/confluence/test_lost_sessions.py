"""A browser's session that has ended: what one case lost, the next one has."""

import pytest

from harness.drivers.browser import migration_assistant
from harness.drivers.browser.look import look
from harness.drivers.browser.proxies import lost_sessions
from harness.errors import PageUnreadable
from harness.testbed.testbed import Testbed
from harness.vocabulary.features import FEATURE

pytestmark = pytest.mark.standin


def test_a_session_that_a_proxy_loses_is_there_again_without_the_proxy(testbed: Testbed) -> None:
    testbed.set_features({FEATURE: True})
    testbed.install()
    migration = testbed.plan("a lost session")
    migration.start()
    assert migration.row.becomes("COMPLETE").percent == 100
    page, key = migration.page, testbed.app.server.key
    with lost_sessions(testbed.context):
        look(page, key)  # shows a percentage, whereupon the session is lost
        with pytest.raises(PageUnreadable, match="a log-in is asked for"):
            look(page, key)
        migration.close()
    page = testbed.context.new_page()
    url = testbed.stack.confluence_url
    migration_assistant.open_plan(page, migration.plan_id, base_url=url)
    assert look(page, key).row.status == "COMPLETE"
    page.close()


def test_a_plan_is_made_after_a_log_in_where_the_session_has_ended(testbed: Testbed) -> None:
    testbed.context.clear_cookies()
    migration = testbed.plan("an ended session")
    assert migration_assistant.plan_status(migration.page) == "SAVED"
    migration.close()
