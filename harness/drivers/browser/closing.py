"""Closes the pages of a browser context from another thread, whatever is waiting for them.

Playwright may be waiting for something that can no longer happen, and only its own time-out would
end that wait. Its sync API may be called from one thread only, in which an event loop runs while a
call waits. The closing is handed to that loop, in a greenlet of its own, as Playwright does with
event handlers.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from greenlet import greenlet
from playwright.sync_api import BrowserContext, Page
from playwright.sync_api import Error as PlaywrightError


def closer(context: BrowserContext) -> Callable[[str], None]:
    """Returns a function that closes a context's pages, later ones too; any thread may call it.

    Must be called in the context's thread. Calls that wait for a page then raise Playwright's
    error with the given reason. The context stays open and keeps what it has recorded.
    """
    loop = asyncio.get_running_loop()

    def close(reason: str) -> None:
        def close_page(page: Page) -> None:
            with suppress(PlaywrightError):
                page.close(reason=reason)

        def close_all() -> None:
            context.on("page", close_page)
            for page in context.pages:
                close_page(page)

        with suppress(RuntimeError):  # the loop is closed, and nothing waits any more
            loop.call_soon_threadsafe(lambda: greenlet(close_all).switch())

    return close
