import uuid

import pytest

from harness.drivers.browser import assessment, dashboard, migration_assistant
from harness.drivers.browser.assessment import Decision
from harness.drivers.browser.compare import disagreements
from harness.drivers.browser.rows import ProgressBlock
from harness.drivers.confluence import apps, dark_features, migration
from harness.errors import DriverError
from harness.wait import NotYet, wait_for

FEATURE = "migration-assistant.app-migration.feature"
DEV_MODE = "migration-assistant.app-migration.dev-mode"


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


def test_a_plan_is_run_and_its_row_agrees_with_the_rest(
    page, clean, charts, confluence_url, admin, tmp_path
):
    dark_features.set_site(clean, {FEATURE: True, DEV_MODE: True})
    apps.install(clean, charts)
    plan_id = migration_assistant.create_plan(page, confluence_url, f"plan {uuid.uuid4()}", admin)
    migration_assistant.run_plan(page, plan_id)

    def look() -> ProgressBlock | NotYet:
        migration_assistant.open_plan(page, plan_id, account=admin)
        shown = migration_assistant.read_progress(page)
        row = shown.row("charts-plugin")
        # Once the listener was called, only the next poll can change the row, a minute away.
        return shown if row and row.status == "RUNNING" else NotYet(str(shown))

    shown = wait_for("the row of the app to say that its listener was called", look, within=20)
    assert shown.block
    assert migration_assistant.plan_status(page) in {"RUNNING", "FINISHED"}
    told = migration.progress(clean, plan_id)
    assert told is not None
    assert disagreements(shown, told) == ()
    rows = dashboard.parse_logs(dashboard.view_logs(page, plan_id, tmp_path).read_text())
    assert rows
    with pytest.raises(DriverError, match="no button Run"):
        migration_assistant.run_plan(page, plan_id)


def test_an_app_is_assessed_and_prepared(page, clean, charts, confluence_url, admin):
    apps.install(clean, charts)
    assessment.assess(page, confluence_url, {"charts-plugin": Decision.NEEDED}, account=admin)
    shown = assessment.decisions(page, confluence_url, admin)
    decided = next(texts for texts in shown.values() if "charts-plugin" in texts)
    assert decided[0].casefold().startswith("needed in cloud")
    for agree in (False, True):
        assessment.prepare(page, confluence_url, agree=agree, account=admin)
        (app,) = clean.get("/rest/migration/latest/app").json()["apps"]
        assert app["consent"] is agree


def test_plans_are_listed_and_deleted(page, confluence_url, admin):
    names = [f"plan {uuid.uuid4()}" for _ in range(2)]
    kept, gone = (migration_assistant.create_plan(page, confluence_url, n, admin) for n in names)
    listed = {plan.id: plan for plan in dashboard.plans(page, confluence_url, admin)}
    assert listed[gone] == dashboard.PlanRow(gone, names[1], "SAVED")
    for _ in range(2):  # deleting what is gone is no error
        dashboard.delete_plan(page, confluence_url, gone, admin)
    left = {plan.id for plan in dashboard.plans(page, confluence_url, admin)}
    assert kept in left
    assert gone not in left


def test_a_plan_that_never_ran_has_no_logs(page, confluence_url, admin, tmp_path, monkeypatch):
    monkeypatch.setattr(dashboard, "_SHORT", 500)
    plan_id = migration_assistant.create_plan(page, confluence_url, f"plan {uuid.uuid4()}", admin)
    with pytest.raises(DriverError, match="no View logs"):
        dashboard.view_logs(page, plan_id, tmp_path, account=admin)
