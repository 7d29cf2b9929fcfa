"""What the pages are to a person: reached by keyboard, no wider than the window, quiet."""

import pytest
from playwright.sync_api import Page

_WIDER_IS_AN_ERROR = """addEventListener('load', () => {
    if (document.scrollingElement.scrollWidth > document.documentElement.clientWidth)
        console.error('wider than its window: ' + location);
})"""

_NAME = """each =>
    (each.labels?.[0] ?? each).innerText?.trim() || each.ariaLabel || each.value || ''"""


def complaints(page: Page, *, of_width: bool = False) -> list[str]:
    """The list that takes whatever the page's console complains of from now on.

    Args:
        page: the page.
        of_width: whether a page that is wider than its window is to complain of it.
    """
    said: list[str] = []
    page.on("console", lambda told: said.append(told.text) if told.type != "log" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    if of_width:
        page.add_init_script(_WIDER_IS_AN_ERROR)
    return said


def tab_to(page: Page, name: str) -> None:
    """Presses Tab until the control of that name has the focus, and sees that it shows."""
    for _ in range(40):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        label = focused.evaluate(_NAME)
        if label.startswith(name):
            shown = "e => getComputedStyle(e).outlineStyle + getComputedStyle(e).boxShadow"
            assert focused.evaluate(shown) != "nonenone", f"the focus on {name} does not show"
            return
    pytest.fail(f"no way by Tab to {name}")
