"""Rules about Atlassian's platform: how it answers the server, and whether its events arrive."""

from collections.abc import Sequence

from harness.diagnosis.data_evidence import CancelAsked, DataUploaded
from harness.diagnosis.evidence import (
    EndedByPlatform,
    Evidence,
    RowShown,
    SentElsewhere,
    Triggered,
)
from harness.diagnosis.facts import NEW_MIGRATION, NEW_TRANSFER, OF_AN_UPLOAD, Facts
from harness.diagnosis.finding import Finding, excluded, proved, unknown
from harness.store.layout import JOURNAL
from harness.vocabulary.effects import Effect


def transfer_refused(facts: Facts) -> Finding:
    """Calls that should have made the transfer, answered with an error other than for a token."""
    cause = "transfer-refused"
    if facts.transfers:
        return excluded(cause, *facts.transfers)
    calls = [each for each in facts.server_calls if each.what in (NEW_MIGRATION, NEW_TRANSFER)]
    last = {each.what: each for each in calls}
    refused = [
        each
        for each in last.values()
        if each.http >= 400 and not each.is_unauthorised and each.effect != Effect.NOT_FOUND
    ]
    if refused:
        return proved(cause, *refused)
    if calls:
        return excluded(cause, *last.values())
    return unknown(cause, *(facts.lacking(JOURNAL) or ("the server asked for no transfer",)))


def event_lost(facts: Facts) -> Finding:
    """Messages of which no try arrived, for uploads and calls that the cloud knows of."""
    cause = "event-lost"
    if facts.settled:
        return excluded(cause, facts.settled, note="the transfer was settled all the same")
    lost = [each for tries in facts.messages if all(each.lost for each in tries) for each in tries]
    if lost:
        return proved(cause, *lost)
    if elsewhere := facts.of(SentElsewhere):
        return excluded(cause, *elsewhere)
    expected: dict[tuple[str, ...], Sequence[Evidence]] = {
        ("listener-triggered",): facts.of(Triggered),
        OF_AN_UPLOAD: facts.of(DataUploaded),
    }
    for events, said in expected.items():
        sent = [tries for tries in facts.messages if tries[0].event in events]
        if len(sent) < len(said):
            missing = f"whether {events[0]} was sent: the journal has no try"
            return unknown(cause, *(facts.lacking(JOURNAL) or (missing,)))
    arrived = [each for tries in facts.messages for each in tries if not each.lost]
    if arrived:
        return excluded(cause, *arrived)
    return unknown(cause, *(facts.lacking(JOURNAL) or ("no event was due",)))


def transfer_cancelled(facts: Facts) -> Finding:
    """Somebody's wish to cancel, or the end that came of it."""
    cause = "transfer-cancelled"
    cancelled: list[Evidence] = [*facts.of(CancelAsked)]
    cancelled += [each for each in facts.of(EndedByPlatform) if each.status == "CANCELLED"]
    cancelled += [row for row in facts.of(RowShown) if row.status == "CANCELLED"]
    if cancelled:
        return proved(cause, *cancelled)
    if facts.transfers and facts.has(JOURNAL):
        return excluded(cause, facts.transfers[-1], note="nobody asked for its end")
    return unknown(cause, *(facts.lacking(JOURNAL) or ("no transfer was made",)))
