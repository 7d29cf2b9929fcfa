"""Rules about Atlassian's platform: how it answers the server."""

from harness.diagnosis.evidence import (
    Evidence,
    ProgressPost,
    ServerCall,
)
from harness.diagnosis.facts import Facts, server_time
from harness.diagnosis.finding import Finding, excluded, proved, unknown
from harness.store.layout import JOURNAL

_TOO_MANY, _SERVER_ERROR = 429, 500


def cloud_answered_errors(facts: Facts) -> Finding:
    """The last call of each kind that the server made, and the app's last post."""
    cause = "cloud-answered-errors"
    calls = [call for call in facts.of(ServerCall) if call.http]
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
