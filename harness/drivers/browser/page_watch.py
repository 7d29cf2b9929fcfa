"""Remembers a page from look to look: its plan's address, and the requests it makes.

A page drawn by script is not complete while its own requests are under way, and a page whose
request failed shows less than there is.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from playwright.sync_api import Page, Request, Response

from harness.drivers.browser.page_activity import FOLLOW

_DRAWING = ("fetch", "xhr", "script")
_FIRST_ERROR = 400
NETWORK_CHANGED = "net::ERR_NETWORK_CHANGED"


class PageWatch:
    """Follows the requests of one page."""

    def __init__(self, page: Page) -> None:
        self.plan_url: str | None = None
        self.network_changes = 0
        """How many requests the browser gave up since an address of this machine changed."""
        self.is_guarded = False
        """Whether somebody does again what such a change cuts short."""
        self._under_way: dict[Request, str] = {}
        self._failed: dict[str, str] = {}
        self._handlers: dict[Any, Callable[[Any], None]] = {
            "request": self._begins,
            "requestfinished": self._ends,
            "requestfailed": self._fails,
            "response": self._answers,
        }
        self.is_listening = False
        self.listen(page)
        page.on("requestfailed", self._notes_change)
        page.add_init_script(FOLLOW)

    def listen(self, page: Page) -> None:
        """Follows the requests from now on."""
        if not self.is_listening:
            self.is_listening = True
            for event, handler in self._handlers.items():
                page.on(event, handler)

    def rest(self, page: Page) -> None:
        """Stops following them: a page without scripts makes none, and each event costs time."""
        if self.is_listening:
            self.is_listening = False
            for event, handler in self._handlers.items():
                page.remove_listener(event, handler)
            self.forget()

    def under_way(self) -> tuple[str, ...]:
        """The page's own requests that are not answered yet."""
        return tuple(self._under_way.values())

    def failed(self) -> tuple[str, ...]:
        """The page's own requests whose last answer was an error, as `GET path: 503`."""
        return tuple(f"{name}: {why}" for name, why in self._failed.items())

    def forget(self) -> None:
        """Forgets the requests of the page that was there before."""
        self._under_way.clear()
        self._failed.clear()

    def _begins(self, request: Request) -> None:
        if request.is_navigation_request() and request.frame.parent_frame is None:
            self.forget()
        elif request.resource_type in _DRAWING and _is_own(request):
            self._under_way[request] = f"{request.method} {urlsplit(request.url).path}"

    def _ends(self, request: Request) -> None:
        self._under_way.pop(request, None)

    def _fails(self, request: Request) -> None:
        name = self._under_way.pop(request, None)
        if name and "ERR_ABORTED" not in (request.failure or ""):
            self._failed[name] = request.failure or "no answer"

    def _notes_change(self, request: Request) -> None:
        self.network_changes += NETWORK_CHANGED in (request.failure or "")

    def _answers(self, response: Response) -> None:
        name = self._under_way.get(response.request)
        if name and response.status >= _FIRST_ERROR:
            self._failed[name] = str(response.status)
        elif name:
            self._failed.pop(name, None)


_WATCHES: WeakKeyDictionary[Page, PageWatch] = WeakKeyDictionary()


def watch_of(page: Page) -> PageWatch:
    """The watch of a page, which lasts as long as the page does."""
    watch = _WATCHES.get(page)
    if watch is None:
        watch = _WATCHES[page] = PageWatch(page)
    return watch


def _is_own(request: Request) -> bool:
    """Whether the request goes to the server that the page came from."""
    return urlsplit(request.url).netloc == urlsplit(request.frame.url).netloc
