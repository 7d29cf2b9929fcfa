"""A cache between browser and Confluence that keeps a plan's page for too long.

It acts like a reverse proxy that caches by address: it asks the server each time, so the answer's
headers are current, but it serves the page that it has kept.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Route

_PLAN = re.compile(r"[?&#]planid=", re.IGNORECASE)
_PROGRESS = re.compile(r"\d+\s*%")


@contextmanager
def stale_plans(context: BrowserContext) -> Iterator[None]:
    """Keeps each plan's page as it first showed a percentage, as long as this lasts.

    Args:
        context: whose pages go through the cache.
    """
    kept: dict[str, str] = {}

    def answer(route: Route) -> None:
        request = route.request
        if request.method != "GET" or not request.is_navigation_request():
            route.continue_()
            return
        fresh = route.fetch()
        key = urlsplit(request.url).query
        if key not in kept and _PROGRESS.search(body := fresh.text()):
            kept[key] = body
        route.fulfill(response=fresh, body=kept.get(key, fresh.text()))

    context.route(_PLAN, answer)
    try:
        yield
    finally:
        context.unroute(_PLAN, answer)
