"""A look at a page whose own request was given up is one more loading, and no verdict on it."""

from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

import pytest

from harness.drivers.browser import look as looks
from harness.drivers.browser.network_change import CHANGES
from harness.drivers.browser.page_state import Judged, State
from harness.errors import PageUnreadable
from harness.vocabulary.rows import Row

URL = "http://127.0.0.1/plugins/servlet/ial/migration/plan?planId=1"
FAILED = Judged(State.REQUEST_FAILED, "the page's own request failed")
SHOWN = Judged(State.ROW, "READY", Row("READY"), "key")
CHANGED, REFUSED = "GET /told: net::ERR_NETWORK_CHANGED", "GET /told: net::ERR_CONNECTION_REFUSED"


class Page:
    """A page that is loaded again and again; each loading fails as it says, and then none does."""

    url = URL

    def __init__(self, *failures: str) -> None:
        self.failures, self.loaded = failures, 0
        self.plan_url, self.is_listening = URL, True

    def reload(self, **_: Any) -> Any:
        self.loaded += 1
        return SimpleNamespace(headers={"date": "Mon, 30 Nov 2026 00:00:00 GMT"}, status=200)

    def failed(self) -> tuple[str, ...]:
        return self.failures[self.loaded - 1 : self.loaded]


class Drawn:
    patience = 0.0

    def __init__(self, page: Page, *_: Any) -> None:
        self.page = page

    def read(self) -> tuple[Judged, Any]:
        snapshot = SimpleNamespace(is_scripted=True, url=URL, names_plan=True, user="admin")
        return (FAILED if self.page.failed() else SHOWN), snapshot


@pytest.fixture(autouse=True)
def drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looks, "DrawnPage", Drawn)
    monkeypatch.setattr(looks, "bounded", lambda *_: nullcontext())
    monkeypatch.setattr(looks, "watch_of", lambda page: page)
    monkeypatch.setattr(looks, "navigated", lambda _, navigate: navigate())


def look(page: Any) -> looks.Look:
    return looks.look(page, "charts", plan_name="a plan")


@pytest.mark.parametrize("times", [1, CHANGES])
def test_a_change_of_addresses_is_loaded_over(times: int) -> None:
    page = Page(*[CHANGED] * times)
    seen = look(page)
    assert seen.row == Row("READY")
    assert page.loaded == times + 1
    assert seen.remarks == ("loaded again, since an address of this machine changed meanwhile",)


@pytest.mark.parametrize("failures", [[CHANGED] * (CHANGES + 1), [REFUSED]])
def test_what_fails_otherwise_or_too_often_is_told(failures: list[str]) -> None:
    page = Page(*failures, "")
    with pytest.raises(PageUnreadable, match="own request failed"):
        look(page)
    assert page.loaded == len(failures)
