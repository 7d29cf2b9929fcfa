"""Which cases may run a plan of another again, and which have to make their own."""

import dataclasses
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from harness.cases import Case, CloudSetup, load
from harness.drivers.browser.dashboard import PlanRow
from harness.drivers.browser.plan_wizard import Choices
from harness.errors import DriverError
from harness.runner import start_migration

SEED = {case.id: case for case in load(Path(__file__).parents[3] / "fixtures/cases/seed.yaml")}
ON = SEED["seed[feature=on,dev-mode=off,ccma=3.9.6]"]
OFF = SEED["seed[feature=off,dev-mode=off,ccma=3.9.6]"]


class FakeTestbed:
    """What `start` uses of a testbed."""

    def __init__(self, start: str) -> None:
        self.start, self.executed = start, {}
        self.stack = self.app = self.server = self
        self.confluence_url, self.key, self.client = "http://confluence", "charts-plugin", None
        self.account, self.plan_choices = None, Choices()
        self.again: str | None = None

    def plan_name(self, case: str) -> str:
        return case


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was done, in order; the drivers themselves are tested elsewhere."""
    seen: list[str] = []

    def note(text: str, result: Any = None) -> Any:
        return lambda *_, **__: (seen.append(text), result)[1]

    pages, rest = start_migration.migration_assistant, start_migration.migration
    monkeypatch.setattr(pages, "create_plan", note("wizard", "plan-1"))
    monkeypatch.setattr(pages, "run_plan", note("run"))
    monkeypatch.setattr(pages, "open_plan", note("open"))
    monkeypatch.setattr(rest, "trigger", note("trigger", True))
    monkeypatch.setattr(
        start_migration.startup_checks, "server_time", lambda _: datetime(2026, 1, 1, tzinfo=UTC)
    )
    return seen


def start(testbed: Any, *cases: Case) -> None:
    for case in cases:
        start_migration.start(testbed, case, None, lambda: None)  # type: ignore[arg-type]  # no page


def test_the_second_case_of_a_kind_is_triggered(done: list[str]) -> None:
    start(FakeTestbed("trigger"), ON, ON)
    assert done == ["wizard", "run", "open", "trigger"]


def test_the_wizard_is_gone_through_each_time_unless_asked_otherwise(done: list[str]) -> None:
    start(FakeTestbed("wizard"), ON, ON)
    assert done == ["wizard", "run"] * 2


@pytest.mark.parametrize(
    "other",
    [
        dataclasses.replace(ON, dark_features={}),
        dataclasses.replace(ON, app=Path("another")),
        dataclasses.replace(ON, cloud=CloudSetup(assessment="not-needed")),
    ],
)
def test_a_case_that_would_make_another_plan_makes_it(other: Case, done: list[str]) -> None:
    start(FakeTestbed("trigger"), ON, other)
    assert done == ["wizard", "run"] * 2


def test_a_plan_without_rows_is_never_run_again(done: list[str]) -> None:
    start(FakeTestbed("trigger"), OFF, OFF)
    assert done == ["wizard", "run"] * 2


def test_without_a_trigger_the_wizard_does_it(
    done: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(start_migration.migration, "trigger", lambda *_: False)
    start(FakeTestbed("trigger"), ON, ON)
    assert done == ["wizard", "run", "open", "wizard", "run"]


def test_a_plan_that_was_named_is_run_again_for_each_case(
    done: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = (PlanRow("p-2", "Another", "FINISHED"), PlanRow("p-1", "Ours", "FINISHED"))
    monkeypatch.setattr(start_migration.dashboard, "plans", lambda *_: rows)
    testbed = FakeTestbed("wizard")
    testbed.again = "Ours"
    start(testbed, ON, ON)
    assert done == ["open", "trigger"] * 2
    testbed.again = "Theirs"
    with pytest.raises(DriverError, match=r"no such plan \(but 'Another', 'Ours'"):
        start(testbed, ON)
    testbed.again = "p-1"
    monkeypatch.setattr(start_migration.migration, "trigger", lambda *_: False)
    with pytest.raises(DriverError, match=r"no trigger REST before 3\.4\.8"):
        start(testbed, ON)
