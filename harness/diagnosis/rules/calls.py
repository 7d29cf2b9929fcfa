"""Rules about calls to the cloud: answered with errors, refused for the token, or cut off.

One of these causes may break any link that a call serves, so each finding names the first that it
broke.
"""

import re
from collections.abc import Iterable, Mapping

from harness.diagnosis import link_names as names
from harness.diagnosis.data_evidence import DataRead
from harness.diagnosis.evidence import (
    Evidence,
    LogLine,
    LogWritten,
    MessageStatus,
    ProgressPost,
    ServerCall,
)
from harness.diagnosis.facts import (
    CALLERS_OWN,
    NEW_MIGRATION,
    NEW_TRANSFER,
    Facts,
    failed_by_platform,
    server_time,
)
from harness.diagnosis.finding import Finding, excluded, proved, unknown
from harness.diagnosis.rows import newest_before, tells
from harness.diagnosis.rules.network import is_unreachable
from harness.store.layout import JOURNAL
from harness.vocabulary.effects import Effect

_OF_TRANSFER = "/server/v1/transfers/{id}/"
_LINKS: Mapping[str, str] = {
    NEW_MIGRATION: names.TRANSFER_MADE,
    NEW_TRANSFER: names.TRANSFER_MADE,
    f"POST {_OF_TRANSFER}triggered": names.CALLED,
    f"POST {_OF_TRANSFER}data": names.UPLOADED,
    f"POST {_OF_TRANSFER}errored": names.HEARD,
    f"POST {_OF_TRANSFER}export-completed": names.SETTLED,
    "GET /server/v1/migrations/{id}/progress": names.POLLED,
}
"""What the server calls -> the link that it serves. What a listener asks on the way is its own."""
_ORDER = [
    names.TRANSFER_MADE,
    names.CALLED,
    names.UPLOADED,
    names.HEARD,
    names.READ,
    names.REPORTED,
    names.CHANGED,
    names.SETTLED,
    names.POLLED,
]
_IN_LOG = re.compile(r"/server/v1/(?P<path>[\w/-]+)")
_REFUSALS, _TOO_MANY, _SERVER_ERROR = 400, 429, 500


def cloud_answered_errors(facts: Facts) -> Finding:
    """The last call of each kind that the server made, and the app's last post."""
    cause = "cloud-answered-errors"
    made = (NEW_MIGRATION, NEW_TRANSFER)
    failing: list[Evidence] = [
        call
        for call in _last_of_kind(facts)
        if call.http >= 400
        and not call.is_unauthorised
        and call.what not in made
        and call.effect not in (*CALLERS_OWN, Effect.ALREADY_SETTLED)
        and not _is_askers_own(call)
    ]
    failing += [each for each in facts.writes if each.http and failed_by_platform(each)]
    return _found(facts, cause, failing)


def upload_refused(facts: Facts) -> Finding:
    """Uploads that were refused for what they asked."""
    cause = "upload-refused"
    failing: list[Evidence] = [call for call in _last_of_kind(facts) if _is_askers_own(call)]
    return _found(facts, cause, failing)


def settled_too_early(facts: Facts) -> Finding:
    """Uploads that were refused because the transfer was settled by the cloud app.

    A listener that failed after its upload reports that later, too, which is no fault of the app's;
    a Forge app's transfer settles only after the server app has said that it has uploaded all.
    """
    cause = "settled-too-early"
    late = [
        call
        for call in facts.server_calls
        if call.what.endswith("/data") and call.effect == Effect.ALREADY_SETTLED
    ]
    settled = facts.settled
    by_app = isinstance(settled, ProgressPost) and not isinstance(settled, MessageStatus)
    if late and settled and by_app:
        return proved(cause, settled, *late, link=names.UPLOADED)
    return _found(facts, cause, [])


def server_token_refused(facts: Facts) -> Finding:
    """The same, answered 401 although the site's connection lives."""
    failing: list[Evidence] = [
        call
        for call in _last_of_kind(facts)
        if call.is_unauthorised and call.effect != Effect.CONNECTION_EXPIRED
    ]
    return _found(facts, "server-token-refused", failing)


def site_connection_expired(facts: Facts) -> Finding:
    """Calls that were refused because the site's connection is over, and none answered since."""
    cause = "site-connection-expired"
    calls = sorted(facts.server_calls, key=server_time)
    refused = [call for call in calls if call.effect == Effect.CONNECTION_EXPIRED]
    since = [call for call in calls if call.ok and (not refused or _is_later(call, refused[-1]))]
    if since:
        return excluded(cause, since[-1])
    if not refused:
        missing = "a call of the server that the cloud answered"
        return unknown(cause, *(facts.lacking(JOURNAL) or (missing,)))
    serve = [_LINKS[call.what] for call in refused if call.what in _LINKS]
    last = {call.what: call for call in refused}
    return proved(
        cause, *last.values(), link=min(serve, key=_ORDER.index) if serve else names.REACHES_CLOUD
    )


def connection_broke(facts: Facts) -> Finding:
    """Calls and reads that got no whole answer, though others did."""
    cause = "connection-broke"
    calls = facts.server_calls
    if not any(call.http for call in calls):
        return unknown(cause, *(facts.lacking(JOURNAL) or ("no call of the server arrived",)))
    failing: list[Evidence] = [call for call in _last_of_kind(facts) if not call.http]
    if not facts.settled:
        last = {each.what: each for each in facts.of(DataRead)}
        failing += [each for each in last.values() if not each.http]
    failing += [each for each in facts.writes if not each.http]
    failing += _logged(facts)
    return _found(facts, cause, failing)


def poll_answered_old_state(facts: Facts) -> Finding:
    """What the last poll was told, against what the cloud had recorded before it."""
    cause = "poll-answered-old-state"
    polls = [call for call in facts.polls() if call.ok and call.told is not None]
    if not polls:
        return unknown(cause, *(facts.lacking(JOURNAL) or ("what a poll was answered",)))
    last = max(polls, key=server_time)
    change = newest_before(facts, last)
    if change is None or tells(last, change):
        return excluded(cause, last)
    return proved(cause, change, last)


def _last_of_kind(facts: Facts) -> list[ServerCall]:
    """The last call of each kind that the migration needs."""
    calls = [call for call in facts.server_calls if call.what in _LINKS]
    return list({call.what: call for call in sorted(calls, key=server_time)}.values())


def _is_later(call: ServerCall, other: ServerCall) -> bool:
    return server_time(call) > server_time(other)


def _is_askers_own(call: ServerCall) -> bool:
    """Whether an upload was refused for what it asked, such as another transfer's."""
    own = (*CALLERS_OWN, Effect.ALREADY_SETTLED, Effect.FAULT)
    is_refusal = (
        _REFUSALS <= call.http < _SERVER_ERROR
        and not call.is_unauthorised
        and call.http != _TOO_MANY
    )
    return call.what.endswith("/data") and is_refusal and call.effect not in own


def _logged(facts: Facts) -> list[LogLine]:
    """Failed calls in the log after all that arrived, once the server had reached the cloud."""
    last = max((server_time(call) for call in facts.server_calls if call.http), default=None)
    return [
        line
        for line in facts.of(LogLine)
        if is_unreachable(line) and last is not None and server_time(line) > last
    ]


def _found(facts: Facts, cause: str, failing: list[Evidence]) -> Finding:
    if failing:
        link = min((_link(each) for each in failing), key=_ORDER.index)
        return proved(cause, *failing, link=link)
    if calls := _last_of_kind(facts):
        return excluded(cause, *calls)
    return unknown(cause, *(facts.lacking(JOURNAL) or ("the server made no call",)))


def _link(failed: Evidence) -> str:
    if isinstance(failed, DataRead):
        return names.READ
    if isinstance(failed, LogWritten):
        return names.REPORTED
    if isinstance(failed, ProgressPost):
        return names.CHANGED
    if isinstance(failed, ServerCall):
        return _LINKS[failed.what]
    return _link_of_log(failed)


def _link_of_log(line: Evidence) -> str:
    path = _IN_LOG.search(line.says)
    ends: Iterable[tuple[str, str]] = ((what.rpartition("/")[2], _LINKS[what]) for what in _LINKS)
    end = path["path"].rpartition("/")[2] if path else ""
    return next((link for last, link in ends if last == end), names.POLLED)
