"""Proxies between browser and Confluence that do harm to a plan's page, once it shows progress.

A cache by address asks the server each time, so that the answer's headers are current, and serves
the page that it has kept. A balancer without session affinity sends the plan's page to a node that
does not know the session, and the log-in to another one.
"""

import re
from collections.abc import Callable, Iterator
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
        fresh = route.fetch()
        plan = urlsplit(route.request.url).query
        if plan not in kept and _PROGRESS.search(body := fresh.text()):
            kept[plan] = body
        route.fulfill(response=fresh, body=kept.get(plan, fresh.text()))

    with _before_plans(context, answer):
        yield


@contextmanager
def lost_sessions(context: BrowserContext) -> Iterator[None]:
    """Ends the session at each request for a plan's page that has shown a percentage.

    Args:
        context: whose session it is.
    """
    begun: set[str] = set()

    def answer(route: Route) -> None:
        plan, headers = urlsplit(route.request.url).query, route.request.all_headers()
        if plan in begun:
            context.clear_cookies()
            headers = {name: value for name, value in headers.items() if name != "cookie"}
        answered = route.fetch(headers=headers, max_redirects=0)
        if _PROGRESS.search(answered.text()):
            begun.add(plan)
        route.fulfill(response=answered)

    with _before_plans(context, answer):
        yield


@contextmanager
def _before_plans(context: BrowserContext, answer: Callable[[Route], None]) -> Iterator[None]:
    """Has requests for plans' pages answered by somebody else."""

    def pages_only(route: Route) -> None:
        request = route.request
        if request.method == "GET" and request.is_navigation_request():
            answer(route)
        else:
            route.continue_()

    context.route(_PLAN, pages_only)
    try:
        yield
    finally:
        context.unroute(_PLAN, pages_only)
