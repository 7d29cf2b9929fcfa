"""Closes the pages of a browser context under whatever waits for them, from another thread.

What Playwright waits for may have become impossible, and only its own time-out would end that.
Playwright's sync API may be called from one thread only, in which an event loop runs while a call
waits. What is to happen in the meantime is handed to that loop, in a greenlet of its own, as
Playwright does it with event handlers.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from greenlet import greenlet
from playwright.sync_api import BrowserContext, Page
from playwright.sync_api import Error as PlaywrightError


def closer(context: BrowserContext) -> Callable[[str], None]:
    """Returns what closes a context's pages, those to come too; it may be called in any thread.

    Must be called in the thread of the context. What waits for a page then raises Playwright's
    error with the reason that was given. The context stays, and what it has recorded with it.
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
