"""What an admin does with one app of a plan, Cancel and Re-run, and when a connection ends."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cloud_control import control

from harness.cases import app as sample_apps
from harness.cases.app import AppDescription
from harness.drivers.browser import dashboard, migration_assistant
from harness.drivers.confluence import apps, dark_features
from harness.drivers.debugger.attach import attach
from harness.drivers.debugger.bytecode import return_indexes
from harness.drivers.debugger.protocol import TYPE_TAG_CLASS, EventKind, Location, Suspend
from harness.engines.app_builds import server_jar
from harness.environment.services.names import CONFLUENCE
from harness.support import assets
from harness.testbed.testbed import Migration, Testbed
from harness.vocabulary.features import DEV_MODE, FEATURE
from harness.wait import NotYet, wait_for

pytestmark = pytest.mark.standin

HOUR = 3600
HALF_AN_HOUR = timedelta(minutes=30)
Begun = Callable[..., tuple[Testbed, Migration]]


@pytest.fixture
def begun(testbeds):
    """Runs a plan of the sample app, whose cloud half behaves as told."""
    with ExitStack() as at_end:

        def begin(ccma, behaviour, app="charts", beside=None):
            testbed = testbeds.get(ccma, assets.sample_app("charts"))
            before = testbed.app, testbed.jar
            testbed.use(*sample(app))
            at_end.callback(testbed.use, *before)
            testbed.reset(cloud_app=behaviour, name="app actions")
            dark_features.set_site(testbed.client, {FEATURE: True, DEV_MODE: ccma != "3.1.7"})
            testbed.install()
            if beside:
                other = apps.install(testbed.client, sample(beside)[1])
                at_end.callback(apps.uninstall, testbed.client, other.key)
            migration = testbed.plan("plan of app actions")
            at_end.callback(migration.close)
            migration.start()
            return testbed, migration

        yield begin


def sample(app: str) -> tuple[AppDescription, Path]:
    """A sample app's description, and its jar."""
    folder = assets.sample_app(app)
    described = sample_apps.load(folder)
    return described, server_jar(folder, described, lambda _: None)


def press(migration: Migration, name: str, *, is_answered: bool = True) -> None:
    """Presses an app's button once a look at the page, loaded anew, finds it enabled."""
    button = migration.page.get_by_role("button", name=name)

    def look() -> bool | NotYet:
        migration.row.look()
        if not button.count():
            return NotYet(f"there is no button {name}")
        return button.is_enabled() or NotYet(f"{name} is disabled")

    wait_for(f"{name} to be possible", look, within=60)
    button.click(no_wait_after=not is_answered)


def cancellable(testbed: Testbed, migration: Migration) -> bool:
    """What the progress REST says of the plan's only app."""
    answer = testbed.client.get(
        f"/rest/migration/latest/app-migration/progress/{migration.plan_id}"
    )
    ((app,),) = (run["apps"] for run in answer.json()["migrations"])
    return bool(app["cancellable"])


def advance_clock(testbed: Testbed, seconds: float) -> None:
    control(testbed.stack.cloud, "POST", "clock/advance", json={"seconds": seconds})


def test_an_app_is_cancelled_by_itself_half_an_hour_after_its_start(begun: Begun) -> None:
    testbed, migration = begun("3.9.6", "zero-then-nothing")
    migration.row.becomes("RUNNING", 0)
    running = migration.row.look().server_time
    wait_for("the REST to say so", lambda: cancellable(testbed, migration) or None, within=60)
    press(migration, "Cancel")
    migration.row.becomes("CANCELLING")
    shown = migration.row.look()
    assert cancellable(testbed, migration) is False  # any longer
    # The half hour runs from the start of the migration, before the row says RUNNING.
    assert shown.server_time - running > HALF_AN_HOUR - timedelta(minutes=20)
    (transfer,) = testbed.stack.cloud.transfers()
    assert transfer["status"] == "CANCELLATION_REQUESTED"
    assert migration_assistant.plan_status(migration.page) == "FINISHED"
    advance_clock(testbed, HOUR)
    migration.row.becomes("CANCELLED")
    assert not migration.page.get_by_role("button", name="Cancel").count()


def test_a_cancel_that_is_overtaken_by_its_end_does_not_take_that_back(begun: Begun) -> None:
    """The cloud's answer, the end that a poll brings, and only then this server's own word."""
    testbed, migration = begun("3.9.6", "zero-then-nothing")
    migration.row.becomes("RUNNING", 0)
    confluence = testbed.stack.running[CONFLUENCE]
    with attach(confluence.host, confluence.port("jdwp"), within=10) as jvm:
        (client,) = jvm.classes_named("org.migrationharness.standin.ccma.platform.PlatformClient")
        (cancel,) = (each for each in jvm.methods(client.id) if each.name == "cancel")
        (end,) = return_indexes(jvm.bytecodes(client.id, cancel.id))
        answered = Location(TYPE_TAG_CLASS, client.id, cancel.id, end)
        at = [jvm.modifiers.location_only(answered)]
        jvm.set_event(EventKind.BREAKPOINT, Suspend.EVENT_THREAD, at)
        press(migration, "Cancel", is_answered=False)
        held = wait_for("the cloud's answer", lambda: jvm.next_events(1), within=30)
        advance_clock(testbed, HOUR)
        migration.row.becomes("CANCELLED")
        jvm.resume_thread(held[1].events[0].thread)
    migration.row.stays("CANCELLED", through=timedelta(minutes=10))


def test_the_log_says_what_was_asked(begun: Begun, tmp_path) -> None:
    _, migration = begun("3.9.6", "zero-then-nothing")
    press(migration, "Cancel")
    rows = dashboard.parse_logs(
        dashboard.view_logs(migration.page, migration.plan_id, tmp_path).read_text()
    )
    told = [" ".join(row.values()) for row in rows]
    assert any("Initiated your request to cancel app migration." in text for text in told)
    assert any("App migration started. Details: charts-for-confluence" in text for text in told)


def test_an_app_that_failed_is_run_again_by_its_button(begun: Begun) -> None:
    """On the first version that has one, which has neither a button to cancel nor the REST."""
    testbed, migration = begun("3.4.7", "fails", "rerunnable")
    migration.row.becomes("FAILED")
    assert not migration.page.get_by_role("button", name="Cancel").count()
    for resource in ("progress", "trigger"):
        answer = testbed.client.get(
            f"/rest/migration/latest/app-migration/{resource}/{migration.plan_id}"
        )
        assert answer.status_code == 404, resource
    testbed.stack.cloud_app.behave("seed")
    press(migration, "Re-run")
    wait_for("the new try's row", lambda: migration.row.now().status != "FAILED", within=60)
    assert migration.row.becomes("COMPLETE").percent == 100
    first, second = testbed.stack.cloud.transfers()
    assert (first["original_id"], second["original_id"]) == (None, first["id"])


def test_what_cannot_be_run_again_has_a_button_that_cannot_be_pressed(begun: Begun) -> None:
    """The sample app's listener is of the first library, which has no re-run."""
    _, migration = begun("3.9.6", "fails")
    migration.row.becomes("FAILED")
    assert migration.page.get_by_role("button", name="Re-run").is_disabled()


def test_what_has_not_begun_when_a_plan_is_stopped_is_skipped(begun: Begun) -> None:
    _, migration = begun("3.9.6", "zero-then-nothing", beside="null-cloud-key")
    migration.row.becomes("RUNNING", 0)
    other = replace(migration.row, server_app_key="null-cloud-key-plugin", app_names=())
    assert other.now().status == "READY"
    migration.page.get_by_role("button", name="Stop").click()
    assert other.becomes("SKIPPED")
    assert migration.row.now().status == "CANCELLING"


def test_a_connection_that_has_ended_is_made_again_by_an_administrator(begun: Begun) -> None:
    testbed, migration = begun("3.9.6", "seed")
    assert migration.row.becomes("COMPLETE").percent == 100
    cloud, page = testbed.stack.cloud, migration.page
    cloud.set_switches({"connection_days": 0.001})
    log_before = len(testbed.stack.server_log())
    answer = testbed.client.get(f"/rest/migration/latest/app-migration/trigger/{migration.plan_id}")
    assert (answer.status_code, "an administrator has to connect" in answer.text) == (502, True)
    log = testbed.stack.server_log(log_before).decode()
    assert "The connection to" in log
    assert "has expired: an administrator has to connect" in log
    cloud.set_switches({"connection_days": 90})
    dashboard.plans(page, testbed.stack.confluence_url)
    again = page.get_by_role("button", name="Connect again")
    again.click()
    again.wait_for(state="detached")
    entries, _ = cloud.journal()
    effects = [each["effect"] for each in entries]
    assert "attached" in effects[effects.index("refused: connection expired") :]


def test_a_token_that_has_ended_is_renewed_by_the_server_itself(begun: Begun) -> None:
    testbed, migration = begun("3.9.6", "zero-then-nothing")
    migration.row.becomes("RUNNING", 0)
    since = testbed.stack.cloud.journal_end()
    advance_clock(testbed, 25 * HOUR)

    def renewed() -> list[str] | None:
        entries, _ = testbed.stack.cloud.journal(since)
        effects = [each["effect"] for each in entries]
        return effects if {"token renewed", "polled"} <= set(effects[-2:]) else None

    effects = wait_for("the poll that follows a renewal", renewed, within=60)
    assert effects[-3:] == ["refused: expired server token", "token renewed", "polled"]


def test_an_older_assistant_has_neither_button(begun: Begun) -> None:
    _, migration = begun("3.1.7", "zero-then-nothing")
    migration.row.becomes("RUNNING", 0)
    for name in ("Cancel", "Re-run"):
        assert not migration.page.get_by_role("button", name=name).count()
