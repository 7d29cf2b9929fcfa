import pytest

from harness.drivers.browser.rows import (
    ProgressBlock,
    ShownRow,
    Snapshot,
    normalised,
    parse_progress,
    percent_in,
)

HEADERS = ("App", "Status", "Progress")


def progress(
    *rows: tuple[tuple[str, ...], ...], headers: tuple[str, ...] = HEADERS
) -> ProgressBlock:
    return parse_progress(Snapshot(block=True, headers=headers, rows=rows))


def test_a_row_as_the_seed_shows_it():
    seen = progress((("Charts", "charts-plugin"), ("Running",), ("0%",)))
    assert seen == ProgressBlock(True, (ShownRow("Charts", "charts-plugin", "RUNNING", 0),))


def test_columns_are_found_by_their_headers():
    seen = progress(
        (("READY",), ("\u2013",), ("Charts", "Server app key:", "charts-plugin")),
        headers=("Status", "Progress", "App"),
    )
    assert seen.rows == (ShownRow("Charts", "charts-plugin", "READY", None),)


def test_without_headers_the_usual_order_holds():
    seen = progress((("Charts",), ("Complete",), ("100 %",)), headers=())
    assert seen.rows == (ShownRow("Charts", None, "COMPLETE", 100),)


def test_a_percentage_in_the_status_cell():
    seen = progress((("Charts",), ("Running", "40%")), headers=("App name", "Status"))
    assert seen.rows == (ShownRow("Charts", None, "RUNNING", 40),)


def test_no_block_and_an_empty_one_differ():
    assert parse_progress(Snapshot(block=False)) == ProgressBlock(False, ())
    assert progress() == ProgressBlock(True, ())
    assert progress((("No apps will be migrated",),)) == ProgressBlock(True, ())


def test_a_row_is_found_by_its_key():
    seen = progress((("A", "a-plugin"), ("Ready",), ()), (("B", "b-plugin"), ("Failed",), ()))
    found = seen.row("b-plugin")
    assert found is not None
    assert found.status == "FAILED"
    assert seen.row("c-plugin") is None


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Ready", "READY"),
        ("  running ", "RUNNING"),
        ("Timed out", "TIMED_OUT"),
        ("TIMED-OUT", "TIMED_OUT"),
        ("timed_out", "TIMED_OUT"),
        ("Cancellation\u00a0requested", "CANCELLATION_REQUESTED"),
        ("", ""),
    ],
)
def test_statuses_are_normalised(text, status):
    assert normalised(text) == status


@pytest.mark.parametrize(
    ("texts", "percent"),
    [
        (["0%"], 0),
        (["100 %"], 100),
        (["7", "%"], 7),
        (["\u2013"], None),
        ([], None),
        (["soon"], None),
    ],
)
def test_percentages(texts, percent):
    assert percent_in(texts) == percent
