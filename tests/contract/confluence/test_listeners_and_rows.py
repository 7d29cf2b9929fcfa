"""Rows of docs/fidelity.md that take a migration: which listener is found, and what the row says.

Rows that a known failure shows are pinned by tests/e2e/test_explain.py.
"""

import subprocess
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import Any

import pytest
from cloud_control import control

from harness.cases import app as sample_apps
from harness.drivers.browser import dashboard, look, migration_assistant
from harness.drivers.confluence import dark_features, startup_checks
from harness.engines import builds
from harness.engines.app_builds import server_jar
from harness.errors import DriverError
from harness.explain import collect
from harness.support import assets
from harness.testbed.testbed import Migration, Testbed
from harness.vocabulary.features import DEV_MODE, FEATURE
from harness.wait import wait_for

pytestmark = pytest.mark.standin

HOUR = 3600
ACCEPTED, CONFLICT = 202, 409
SECOND = timedelta(seconds=1)  # of which the server's Date has no parts
Begin = Callable[..., tuple[Testbed, Migration]]


@pytest.fixture
def begin(testbeds):
    """Starts a migration of a sample app, in dev mode unless told otherwise."""
    with ExitStack() as at_end:

        def begin(app, ccma, *, dev_mode=True, behaviour=None, forge=None):
            testbed = testbeds.get(ccma, assets.sample_app("charts"))
            before = testbed.app, testbed.jar
            folder = assets.sample_app(app)
            described = sample_apps.load(folder)
            testbed.use(described, server_jar(folder, described, lambda _: None))
            at_end.callback(testbed.use, *before)
            testbed.reset(cloud_app=behaviour, name=app)
            dark_features.set_site(testbed.client, {FEATURE: True, DEV_MODE: dev_mode})
            if forge:
                body = {"key": forge, "eventsUrl": "http://127.0.0.1:9/hook"}
                control(testbed.stack.cloud, "POST", "forge-apps", json=body)
            testbed.install()
            migration = testbed.plan(f"plan of {app}")
            at_end.callback(migration.close)
            migration.start()
            return testbed, migration

        yield begin


def log_of(testbed: Testbed, since: int) -> str:
    return testbed.stack.server_log(since).decode()


@pytest.mark.parametrize(
    ("behaviour", "status"), [("fails", "FAILED"), ("incomplete", "INCOMPLETE")]
)
def test_the_row_says_how_the_cloud_app_settled(begin: Begin, behaviour: str, status: str) -> None:
    _, migration = begin("charts", "3.9.6", behaviour=behaviour)
    assert migration.row.becomes(status).percent == 100


def test_a_plan_that_is_stopped_is_cancelled_in_the_cloud(begin: Begin) -> None:
    testbed, migration = begin("charts", "3.9.6", behaviour="zero-then-nothing")
    migration.row.becomes("RUNNING", 0)
    migration_assistant.stop_plan(migration.page, migration.plan_id)
    wait_for(
        "the page to say that the plan is stopped",
        lambda: migration_assistant.plan_status(migration.page) == "STOPPED" or None,
        within=20,
    )

    def asked() -> bool | None:
        (transfer,) = testbed.stack.cloud.transfers()
        return transfer["status"] == "CANCELLATION_REQUESTED" or None

    wait_for("the cloud to be asked to cancel", asked, within=20)
    control(testbed.stack.cloud, "POST", "clock/advance", json={"seconds": HOUR})
    migration.row.becomes("CANCELLED")
    rows = {
        plan.id: plan.status
        for plan in dashboard.plans(migration.page, testbed.stack.confluence_url)
    }
    assert rows[migration.plan_id] == "STOPPED"


def test_a_row_changes_while_its_page_stays_open(begin: Begin) -> None:
    _, migration = begin("charts", "3.9.6")
    page = migration.page
    page.evaluate("window.isTheSame = true")
    wait_for(
        "the row to be complete",
        lambda: any(row.status == "COMPLETE" for row in look.read_progress(page).rows) or None,
        within=30,
    )
    assert page.evaluate("window.isTheSame")


def test_a_hidden_listener_has_no_row_in_dev_mode(begin: Begin) -> None:
    _, migration = begin("hidden-listener", "3.9.6")
    shown = migration_assistant.read_progress(migration.page)
    assert (shown.block, shown.rows) == (True, ())
    assert migration.page.get_by_text("0 apps will be migrated.").is_visible()


def test_a_discoverable_listener_is_found_by_name_on_396_and_not_at_all_on_317(
    begin: Begin,
) -> None:
    _, migration = begin("discoverable", "3.9.6")
    assert migration.row.becomes("COMPLETE").percent == 100
    _, migration = begin("discoverable", "3.1.7")
    assert migration_assistant.read_progress(migration.page).rows == ()


@pytest.mark.parametrize(
    "app", ["scanner", "spring-xml", "component", "java-config", "tracker", "rerunnable"]
)
def test_a_plugin_as_builds_make_it_migrates(begin: Begin, app: str) -> None:
    _, migration = begin(app, "3.9.6")
    assert migration.row.becomes("COMPLETE").percent == 100


def test_an_app_that_failed_is_run_again_by_the_method_for_it(begin: Begin) -> None:
    testbed, migration = begin("rerunnable", "3.9.6", behaviour="fails")
    rerun = f"/rest/migration/latest/app-migration/rerun/{migration.plan_id}"
    early = testbed.client.get(rerun)
    assert (early.status_code, "FAILED or INCOMPLETE" in early.text) == (CONFLICT, True)
    for tries in (1, 2, 3):
        if tries > 1:
            testbed.client.get(rerun).raise_for_status()
        migration.row.becomes("FAILED")
        tried = testbed.stack.cloud.transfers()
        first = tried[0]["id"]
        assert [each["original_id"] for each in tried] == [None, first, first][:tries]
    assert uploads(testbed) == ["charts", f"again, after {first}", f"again, after {first}"]


def test_a_listener_without_that_method_is_started_anew(begin: Begin) -> None:
    testbed, migration = begin("scanner", "3.9.6", behaviour="incomplete")
    migration.row.becomes("INCOMPLETE")
    rerun = f"/rest/migration/latest/app-migration/rerun/{migration.plan_id}"
    testbed.client.get(rerun).raise_for_status()
    migration.row.becomes("INCOMPLETE")
    (first, second) = testbed.stack.cloud.transfers()
    assert second["original_id"] == first["id"]
    assert uploads(testbed) == ["charts", "charts"]


def test_a_listener_of_an_older_library_is_not_run_again(begin: Begin) -> None:
    testbed, migration = begin("tracker", "3.9.6", behaviour="fails")
    migration.row.becomes("FAILED")
    rerun = f"/rest/migration/latest/app-migration/rerun/{migration.plan_id}"
    assert testbed.client.get(rerun).status_code == CONFLICT
    assert len(testbed.stack.cloud.transfers()) == 1


def uploads(testbed: Testbed) -> list[str]:
    """The labels of what was uploaded since the last reset, in order."""
    ids = {each["id"] for each in testbed.stack.cloud.transfers()}
    entries, _ = testbed.stack.cloud.journal()
    made = [each for each in entries if each["effect"] == "uploaded" and each["transfer_id"] in ids]
    return [each["detail"]["label"] for each in made]


@pytest.mark.parametrize("in_cloud", ["Connect", "Forge"])
def test_of_a_connect_and_a_forge_listener_the_app_in_the_cloud_decides(
    begin: Begin, in_cloud: str
) -> None:
    testbed, _ = begin(
        "connect-and-forge",
        "3.12.0",
        forge="charts-for-confluence" if in_cloud == "Forge" else None,
    )
    wait_for("an upload", lambda: uploads(testbed) or None, within=20)
    assert uploads(testbed) == [f"for {in_cloud}"]
    assert "server app key connect-and-forge-plugin" not in log_of(testbed, 0), "a warning"


def test_before_3120_the_first_of_them_is_called_and_one_warning_names_the_other(
    begin: Begin,
) -> None:
    testbed, _ = begin("connect-and-forge", "3.9.6", forge="charts-for-confluence")
    wait_for("an upload", lambda: uploads(testbed) or None, within=20)
    assert uploads(testbed) == ["for Connect"]
    warning = "More than one listener for server app key connect-and-forge-plugin"
    assert log_of(testbed, 0).count(warning) == 1


def test_3138_exports_the_flat_package_only(begin: Begin) -> None:
    with pytest.raises(DriverError, match=r"scanner-plugin could not be resolved.*\.gateway"):
        begin("scanner", "3.13.8")
    _, migration = begin("discoverable", "3.13.8")
    assert migration.row.becomes("COMPLETE").percent == 100


@pytest.mark.parametrize("ccma", ["3.1.7", "3.9.6"])
def test_a_listener_of_the_first_generation_has_the_flat_packages_gateway(
    begin: Begin, ccma: str
) -> None:
    testbed, migration = begin("flat-gateway", ccma, dev_mode=False)
    assert migration.row.becomes("COMPLETE").percent == 100
    assert uploads(testbed) == ["charts"]


def test_calls_into_made_up_classes_are_counted_and_kept(begin: Begin) -> None:
    testbed, _ = begin("missing-host-service", "3.9.6")

    def calls() -> list[dict[str, Any]] | None:
        told = collect.host_calls(testbed.client, "missing-host-service-plugin")
        assert told is not None
        assert told["made_up"] == ["com.atlassian.confluence.statistics"]
        return told["calls"] or None

    (call,) = wait_for("a call into the host", calls, within=20)
    now = startup_checks.server_time(testbed.client)
    assert datetime.fromisoformat(call.pop("last")) <= now + SECOND
    assert call == {
        "type": "com.atlassian.confluence.statistics.ChartStatistics",
        "method": "mostViewed",
        "answered": False,
        "times": 1,
    }


def test_a_forge_apps_listener_uploads_and_completes_the_export(begin: Begin) -> None:
    testbed, _ = begin("forge", "3.9.6", forge="charts-on-forge")

    def completed() -> bool | None:
        entries, _ = testbed.stack.cloud.journal()
        # The server's own call; the event that follows is delivered as `webhook export-completed`.
        done = [each for each in entries if str(each["route"]).endswith("/export-completed")]
        assert all(entry["status"] == ACCEPTED for entry in done), done
        return bool(done) or None

    wait_for("the export to be completed", completed, within=30)


def test_a_listeners_exception_is_told_to_the_cloud_by_337_and_not_by_317(begin: Begin) -> None:
    def effects(testbed: Testbed, migration: Migration, since: int) -> set[str]:
        migration.row.becomes("RUNNING", 0)

        def thrown() -> bool | None:
            return "failed in onStartAppMigration" in log_of(testbed, begun) or None

        wait_for("the exception to be logged", thrown, within=20)
        return {entry["route"] for entry in testbed.stack.cloud.journal(since)[0] if entry["route"]}

    told = {}
    for ccma in ("3.3.7", "3.1.7"):
        testbed, _ = begin("charts", ccma)
        since, begun = testbed.stack.cloud.journal()[1], len(testbed.stack.server_log())
        told[ccma] = effects(*begin("throwing-listener", ccma, dev_mode=False), since)
    errored = {ccma: any("error" in route for route in routes) for ccma, routes in told.items()}
    assert errored == {"3.3.7": True, "3.1.7": False}, told


def test_of_two_listeners_the_older_wins_and_one_warning_names_the_other(begin: Begin) -> None:
    testbed, migration = begin("two-listeners", "3.9.6")
    assert migration.row.becomes("COMPLETE").percent == 100
    said = log_of(testbed, 0).splitlines()
    warning = f"More than one listener for server app key {testbed.app.server.key}:"
    warned = [at for at, line in enumerate(said) if warning in line]
    assert len(warned) == 1, said
    assert " WARN [" in said[warned[0]]
    assert said[warned[0] + 1].startswith(" -- ")  # what the request was, on a line of its own


def test_the_library_has_the_shape_that_apps_compile_to() -> None:
    shapes = {
        "AppCloudMigrationGateway": "interface",
        "AppCloudMigrationListenerV1": "interface",
        "ConfluenceSpaceContainerV1": "class",
        "ForgeEnvironmentName": "class",
        "confluence/ConfluenceAppCloudMigrationListenerV1": "interface",
        "check/PreMigrationCheckRepository": "interface",
        "gateway/AppCloudForgeMigrationGateway": "interface",
        "gateway/AppCloudMigrationGateway": "interface",
        "gateway/MigrationDetailsV1": "class",
        "listener/DiscoverableForgeListener": "interface",
        "listener/DiscoverableListener": "interface",
        "listener/RerunnableDiscoverableListener": "interface",
        "tracker/CloudMigrationAccessor": "class",
        "tracker/CloudMigrationListenerV1": "interface",
        "tracker/MigrationDetailsV1": "class",
        "tracker/PaginatedMapping": "interface",
    }
    library = builds.standin(lambda _: None) / builds.API_JAR
    names = [f"com.atlassian.migration.app.{name.replace('/', '.')}" for name in shapes]
    shown = subprocess.run(
        ["javap", "-public", "-cp", library, *names], capture_output=True, text=True, check=True
    ).stdout
    for name, (place, shape) in zip(names, shapes.items(), strict=True):
        assert f" {shape} {name} " in shown, place
    app = "com.atlassian.migration.app"
    assert f"public {app}.gateway.MigrationDetailsV1();" in shown
    space = f"{app}.ConfluenceSpaceContainerV1(java.lang.String, java.lang.String);"
    assert f"public {space}" in shown
    assert "public default java.lang.String getServerAppKey();" in shown
    assert "public default java.lang.String getForgeEnvironmentName();" in shown
