"""What a testbed keeps from case to case, and what it puts back."""

from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from harness.cases import app as apps
from harness.errors import BadInput, DriverError, ServiceDied
from harness.support import assets
from harness.testbed import testbed as module
from harness.testbed.reset import Baseline
from harness.testbed.testbed import Migration, Testbed, open_testbed

CHARTS = apps.load(assets.sample_app("charts"))
ACE = apps.load(assets.sample_app("charts-ace"))
JAR, OTHER = Path("charts.jar"), Path("other.jar")
BASELINE = Baseline(frozenset(), False, {}, {}, ("t-1", "t-2"), 3)


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was done, in order; the drivers themselves are tested elsewhere."""
    seen: list[str] = []

    def install(_: object, jar: Path) -> Any:
        seen.append(f"install {jar}")
        return SimpleNamespace(key=f"key of {jar}", left_disabled=False)

    monkeypatch.setattr(module.plugins, "install", install)
    monkeypatch.setattr(module.host, "prepare", lambda *_: None)
    monkeypatch.setattr(module.site, "describe", lambda *_: None)
    monkeypatch.setattr(module.plugins, "uninstall", lambda _, key: seen.append(f"remove {key}"))
    monkeypatch.setattr(module.plugins, "await_address", lambda *_: None)
    monkeypatch.setattr(module.reset, "restore", lambda *_: seen.append("restore"))
    monkeypatch.setattr(module.reset, "snapshot", lambda *_: BASELINE)
    monkeypatch.setattr(module.startup_checks, "server_time", lambda _: "server time")
    monkeypatch.setattr(module, "log_in", lambda *_: seen.append("log in"))
    # It closes pages in the loop of a real browser's driver.
    monkeypatch.setattr(module, "closer", lambda _: seen.append)
    return seen


def fake_stack(done: list[str]) -> Any:
    def note(event: str) -> Any:
        return lambda *values, **_: done.append(" ".join([event, *map(str, values)]))

    return SimpleNamespace(
        scale=200,
        recorder=None,
        cloud_app=SimpleNamespace(behave=note("behave")),
        cloud=SimpleNamespace(list_pair=note("list"), set_clock=note("clock"), mark=note("mark")),
        dead=lambda: None,
        running={},
        client=lambda: httpx.Client(),
        confluence_url="http://confluence",
        account=None,
        explained=lambda step, error: ServiceDied("confluence", step, str(error), ""),
    )


def bed_of(stack: Any, app: apps.AppDescription = CHARTS) -> Testbed:
    nothing: Any = None
    return Testbed(stack, nothing, nothing, app, JAR, BASELINE)


def test_a_server_app_is_installed_once_and_stays_while_cases_use_it(done: list[str]) -> None:
    testbed = bed_of(fake_stack(done))
    testbed.install()
    testbed.use(CHARTS, JAR)
    testbed.install()
    assert done == [f"install {JAR}"]


def test_another_server_app_takes_the_place_of_the_last_one(done: list[str]) -> None:
    testbed = bed_of(fake_stack(done))
    testbed.use(CHARTS, OTHER)
    assert done == []  # nothing was installed
    testbed.install()
    testbed.use(CHARTS, JAR)
    testbed.install()
    assert done == [f"install {OTHER}", f"remove key of {OTHER}", f"install {JAR}"]


def test_a_reset_silences_the_cloud_app_before_the_cloud_forgets(done: list[str]) -> None:
    bed_of(fake_stack(done)).reset(cloud_app=None, name="a case")
    assert done == [
        "behave seed",
        "restore",
        f"list {CHARTS.server.key} {CHARTS.cloud.key}",
        "clock server time 200",
        "mark a case",
    ]


def test_a_reset_gives_the_cloud_app_the_cases_behaviour(done: list[str]) -> None:
    bed_of(fake_stack(done)).reset(cloud_app="silent", name="a case")
    assert done[0] == "behave silent"


def test_a_real_connect_app_is_not_asked_to_behave(done: list[str]) -> None:
    bed_of(fake_stack(done), ACE).reset(cloud_app=None, name="a case")
    assert done[0] == "restore"


def test_a_recording_is_told_when_a_case_begins(done: list[str]) -> None:
    """Once the stack is in order: what that causes is not part of the case."""
    stack = fake_stack(done)
    stack.recorder = SimpleNamespace(begin=lambda case, at: done.append(f"begin {case}, {at}"))
    bed_of(stack).reset(cloud_app=None, name="a case")
    assert done[-1] == "begin a case, server time"
    assert "restore" in done


def test_a_testbed_begins_without_the_transfers_of_an_attached_stack(done: list[str]) -> None:
    page: Any = SimpleNamespace(close=lambda: done.append("close page"), context="context")
    with ExitStack() as at_end:
        testbed = open_testbed(fake_stack(done), CHARTS, JAR, page, at_end)
        assert (testbed.baseline.transfers, testbed.baseline.faults) == ((), 0)
        assert done == ["log in", "close page"]
        client = testbed.client
    assert client.is_closed


def test_a_log_in_that_fails_names_the_service_behind_it(
    done: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise httpx.ConnectError("refused")

    monkeypatch.setattr(module, "log_in", fail)
    page: Any = SimpleNamespace(context="context")
    with ExitStack() as at_end, pytest.raises(ServiceDied, match="the browser to log in"):
        open_testbed(fake_stack(done), CHARTS, JAR, page, at_end)


@pytest.fixture
def presses(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The plans that Run was pressed for, and what the first press comes to."""
    seen: list[str] = []

    def run_plan(_: object, plan_id: str) -> None:
        seen.append(plan_id)
        if plan_id == "broken":
            raise DriverError(f"running the plan {plan_id}", "the button Run is still there")

    monkeypatch.setattr(module.migration_assistant, "run_plan", run_plan)
    monkeypatch.setattr(module.migration_assistant, "create_plan", lambda *_: "plan-1")
    return seen


def made_migration(done: list[str]) -> Migration:
    testbed = bed_of(fake_stack(done))
    testbed.context = SimpleNamespace(new_page=lambda: None)  # type: ignore[assignment]
    return testbed.plan("a plan")


def test_a_migration_is_started_once(done: list[str], presses: list[str]) -> None:
    migration = made_migration(done)
    assert migration.row.is_startable
    migration.start()
    assert not migration.row.is_startable
    with pytest.raises(BadInput, match=r"^migration\.start\(\): the migration was started already"):
        migration.start()
    assert presses == ["plan-1"]


def test_a_start_that_failed_may_be_tried_again(done: list[str], presses: list[str]) -> None:
    migration = made_migration(done)
    migration.plan_id = "broken"
    for _ in range(2):
        with pytest.raises(DriverError, match="the button Run is still there"):
            migration.start()
    assert presses == ["broken", "broken"]
