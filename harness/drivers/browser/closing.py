"""Closes the pages of a browser context from another thread, whatever is waiting for them.

Playwright may be waiting for something that can no longer happen, and only its own time-out would
end that wait. Its sync API may be called from one thread only, in which an event loop runs while a
call waits. The closing is handed to that loop, in a greenlet of its own, as Playwright does with
event handlers.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from greenlet import greenlet
from playwright.sync_api import BrowserContext, Page
from playwright.sync_api import Error as PlaywrightError

_GIVEN_UP_AFTER = 5.0
"""Wall seconds; what waits for a page ends within a moment of its closing, or not at all."""


def closer(context: BrowserContext) -> Callable[[str], None]:
    """Returns a function that closes a context's pages, later ones too; any thread may call it.

    Must be called in the context's thread. Calls that wait for a page then raise Playwright's
    error with the given reason. The context stays open and keeps what it has recorded.

    A call that the closing does not end is given up some seconds after it: it is left by
    `asyncio.CancelledError`.
    """
    loop = asyncio.get_running_loop()
    drivers_own = asyncio.all_tasks(loop)

    def close(reason: str) -> None:
        def close_page(page: Page) -> None:
            with suppress(PlaywrightError):
                page.close(reason=reason)

        def close_all() -> None:
            context.on("page", close_page)
            for page in context.pages:
                close_page(page)

        def give_up(waiting: set[asyncio.Task[Any]]) -> None:
            for task in waiting - drivers_own:
                task.cancel()

        def close_soon() -> None:
            loop.call_later(_GIVEN_UP_AFTER, give_up, asyncio.all_tasks(loop))
            greenlet(close_all).switch()

        with suppress(RuntimeError):  # the loop is closed, and nothing waits any more
            loop.call_soon_threadsafe(close_soon)

    return close
