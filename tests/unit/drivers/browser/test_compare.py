import dataclasses

import pytest

from harness.drivers.browser.compare import disagreements
from harness.drivers.browser.rows import ProgressBlock, ShownRow
from harness.drivers.confluence.migration import AppProgress


def told(key: str, status: str, percent: int | None) -> AppProgress:
    return AppProgress("m-1", key, None, None, status, percent, None)


def shown(*rows: ShownRow) -> ProgressBlock:
    return ProgressBlock(True, rows)


@pytest.mark.parametrize(
    ("row", "app"),
    [
        (ShownRow("Charts", "charts", "RUNNING", 0), told("charts", "IN_PROGRESS", 0)),
        (ShownRow("Charts", "charts", "COMPLETE", 100), told("charts", "SUCCESS", 100)),
        (ShownRow("Charts", "charts", "READY", None), told("charts", "READY", 0)),
        (ShownRow("Charts", "charts", "TIMED_OUT", 40), told("charts", "Timed out", 40)),
        (ShownRow("Charts", "charts", "FAILED", 100), told("charts", "FAILED", 100)),
        (ShownRow("charts", None, "RUNNING", None), told("charts", "IN_PROGRESS", None)),
    ],
)
def test_what_agrees(row, app):
    assert disagreements(shown(row), [app]) == ()


def test_a_row_without_a_key_is_compared_by_the_app_s_name():
    app = dataclasses.replace(told("charts-plugin", "SUCCESS", 100), server_app_name="Charts")
    assert disagreements(shown(ShownRow("Charts", None, "COMPLETE", 100)), [app]) == ()
    (sentence,) = disagreements(shown(ShownRow("Charts", None, "READY", None)), [app])
    assert sentence == "charts-plugin: the page shows READY, the REST SUCCESS 100 %"


def test_each_difference_is_a_sentence():
    rows = shown(
        ShownRow("A", "a", "READY", None),
        ShownRow("B", "b", "RUNNING", 0),
        ShownRow("C", "c", "READY", None),
    )
    found = disagreements(
        rows, [told("a", "SUCCESS", 100), told("b", "IN_PROGRESS", 40), told("d", "READY", None)]
    )
    assert found == (
        "a: the page shows READY, the REST SUCCESS 100 %",
        "b: the page shows RUNNING 0 %, the REST IN_PROGRESS 40 %",
        "c: the page has a row (READY), the REST none",
        "d: the REST says READY, the page has no row",
    )


def test_the_newest_transfer_counts():
    first = told("a", "FAILED", 100)
    again = dataclasses.replace(first, status="SUCCESS")
    assert disagreements(shown(ShownRow("A", "a", "COMPLETE", 100)), [first, again]) == ()
