"""How a page is read until it is fully drawn, on a page that is made up."""

from itertools import groupby
from typing import Any, cast

import pytest
from playwright.sync_api import Page

from harness.drivers.browser.drawn_page import DrawnPage
from harness.drivers.browser.page_script import OPEN_TAB, SETTLE
from harness.drivers.browser.page_state import Sought, State
from harness.drivers.browser.page_watch import PageWatch

KEY = "charts-plugin"


class TabbedPage:
    """A plan's page that is drawn by script and has three tabs, none with the block."""

    def __init__(self) -> None:
        self.open, self.read, self.quiet = "Progress", list[str](), list[int]()

    def on(self, *_: object) -> None:
        pass

    def add_init_script(self, *_: object) -> None:
        """It has no scripts of its own."""

    def evaluate(self, script: str, argument: Any) -> Any:
        if script == OPEN_TAB:
            self.open = argument
            return None
        assert script == SETTLE
        self.quiet.append(argument[2])
        self.read.append(self.open)
        return {"page": self.snapshot(), "quiet": True}

    def snapshot(self) -> dict[str, Any]:
        labels = ("Progress", "Log", "Apps")
        block = {"block": False, "headers": [], "rows": [], "marks": [], "loose": [], "items": 0}
        return {
            "url": "http://localhost/plan?planId=p-1",
            "title": "",
            "headings": ["June", "Spaces"],
            "text": "June",
            "is_scripted": True,
            "user": "admin",
            "asks_login": False,
            "asks_password": False,
            "names_plan": True,
            "plan_state": "RUNNING",
            "plan_ids": ["p-1"],
            "busy": [],
            "tabs": [{"label": label, "open": label == self.open} for label in labels],
            "block": block | {"text": "", "folded": False},
        }


def test_each_tab_is_read_once_before_a_row_counts_as_absent() -> None:
    tabbed = TabbedPage()
    page = cast("Page", tabbed)
    drawn = DrawnPage(page, PageWatch(page), Sought(KEY, (), "p-1", "June"), None)
    found, _ = drawn.read()
    assert found.state is State.ABSENT
    # The tab that was open first is not opened again.
    assert [label for label, _ in groupby(tabbed.read)] == ["Progress", "Apps", "Log"]


def test_what_a_look_waits_for_by_itself_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    tabbed = TabbedPage()
    page = cast("Page", tabbed)
    now = 0.0

    def evaluate(script: str, argument: Any) -> Any:
        nonlocal now
        if script == SETTLE:
            now += argument[2] / 1000
        return TabbedPage.evaluate(tabbed, script, argument)

    monkeypatch.setattr(tabbed, "evaluate", evaluate, raising=False)
    monkeypatch.setattr("harness.drivers.browser.drawn_page.time.monotonic", lambda: now)
    drawn = DrawnPage(page, PageWatch(page), Sought(KEY, (), "p-1", "June"), None)
    drawn.read()
    assert drawn.patience == pytest.approx(3 * max(tabbed.quiet) / 1000)
