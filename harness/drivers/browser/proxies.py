"""Proxies between browser and Confluence that do harm to a plan's page, once it shows progress.

A cache by address asks the server each time, so that the answer's headers are current, and serves
what it has kept. A balancer without session affinity sends the plan's page to a node that does not
know the session, and the log-in to another one. Where a script draws the page, what shows the
progress is the answer to its own request about that plan.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Route

from harness.drivers.browser.plan_address import plan_id_in

_PROGRESS = re.compile(r"""\d+\s*%|"(?:\w*percent\w*|progress)"\s*:\s*\d""", re.IGNORECASE)


@contextmanager
def stale_plans(context: BrowserContext) -> Iterator[None]:
    """Keeps what shows a plan's progress as it first showed a percentage, as long as this lasts.

    Args:
        context: whose pages go through the cache.
    """
    kept: dict[str, str] = {}

    def answer(route: Route, _: str) -> None:
        fresh = route.fetch()
        parts = urlsplit(route.request.url)
        asked, body = f"{parts.path}?{parts.query}", fresh.text()
        if _PROGRESS.search(body):
            kept.setdefault(asked, body)
        route.fulfill(response=fresh, body=kept.get(asked, body))

    with _before_plans(context, answer):
        yield


@contextmanager
def lost_sessions(context: BrowserContext) -> Iterator[None]:
    """Ends the session at each request for a plan's page that has shown a percentage.

    Only the browser forgets it, so that it can be given back at the end.

    Args:
        context: whose session it is.
    """
    begun: set[str] = set()
    cookies: Sequence[Any] = context.cookies()  # what it takes has no public name

    def answer(route: Route, plan: str) -> None:
        request = route.request
        headers = request.all_headers()
        if plan in begun and request.is_navigation_request():
            context.clear_cookies()
            headers = {name: value for name, value in headers.items() if name != "cookie"}
        answered = route.fetch(headers=headers, max_redirects=0)
        if _PROGRESS.search(answered.text()):
            begun.add(plan)
        route.fulfill(response=answered)

    try:
        with _before_plans(context, answer):
            yield
    finally:
        context.add_cookies(cookies)


@contextmanager
def _before_plans(context: BrowserContext, answer: Callable[[Route, str], None]) -> Iterator[None]:
    """Has requests for plans' pages, and what these ask about their plan, answered by another."""
    opened: set[str] = set()

    def is_about_a_plan(url: str) -> bool:
        return plan_id_in(url) is not None or any(plan in url for plan in opened)

    def reads_only(route: Route) -> None:
        request = route.request
        page = request.url if request.is_navigation_request() else request.frame.url
        plan = plan_id_in(page)
        if request.method != "GET" or plan is None or plan not in request.url:
            route.continue_()
            return
        opened.add(plan)
        answer(route, plan)

    context.route(is_about_a_plan, reads_only)
    try:
        yield
    finally:
        context.unroute(is_about_a_plan, reads_only)
