import uuid

import pytest

from harness.browser import migration_assistant
from harness.confluence import migration
from harness.errors import DriverError


@pytest.mark.parametrize("home", migration_assistant.HOMES)
def test_each_known_address_shows_the_assistant(page, confluence_url, admin, monkeypatch, home):
    monkeypatch.setattr(migration_assistant, "HOMES", (home,))
    migration_assistant.open_home(page, confluence_url, admin)


def test_a_plan_is_made_and_opened(page, confluence_url, admin):
    name = f"plan {uuid.uuid4()}"
    plan_id = migration_assistant.create_plan(page, confluence_url, name, admin)
    migration_assistant.open_plan(page, plan_id, account=admin)
    assert page.get_by_role("heading", name=name).count()
    assert migration_assistant.plan_status(page) == "SAVED"
    assert migration_assistant.find_plan(page, confluence_url, name, admin) == plan_id


def test_an_unknown_plan_is_an_error(page, confluence_url, admin):
    with pytest.raises(DriverError, match="opening the plan"):
        migration_assistant.open_plan(
            page, str(uuid.uuid4()), base_url=confluence_url, account=admin
        )


def test_rest_of_an_unknown_plan(client):
    assert migration.progress(client, str(uuid.uuid4())) is None
    assert migration.trigger(client, str(uuid.uuid4())) is False
