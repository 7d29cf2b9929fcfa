"""How the platform answers the server, and whether its events arrive."""

import pytest
from rule_evidence import TRANSFER, asked, call, learn, made, post, sent, shown

from harness.diagnosis.data_evidence import CancelAsked, DataUploaded
from harness.diagnosis.evidence import EndedByPlatform, Triggered
from harness.diagnosis.facts import NEW_MIGRATION, NEW_TRANSFER
from harness.diagnosis.finding import excluded, proved, unknown
from harness.diagnosis.rules.platform import event_lost, transfer_cancelled, transfer_refused
from harness.store.layout import JOURNAL
from harness.vocabulary.effects import Effect

REFUSED, LOST, CANCELLED = "transfer-refused", "event-lost", "transfer-cancelled"


@pytest.mark.parametrize(
    ("http", "effect", "is_refusal"),
    [
        (400, "", True),
        (429, "", True),
        (503, "", True),
        (201, "", False),
        (399, "", False),
        (401, "", False),  # of the token, which is another cause
        (404, Effect.NOT_FOUND, False),
    ],
)
@pytest.mark.parametrize("what", [NEW_MIGRATION, NEW_TRANSFER])
def test_a_call_that_should_have_made_the_transfer_is_refused_by_its_status(
    what, http, effect, is_refusal
):
    answered = call(what, http, effect=effect)

    assert asked(transfer_refused, answered) == (
        proved(REFUSED, answered) if is_refusal else excluded(REFUSED, answered)
    )


def test_the_last_answer_to_each_call_counts():
    first, again = call(NEW_TRANSFER, 503), call(NEW_TRANSFER, 201, minutes=2)
    began, other = call(NEW_MIGRATION), call("GET /x", 503)

    assert asked(transfer_refused, began, first, again, other) == excluded(REFUSED, began, again)
    assert asked(transfer_refused, began, again, first) == proved(REFUSED, first)
    assert asked(transfer_refused, first, made()) == excluded(REFUSED, made())
    assert asked(transfer_refused, other) == (unknown(REFUSED, "the server asked for no transfer"))
    assert asked(transfer_refused, without=(JOURNAL,)) == unknown(REFUSED, *learn(JOURNAL))


TRIGGERED, UPLOADED = Triggered(transfer=TRANSFER), DataUploaded(transfer=TRANSFER)


def test_a_message_is_lost_of_which_no_try_arrived():
    first = sent("app-data-uploaded", None, lost=True, message="m")
    again = sent("app-data-uploaded", 200, minutes=2, message="m")
    called = sent("listener-triggered", message="c")

    assert asked(event_lost, called, first) == proved(LOST, first)
    assert asked(event_lost, called, first, again) == excluded(LOST, called, again)
    settled = post("settled")
    note = "the transfer was settled all the same"
    assert asked(event_lost, first, settled) == excluded(LOST, settled, note=note)


@pytest.mark.parametrize(
    ("said", "event"),
    [(TRIGGERED, "listener-triggered"), (UPLOADED, "app-data-uploaded")],
)
def test_an_event_without_a_try_may_have_been_lost(said, event):
    other = sent("listener-errored", message="e")

    assert asked(event_lost, said, other) == (
        unknown(LOST, f"whether {event} was sent: the journal has no try")
    )
    assert asked(event_lost, said, without=(JOURNAL,)) == unknown(LOST, *learn(JOURNAL))
    own = sent(event, message="o")
    assert asked(event_lost, said, own) == excluded(LOST, own)
    assert asked(event_lost, said, said, own).confidence == "unknown"


def test_without_an_event_nothing_can_be_lost():
    assert asked(event_lost) == unknown(LOST, "no event was due")
    assert asked(event_lost, without=(JOURNAL,)) == unknown(LOST, *learn(JOURNAL))


@pytest.mark.parametrize(
    "item",
    [
        CancelAsked(transfer=TRANSFER),
        EndedByPlatform(transfer=TRANSFER, status="CANCELLED"),
        shown("CANCELLED"),
    ],
)
def test_a_wish_to_cancel_and_what_came_of_it_prove_it(item):
    assert asked(transfer_cancelled, item, made()) == proved(CANCELLED, item)


def test_a_transfer_is_not_cancelled_where_nobody_asked_for_it():
    first, last = made(), made(is_rerun=True)
    others = (EndedByPlatform(transfer=TRANSFER, status="TIMED_OUT"), shown("FAILED"))

    assert asked(transfer_cancelled, first, last, *others) == (
        excluded(CANCELLED, last, note="nobody asked for its end")
    )
    assert asked(transfer_cancelled, first, without=(JOURNAL,)) == (
        unknown(CANCELLED, *learn(JOURNAL))
    )
    assert asked(transfer_cancelled) == unknown(CANCELLED, "no transfer was made")
