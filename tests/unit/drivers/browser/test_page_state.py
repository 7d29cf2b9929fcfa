"""What a page is, by what its script has returned: the truth table of a look."""

from typing import Any

import pytest

from harness.drivers.browser.page_state import (
    Answer,
    Busy,
    PageSnapshot,
    Sought,
    State,
    Tab,
    judge,
    unread_tabs,
)
from harness.drivers.browser.rows import Snapshot
from harness.vocabulary.rows import Row

PLAN = "http://server/wiki/plugins/servlet/ial/migration/plan?planId=p-1"
SOUGHT = Sought("charts-plugin", ("Charts",), "p-1", "Plan one")
HEADS = ("App", "Status", "Progress")
OURS = (("Charts", "charts-plugin"), ("Running",), ("40%",))
OTHER = (("Tables", "tables-plugin"), ("Ready",), ("\u2013",))


def block(*rows: tuple[tuple[str, ...], ...], **others: Any) -> Snapshot:
    return Snapshot(**({"block": True, "headers": HEADS, "rows": rows} | others))


def page(**others: Any) -> PageSnapshot:
    plain = {
        "url": PLAN,
        "title": "Plan one",
        "headings": ("Plan one", "Migration progress"),
        "text": "Plan one RUNNING",
        "is_scripted": True,
        "user": None,
        "asks_login": False,
        "asks_password": False,
        "names_plan": True,
        "plan_state": "RUNNING",
        "plan_ids": (),
        "busy": (),
        "tabs": (),
        "block": block(OURS),
    }
    return PageSnapshot(**(plain | others))


BARE = {"names_plan": False, "plan_state": None, "block": Snapshot(block=False)}
NO_BLOCK = {"block": Snapshot(block=False)}
LOADING = (Busy(text="div.skeleton", block=False),)


@pytest.mark.parametrize(
    ("shown", "answer", "state"),
    [
        (page(), Answer(200), State.ROW),
        (page(busy=LOADING), Answer(200), State.ROW),
        (page(busy=(Busy(text="Loading", block=True),)), Answer(200), State.DRAWING),
        (page(**NO_BLOCK), Answer(200), State.ABSENT),
        (page(**NO_BLOCK, busy=LOADING), Answer(200), State.DRAWING),
        (page(**NO_BLOCK, plan_state=None), Answer(200), State.ABSENT),
        (page(**NO_BLOCK, plan_state=None, headings=("Plan one",)), Answer(200), State.DRAWING),
        (page(**NO_BLOCK), Answer(200, None, ("GET /rest/x: 503",)), State.REQUEST_FAILED),
        (page(**NO_BLOCK), Answer(200, None, ("GET /rest/x: 401",)), State.LOGGED_OUT),
        (page(), Answer(200, None, ("GET /rest/x: 503",)), State.ROW),
        (page(block=block(OTHER)), Answer(200), State.NO_ROW),
        (page(block=block()), Answer(200), State.NO_ROW),
        (page(block=block(headers=(), text="0 apps will be migrated.")), Answer(200), State.NO_ROW),
        (page(block=block(headers=(), text="Apps")), Answer(200), State.UNCLEAR),
        (page(block=block(folded=True)), Answer(200), State.DRAWING),
        (page(block=block(OURS, OURS[:1] + OTHER[1:])), Answer(200), State.UNCLEAR),
        (page(block=block((OURS[0], ("Frozen",), ()))), Answer(200), State.UNCLEAR),
        (page(block=block((OURS[0], (), ()))), Answer(200), State.UNCLEAR),
        (page(), Answer(404), State.HTTP_ERROR),
        (page(), Answer(500), State.HTTP_ERROR),
        (page(), Answer(429), State.UNAVAILABLE),
        (page(), Answer(503), State.UNAVAILABLE),
        (page(), Answer(401), State.LOGGED_OUT),
        (page(asks_login=True), Answer(200), State.LOGGED_OUT),
        (
            page(url="http://server/wiki/login.action?os_destination=x"),
            Answer(200),
            State.LOGGED_OUT,
        ),
        (page(), Answer(200, "anonymous"), State.LOGGED_OUT),
        (page(user=""), Answer(200), State.LOGGED_OUT),
        (page(user="admin"), Answer(200, "admin"), State.ROW),
        (page(asks_password=True), Answer(200), State.PASSWORD),
        (page(url="http://server/authenticate.action"), Answer(200), State.PASSWORD),
        (page(url=PLAN.replace("p-1", "p-2")), Answer(200), State.ANOTHER_PLAN),
        (page(names_plan=False), Answer(200), State.ANOTHER_PLAN),
        (page(names_plan=False, plan_ids=("p-2",)), Answer(200), State.ANOTHER_PLAN),
        (page(url="http://server/home"), Answer(200), State.NOT_THE_PLAN),
        (page(**BARE), Answer(200), State.NOT_THE_PLAN),
        (page(**BARE, busy=LOADING), Answer(200), State.DRAWING),
        (page(**BARE, text=""), Answer(200), State.EMPTY),
        (page(**BARE, text="Confluence is being upgraded"), Answer(200), State.UPGRADING),
        (page(**BARE, text="Your licence has expired."), Answer(200), State.LICENCE_EXPIRED),
        (page(text="Plan one. Your licence has expired."), Answer(200), State.ROW),
    ],
)
def test_what_a_page_is(shown, answer, state):
    assert judge(shown, SOUGHT, answer).state is state


def test_a_row_and_an_absence_are_rows_and_the_rest_is_not():
    assert judge(page(), SOUGHT, Answer(200)).row == Row("RUNNING", 40)
    assert judge(page(**NO_BLOCK), SOUGHT, Answer(200)).row == Row("ABSENT")
    assert judge(page(block=block(OTHER)), SOUGHT, Answer(200)).row == Row("NO_ROW")
    assert judge(page(), SOUGHT, Answer(503)).row is None


@pytest.mark.parametrize(
    ("ids", "shows", "state"),
    [
        (("p-1",), {}, State.ROW),
        ((), {}, State.ROW),  # the address, and a block that only a plan has
        (("p-2",), {}, State.ANOTHER_PLAN),
        ((), BARE, State.NOT_THE_PLAN),
    ],
)
def test_without_the_plan_s_name_its_id_has_to_do(ids, shows, state):
    sought = Sought("charts-plugin", (), "p-1")
    shown = page(**({"names_plan": False, "plan_ids": ids} | shows))
    assert judge(shown, sought, Answer(200)).state is state


def test_who_does_not_know_the_name_cannot_say_that_there_is_no_row():
    nameless = block((("Tables", "v1.2"), ("Ready",), ()))
    assert judge(page(block=nameless), SOUGHT, Answer(200)).state is State.NO_ROW
    sought = Sought("charts-plugin", (), "p-1", "Plan one")
    assert judge(page(block=nameless), sought, Answer(200)).state is State.UNCLEAR


@pytest.mark.parametrize(
    ("cells", "marks", "by"),
    [
        ((("Charts", "(Server app key: charts-plugin)"), ("Running",), ("40%",)), (), "key"),
        ((("Other name",), ("Running",), ("40 %",)), ("charts-plugin",), "key"),
        ((("CHARTS",), ("Running", "40%"), ()), (), "name"),
    ],
)
def test_a_row_is_found_by_key_or_name(cells, marks, by):
    found = judge(page(block=block(cells, marks=(marks,))), SOUGHT, Answer(200))
    assert (found.row, found.found_by) == (Row("RUNNING", 40), by)


@pytest.mark.parametrize(
    ("pieces", "row"),
    [
        (("Charts", "charts-plugin", "Running", "40%"), Row("RUNNING", 40)),
        (("charts-plugin", "Status:", "Canceled"), Row("CANCELLED")),
        (("Charts", "Tables", "Ready"), None),  # whose status is that?
        (("Charts", "Ready", "Failed"), None),
        (("Charts",), None),
    ],
)
def test_a_row_outside_of_tables_is_a_name_and_its_own_status(pieces, row):
    shown = page(block=block(headers=(), loose=(pieces,), items=1))
    found = judge(shown, SOUGHT, Answer(200))
    assert found.row == row
    assert found.state is (State.ROW if row else State.UNCLEAR)


def test_the_likeliest_tab_is_opened_first_and_none_twice():
    tabs = [Tab(label=label, open=label == "Overview") for label in ("Overview", "Log", "Apps")]
    assert unread_tabs(page(tabs=tabs), ()) == ("Apps", "Log")
    assert unread_tabs(page(tabs=tabs), ("Apps",)) == ("Log",)
