"""The links from the click to the row: held only by what was seen, broken by causes."""

import pytest

from harness.diagnosis.causes import CATALOGUE
from harness.diagnosis.diagnose import diagnose
from harness.diagnosis.evidence import Flag, LogLine, Origin, RowShown, ServerCall
from harness.diagnosis.facts import HOW_TO_LEARN, Facts
from harness.diagnosis.finding import excluded, likely, proved, unknown
from harness.diagnosis.links import CHAIN, Link, gaps, links
from harness.store.layout import SERVER_LOG
from harness.vocabulary.features import FEATURE

NOTHING = Facts((), frozenset())
ROW = RowShown(status="READY")


def chain(facts: Facts) -> dict[str, Link]:
    return {link.name: link for link in links(facts, diagnose(facts))}


def states(facts: Facts) -> dict[str, str]:
    return {name: link.state for name, link in chain(facts).items()}


def first_broken(facts: Facts) -> str:
    return next(name for name, state in states(facts).items() if "broken" in state)


def test_every_cause_breaks_exactly_one_link():
    listed = [cause for step in CHAIN for cause in step.causes]

    assert sorted(listed) == sorted(cause.id for cause in CATALOGUE)


def test_in_a_run_without_faults_every_link_holds_and_says_by_what(story):
    found = chain(story())

    assert {link.state for link in found.values()} == {"held"}
    assert all(link.by is not None for link in found.values())
    assert "charts of transfer-1 was uploaded" in str(found["the data is uploaded and closed"].by)


@pytest.mark.parametrize("step", CHAIN, ids=lambda step: step.name)
def test_no_link_is_held_by_a_cause_that_is_excluded(step):
    """Silence and exclusion hold nothing: only what was seen does."""
    ruled_out = [excluded(cause, ROW) for cause in step.causes]
    (link,) = [each for each in links(NOTHING, ruled_out) if each.name == step.name]

    assert link.state == "unknown"
    assert link.learn == HOW_TO_LEARN[step.source]


def test_the_seeds_bug_breaks_the_last_link_alone(story):
    told = states(story("dev-mode-row-not-updated"))

    assert [name for name, state in told.items() if state != "held"] == ["the row shows it"]


def test_what_lies_behind_a_broken_link_is_not_reached(story):
    told = states(story("cloud-key-null"))

    assert told["the platform makes the transfer"] == "broken"
    assert told["the cloud app hears of it"] == "not reached"


@pytest.mark.parametrize(
    ("cause", "broken"),
    [
        ("cloud-key-null", "the platform makes the transfer"),
        ("transfer-refused", "the platform makes the transfer"),
        ("server-token-refused", "the platform makes the transfer"),
        ("listener-still-running", "the listener returns"),
        ("upload-not-closed", "the data is uploaded and closed"),
        ("event-lost", "the cloud app hears of it"),
        ("forge-environment-differs", "the cloud app hears of it"),
        ("app-read-failed", "the cloud app reads its data"),
        ("signed-link-refused", "the cloud app reads its data"),
        ("never-settled", "the transfer is settled"),
    ],
)
def test_the_broken_link_is_the_right_one(story, cause, broken):
    assert first_broken(story(cause)) == broken


def test_a_core_of_which_a_part_is_missing_is_not_held_by_what_came_after_it(story):
    told = story("core-migration-incomplete")
    silent = Facts(
        tuple(each for each in told.items if not isinstance(each, LogLine)),
        told.sources - {SERVER_LOG},
    )

    assert states(told)["the core migration is done"] == "broken"
    assert states(silent)["the core migration is done"] == "likely broken"
    assert states(told)["the listener is called"] == "held"


def test_a_transfer_that_was_refused_holds_nothing_after_it(story):
    told = states(story("transfer-refused"))

    for name in ("it links both apps", "the listener is called", "the cloud app hears of it"):
        assert told[name] == "not reached"


def test_what_was_seen_behind_a_break_is_held_all_the_same(story):
    told = states(story("two-listeners"))

    assert told["its listener is there"] == "broken"
    assert told["the listener is called"] == "held"


def test_what_was_not_reached_is_no_gap():
    found = links(NOTHING, [proved("feature-flag-off"), unknown("never-settled", "a post")])

    assert gaps(found) == []


def test_what_nobody_looked_at_is_one_and_says_how_to_learn_it():
    gap = unknown("feature-flag-off", "the flag")
    seen = Facts((Flag(key=FEATURE, on=False),), frozenset({"page"}))
    found = links(seen, [gap])

    assert gaps(found) == [gap]
    assert (found[0].state, found[0].learn) == ("unknown", "the flag")


def test_a_likely_break_is_told_apart():
    assert links(NOTHING, [likely("feature-flag-off")])[0].state == "likely broken"


def test_a_failed_upload_stands_before_the_listeners_end_that_came_of_it(story):
    told = story("listener-threw")
    call = ServerCall(what="POST /server/v1/transfers/{id}/data", http=503, effect="fault")
    facts = Facts((*told.items, call), told.sources)
    names = list(chain(facts))

    assert names.index("the data is uploaded and closed") < names.index("the listener returns")
    assert first_broken(facts) == "the data is uploaded and closed"
    assert states(facts)["the listener returns"] == "not reached"


def test_reports_of_an_app_that_read_nothing_stand_before_its_reading(story):
    names = list(chain(story("never-settled", "app-never-read")))

    assert names.index("the cloud app reports") < names.index("the cloud app reads its data")


@pytest.mark.parametrize(
    ("what", "link"),
    [
        ("POST /server/v1/migrations/{id}/transfers", "the platform makes the transfer"),
        ("POST /server/v1/transfers/{id}/triggered", "the listener is called"),
        ("POST /server/v1/transfers/{id}/data", "the data is uploaded and closed"),
        ("GET /server/v1/migrations/{id}/progress", "the assistant hears of that"),
    ],
)
@pytest.mark.parametrize(
    ("http", "cause"), [(0, "connection-broke"), (401, "server-token-refused")]
)
def test_a_call_that_failed_breaks_the_link_that_it_serves(story, what, link, http, cause):
    told = story()
    later = max(item.origin.server for item in told.items if item.origin.server)
    call = ServerCall(origin=Origin("journal #99", later, later), what=what, http=http)
    facts = Facts((*told.items, call), told.sources)

    assert chain(facts)[link].state == "broken"
    assert [each.cause for each in chain(facts)[link].named] == [cause]


def test_a_poll_that_was_told_an_older_state_does_not_hold_its_link(story):
    told = chain(story("poll-answered-old-state"))

    assert told["the assistant hears of that"].state == "broken"


def test_a_poll_that_was_told_of_a_cancellation_is_not_old(story):
    told = story("transfer-cancelled", "never-settled")
    later = max(item.origin.server for item in told.items if item.origin.server)
    answer = (("transfer-1", "CANCELLATION_REQUESTED", 50),)
    poll = "GET /server/v1/migrations/{id}/progress"
    call = ServerCall(
        origin=Origin("journal #99", later, later), what=poll, http=200, is_poll=True, told=answer
    )
    found = chain(Facts((*told.items, call), told.sources))

    assert found["the assistant hears of that"].state == "held"
