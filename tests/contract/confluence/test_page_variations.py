"""The row is read right, or not at all, whatever the plan's page looks like.

One by one what may differ between versions, then some pages from seeds; `make pages` reads a
thousand of them. The pages are served by a small server of the tests' own.
"""

import re
from collections.abc import Iterator

import page_variations
import pytest
from page_variations import KEY, NAME, TROUBLES, Site, Variation, read, variation
from playwright.sync_api import Page

from harness.drivers.browser import drawn_page
from harness.drivers.browser import look as looking
from harness.drivers.browser.look import look
from harness.drivers.browser.page_watch import watch_of
from harness.errors import PageUnreadable
from harness.vocabulary.rows import Row

SEEDS = range(40)
PLAIN = Variation(1_000_000, status="RUNNING", percent=40, others=("COMPLETE", "READY"))
SLOW = {"drawn_by": "script", "delays": (150, 300, 400)}
ONE_BY_ONE: tuple[dict[str, object], ...] = (
    {},
    *(SLOW | {"loading": sign} for sign in ("aria-busy", "skeleton", "text", "spinner", "none")),
    *(SLOW | {"data_by": by} for by in ("timer", "xhr")),
    SLOW | {"stale": True, "key": "not shown"},
    *({"layout": each} for each in ("roles", "grid", "list", "articles")),
    *({"heading": each} for each in ("h1", "h4", "role", "strong", "button in h2")),
    *({"status": "TIMED_OUT", "case": each} for each in ("title", "upper", "lower", "styled")),
    *({"percent_in": each} for each in ("own spaced", "status", "bar")),
    *({"key": each} for each in ("labelled", "attribute", "not shown", "line")),
    *(SLOW | {"tabs": each} for each in ("open", "closed", "lazy")),
    *({"over": each, "width": 360} for each in ("flag", "dialog")),
    {"reordered": True},
    {"kind": "ABSENT"},
    SLOW | {"kind": "ABSENT", "loading": "none", "data_by": "timer"},
    SLOW | {"delays": (0, 0, 2_600), "loading": "none", "data_by": "timer"},
    {"kind": "NO_ROW"},
    SLOW | {"kind": "NO_ROW", "others": (), "data_by": "timer"},
)


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with page_variations.serve() as served:
        yield served


@pytest.fixture(scope="module")
def page(browser) -> Iterator[Page]:
    opened = browser.new_page()
    yield opened
    opened.close()


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawn_page, "DRAWN_WITHIN", 6.0)
    monkeypatch.setattr(looking, "SERVED_WITHIN", 0.2)


def described(change: dict[str, object]) -> str:
    return ",".join(f"{name}={value}" for name, value in change.items()) or "plain"


@pytest.mark.parametrize("change", ONE_BY_ONE, ids=described)
def test_what_may_differ_one_by_one(page, site, change):
    shown = Variation(**(vars(PLAIN) | change))
    site.fixed[shown.seed] = shown
    row, seen = read(page, site, shown)
    assert row == shown.truth, seen


@pytest.mark.parametrize("trouble", TROUBLES)
def test_what_stands_in_its_place_is_told(page, site, trouble):
    shown = variation(2_000_000, kind=trouble, status="COMPLETE", percent=100, tabs="none")
    site.fixed[shown.seed] = shown
    row, seen = read(page, site, shown)
    assert row is None
    assert seen.startswith(f"{TROUBLES[trouble]}: ")
    assert re.search(r"page|HTTP|request|rows", seen)


@pytest.mark.parametrize("seed", SEEDS)
def test_pages_from_seeds(page, site, seed):
    shown = variation(seed)
    row, seen = read(page, site, shown)
    if shown.truth is None:
        assert row is None
        assert seen.startswith(f"{TROUBLES[shown.kind]}: ")
    else:
        assert row == shown.truth, seen


def test_a_block_without_keys_is_unclear_to_who_does_not_know_the_name(page, site):
    shown = Variation(**(vars(PLAIN) | {"key": "not shown"}))
    site.fixed[shown.seed] = shown
    row, seen = read(page, site, shown, app_names=())
    assert (row, seen.split(":")[0]) == (None, "unclear")


def test_a_row_has_its_proof(page, site):
    site.fixed[PLAIN.seed] = PLAIN
    page.goto(f"{site.url}{PLAIN.address}")
    seen = look(page, KEY, plan_name=PLAIN.plan_name)
    row, when = seen
    assert row == Row("RUNNING", 40)
    assert when == seen.server_time
    assert seen.as_data() == {
        "url": f"{site.url}{PLAIN.address}",
        "plan_id": str(PLAIN.seed),
        "plan_name": PLAIN.plan_name,
        "user": "admin",
        "clock": "Confluence, by the Date of the page's answer",
        "found_by": "key",
    }
    nameless = Variation(**(vars(PLAIN) | {"key": "not shown"}))
    site.fixed[PLAIN.seed] = nameless
    assert look(page, KEY, app_names=(NAME,)).proof.found_by == "name"


def test_a_page_that_is_no_plans_is_told_before_anything_is_asked(browser):
    elsewhere = browser.new_page()
    with pytest.raises(PageUnreadable, match="the page is at about:blank") as caught:
        look(elsewhere, KEY)
    assert caught.value.state == "not-the-plan"
    assert watch_of(elsewhere).plan_url is None
    elsewhere.close()


def test_a_server_that_comes_back_is_asked_again(page, site, monkeypatch):
    monkeypatch.setattr(looking, "SERVED_WITHIN", 10.0)
    site.fixed[PLAIN.seed] = PLAIN
    page.goto(f"{site.url}{PLAIN.address}")
    site.first += [Variation(**(vars(PLAIN) | {"kind": kind})) for kind in ("502", "503")]
    seen = look(page, KEY)
    assert seen.row == Row("RUNNING", 40)
    assert seen.remarks == ("asked again after HTTP 502", "asked again after HTTP 503")


def test_a_page_that_a_script_draws_from_now_on_is_watched_from_its_beginning(page, site):
    site.fixed[PLAIN.seed] = PLAIN
    page.goto(f"{site.url}{PLAIN.address}")
    assert look(page, KEY).row == Row("RUNNING", 40)
    assert not watch_of(page).is_listening
    stale = SLOW | {"stale": True, "loading": "none"}
    site.fixed[PLAIN.seed] = Variation(**(vars(PLAIN) | stale))
    assert look(page, KEY).row == Row("RUNNING", 40)
    assert watch_of(page).is_listening


def test_an_absence_on_a_page_with_nothing_to_do_is_not_waited_for(page, site, monkeypatch):
    monkeypatch.setattr(drawn_page, "_GONE_MS", 60_000)
    shown = Variation(**(vars(PLAIN) | SLOW | {"kind": "ABSENT", "loading": "none"}))
    site.fixed[shown.seed] = shown
    page.goto(f"{site.url}{shown.address}")
    seen = look(page, KEY, plan_name=shown.plan_name)
    assert seen.row == Row("ABSENT")
    assert seen.patience < 30
