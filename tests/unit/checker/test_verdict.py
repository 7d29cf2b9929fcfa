from dataclasses import replace
from datetime import timedelta

import pytest
from seen import BEGUN, Story, migrated, stayed

from harness.cases import Expectation, KnownBug
from harness.checker.verdict import (
    Verdict,
    has_hope,
    judge,
    looks_again_at,
    too_little,
    went_wrong,
    with_cause,
)
from harness.store.evidence import Evidence
from harness.store.results import VerdictName

COMPLETE = Expectation(rows=("RUNNING 0", "COMPLETE 100"), source="documented")
FIXED = Expectation(rows=("COMPLETE 100",), source="documented")
ABSENT = Expectation(rows=("ABSENT",), lasts="10m", source="inferred")
RUNNING = Expectation(rows=("RUNNING 0",), lasts="15m", source="inferred")
READY = Expectation(rows=("READY",), lasts="15m", source="inferred")
BEFORE_ANY = Expectation(rows=("RUNNING 0",), before_refresh=True, source="x")
BUG = KnownBug(id="stuck", statement="It stays READY.", when={"a": "b"}, row="READY", lasts="30m")


def healthy() -> Story:
    """RUNNING 0 is seen, the cloud settles, a poll brings that, and two more looks see it."""
    story = migrated().look(0, "RUNNING 0").settled(1).look(5, "RUNNING 0").poll(10)
    return story.look(10.2, "COMPLETE 100").look(11, "COMPLETE 100")


def feature_off(minutes: int = 11, plan: str | None = "FINISHED") -> Story:
    story = Story()
    for minute in range(minutes + 1):
        story.look(minute, "ABSENT", plan=plan)
    return story


def refused(row: str, until: int, outcome: str) -> Story:
    """Polls that nobody answered."""
    story = migrated().look(0, row).settled(1)
    for minute in range(10, until, 10):
        story.poll(minute, outcome).look(minute + 1, row).look(minute + 2, row)  # type: ignore[arg-type]
    return story.look(until, row)


def settled_late(row: str, *polls: int) -> Story:
    """The cloud settles after a first poll, and these come after it."""
    story = migrated().look(0, row).poll(10).settled(12).look(13, row)
    for minute in polls:
        story.poll(minute).look(minute + 1, row)
    return story.look(44, row).look(45, row)


@pytest.mark.parametrize(
    ("expectation", "bug", "story", "verdict"),
    [
        # A final row
        (COMPLETE, None, healthy(), "passed"),
        (FIXED, None, healthy(), "passed"),
        (FIXED, BUG, healthy(), "fixed"),
        (COMPLETE, None, migrated().look(0, "READY").look(1, "COMPLETE 100"), "open"),  # no poll
        (COMPLETE, None, healthy().look(12, "READY"), "open"),
        (FIXED, None, Story().look(0, "COMPLETE 100"), "open"),
        (FIXED, None, migrated().look(0, "RUNNING 0").poll(9).look(10, "FAILED 100"), "failed"),
        (FIXED, None, migrated().look(0, "RUNNING 0").look(10, "FAILED 100"), "open"),
        (FIXED, None, refused("RUNNING 0", 12, "declared").look(13, "FAILED 0"), "failed"),
        # A row that stays
        (RUNNING, None, stayed("RUNNING 0", 15, settles=None), "passed"),
        (RUNNING, None, stayed("RUNNING 0", 14, settles=None), "open"),
        (RUNNING, None, stayed("RUNNING 0", 15), "passed"),
        (RUNNING, None, migrated().look(0, "RUNNING 0").look(16, "RUNNING 0"), "open"),
        (RUNNING, None, migrated().look(0, "RUNNING 0").poll(10).look(16, "RUNNING 0"), "open"),
        (RUNNING, None, refused("RUNNING 0", 25, "declared"), "passed"),
        (RUNNING, None, refused("RUNNING 0", 25, "refused"), "open"),
        (RUNNING, None, stayed("RUNNING 0", 15).settled(15.5).look(16, "RUNNING 0"), "open"),
        # No transfer: one poll tells the assistant that there is nothing to ask for
        (
            READY,
            None,
            Story().migration(-1).look(0, "READY").poll(10).look(12, "READY").look(15, "READY"),
            "passed",
        ),
        (READY, None, Story().migration(-1).look(0, "READY").look(16, "READY"), "open"),
        # Nothing is polled
        (ABSENT, None, feature_off(), "passed"),
        (ABSENT, None, feature_off(9), "open"),
        (ABSENT, None, feature_off(plan="RUNNING"), "open"),
        (ABSENT, None, feature_off(plan=None), "open"),
        (ABSENT, None, feature_off(70).look(71, "READY"), "failed"),
        (READY, None, feature_off(70), "failed"),
        (READY, None, feature_off(59), "open"),
        # Not the expected row
        (FIXED, None, stayed("RUNNING 0", 31), "failed"),
        (FIXED, None, stayed("RUNNING 0", 29), "open"),
        (FIXED, None, stayed("RUNNING 0", 71, settles=None), "failed"),
        (FIXED, None, stayed("RUNNING 0", 59, settles=None), "open"),
        (FIXED, None, refused("RUNNING 0", 90, "refused"), "open"),
        # A known bug
        (FIXED, BUG, stayed("READY", 31), "known-bug"),
        (FIXED, BUG, stayed("READY", 30), "open"),  # 29 minutes since the cloud settled
        (FIXED, BUG, stayed("READY", 29), "open"),
        # Polls before the settling could not bring it
        (FIXED, BUG, settled_late("READY", 20, 30), "open"),
        (FIXED, BUG, settled_late("READY", 20, 30, 40), "known-bug"),
        (FIXED, None, settled_late("RUNNING 0", 20, 30), "open"),
        (FIXED, None, settled_late("RUNNING 0", 20, 30, 40), "failed"),
        (FIXED, BUG, stayed("READY", 71, settles=None), "failed"),
        (FIXED, BUG, refused("READY", 45, "refused"), "open"),
        (FIXED, BUG, refused("READY", 45, "declared"), "open"),
        (FIXED, BUG, stayed("STARTING", 41), "failed"),
    ],
)
def test_verdicts(
    expectation: Expectation, bug: KnownBug | None, story: Story, verdict: str
) -> None:
    found = judge(expectation, bug, story.evidence)
    assert ("open" if found.is_open else found.name) == verdict, found.reason


def test_a_known_bug_may_come_after_other_rows_and_has_to_stay() -> None:
    after_others = migrated().look(-0.1, "RUNNING 0")
    for minute, row in ((0, "READY"), (1, "READY")):
        after_others.look(minute, row)
    after_others.settled(1.5)
    for minute in (10, 20, 30):
        after_others.poll(minute).look(minute + 1, "READY").look(minute + 2, "READY")
    assert judge(FIXED, BUG, after_others.evidence).name == "known-bug"
    left = after_others.look(33, "STARTING").look(34, "READY").look(35, "READY")
    assert judge(FIXED, BUG, left.evidence).name == "failed"


def test_a_known_bug_tells_how_long_it_was_watched() -> None:
    assert judge(FIXED, BUG, stayed("READY", 61).evidence).reason == (
        "It stays READY. Watched for 60 min of server time and 6 refreshes after the cloud had "
        "recorded its final status"
    )
    short = BUG.model_copy(update={"lasts": timedelta(minutes=10)})
    assert "12 min of server time and 1 refresh after" in (
        judge(FIXED, short, stayed("READY", 13).evidence).reason
    )
    story = stayed("READY", 31).poll(31.1, "declared").look(31.2, "READY").look(32, "READY")
    assert " 3 refreshes " in judge(FIXED, BUG, story.evidence).reason  # a refused one is none


def test_a_known_bug_may_be_a_final_row() -> None:
    bug = BUG.model_copy(update={"row": FIXED.rows[0].__class__("FAILED", 100)})
    story = migrated().look(0, "RUNNING 0").settled(1).poll(10).look(11, "FAILED 100")
    assert judge(FIXED, bug, story.evidence).is_open
    assert judge(FIXED, bug, story.look(31, "FAILED 100").evidence).name == "known-bug"


def test_a_failure_names_what_was_wanted_and_what_was_seen() -> None:
    reason = judge(COMPLETE, None, stayed("READY", 31).evidence).reason
    assert reason == "wanted RUNNING 0 then COMPLETE 100; got READY"


def test_looks_in_a_race_with_the_polls_answer_do_not_count() -> None:
    """Two looks, the second half a second after the poll: the server has worked it off by then."""
    story = migrated().look(0, "RUNNING 0").settled(1).poll(15)
    assert judge(RUNNING, None, story.look(15.1, "RUNNING 0", took=6).evidence).is_open
    assert judge(RUNNING, None, story.look(15.4, "RUNNING 0").evidence).is_open
    assert judge(RUNNING, None, story.look(15.5, "RUNNING 0").evidence).name == "passed"


def test_a_stopped_server_proves_nothing_by_the_time_it_lost() -> None:
    """Fifteen minutes have passed by its clock, and it has not polled: it stood still for ten."""
    story = feature_off(3).look(4, "ABSENT", took=10).pause(4, 10)
    story.look(14, "ABSENT", plan="FINISHED")
    assert judge(ABSENT, None, story.evidence).is_open
    story.look(20.5, "ABSENT", plan="FINISHED")
    assert judge(ABSENT, None, story.evidence).name == "passed"


def test_a_page_that_cannot_be_read_is_no_row() -> None:
    story = feature_off().unread(12, "HTTP 503")
    found = judge(ABSENT, None, story.evidence)
    assert found.is_open
    assert "HTTP 503" in found.reason
    assert judge(ABSENT, None, story.look(13, "ABSENT").evidence).name == "passed"
    nothing = judge(ABSENT, None, Evidence(BEGUN, 60))
    assert (nothing.name, nothing.is_open) == ("error", True)
    assert nothing.reason.endswith("a look that shows the row; the last one met nothing")


@pytest.mark.parametrize(
    ("plan", "has_ended"),
    [
        ("FINISHED", True),
        ("STOPPED", True),
        ("INCOMPLETE", True),
        ("FAILED", True),
        ("RUNNING", False),
        ("STOPPING", False),
    ],
)
def test_where_nothing_is_polled_only_a_plan_that_has_ended_brings_no_more(
    plan: str, *, has_ended: bool
) -> None:
    assert judge(ABSENT, None, feature_off(plan=plan).evidence).is_open != has_ended


def test_where_the_plan_shows_no_row_nothing_is_polled() -> None:
    """The migration was made, with other apps in it; this app's row is not among them."""
    nowhere = Expectation(rows=("NO_ROW",), lasts="10m", source="x")
    story = Story().migration(-1).look(0, "NO_ROW").look(11, "NO_ROW", plan="FINISHED")
    assert judge(nowhere, None, story.look(12, "NO_ROW").evidence).name == "passed"


def test_a_wrong_end_is_judged_whatever_is_polled_later() -> None:
    story = migrated().look(0, "RUNNING 0").poll(9).look(10, "FAILED 100").poll(20)
    assert judge(FIXED, None, story.evidence).name == "failed"


def test_without_an_end_in_the_cloud_a_failure_needs_a_poll_after_its_last_change() -> None:
    story = stayed("RUNNING 0", 61, settles=None)
    assert judge(FIXED, None, story.evidence).name == "failed"
    late = story.recorded(62, percent=50).look(63, "RUNNING 0").look(64, "RUNNING 0")
    assert judge(FIXED, None, late.evidence).missing == (
        "an answered poll after the last change in the cloud",
    )
    late.poll(65).look(66, "RUNNING 0").look(67, "RUNNING 0")
    assert judge(FIXED, None, late.evidence).name == "failed"


# What went wrong around a case


@pytest.mark.parametrize(
    ("expectation", "bug", "story", "verdict"),
    [
        (COMPLETE, None, healthy(), "passed"),  # no mishap brings a final row about
        (RUNNING, None, stayed("RUNNING 0", 15), "error"),
        (FIXED, BUG, stayed("READY", 31), "error"),
        (FIXED, None, stayed("RUNNING 0", 31), "error"),
        (ABSENT, None, feature_off(), "error"),
    ],
)
def test_a_verdict_that_could_hang_on_a_mishap_is_an_error(
    expectation: Expectation, bug: KnownBug | None, story: Story, verdict: str
) -> None:
    found = judge(expectation, bug, story.mishap().evidence)
    assert (found.name, found.is_open) == (verdict, False)
    if verdict == "error":
        assert "disk-full happened [journal #9]" in found.reason


def test_what_a_case_declares_is_no_mishap() -> None:
    story = stayed("RUNNING 0", 15).mishap(declared=True)
    assert judge(RUNNING, None, story.evidence).name == "passed"


def test_a_refused_poll_alone_spoils_only_a_failure() -> None:
    """It does not count, and the others do."""
    assert judge(RUNNING, None, stayed("RUNNING 0", 15).mishap(of_a_poll=True).evidence).name == (
        "passed"
    )
    assert judge(FIXED, None, stayed("RUNNING 0", 31).mishap(of_a_poll=True).evidence).name == (
        "error"
    )


def test_an_end_without_enough_names_what_was_missing_and_what_went_wrong() -> None:
    story = refused("READY", 90, "refused").mishap("server-error", of_a_poll=True)
    found = too_little(judge(FIXED, BUG, story.evidence), story.evidence)
    assert (found.name, found.is_open) == ("error", False)
    assert "server-error happened [journal #9]" in found.reason
    assert "3 answered polls after the cloud's final status; 0 came" in found.reason
    assert found.reason.endswith("got READY")


# Rows that nobody could see


def test_a_row_that_nobody_could_see_is_not_missed() -> None:
    """The server stood still from the listener's call until after the poll."""
    story = migrated().settled(1).poll(10).look(11, "COMPLETE 100").look(12, "COMPLETE 100")
    found = judge(COMPLETE, None, story.evidence)
    assert (found.name, found.is_open) == ("error", False)
    assert "more than once before the first look" in found.reason


def test_a_row_that_was_not_there_at_a_look_is_missed() -> None:
    story = migrated().look(0.5, "STARTING").settled(1).look(5, "STARTING").poll(10)
    story.look(11, "COMPLETE 100").look(12, "COMPLETE 100")
    assert judge(COMPLETE, None, story.evidence).name == "failed"


def test_a_row_between_two_changes_that_fall_between_two_looks_may_have_been_there() -> None:
    rows = Expectation(rows=("RUNNING 0", "RUNNING 50", "COMPLETE 100"), source="x")
    story = migrated().look(0, "RUNNING 0").recorded(1).poll(10).settled(15).poll(20)
    story.look(21, "COMPLETE 100").look(22, "COMPLETE 100")
    found = judge(rows, None, story.evidence)
    assert (found.name, found.is_open) == ("error", False)
    assert "between the looks at 00:00:00 and 00:21:00" in found.reason


# Times


def timed(**window: str) -> Expectation:
    row = {"row": "COMPLETE 100", **window}
    return Expectation.model_validate({"rows": [row], "source": "documented"})


@pytest.mark.parametrize(
    ("window", "looks", "verdict"),
    [
        ({"within": "12m"}, (5, 11), "passed"),
        ({"within": "10m"}, (5, 11), "error"),  # it came at some time between the two looks
        ({"within": "4m"}, (5, 11), "failed"),
        ({"after": "5m"}, (5, 11), "passed"),
        ({"after": "6m"}, (5, 11), "error"),
        ({"after": "12m"}, (5, 11), "failed"),
    ],
)
def test_rows_have_to_come_in_their_time(
    window: dict[str, str], looks: tuple[float, float], verdict: str
) -> None:
    story = migrated().look(0, "RUNNING 0").settled(1).look(looks[0], "RUNNING 0").poll(9)
    story.look(looks[1], "COMPLETE 100").look(looks[1] + 1, "COMPLETE 100")
    found = judge(timed(**window), None, story.evidence)
    assert (found.name, found.is_open) == (verdict, False), found.reason


def test_a_row_is_not_late_because_its_server_stood_still() -> None:
    story = migrated().look(0, "RUNNING 0").settled(1).look(2, "RUNNING 0", took=10).pause(2, 10)
    story.look(26, "RUNNING 0").poll(27).look(28, "COMPLETE 100").look(29, "COMPLETE 100")
    assert judge(timed(within="25m"), None, story.evidence).name == "error"
    assert judge(timed(within="15m"), None, story.evidence).name == "failed"


def test_rows_that_came_in_time_are_told_with_their_times() -> None:
    story = migrated().look(0, "RUNNING 0").settled(1).look(5, "RUNNING 0").poll(9)
    story.look(10, "COMPLETE 100").look(11, "COMPLETE 100")
    assert judge(timed(within="15m"), None, story.evidence).reason == (
        "saw RUNNING 0 at 0 s then COMPLETE 100 at 10.0 min"
    )


def test_a_failure_in_time_tells_when_rows_came() -> None:
    story = migrated().look(0, "RUNNING 0").settled(1).look(5, "RUNNING 0").poll(9)
    story.look(10, "COMPLETE 100").look(11, "COMPLETE 100")
    assert judge(timed(after="1m", within="4m"), None, story.evidence).reason == (
        "wanted COMPLETE 100 after 1.0 min within 4.0 min; "
        "got RUNNING 0 at 0 s then COMPLETE 100 at 10.0 min"
    )


# Before the first refresh


def test_a_row_before_the_first_refresh_is_judged_once_the_cloud_has_settled() -> None:
    story = migrated().look(0, "RUNNING 0")
    assert judge(BEFORE_ANY, None, story.evidence).is_open
    assert judge(BEFORE_ANY, None, story.settled(1).evidence).is_open
    assert judge(BEFORE_ANY, None, story.look(2, "RUNNING 0").evidence).name == "passed"
    late = judge(BEFORE_ANY, None, story.poll(10).look(11, "COMPLETE 100").evidence)
    assert (late.name, late.is_open) == ("error", False)


# How long


def test_hope_ends_in_server_time_that_did_pass() -> None:
    story = refused("READY", 111, "refused")
    assert not has_hope(FIXED, BUG, story.evidence)
    assert has_hope(FIXED, BUG, refused("READY", 109, "refused").evidence)
    for minute in (5, 50, 105):
        assert has_hope(FIXED, BUG, refused("READY", 111, "refused").pause(minute, 10).evidence)
    assert has_hope(FIXED, BUG, Evidence(BEGUN, 60))


def test_a_late_end_in_the_cloud_leaves_time_for_the_polls_after_it() -> None:
    story = migrated().look(0, "RUNNING 0").settled(70).look(100, "RUNNING 0")
    assert has_hope(FIXED, None, story.evidence)
    assert not has_hope(FIXED, None, story.look(121, "RUNNING 0").evidence)


@pytest.mark.parametrize(
    ("expectation", "bug", "story", "minutes"),
    [
        (ABSENT, None, feature_off(4), 10),
        (COMPLETE, None, stayed("RUNNING 0", 5), 60),
        (FIXED, BUG, stayed("READY", 5), 31),
        (FIXED, None, stayed("READY", 70), None),
        (ABSENT, None, feature_off(4).pause(2, 3), 13),
        (FIXED, BUG, stayed("READY", 5).pause(2, 3), 34),
        (FIXED, BUG, stayed("READY", 5).pause(4.5, 3), 34),
        (FIXED, BUG, stayed("READY", 5).pause(0.5, 3), 31),  # before its time began
    ],
)
def test_a_look_is_due_when_time_may_decide(
    expectation: Expectation, bug: KnownBug | None, story: Story, minutes: float | None
) -> None:
    due = None if minutes is None else BEGUN + timedelta(minutes=minutes)
    assert looks_again_at(expectation, bug, story.evidence) == due


def test_hope_lasts_to_the_minute() -> None:
    """A watch of 30 minutes, six refreshes and two to spare; with the wait for the bug alike."""
    hopeful = refused("READY", 110, "refused")
    assert has_hope(FIXED, BUG, hopeful.evidence)
    assert not has_hope(FIXED, BUG, hopeful.look(110.1, "READY").evidence)
    # The longer one of what the case and the bug ask for.
    assert has_hope(READY, BUG, refused("READY", 110, "refused").evidence)
    assert has_hope(READY, None, refused("READY", 95, "refused").evidence)
    assert not has_hope(READY, None, refused("READY", 96, "refused").evidence)


def test_hope_goes_on_with_what_settles_late() -> None:
    story = migrated().look(0, "RUNNING 0").settled(70).look(120, "RUNNING 0")
    assert has_hope(FIXED, None, story.evidence)
    assert has_hope(FIXED, BUG, story.look(150, "RUNNING 0").evidence)
    assert not has_hope(FIXED, BUG, story.look(150.1, "RUNNING 0").evidence)
    # An early end shortens nothing.
    early = migrated().look(0, "RUNNING 0").settled(1).look(80, "RUNNING 0")
    assert has_hope(FIXED, None, early.evidence)


def test_a_look_that_just_was_is_not_due_again() -> None:
    assert looks_again_at(ABSENT, None, feature_off(10).evidence) == BEGUN + timedelta(minutes=60)
    assert looks_again_at(ABSENT, None, Evidence(BEGUN, 60)) is None


def test_a_poll_before_the_settling_could_not_bring_the_final_row() -> None:
    story = migrated().look(0, "RUNNING 0").poll(0.5).settled(1).look(2, "COMPLETE 100")
    found = judge(COMPLETE, None, story.evidence)
    assert found.missing == ("an answered poll after the cloud had recorded the final status",)
    story.poll(10)
    assert judge(COMPLETE, None, story.evidence).missing == ("a look after the poll",)
    assert judge(COMPLETE, None, story.look(10, "COMPLETE 100").evidence).name == "passed"


def test_what_is_only_recorded_settles_nothing() -> None:
    story = migrated().look(0, "RUNNING 0").recorded(1, "SUCCESS", 100).poll(10)
    story.look(10.2, "COMPLETE 100").look(11, "COMPLETE 100")
    assert judge(COMPLETE, None, story.evidence).missing == (
        "a final status that the cloud recorded, from which the row could have come",
    )


def test_each_transfer_that_an_app_stands_behind_has_to_settle() -> None:
    one, two = healthy().evidence, Story()._change(-0.2, "transfer made", "other").evidence
    both = replace(one, changes=(*two.changes, *one.changes))
    assert judge(COMPLETE, None, both).is_open
    unlinked = tuple(replace(each, linked=False) for each in two.changes)
    assert judge(COMPLETE, None, replace(one, changes=(*unlinked, *one.changes))).name == "passed"


def test_a_poll_after_the_same_state_again_brings_nothing_new() -> None:
    """What is recorded twice is no change; another percent is one."""

    def story(percent: int) -> Story:
        told = migrated().look(0, "RUNNING 0").recorded(1).poll(10).recorded(12, percent=percent)
        return told.look(15, "RUNNING 0").look(16, "RUNNING 0")

    assert judge(RUNNING, None, story(0).evidence).name == "passed"
    assert judge(RUNNING, None, story(50).evidence).missing == (
        "an answered poll after the last change in the cloud",
    )


def each_minute(row: str, until: int) -> Story:
    """Dev mode: a poll each minute, and a look a moment after it, which is too soon to count."""
    story = migrated().look(0, row).recorded(0.4).settled(0.5)
    for minute in range(1, until + 1):
        story.poll(minute).look(minute + 0.1, row)
    return story


@pytest.mark.parametrize(
    ("expectation", "bug", "row", "until", "verdict"),
    [
        (RUNNING, None, "RUNNING 0", 16, "passed"),
        (FIXED, None, "RUNNING 0", 16, "failed"),
        (FIXED, BUG, "READY", 31, "known-bug"),
    ],
)
def test_polls_that_come_faster_than_two_looks_are_not_waited_out(
    expectation: Expectation, bug: KnownBug | None, row: str, until: int, verdict: str
) -> None:
    assert judge(expectation, bug, each_minute(row, until).evidence).name == verdict


def test_what_changed_last_is_polled_and_looked_at_however_many_polls_came_before() -> None:
    story = each_minute("RUNNING 0", 15).recorded(15.2, percent=40)
    looks = ("two looks after the last poll that is needed",)
    unpolled = ("an answered poll after the last change in the cloud",)
    assert judge(RUNNING, None, story.evidence).missing == unpolled
    story.poll(16).look(16.1, "RUNNING 0")
    assert judge(RUNNING, None, story.evidence).missing == looks
    story.poll(17).look(17.1, "RUNNING 0")
    assert judge(RUNNING, None, story.evidence).name == "passed"


@pytest.mark.parametrize(
    ("expectation", "bug", "story", "missing"),
    [
        (
            RUNNING,
            None,
            migrated().look(0, "RUNNING 0").look(14, "RUNNING 0"),
            (
                "the row for 15.0 min; it was watched for 14.0 min",
                "1 answered poll of this migration; 0 came",
                "an answered poll after the last change in the cloud",
            ),
        ),
        (
            RUNNING,
            None,
            stayed("RUNNING 0", 9).poll(14.8).look(15, "RUNNING 0"),
            ("two looks after the last poll that is needed",),
        ),
        (
            FIXED,
            None,
            stayed("RUNNING 0", 29).poll(30).look(30.2, "RUNNING 0"),
            ("two looks after the last poll that is needed",),
        ),
        (
            FIXED,
            BUG,
            stayed("READY", 29).poll(31).look(31.2, "READY"),
            ("two looks after the last poll that is needed",),
        ),
        (
            FIXED,
            BUG,
            stayed("READY", 21),
            (
                "3 answered polls after the cloud's final status; 2 came",
                "READY for 30.0 min after the cloud's final status",
            ),
        ),
        (
            FIXED,
            None,
            stayed("RUNNING 0", 31, settles=None),
            ("6 answered polls of this migration; 3 came",),
        ),
        (
            READY,
            None,
            feature_off(59, plan=None),
            (
                "the plan's own end (FINISHED, FAILED, ...) on its page",
                "the row for 60.0 min; it was watched for 59.0 min",
            ),
        ),
        (
            ABSENT,
            None,
            Story().look(11, "ABSENT", plan="FAILED"),
            ("two looks after the last poll that is needed",),
        ),
        (
            BEFORE_ANY,
            None,
            migrated().look(0, "RUNNING 0"),
            ("a final status recorded by the cloud",),
        ),
        (
            BEFORE_ANY,
            None,
            migrated().look(0, "RUNNING 0").settled(1),
            ("a look after the poll",),
        ),
    ],
)
def test_what_is_missing_is_named(
    expectation: Expectation, bug: KnownBug | None, story: Story, missing: tuple[str, ...]
) -> None:
    found = judge(expectation, bug, story.evidence)
    assert found.missing == missing
    assert found.reason == f"too little was seen; missing: {'; '.join(missing)}"


LONG = Expectation(rows=("RUNNING 0",), lasts="25m", source="x")


def test_a_row_without_a_transfer_needs_one_poll_and_one_with_a_transfer_one_each_refresh() -> None:
    def story(polls: int, *, linked: bool) -> Story:
        told = Story().migration(-0.3).transfer(-0.2, linked=linked).look(0, "RUNNING 0")
        for n in range(polls):
            told.poll(10 + n)
        return told.look(25, "RUNNING 0").look(26, "RUNNING 0")

    assert judge(LONG, None, story(1, linked=False).evidence).name == "passed"
    assert judge(LONG, None, story(0, linked=False).evidence).missing == (
        "1 answered poll of this migration; 0 came",
        "an answered poll after the last change in the cloud",
    )
    assert judge(LONG, None, story(1, linked=True).evidence).missing == (
        "2 answered polls of this migration; 1 came",
    )
    assert judge(LONG, None, story(2, linked=True).evidence).name == "passed"


def test_a_wrong_row_without_a_transfer_is_given_up_after_an_hour_and_a_poll() -> None:
    story = Story().migration(-0.3).look(0, "READY").poll(10).transfer(11, linked=False)
    story.look(59, "READY").look(59.9, "READY")
    assert judge(FIXED, None, story.evidence).missing == (
        "1 answered poll of this migration; 0 came",  # none since the transfer was made
        "the row for 60.0 min; it was watched for 59.9 min",
    )
    story.poll(59.95).look(60, "READY").look(60.5, "READY")
    assert judge(FIXED, None, story.evidence).name == "failed"


def test_who_stood_still_before_the_start_lost_nothing() -> None:
    assert judge(ABSENT, None, feature_off().pause(-0.5, 5).evidence).name == "passed"
    assert judge(ABSENT, None, feature_off().pause(0, 5).evidence).is_open


def test_a_verdict_says_what_was_seen() -> None:
    assert judge(COMPLETE, None, healthy().evidence).reason == "saw RUNNING 0 then COMPLETE 100"
    assert judge(FIXED, BUG, healthy().evidence).reason == (
        "known bug stuck did not show: RUNNING 0 then COMPLETE 100. Remove its marker"
    )
    assert judge(FIXED, BUG, stayed("STARTING", 41).evidence).reason == (
        "wanted COMPLETE 100, or READY for good (stuck); got STARTING"
    )
    story = stayed("STARTING", 41).mishap()
    assert judge(FIXED, None, story.evidence).reason == (
        "something went wrong that the case does not declare: disk-full happened [journal #9]; "
        "without that: wanted COMPLETE 100; got STARTING"
    )


def test_the_first_three_mishaps_are_named() -> None:
    assert went_wrong(["a", "b", "c"]).endswith(": a; b; c")
    assert went_wrong(["a", "b", "c", "d", "e"]).endswith(": a; b; c; and 2 more")


def test_what_a_case_declares_is_not_why_it_ended() -> None:
    story = refused("READY", 90, "refused").mishap(declared=True)
    verdict = judge(FIXED, BUG, story.evidence)
    assert "went wrong" not in too_little(verdict, story.evidence).reason
    assert too_little(Verdict("passed", "saw"), story.mishap().evidence).name == "passed"


CAUSED = BUG.model_copy(update={"cause": "feature-off"})


@pytest.mark.parametrize(
    ("name", "bug", "proved", "verdict"),
    [
        ("known-bug", CAUSED, ("feature-off",), "known-bug"),
        ("known-bug", CAUSED, ("other", "feature-off"), "known-bug"),
        ("known-bug", CAUSED, ("other",), "failed"),
        ("known-bug", CAUSED, (), "error"),
        ("known-bug", BUG, ("other",), "known-bug"),
        ("known-bug", None, ("other",), "known-bug"),
        ("failed", CAUSED, ("other",), "failed"),
        ("passed", CAUSED, (), "passed"),
    ],
)
def test_a_known_bug_that_names_its_cause_needs_that_proved(
    name: VerdictName, bug: KnownBug | None, proved: tuple[str, ...], verdict: VerdictName
) -> None:
    found = with_cause(Verdict(name, "seen"), bug, proved)
    assert (found.name, found.is_open) == (verdict, False)
    assert (found.reason == "seen") == (name == verdict)


def test_a_known_bug_with_another_cause_names_both() -> None:
    assert with_cause(Verdict("known-bug", "seen"), CAUSED, ("one", "two")).reason == (
        "READY as known bug stuck says, yet what is proved is one, two, not feature-off"
    )


def told_by(story: Story, witness: str) -> Evidence:
    return replace(story.evidence, told_by=witness)


def alone(*rows: str) -> Evidence:
    """Looks only, a minute apart, of which nothing tells what the cloud recorded."""
    story = Story()
    for minute, row in enumerate(rows):
        story.look(minute, row)
    return told_by(story, "nothing")


@pytest.mark.parametrize(
    ("expectation", "rows", "name"),
    [
        (COMPLETE, ("RUNNING 0", "COMPLETE 100", "COMPLETE 100"), "passed"),
        (FIXED, ("READY", "COMPLETE 100", "COMPLETE 100"), "passed"),
        (FIXED, ("READY", "FAILED 40", "FAILED 40"), "failed"),
        (COMPLETE, ("READY", "COMPLETE 100", "COMPLETE 100"), "error"),  # RUNNING 0 may have been
        (FIXED, ("READY",) * 100, "error"),
        (READY, ("READY",) * 100, "error"),
        (RUNNING, ("RUNNING 0",) * 100, "error"),
    ],
)
def test_without_the_cloud_only_a_final_row_is_its_own_evidence(
    expectation: Expectation, rows: tuple[str, ...], name: VerdictName
) -> None:
    evidence = alone(*rows)
    verdict = too_little(judge(expectation, None, evidence), evidence)
    assert verdict.name == name, verdict


def test_a_final_row_alone_is_looked_at_twice() -> None:
    assert judge(FIXED, None, alone("READY", "COMPLETE 100")).missing == (
        "a second look at the last row",
    )


@pytest.mark.parametrize("witness", ["nothing", "progress REST"])
def test_a_known_bug_and_for_good_need_polls_that_were_seen(witness: str) -> None:
    evidence = told_by(stayed("READY", 60), witness)
    for expectation, bug in ((FIXED, BUG), (READY, None)):
        verdict = judge(expectation, bug, evidence)
        assert verdict.is_open
        said = too_little(verdict, evidence).reason
        assert "polls of this migration after the last change in the cloud" in said
        assert "The journal of a stub would show them (--cloud http://" in said


def test_the_progress_rest_is_evidence_for_a_final_row() -> None:
    assert judge(COMPLETE, None, told_by(healthy(), "progress REST")).name == "passed"


def test_absence_needs_no_cloud() -> None:
    assert judge(ABSENT, None, told_by(feature_off(), "nothing")).name == "passed"
