"""What lies over a page: first-log-in dialogs, flags, pop-ups; each is closed as a person would."""

import re
from collections.abc import Sequence
from contextlib import suppress

from playwright.sync_api import Locator, Page
from playwright.sync_api import TimeoutError as PlaywrightTimeout

_KNOWN: Sequence[str] = (
    ".skip-onboarding",
    ".set-timezone-button",
    "#closeDisDialog",
    "#grow-intro-video-skip-button",
    "button[aria-label='Close this modal']",
    ".aui-flag .icon-close",
)
_OVERLAYS = "[role=dialog],[role=alertdialog],[role=alert],[role=status],.aui-flag,dialog[open]"
_CLOSE = re.compile(
    r"^\s*(close( this modal)?|dismiss|got it|skip|not now|no,? thanks|maybe later|\u00d7|x)\s*$",
    re.IGNORECASE,
)
_FIRST_TRY_MS = 1_500
_CLOSE_MS = 1_000


def dismiss_popups(page: Page) -> None:
    """Close the first-log-in dialogs that newer versions show, if any appear."""
    for selector in _KNOWN:
        popup = page.locator(selector).first
        if popup.is_visible():
            popup.click()


def click(page: Page, target: Locator, timeout: float) -> None:
    """Click, once; where something lies over the target, close that before.

    Args:
        page: the page.
        target: what to click.
        timeout: wall milliseconds for it to be there and to be clicked.

    Raises:
        PlaywrightTimeout: it is not there, or cannot be clicked.
    """
    if timeout > _FIRST_TRY_MS:
        try:
            # Not the click itself: one that leads to a slow page may have been made and time out.
            target.click(timeout=_FIRST_TRY_MS, trial=True)
        except PlaywrightTimeout:
            _close_overlays(page)
    target.click(timeout=timeout)


def _close_overlays(page: Page) -> None:
    dismiss_popups(page)
    buttons = page.locator(_OVERLAYS).get_by_role("button", name=_CLOSE)
    for button in reversed(buttons.all()):
        with suppress(PlaywrightTimeout):
            if button.is_visible():
                button.click(timeout=_CLOSE_MS)
