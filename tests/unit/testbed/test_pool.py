"""Which stack a case gets: one that is there, a new one, or one that somebody else brought up."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from harness.cases import app as apps
from harness.engines.ready import Ready
from harness.environment.bring_up import StackPlan
from harness.errors import BadInput, DriverError, HarnessError, ServiceDied
from harness.lifecycle.runs import Run
from harness.planning.requirements import StackRequirements
from harness.settings import Settings
from harness.support import assets
from harness.testbed import pool
from harness.testbed.pool import TestbedPool

FOLDER = assets.sample_app("charts")
APP, JAR = apps.load(FOLDER), Path("charts.jar")
OLD = StackRequirements("3.1.7", 200.0, (), APP.cloud_half)
NEW = StackRequirements("3.9.6", 200.0, (), APP.cloud_half)
FLAG = StackRequirements("3.9.6", 200.0, ("some.flag",), APP.cloud_half)

Make = Callable[..., TestbedPool]


class FakeStack:
    """A stack that notes its end."""

    def __init__(self, name: str, seen: list[str]) -> None:
        self.name, self.seen, self.ended, self.remote = name, seen, False, None

    def close(self) -> None:
        self.seen.append(f"close {self.name}")

    def explained(self, step: str, error: Exception) -> HarnessError:
        return ServiceDied("confluence", step, str(error), "")


class FakeTestbed:
    """A testbed whose stack may be dead, and which notes its app."""

    def __init__(self, stack: FakeStack, context: Any) -> None:
        self.stack, self.context, self.jar, self.start = stack, context, Path(), ""

    def died(self) -> bool:
        return self.stack.ended

    def use(self, app: object, jar: Path) -> None:
        self.jar = jar


class FakeBrowser:
    """A browser whose contexts note their end."""

    def __init__(self, seen: list[str]) -> None:
        self.seen, self.contexts = seen, 0

    def new_context(self, **_: object) -> Any:
        self.contexts += 1
        name = f"close context {self.contexts}"
        context = SimpleNamespace(browser=self, close=lambda: self.seen.append(name))
        context.new_page = lambda: SimpleNamespace(context=context)
        return context


@pytest.fixture
def seen() -> list[str]:
    """What was brought up and ended, in order."""
    return []


@pytest.fixture
def make(monkeypatch: pytest.MonkeyPatch, seen: list[str], tmp_path: Path) -> Make:
    """Makes a pool; stacks and testbeds are fakes, for the pool only decides which."""

    def bring_up(
        settings: Settings, _ready: Ready, _run: Run, plan: StackPlan, **rest: Any
    ) -> FakeStack:
        features = ",".join(plan.system_features)
        seen.append(f"up {plan.name} {plan.ccma} x{settings.scale:g} {features}")
        rest["meanwhile"]()
        return FakeStack(plan.name, seen)

    def open_testbed(stack: FakeStack, _app: object, _jar: object, page: Any, *_: object) -> Any:
        return FakeTestbed(stack, page.context)

    monkeypatch.setattr(pool, "bring_up", bring_up)
    monkeypatch.setattr(pool, "open_testbed", open_testbed)
    monkeypatch.setattr(pool, "leave_running", lambda stack: seen.append(f"leave {stack.name}"))
    monkeypatch.setattr(pool, "server_jar", lambda *_: JAR)

    def make(most: int | None = None, **settings: object) -> TestbedPool:
        browser: Any = FakeBrowser(seen)
        return TestbedPool(
            Settings(**settings),  # type: ignore[arg-type]
            Ready("local", {}),
            Run("r", tmp_path / "r"),
            lambda _: None,
            lambda: browser,
            most=most,
        )

    return make


def adopted(every: TestbedPool, seen: list[str]) -> Any:
    """A stack that the pool has adopted, as what `OLD` says."""
    stack: Any = FakeStack("theirs", seen)
    every.adopt(stack, OLD, APP, JAR)
    return stack


def test_the_same_requirements_get_the_same_testbed_with_the_app_in_use(
    make: Make, seen: list[str]
) -> None:
    every = make()
    first = every.matching(NEW, APP, JAR)
    again = every.matching(NEW, APP, Path("other.jar"))
    assert again is first
    assert again.jar == Path("other.jar")
    assert seen == ["up stack-1 3.9.6 x200 "]
    assert every.started == 1


def test_other_requirements_get_another_stack_which_is_what_they_say(
    make: Make, seen: list[str]
) -> None:
    every = make()
    stacks = [every.matching(needs, APP, JAR).stack for needs in (OLD, NEW, FLAG)]
    assert seen == [
        "up stack-1 3.1.7 x200 ",
        "up stack-2 3.9.6 x200 ",
        "up stack-3 3.9.6 x200 some.flag",
    ]
    assert every.stacks == stacks


def test_an_app_is_turned_into_requirements(make: Make, seen: list[str]) -> None:
    every = make()
    testbed = every.get("3.1.7", FOLDER, 60, ("some.flag",))
    assert seen == ["up stack-1 3.1.7 x60 some.flag"]
    assert every.matching(StackRequirements("3.1.7", 60, ("some.flag",), APP.cloud_half), APP, JAR)
    assert every.stacks == [testbed.stack]


def test_a_pool_that_is_full_closes_the_oldest_first(make: Make, seen: list[str]) -> None:
    every = make(most=2)
    for needs in (OLD, NEW, OLD, FLAG):
        every.matching(needs, APP, JAR)
    assert seen[2:] == [
        "close stack-1",
        "close context 1",
        "up stack-3 3.9.6 x200 some.flag",
    ]


def test_a_stack_that_died_is_closed_and_replaced(make: Make, seen: list[str]) -> None:
    every = make(most=2)
    first: Any = every.matching(NEW, APP, JAR)
    every.matching(OLD, APP, JAR)
    first.stack.ended = True
    again = every.matching(NEW, APP, JAR)
    assert again is not first
    # The other stack stays: the dead one has made the room.
    assert seen[2:] == ["close stack-1", "close context 1", "up stack-3 3.9.6 x200 "]


def test_closing_ends_all_stacks(make: Make, seen: list[str]) -> None:
    every = make()
    every.matching(OLD, APP, JAR)
    every.matching(NEW, APP, JAR)
    every.close()
    assert seen[2:] == ["close stack-1", "close context 1", "close stack-2", "close context 2"]
    assert every.stacks == []


def test_with_keep_the_stacks_are_left_standing(make: Make, seen: list[str]) -> None:
    every = make(keep=True)
    every.matching(NEW, APP, JAR)
    every.close()
    assert seen[1:] == ["leave stack-1", "close context 1"]


def test_a_stack_that_does_not_come_up_leaves_no_browser_context(
    make: Make, seen: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, meanwhile: Callable[[], None], **__: object) -> None:
        meanwhile()
        raise ServiceDied("cloud", "it to answer", "exited with code 1", "")

    every = make()
    monkeypatch.setattr(pool, "bring_up", fail)
    with pytest.raises(ServiceDied):
        every.matching(NEW, APP, JAR)
    assert seen == ["close context 1"]
    assert every.stacks == []


def test_a_stack_that_cannot_be_logged_in_to_is_closed(
    make: Make, seen: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise DriverError("logging in", "HTTP 500")

    every = make()
    monkeypatch.setattr(pool, "open_testbed", fail)
    with pytest.raises(DriverError):
        every.matching(NEW, APP, JAR)
    assert seen[1:] == ["close stack-1", "close context 1"]
    assert every.stacks == []


def test_an_adopted_stack_is_used_and_never_closed(make: Make, seen: list[str]) -> None:
    every = make(most=1)
    stack = adopted(every, seen)
    assert every.matching(OLD, APP, JAR).stack is stack
    every.close()
    assert seen == ["close context 1"]
    assert every.started == 0


def test_a_case_that_an_adopted_stack_does_not_match_is_refused(
    make: Make, seen: list[str]
) -> None:
    every = make(most=1)
    adopted(every, seen)
    with pytest.raises(BadInput, match=r"does not match: ccma 3\.9\.6, not 3\.1\.7"):
        every.matching(NEW, APP, JAR)
    assert seen == []


def test_an_adopted_stack_that_died_is_not_replaced(make: Make, seen: list[str]) -> None:
    every = make(most=1)
    adopted(every, seen).ended = True
    with pytest.raises(ServiceDied, match="waiting for the next case"):
        every.matching(OLD, APP, JAR)
    assert seen == []


def test_how_a_migration_is_started_is_the_settings_choice(make: Make, seen: list[str]) -> None:
    every = make(start="trigger")
    assert every.matching(NEW, APP, JAR).start == "trigger"
    every.close()
    adopted(every, seen)
    assert every.matching(OLD, APP, JAR).start == "trigger"


def test_a_testbed_whose_browser_has_ended_is_replaced(make: Make, seen: list[str]) -> None:
    every = make(most=1)
    first = every.matching(NEW, APP, JAR)
    another: Any = FakeBrowser(seen)
    every.browser = lambda: another
    again = every.matching(NEW, APP, JAR)
    assert again is not first
    assert seen[1:] == ["close stack-1", "close context 1", "up stack-2 3.9.6 x200 "]
    assert again.context.browser is another


def test_an_adopted_stack_goes_on_with_another_browser(make: Make, seen: list[str]) -> None:
    every = make(most=1)
    stack = adopted(every, seen)
    another: Any = FakeBrowser(seen)
    every.browser = lambda: another
    again = every.matching(OLD, APP, JAR)
    assert (again.stack, again.context.browser) == (stack, another)
    assert seen == ["close context 1"]


def test_a_browser_that_ended_takes_its_testbed_with_it(make: Make, seen: list[str]) -> None:
    every = make()
    first = every.matching(OLD, APP, JAR)
    assert every.matching(OLD, APP, JAR) is first
    other: Any = FakeBrowser(seen)
    every.browser = lambda: other
    second = every.matching(OLD, APP, JAR)
    assert second is not first
    assert every.matching(OLD, APP, JAR) is second
    assert "close stack-1" in seen


def test_an_adopted_stack_gets_the_next_browser_and_stays(make: Make, seen: list[str]) -> None:
    every = make()
    stack = adopted(every, seen)
    first = every.matching(OLD, APP, JAR)
    other: Any = FakeBrowser(seen)
    every.browser = lambda: other
    second = every.matching(OLD, APP, JAR)
    assert second is not first
    assert second.stack is stack
    assert "close theirs" not in seen
