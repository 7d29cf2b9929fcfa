"""Rules about Atlassian's platform: how it answers the server, and whether its events arrive."""

from collections.abc import Sequence

from harness.diagnosis.data_evidence import CancelAsked, DataUploaded
from harness.diagnosis.evidence import (
    EndedByPlatform,
    Evidence,
    ProgressPost,
    RowShown,
    ServerCall,
    Triggered,
)
from harness.diagnosis.facts import Facts, server_time
from harness.diagnosis.finding import Finding, excluded, proved, unknown
from harness.store.layout import JOURNAL
from harness.vocabulary.effects import Effect

_TOO_MANY, _SERVER_ERROR = 429, 500
_NOT_AUTHORISED = (401, 403)
_TO_MAKE_A_TRANSFER = ("POST /server/v1/migrations", "POST /server/v1/migrations/{id}/transfers")


def cloud_answered_errors(facts: Facts) -> Finding:
    """The last call of each kind that the server made, and the app's last post."""
    cause = "cloud-answered-errors"
    calls = [
        call for call in facts.of(ServerCall) if call.http and call.what not in _TO_MAKE_A_TRANSFER
    ]
    last_of_kind = {call.what: call for call in sorted(calls, key=server_time)}
    failing: list[Evidence] = [call for call in last_of_kind.values() if not call.ok]
    posts = facts.of(ProgressPost)
    if posts and (posts[-1].http == _TOO_MANY or posts[-1].http >= _SERVER_ERROR):
        failing.append(posts[-1])
    if failing:
        return proved(cause, *failing)
    if calls:
        return excluded(cause, *last_of_kind.values())
    return unknown(cause, *(facts.lacking(JOURNAL) or ("the server made no call",)))


def transfer_refused(facts: Facts) -> Finding:
    """Calls that should have made the transfer, answered with an error other than for a token."""
    return _not_made(facts, "transfer-refused", is_for_token=False)


def server_token_refused(facts: Facts) -> Finding:
    """The same calls, refused for the server's token."""
    return _not_made(facts, "server-token-refused", is_for_token=True)


def event_lost(facts: Facts) -> Finding:
    """Messages of which no try arrived, for uploads and calls that the cloud knows of."""
    cause = "event-lost"
    if facts.settled:
        return excluded(cause, facts.settled, note="the transfer was settled all the same")
    lost = [each for tries in facts.messages if all(each.lost for each in tries) for each in tries]
    if lost:
        return proved(cause, *lost)
    expected: dict[str, Sequence[Evidence]] = {
        "listener-triggered": facts.of(Triggered),
        "app-data-uploaded": facts.of(DataUploaded),
    }
    for event, said in expected.items():
        sent = [tries for tries in facts.messages if tries[0].event == event]
        if len(sent) < len(said):
            missing = f"whether {event} was sent: the journal has no try"
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


def _not_made(facts: Facts, cause: str, is_for_token: bool) -> Finding:
    if facts.transfers:
        return excluded(cause, *facts.transfers)
    calls = [
        each for each in facts.of(ServerCall) if each.what in _TO_MAKE_A_TRANSFER and each.http
    ]
    last = {each.what: each for each in calls}
    refused = [
        each
        for each in last.values()
        if not each.ok
        and (each.http in _NOT_AUTHORISED) == is_for_token
        and each.effect != Effect.NOT_FOUND
    ]
    if refused:
        return proved(cause, *refused)
    if calls:
        return excluded(cause, *last.values())
    return unknown(cause, *(facts.lacking(JOURNAL) or ("the server asked for no transfer",)))
