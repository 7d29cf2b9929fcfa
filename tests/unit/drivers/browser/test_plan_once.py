"""A plan is made, run and stopped once, whatever changes of addresses cut short on the way."""

from typing import Any

import pytest
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from harness.drivers.browser import migration_assistant, network_change
from harness.errors import DriverError


class Watch:
    network_changes, is_guarded = 0, False


class Server:
    """A plan's page over a server, whose next things may be cut short."""

    url = "http://127.0.0.1/plugins/servlet/ial/migration/plan?planId=1"

    def __init__(self, *cuts: str) -> None:
        self.watch, self.cuts = Watch(), [*cuts]
        self.plans: list[str] = []
        self.presses = 0

    def is_cut(self, what: str) -> bool:
        if self.cuts[:1] != [what]:
            return False
        self.cuts.pop(0)
        self.watch.network_changes += 1
        return True

    def is_closed(self) -> bool:
        return False

    def get_by_role(self, *_: str, **__: Any) -> Any:
        return self

    @property
    def first(self) -> Any:
        return self

    def is_visible(self) -> bool:
        return self.plans[-1] == "SAVED"

    def wait_for(self, **_: Any) -> None:
        """A page whose request was given up does not show the button either."""

    def click(self) -> None:
        if not self.is_visible():
            raise PlaywrightTimeout("no such button")
        self.presses += 1
        if not self.is_cut("sent"):
            self.plans[-1] = "RUNNING"
            self.is_cut("answered")
        if self.cuts == ["late"]:
            raise PlaywrightTimeout("the page that it leads to does not come")


@pytest.fixture(autouse=True)
def driven(monkeypatch: pytest.MonkeyPatch) -> None:
    def fill(page: Server, *_: Any) -> None:
        if page.is_cut("wizard"):
            raise DriverError("creating the plan", "no way forward")
        page.plans.append("SAVED")
        if page.is_cut("saved"):
            raise DriverError("creating the plan", "no way forward")

    def find(page: Server, *_: Any) -> str:
        if page.is_cut("look") or not page.plans:
            raise DriverError("finding the plan", "nothing on the dashboard leads to it")
        return f"plan {len(page.plans)}"

    nothing = {name: lambda *_, **__: None for name in ("open_home", "control", "press")}
    ours = {
        "click": lambda page, *_: page.click(),
        "fill_wizard": fill,
        "find_plan": find,
        "open_plan": lambda page, *_, **__: page.is_cut("opened"),
        "plan_status": lambda page: page.plans[-1],
        "_appears": lambda what: what is None or what.is_visible(),
        "watch_of": lambda page: page.watch,
    }
    for name, instead in (nothing | ours).items():
        monkeypatch.setattr(migration_assistant, name, instead)
    monkeypatch.setattr(network_change, "watch_of", lambda page: page.watch)


def create(page: Any) -> str:
    return migration_assistant.create_plan(page, "http://127.0.0.1", "a plan")


@pytest.mark.parametrize(
    "cuts", [(), ("wizard",), ("saved",), ("saved", "look"), ("wizard", "look")]
)
def test_one_plan_is_made(cuts: tuple[str, ...]) -> None:
    page = Server(*cuts)
    assert create(page) == "plan 1"
    assert page.plans == ["SAVED"]
    assert page.cuts == []


def test_an_older_plan_of_the_name_is_not_taken_for_it() -> None:
    page = Server("wizard")
    page.plans.append("FINISHED")
    assert create(page) == "plan 2"
    assert page.plans == ["FINISHED", "SAVED"]


@pytest.mark.parametrize(("cuts", "presses"), [((), 1), (("sent",), 2), (("answered",), 1)])
def test_a_plan_is_run_once(cuts: tuple[str, ...], presses: int) -> None:
    page = Server(*cuts)
    page.plans.append("SAVED")
    migration_assistant.run_plan(page, "1")  # type: ignore[arg-type]  # acts as one
    assert page.plans == ["RUNNING"]
    assert page.presses == presses


def test_a_click_whose_page_comes_late_was_made() -> None:
    page = Server("late")
    page.plans.append("SAVED")
    migration_assistant.run_plan(page, "1")  # type: ignore[arg-type]
    assert (page.plans, page.presses) == (["RUNNING"], 1)


def test_a_button_that_cannot_be_pressed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def covered(*_: Any) -> None:
        raise PlaywrightTimeout("something lies over it")

    monkeypatch.setattr(migration_assistant, "click", covered)
    page = Server()
    page.plans.append("SAVED")
    for verb in (migration_assistant.run_plan, migration_assistant.stop_plan):
        with pytest.raises(DriverError, match=r"the button (Run|Stop) cannot be pressed"):
            verb(page, "1")  # type: ignore[arg-type]


def test_a_plan_that_had_run_before_is_told_whatever_was_cut_short() -> None:
    page = Server("opened")
    page.plans.append("FINISHED")
    with pytest.raises(DriverError, match="has no button Run; the plan is FINISHED"):
        migration_assistant.run_plan(page, "1")  # type: ignore[arg-type]
