"""Steps of bringing a stack up: their order, and that nothing is left where one of them fails."""

import time
from collections.abc import Callable
from contextlib import closing, nullcontext
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from fake_stacks import FakeEngine, FakeRunning
from placements import AUTHORITY

from harness.cases import app as apps
from harness.drivers.untold_cloud import UntoldCloud
from harness.engines.service import Service
from harness.environment import bring_up as steps
from harness.environment.bring_up import StackPlan, bring_up
from harness.environment.services.confluence import STANDIN_LICENCE
from harness.environment.stack import Stack
from harness.errors import BadInput, DriverError
from harness.lifecycle.runs import Run
from harness.settings import IMAGES_OWN, Settings
from harness.support import assets

CHARTS = apps.load(assets.sample_app("charts"))
PLAN = StackPlan(CHARTS, "3.9.6", ("some.flag",), "stack-7")

Up = Callable[..., Stack]


class Failing(Exception):
    """What the step that a test chose ends in."""


class Stage:
    """Everything around the steps, as fakes that note what was done and fail where told."""

    def __init__(self, fail_at: str = "", error: type[BaseException] = Failing) -> None:
        self.events: list[str] = []
        self.fail_at, self.error = fail_at, error
        self.engine = FakeEngine(events=self.events)
        self.way_out = False

    def note(self, event: str) -> None:
        self.events.append(event)
        if event == self.fail_at:
            raise self.error

    def step(self, event: str, result: Any = None) -> Callable[..., Any]:
        def noted(*_: object, **__: object) -> Any:
            self.note(event)
            return result

        return noted

    def open_engine(self, *_: object, way_out: bool) -> FakeEngine:
        self.way_out = way_out
        return self.engine

    def client(self, name: str, *_: object) -> Any:
        self.note(f"open {name}")
        return SimpleNamespace(
            url=name,
            is_up=self.step(f"{name} answers", True),
            install=self.step("install the app", PLAN.app.cloud.key),
            list_pair=self.step("list the pair"),
            set_clock=self.step("set the clock"),
            close=self.step(f"close {name}"),
        )

    def up(self, run: Run, settings: Settings | None = None, plan: StackPlan = PLAN) -> Stack:
        ready: Any = SimpleNamespace(
            open=self.open_engine,
            images={"confluence": "c", "database": "d"},
            identity="standin:1",
            jars=None,
            toolchain=None,
        )
        return bring_up(
            settings or Settings(),
            ready,
            run,
            plan,
            progress=lambda _: None,
            meanwhile=lambda: self.note("meanwhile"),
        )


@pytest.fixture
def set_up(monkeypatch: pytest.MonkeyPatch) -> Callable[[Stage], Stage]:
    """Puts a stage in the place of the drivers."""

    def set_up(stage: Stage) -> Stage:
        start = stage.engine.start

        def start_noted(service: Service) -> FakeRunning:
            running = start(service)
            if stage.fail_at == f"start {service.name}":
                raise stage.error
            return running

        monkeypatch.setattr(stage.engine, "start", start_noted)
        monkeypatch.setattr(steps, "Authority", lambda: AUTHORITY)
        monkeypatch.setattr(steps, "CloudControl", lambda *_: stage.client("cloud"))
        monkeypatch.setattr(steps, "CloudAppControl", lambda *_: stage.client("app"))
        monkeypatch.setattr(steps, "start_up", stage.step("start Confluence up", []))
        monkeypatch.setattr(Stack, "client", lambda _: nullcontext())
        monkeypatch.setattr(steps.startup_checks, "server_time", stage.step("read the clock"))
        return stage

    return set_up


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run("r", tmp_path)


STEPS = (
    "open cloud",
    "open app",
    "cloud answers",
    "app answers",
    "install the app",
    "list the pair",
    "start Confluence up",
    "read the clock",
    "set the clock",
)


def test_the_steps_come_in_their_order(set_up: Callable[[Stage], Stage], run: Run) -> None:
    stage = set_up(Stage())
    stack = stage.up(run)
    started = [each for each in stage.events if each.startswith("start ") and "up" not in each]
    # Confluence and the cloud app need the cloud's address, and are started side by side.
    assert started[0] == "start cloud"
    assert sorted(started[1:]) == ["start cloud-app", "start confluence"]
    assert [each for each in stage.events if each not in started and each != "meanwhile"] == [
        *STEPS
    ]
    assert stage.events.count("meanwhile") == 1
    assert (stack.ccma, stack.name, stack.system_features) == ("3.9.6", "stack-7", ("some.flag",))
    assert (stack.image, stack.cloud_half) == ("standin:1", CHARTS.cloud_half)
    stack.close()


@pytest.mark.parametrize("error", [Failing, KeyboardInterrupt])
@pytest.mark.parametrize(
    "step", ["start cloud", "start confluence", "start cloud-app", "meanwhile", *STEPS]
)
def test_nothing_is_left_where_a_step_fails(
    set_up: Callable[[Stage], Stage], run: Run, step: str, error: type[BaseException]
) -> None:
    stage = set_up(Stage(step, error))
    with pytest.raises(error):
        stage.up(run)
    assert "close" in stage.events
    begun = stage.events.index("close")
    # Nothing is started behind the back of the engine that was closed.
    assert not [each for each in stage.events[begun:] if each.startswith("start ")]
    for name in ("cloud", "app"):
        opened = f"open {name}" in stage.events and step != f"open {name}"
        assert stage.events.count(f"close {name}") == opened


def test_an_interrupt_waits_for_the_services_that_are_being_started(
    set_up: Callable[[Stage], Stage], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = set_up(Stage("meanwhile", KeyboardInterrupt))
    start = stage.engine.start

    def slow(service: Service) -> FakeRunning:
        time.sleep(0.05)
        return start(service)

    monkeypatch.setattr(stage.engine, "start", slow)
    with pytest.raises(KeyboardInterrupt):
        stage.up(run)
    assert stage.events[-1] == "close"
    assert stage.events.count("start confluence") == 1


def test_what_can_be_refused_is_refused_before_an_engine_is_opened(
    set_up: Callable[[Stage], Stage], run: Run, tmp_path: Path
) -> None:
    stage = set_up(Stage())
    with pytest.raises(BadInput):
        stage.up(run, Settings(licence_file=tmp_path / "missing"))
    with pytest.raises(BadInput, match="no golden home"):
        stage.up(run, Settings(golden="missing"))
    assert stage.events == []


def test_a_service_that_does_not_come_up_is_named(
    set_up: Callable[[Stage], Stage], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = set_up(Stage())

    def fail(*_: object, **__: object) -> None:
        raise DriverError("the set-up wizard", "HTTP 500")

    monkeypatch.setattr(steps, "start_up", fail)
    with pytest.raises(DriverError, match="HTTP 500"):
        stage.up(run)
    assert stage.events[-3:] == ["close app", "close cloud", "close"]


@pytest.mark.parametrize(
    ("cloud", "ours"), [("real", []), (None, ["start cloud", "start cloud-app"])]
)
def test_a_stack_with_the_real_cloud_has_no_part_of_ours_and_a_way_out(
    set_up: Callable[[Stage], Stage],
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    cloud: str | None,
    ours: list[str],
) -> None:
    monkeypatch.setattr(steps, "licence_from", lambda *_: STANDIN_LICENCE)
    monkeypatch.setattr(steps.plugins, "find", lambda *_: SimpleNamespace(version="3.13.8"))
    stage = set_up(Stage())
    settings = Settings(confluence="atlassian/confluence:9.2", cloud=cloud)
    with closing(stage.up(run, settings, replace(PLAN, ccma=IMAGES_OWN))) as stack:
        started = {each for each in stage.events if each.startswith("start ")}
        whole = {"start database", "start confluence", "start Confluence up", *ours}
        assert started == whole
        assert stage.way_out is (cloud == "real")
        assert isinstance(stack.cloud, UntoldCloud) is (cloud == "real")
        assert (stack.ccma, stack.scale) == ("3.13.8", 1)
        assert stack.cloud_half == ("" if cloud == "real" else CHARTS.cloud_half)
