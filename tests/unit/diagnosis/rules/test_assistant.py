"""What the assistant does with the progress that it polls."""

from datetime import timedelta

import pytest
from rule_evidence import NOON, TRANSFER, asked, at, learn, poll, post, shown

from harness.diagnosis.evidence import (
    AssistantVersion,
    Flag,
    MigrationMade,
    Origin,
    PageUnread,
    PollerRuns,
    Triggered,
)
from harness.diagnosis.facts import PAGE
from harness.diagnosis.finding import excluded, likely, proved, unknown
from harness.diagnosis.rules.assistant import dev_mode_row_not_updated, poll_not_due
from harness.store.layout import JOURNAL
from harness.vocabulary.features import DEV_MODE

SEED, NOT_DUE = "dev-mode-row-not-updated", "poll-not-due"
ON, OFF = (Flag(key=DEV_MODE, on=on) for on in (True, False))
CALLED = Triggered(origin=at(2), transfer=TRANSFER)
READY = shown("READY", until=40)


def version(text: str) -> AssistantVersion:
    return AssistantVersion(version=text)


OLD = version("3.1.7")


def test_the_seeds_defect_is_a_poll_that_was_answered_and_a_row_that_stays():
    first, last = poll(11), poll(40)
    settled, ran = post("settled", 5), PollerRuns(method="run", times=4)
    late, failed, early = poll(41), poll(20, 503), poll(2)

    note = "2 polls were answered, and the row is READY"
    assert asked(
        dev_mode_row_not_updated,
        *(ON, OLD, CALLED, early, first, failed, last, late, settled, ran, READY),
    ) == proved(SEED, ON, OLD, CALLED, settled, last, ran, READY, note=note)
    assert asked(dev_mode_row_not_updated, ON, OLD, CALLED, first, READY) == proved(
        SEED, ON, OLD, CALLED, first, READY, note="1 polls were answered, and the row is READY"
    )


@pytest.mark.parametrize(
    ("number", "confidence"),
    [
        ("3.1.6", "proved"),
        ("3.1.7", "proved"),
        ("3.1.8", "likely"),
        ("3.9.5", "likely"),
        ("3.9.6", "excluded"),
    ],
)
def test_between_the_versions_that_are_known_the_defect_is_likely(number, confidence):
    found = asked(dev_mode_row_not_updated, ON, version(number), CALLED, poll(11), READY)

    assert found.confidence == confidence
    if confidence == "likely":
        assert found.note == "this version is between the known bad and good ones"
    if confidence == "excluded":
        assert found.evidence == (version(number),)


def test_without_a_poll_it_is_likely():
    missing = "a poll after listener-triggered and before the last look"

    assert asked(dev_mode_row_not_updated, ON, OLD, CALLED, poll(41), READY) == (
        likely(SEED, ON, OLD, CALLED, READY, missing=(missing,))
    )
    assert asked(dev_mode_row_not_updated, ON, OLD, CALLED, READY, without=(JOURNAL,)) == (
        likely(SEED, ON, OLD, CALLED, READY, missing=learn(JOURNAL))
    )


def test_what_the_defect_needs_is_named_where_it_is_not_known():
    row = shown("RUNNING", 0)

    assert asked(dev_mode_row_not_updated, OFF, OLD, READY) == excluded(SEED, OFF)
    assert asked(dev_mode_row_not_updated, OLD, READY) == unknown(SEED, "whether dev mode is on")
    assert asked(dev_mode_row_not_updated, ON, OLD, row) == excluded(SEED, row)
    assert asked(dev_mode_row_not_updated, ON, OLD, without=(PAGE,)) == unknown(SEED, *learn(PAGE))
    assert asked(dev_mode_row_not_updated, ON, READY) == unknown(SEED, "the assistant's version")
    assert asked(dev_mode_row_not_updated, ON, OLD, READY) == (
        unknown(SEED, "the listener was not triggered")
    )
    assert asked(dev_mode_row_not_updated, ON, OLD, READY, without=(JOURNAL,)) == (
        unknown(SEED, *learn(JOURNAL))
    )


BEGAN = MigrationMade(origin=at(0))
NEWS = post("settled", 5, status="SUCCESS", percent=100)


def due(minutes: float) -> str:
    return f"the next poll is due at {NOON + timedelta(minutes=minutes):%H:%M:%S} server time"


def test_a_change_waits_for_the_poll_that_is_due_ten_minutes_after_the_last():
    early, overdue = shown("RUNNING", 0, 13), shown("RUNNING", 0, 14)
    last = poll(4)

    assert asked(poll_not_due, BEGAN, last, NEWS, early) == (
        proved(NOT_DUE, NEWS, last, early, note=due(14))
    )
    assert asked(poll_not_due, BEGAN, last, NEWS, overdue) == (
        excluded(NOT_DUE, last, overdue, note=f"{due(14)}, and none came")
    )
    assert asked(poll_not_due, BEGAN, NEWS, shown("RUNNING", 0, 9)) == (
        proved(NOT_DUE, NEWS, BEGAN, shown("RUNNING", 0, 9), note=due(10))
    )


@pytest.mark.parametrize(
    ("flags", "minutes"), [((ON, version("3.9.6")), 1), ((ON, OLD), 10), ((version("3.9.6"),), 10)]
)
def test_dev_mode_of_a_fixed_assistant_polls_each_minute(flags, minutes):
    row = shown("RUNNING", 0, 5.5)
    news = post("settled", 5.2, status="SUCCESS", percent=100)

    found = asked(poll_not_due, *flags, BEGAN, poll(5), news, row)

    assert found == proved(NOT_DUE, news, poll(5), row, note=due(5 + minutes))


@pytest.mark.parametrize("met", ["logged-out", "unavailable"])
def test_where_the_last_looks_met_another_page_nobody_waits_for_a_poll(met):
    row = shown("RUNNING", 0, 13)

    found = asked(poll_not_due, BEGAN, NEWS, poll(14), row, PageUnread(met=met))

    missing = "what the row has shown since: the last looks met another page"
    assert found == unknown(NOT_DUE, missing)


def test_a_poll_that_came_brought_the_change():
    row, after = shown("RUNNING", 0, 13), poll(6)

    assert asked(poll_not_due, BEGAN, NEWS, after, poll(14), row) == excluded(NOT_DUE, after)
    assert asked(poll_not_due, BEGAN, NEWS, after, poll(12), row) == excluded(NOT_DUE, poll(12))
    complete = shown("COMPLETE", 100, 13)
    assert asked(poll_not_due, BEGAN, NEWS, complete) == (
        excluded(NOT_DUE, NEWS, complete, note="the page shows the cloud's state")
    )


def test_when_a_poll_is_due_takes_a_change_a_look_and_the_last_poll():
    row = shown("RUNNING", 0, 13)

    assert asked(poll_not_due, BEGAN, row) == unknown(NOT_DUE, "nothing changed in the cloud")
    for items in ((BEGAN, NEWS), (BEGAN, NEWS, shown("RUNNING", 0))):
        assert asked(poll_not_due, *items).confidence == "unknown"
    assert asked(poll_not_due, without=(JOURNAL, PAGE)) == unknown(NOT_DUE, *learn(JOURNAL, PAGE))
    undated = MigrationMade(origin=Origin("story"))
    for anchor in ((), (undated,)):
        assert asked(poll_not_due, *anchor, NEWS, row) == (
            unknown(NOT_DUE, "when the assistant polled last")
        )
