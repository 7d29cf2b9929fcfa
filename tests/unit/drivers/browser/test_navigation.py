"""A page is asked for again when an address of the machine changed, and for no other reason."""

from typing import Any

import pytest
from playwright.sync_api import Error
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from harness.drivers.browser import navigation
from harness.drivers.browser.navigation import navigated

CHANGED = "Page.goto: net::ERR_NETWORK_CHANGED at http://127.0.0.1:1/"


class Watch:
    network_changes = 0


@pytest.fixture(autouse=True)
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    made = Watch()
    monkeypatch.setattr(navigation, "watch_of", lambda _: made)
    return made


class Page:
    """Knows whether the error page has come, which interrupts what is asked for before it."""

    def __init__(self, *answers: str) -> None:
        self.answers, self.interrupted = [*answers], False

    def navigate(self) -> None:
        if self.interrupted:
            raise Error("interrupted by another navigation")
        if self.answers:
            self.interrupted = True
            raise Error(self.answers.pop(0))

    def wait_for_url(self, url: str, **_: Any) -> None:
        self.interrupted = not url.startswith("chrome-error:")


def asked(page: Any) -> None:
    navigated(page, page.navigate)


def test_a_changed_address_is_asked_again(watch: Watch) -> None:
    page = Page(CHANGED, CHANGED)

    def seen() -> None:
        watch.network_changes += bool(page.answers)
        page.navigate()

    navigated(page, seen)  # type: ignore[arg-type]  # acts as one

    assert page.answers == []
    assert watch.network_changes == 0  # nobody else has to do anything again


class Replaced(Page):
    """A page whose place another one takes, unless it has done so when that is waited for."""

    comes = True

    def wait_for_event(self, event: str, **_: Any) -> None:
        assert event == "framenavigated"
        self.interrupted = False
        if not self.comes:
            raise PlaywrightTimeout("Timeout 1000ms exceeded")

    def wait_for_url(self, url: str, **_: Any) -> None:
        raise AssertionError("no error page comes")


@pytest.mark.parametrize("comes", [True, False])
@pytest.mark.parametrize(
    "said",
    [
        "Page.reload: Protocol error (Page.reload): Not attached to an active page",
        "Page.reload: net::ERR_ABORTED; maybe frame was detached?",
    ],
)
def test_a_page_whose_place_another_one_takes_is_asked_again(said: str, comes: bool) -> None:
    page = Replaced(said)
    page.comes = comes
    asked(page)
    assert page.answers == []


def test_another_reason_is_told_at_once() -> None:
    page = Page("net::ERR_CONNECTION_REFUSED", CHANGED)

    with pytest.raises(Error, match="net::ERR_CONNECTION_REFUSED"):
        asked(page)
    assert page.answers == [CHANGED]


def test_addresses_that_go_on_changing_are_told() -> None:
    with pytest.raises(Error, match="net::ERR_NETWORK_CHANGED"):
        asked(Page(*[CHANGED] * 5))
