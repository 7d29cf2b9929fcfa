"""Which rows came, in what order and time, and what may have come between two looks."""

from dataclasses import replace
from datetime import timedelta

import pytest
from seen import BEGUN, Story, migrated

from harness.cases import Expectation, Window
from harness.checker.timeline import (
    Match,
    Shown,
    Unseen,
    expected_text,
    in_time,
    match,
    minutes,
    rank,
    readable,
    seen_text,
    steps_of,
    stood_still,
    timeline_of,
    unseen_text,
)
from harness.store.evidence import Evidence
from harness.vocabulary.rows import Row, parse_row

ZERO = timedelta(0)
LATER = BEGUN + timedelta(minutes=9)


def after(number: float) -> timedelta:
    return timedelta(minutes=number)


def shown(row: str, since: float = 0, by: float = 0) -> Shown:
    return Shown(parse_row(row), after(since), after(by))


def unseen(low: str | None, high: str) -> Unseen:
    return Unseen(BEGUN, LATER, parse_row(low) if low else None, parse_row(high))


def expected(*rows: str) -> Expectation:
    return Expectation(rows=rows, source="x", lasts="10m")


def test_rows_are_ranked_by_how_far_a_migration_is() -> None:
    rows = ["ABSENT", "NO_ROW", "READY", "STARTING", "RUNNING 0", "RUNNING 50", "COMPLETE 100"]
    ranks = [rank(parse_row(row)) for row in rows]
    assert ranks == sorted(set(ranks))
    # Of two final rows none is further than the other: their percents say nothing.
    assert rank(parse_row("RUNNING 99")) < rank(parse_row("CANCELLING 0"))
    assert rank(parse_row("CANCELLING 99")) < rank(parse_row("CANCELLED 0"))
    assert rank(parse_row("FAILED 0")) == rank(parse_row("COMPLETE 100"))
    assert rank(parse_row("RUNNING 0")) > rank(Row("RUNNING"))


@pytest.mark.parametrize(
    ("gap", "row", "could"),
    [
        (unseen("READY", "RUNNING 50"), "READY", True),
        (unseen("READY", "RUNNING 50"), "RUNNING 0", True),
        (unseen("READY", "RUNNING 50"), "RUNNING 50", True),
        (unseen("READY", "RUNNING 50"), "ABSENT", False),
        (unseen("READY", "RUNNING 50"), "RUNNING 51", False),
        (unseen(None, "READY"), "ABSENT", True),
        (unseen(None, "READY"), "STARTING", False),
    ],
)
def test_a_gap_holds_rows_that_lie_between_its_ends(gap: Unseen, row: str, could: bool) -> None:
    assert gap.could_hold(parse_row(row)) == could
    assert not gap.could_hold(None)


def test_a_look_counts_that_has_a_row_and_a_time() -> None:
    story = Story().look(1, "READY").unread(2, "HTTP 503").look(3, "READY").look(4, "RUNNING 0")
    assert [look.began for look in readable(story.evidence)] == [1, 3, 4]
    whole = story.evidence.looks[0]
    for part in (replace(whole, row=None), replace(whole, server_time=None)):
        assert readable(replace(story.evidence, looks=(part,))) == []
    seen = timeline_of(story.evidence)
    assert [(str(each.row), each.wall_seconds) for each in seen] == [("READY", 1), ("RUNNING 0", 4)]
    assert [each.server_time - BEGUN for each in seen] == [after(1), after(4)]


def test_a_row_comes_between_the_look_before_it_and_the_first_that_shows_it() -> None:
    story = migrated().look(1, "READY").look(2, "READY").look(5, "RUNNING 0").pause(3, 2)
    hidden, ready, running = steps_of(story.evidence)
    assert hidden == Unseen(BEGUN, BEGUN + after(1), None, parse_row("READY"))
    assert ready == Shown(parse_row("READY"), ZERO, after(1), ZERO)
    assert running == Shown(parse_row("RUNNING 0"), after(2), after(5), after(2))


def gaps(evidence: Evidence) -> list[tuple[float, float]]:
    return [
        ((step.after - BEGUN) / after(1), (step.until - BEGUN) / after(1))
        for step in steps_of(evidence)
        if isinstance(step, Unseen)
    ]


@pytest.mark.parametrize(
    ("first", "second", "hides"),
    [
        (3, 4, True),
        (1.8, 4, True),  # a quarter of a second before a look it may not show in it yet
        (1.75, 4, False),
        (1.5, 4, False),
        (3, 5.1, True),  # while the page was read
        (3, 5.2, False),
    ],
)
def test_a_row_hides_between_two_looks_where_it_could_change_twice(
    first: float, second: float, hides: bool
) -> None:
    story = Story().look(0, "READY").look(2, "READY").look(5, "RUNNING 0")
    assert gaps(story.poll(first).poll(second).evidence) == ([(2, 5)] if hides else [])


def test_what_only_the_cloud_knows_changes_no_row() -> None:
    story = Story().look(2, "READY").look(5, "RUNNING 0").poll(3)
    assert gaps(story.recorded(3.5).settled(4).evidence) == []
    assert gaps(story.called(4.5).evidence) == [(2, 5)]


def test_before_the_first_look_one_change_hides_a_row() -> None:
    assert gaps(Story().look(2, "READY").evidence) == []
    assert gaps(Story().look(2, "READY").called(1).evidence) == [(0, 2)]
    assert gaps(Story().look(2, "READY").poll(2.1).evidence) == [(0, 2)]
    assert gaps(Story().look(2, "READY").poll(2.2).evidence) == []


def test_time_is_lost_by_those_who_make_the_row() -> None:
    story = Story().pause(1, 2).pause(3, 5, "this machine").pause(4, 7, "the cloud").pause(6, 9)
    assert stood_still(story.evidence, 10) == after(16)
    assert stood_still(story.evidence, 6) == after(16)
    assert stood_still(story.evidence, 5.9) == after(7)
    assert stood_still(story.evidence, 5.9, 3) == after(5)
    assert stood_still(story.evidence, 5.9, 3.1) == ZERO
    assert stood_still(Story().pause(-0.5, 2).evidence, 10) == ZERO  # before the watch
    assert stood_still(Story().pause(0, 2).evidence, 10) == after(2)


@pytest.mark.parametrize(
    ("rows", "steps", "found"),
    [
        (["READY"], [], Match.NO),
        (["READY"], [unseen(None, "READY")], Match.NO),
        (["READY"], [shown("READY")], Match.YES),
        (["READY"], [shown("RUNNING 0")], Match.NO),
        (["READY"], [shown("READY"), shown("RUNNING 0")], Match.NO),  # it did not stay
        (["READY"], [shown("STARTING"), shown("READY")], Match.YES),  # rows before are free
        (["READY", "RUNNING 0"], [shown("READY"), shown("RUNNING 0")], Match.YES),
        (["READY", "RUNNING 0"], [shown("RUNNING 0")], Match.NO),
        (["RUNNING 0", "READY"], [shown("READY"), shown("RUNNING 0"), shown("READY")], Match.YES),
        (["READY", "RUNNING 0"], [shown("RUNNING 0"), shown("READY")], Match.NO),
        (["READY", "RUNNING 0"], [unseen(None, "RUNNING 0"), shown("RUNNING 0")], Match.MAYBE),
        (["READY", "STARTING", "RUNNING 0"], [unseen(None, "RUNNING 0"), shown("RUNNING 0")], 1),
        (
            ["READY", "RUNNING 0", "COMPLETE 100"],
            [shown("READY"), unseen("READY", "COMPLETE 100"), shown("COMPLETE 100")],
            Match.MAYBE,
        ),
        (
            ["READY", "COMPLETE 100"],
            [shown("READY"), unseen("READY", "COMPLETE 100"), shown("COMPLETE 100")],
            Match.YES,
        ),
        (["ABSENT", "RUNNING 0"], [unseen("READY", "RUNNING 0"), shown("RUNNING 0")], Match.NO),
        # One row cannot stand for two
        (["READY", "READY"], [shown("READY")], Match.NO),
    ],
)
def test_rows_come_in_their_order_and_the_last_one_stays(
    rows: list[str], steps: list[Shown | Unseen], found: Match
) -> None:
    assert match(expected(*rows), steps) == found


@pytest.mark.parametrize(
    ("window", "came", "found"),
    [
        (Window(after="5m"), (5, 6), Match.YES),
        (Window(after="5m"), (4, 5), Match.MAYBE),
        (Window(after="5m"), (3, 4.9), Match.NO),
        (Window(within="5m"), (4, 5), Match.YES),
        (Window(within="5m"), (5, 6), Match.MAYBE),
        (Window(within="5m"), (5.1, 6), Match.NO),
        (Window(), (0, 99), Match.YES),
        (Window(after="2m", within="5m"), (1, 6), Match.MAYBE),
    ],
)
def test_a_row_comes_in_its_time(window: Window, came: tuple[float, float], found: Match) -> None:
    assert in_time(window, shown("READY", *came)) == found


def test_a_row_is_not_late_by_what_its_server_lost() -> None:
    late = Shown(parse_row("READY"), after(8), after(9), slack=after(3))
    assert in_time(Window(within="5m"), late) == Match.MAYBE
    assert in_time(Window(within="4m"), late) == Match.NO
    # What was lost makes no row early.
    assert in_time(Window(after="8m"), late) == Match.YES


def test_rows_are_told_in_words() -> None:
    assert expected_text(expected("READY", "RUNNING 0")) == "READY then RUNNING 0"
    timed = Expectation.model_validate(
        {
            "rows": ["READY", {"row": "COMPLETE 100", "after": "90s", "within": "0s"}],
            "source": "x",
        }
    )
    assert expected_text(timed) == "READY then COMPLETE 100 after 1.5 min within 0 s"
    story = Story().look(0.5, "READY").look(5, "RUNNING 0")
    assert seen_text(story.evidence, timed=True) == "READY at 30 s then RUNNING 0 at 5.0 min"
    assert seen_text(story.evidence, timed=False) == "READY then RUNNING 0"
    assert seen_text(Story().evidence, timed=False) == "no row at all"


@pytest.mark.parametrize(("seconds", "text"), [(59, "59 s"), (60, "1.0 min"), (90, "1.5 min")])
def test_times_are_read_in_minutes_from_one_on(seconds: int, text: str) -> None:
    assert minutes(timedelta(seconds=seconds)) == text


def test_the_gap_is_named_that_may_hold_the_row_that_was_missed() -> None:
    story = Story().look(2, "READY").poll(3).poll(4).look(5, "RUNNING 0")
    assert unseen_text(expected("STARTING", "RUNNING 0"), story.evidence) == (
        "the row may have changed more than once between the looks at 00:02:00 and 00:05:00 "
        "server time"
    )
    assert unseen_text(expected("READY", "RUNNING 0"), story.evidence) == ""  # both were seen
    assert unseen_text(expected("ABSENT", "RUNNING 0"), story.evidence) == ""
    early = Story().called(1).look(2, "RUNNING 0")
    assert unseen_text(expected("READY", "RUNNING 0"), early.evidence) == (
        "the row may have changed more than once before the first look, between 00:00:00 and "
        "00:02:00 server time"
    )
