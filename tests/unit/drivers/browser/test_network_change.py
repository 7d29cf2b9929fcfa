"""What a change of addresses cut short is done again; nothing else is."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Error

from harness.drivers.browser import network_change
from harness.drivers.browser.network_change import CHANGES, going_on, repeatable
from harness.errors import DriverError


class Watch:
    network_changes, is_guarded = 0, False


class Page:
    """A page that nobody has closed, and of which each thing done is counted."""

    def __init__(self, *does: Callable[["Page"], str]) -> None:
        self.watch, self.does, self.done = Watch(), list(does), 0

    def is_closed(self) -> bool:
        return False

    def act(self) -> str:
        self.done += 1
        return self.does.pop(0)(self)


def well(_page: Page) -> str:
    return "done"


def cut_short(page: Page) -> str:
    page.watch.network_changes += 1
    raise DriverError("creating the plan", "nothing on the dashboard leads to it")


def cut_off(page: Page) -> str:
    page.watch.network_changes += 1
    raise Error("Page.evaluate: TypeError: Failed to fetch")


def cut_unseen(page: Page) -> str:
    page.watch.network_changes += 1
    return "seems done"


def fails(_page: Page) -> str:
    raise DriverError("creating the plan", "refused")


@pytest.fixture(autouse=True)
def watched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network_change, "watch_of", lambda page: page.watch)


def do(page: Any, again: Callable[[], str] | None = None) -> str:
    return going_on(page, page.act, again)


@pytest.mark.parametrize("cut", [cut_short, cut_off, cut_unseen])
@pytest.mark.parametrize("times", [1, CHANGES])
def test_it_is_done_again(cut: Callable[[Page], str], times: int) -> None:
    page = Page(*[cut] * times, well)
    assert do(page) == "done"
    assert page.done == times + 1


def test_another_failure_is_told_at_once() -> None:
    page = Page(fails, well)
    with pytest.raises(DriverError, match="refused"):
        do(page)
    assert page.done == 1


def test_what_is_cut_short_too_often_is_told() -> None:
    page = Page(*[cut_short] * (CHANGES + 1), well)
    with pytest.raises(DriverError, match="nothing on the dashboard"):
        do(page)
    assert page.done == CHANGES + 1


def test_what_must_not_be_done_twice_is_looked_for_instead() -> None:
    page = Page(cut_unseen)
    assert do(page, lambda: "found") == "found"
    assert page.done == 1


def test_only_the_outermost_does_it_again() -> None:
    page = Page(cut_short, well)
    outer = 0

    @repeatable
    def inner(given: Any) -> str:
        return str(given.act())

    @repeatable
    def both(given: Any) -> str:
        nonlocal outer
        outer += 1
        return inner(given)

    assert both(page) == "done"
    assert (outer, page.done) == (2, 2)
    assert not page.watch.is_guarded


def test_a_failure_lets_the_next_be_done_again() -> None:
    page = Page(fails, cut_short, well)
    with pytest.raises(DriverError):
        do(page)
    assert do(page) == "done"
