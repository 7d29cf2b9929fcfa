"""Goes on where a change of this machine's addresses cut something on a page short.

Chromium gives up each request that has no connection yet when an address changes, the page's own as
well as a form's, and each network that Docker makes or removes for another stack is such a change.
What was cut short may have been done in part, so whatever is done again has to look first.
"""

from collections.abc import Callable
from functools import wraps
from itertools import repeat
from typing import Concatenate, ParamSpec, TypeVar

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page

from harness.drivers.browser.page_watch import watch_of
from harness.errors import DriverError

CHANGES = 4
"""How many times in a row addresses may change while one thing is done, or a page requested."""

P = ParamSpec("P")
T = TypeVar("T")


def going_on(page: Page, act: Callable[[], T], again: Callable[[], T] | None = None) -> T:
    """Does something on a page, and does it again where a change of addresses cut it short.

    Even what seems done is done again if requests were given up meanwhile: a page need not say that
    one of its own came to nothing. Inside of `act`, only pages are asked for again by themselves.

    Args:
        page: where it is done.
        act: does it.
        again: does what may be left of it; `act`, where that can be repeated.

    Raises:
        DriverError, PlaywrightError: it failed for another reason, or addresses keep changing.
    """
    watch, rest = watch_of(page), again or act
    if watch.is_guarded:
        return act()
    watch.is_guarded = True
    try:
        for attempt in (act, *repeat(rest, CHANGES - 1)):
            before = watch.network_changes
            try:
                done = attempt()
            except (DriverError, PlaywrightError):
                if watch.network_changes == before or page.is_closed():
                    raise
            else:
                if watch.network_changes == before:
                    return done
        return rest()
    finally:
        watch.is_guarded = False


def repeatable(act: Callable[Concatenate[Page, P], T]) -> Callable[Concatenate[Page, P], T]:
    """Has `going_on` do what a function does; to do that again must change nothing."""

    @wraps(act)
    def done(page: Page, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return going_on(page, lambda: act(page, *args, **kwargs))

    return done
