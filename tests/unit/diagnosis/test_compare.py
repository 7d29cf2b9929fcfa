"""Two cases are walked to the first event that differs; order in between lanes is no difference."""

from dataclasses import replace
from datetime import timedelta

from harness.diagnosis.compare import events, walk
from harness.diagnosis.compare_text import as_text, to_json
from harness.diagnosis.evidence import Delivery, ProgressPost, RowShown
from harness.diagnosis.facts import Facts


def swapped(facts: Facts, kind: type, **changes: object) -> Facts:
    items = tuple(replace(i, **changes) if isinstance(i, kind) else i for i in facts.items)
    return Facts(items, facts.sources)


def test_a_case_is_the_same_as_itself(story):
    walked = walk(story(), story())

    assert walked.differences == ()
    assert walked.settings == ()
    assert walked.same == len(events(story()))
    assert "the same: all" in as_text("a", "b", walked)


def test_dev_mode_on_against_off_leads_to_the_poll_whose_answer_found_no_row(story):
    walked = walk(story("dev-mode-row-not-updated"), story())
    first = next(each for each in walked.differences if each.one.number == 1)

    assert walked.differences[0].one.text == "before the first poll the row says READY"
    assert first.one.text == "poll 1: the cloud has SUCCESS 100, and the row then says READY"
    assert first.other.text == (
        "poll 1: the cloud has SUCCESS 100, and the row then says COMPLETE 100 %"
    )
    assert ("migration-assistant.app-migration.dev-mode", "on", "off") in walked.settings


def test_ids_are_no_difference(story):
    one, other = (
        swapped(story(), ProgressPost, transfer=f"{digit * 8}-2222-3333-4444-555555555555")
        for digit in "12"
    )

    assert walk(one, other).differences == ()


def test_times_are_no_difference(story):
    facts = story()
    later = [
        replace(i, origin=replace(i.origin, server=i.origin.server + timedelta(seconds=9)))
        if isinstance(i, Delivery) and i.origin.server
        else i
        for i in facts.items
    ]

    assert walk(facts, Facts(tuple(later), facts.sources)).differences == ()


def test_an_event_that_one_case_lacks_is_a_difference(story):
    facts = story()
    without = Facts(tuple(i for i in facts.items if not isinstance(i, Delivery)), facts.sources)
    difference = walk(facts, without).differences[0]

    assert difference.one.lane == "webhooks"
    assert difference.other is None
    text = as_text("a", "b", walk(facts, without))
    assert "First difference" in text
    assert "B  (nothing)" in text


def test_the_earliest_difference_comes_first(story):
    walked = walk(story("app-never-read"), story())

    assert {each.other.lane for each in walked.differences if each.one is None} == {"cloud app"}
    assert [each.after for each in walked.differences] == sorted(
        each.after for each in walked.differences
    )


def test_being_watched_for_longer_comes_last(story):
    longer = story()
    row = longer.row
    looked_on = replace(row, origin=replace(row.origin, server=row.until), until=None)
    facts = Facts((*longer.items, looked_on), longer.sources)

    assert all(None not in (d.one, d.other) for d in walk(facts, story()).differences)


def test_without_a_row_there_is_still_a_walk(story):
    bare = Facts(tuple(i for i in story().items if not isinstance(i, RowShown)), frozenset())

    assert all(each.lane != "row" for each in events(bare))


def test_as_data(story):
    data = to_json("a", "b", walk(story("dev-mode-row-not-updated"), story()))

    assert data["differences"][0]["a"]["lane"] == "row"
    assert data["differences"][1]["a"]["server_seconds"] == 600
