"""Rules about what lies between: the way to the cloud, and caches before the page."""

import re

from harness.diagnosis.evidence import (
    LogLine,
    MigrationMade,
    PageUnread,
    RestRow,
    RowBesideRest,
    ServerCall,
)
from harness.diagnosis.facts import PAGE, Facts
from harness.diagnosis.finding import Finding, excluded, likely, proved, unknown
from harness.diagnosis.rows import shows
from harness.store.layout import JOURNAL, SERVER_LOG
from harness.vocabulary.features import FEATURE

_UNREACHABLE = re.compile(
    r"ConnectException|UnknownHostException|NoRouteToHostException|SSLHandshakeException"
    r"|SSLException|HttpConnectTimeoutException|SocketTimeoutException|Connection refused"
    r"|PKIX path building failed|HttpTimeoutException|EOFException|Connection reset",
)
_ABOUT_THE_CLOUD = re.compile(r"migration|atlassian\.net|api\.atlassian\.com", re.IGNORECASE)


def server_cannot_reach_cloud(facts: Facts) -> Finding:
    """Failures in the log against calls that arrived."""
    cause = "server-cannot-reach-cloud"
    failures = [line for line in facts.of(LogLine) if is_unreachable(line)]
    arrived = [call for call in facts.of(ServerCall) if call.http]
    if arrived:
        return excluded(cause, arrived[-1])
    if made := facts.last(MigrationMade):
        return excluded(cause, made)
    if failures and not facts.has(JOURNAL):
        # One call that failed is not the way: others may have arrived.
        return likely(cause, *failures, missing=facts.lacking(JOURNAL))
    if failures:
        return proved(cause, *failures)
    return unknown(cause, *(facts.lacking(SERVER_LOG, JOURNAL) or ("neither calls nor failures",)))


def browser_stale(facts: Facts) -> Finding:
    """The page against the server's own progress REST."""
    cause = "browser-stale"
    rest, row = facts.last(RestRow), facts.row
    if rest is None or row is None:
        return unknown(cause, "the progress REST beside the page (CCMA 3.9.6 and later have it)")
    beside = facts.last(RowBesideRest)
    shown = beside or row
    if shows(shown, rest) or rest.status == shown.status:
        return excluded(cause, rest, shown)
    off = facts.flag(FEATURE)
    if off and not off.on and shown.status == "ABSENT":
        return excluded(cause, off, shown, note="the page shows no progress of apps at all")
    if beside:
        return proved(cause, rest, beside)
    if row.until and rest.origin.server and rest.origin.server <= row.until:
        return proved(cause, rest, row)
    return unknown(cause, "the progress REST no later than the page: it may have moved on since")


def is_unreachable(line: LogLine) -> bool:
    """Whether a log line tells of a call to the cloud that got no answer."""
    text = "\n".join([line.message, *line.stack])
    return bool(_UNREACHABLE.search(text) and _ABOUT_THE_CLOUD.search(text))


def session_ended(facts: Facts) -> Finding:
    """A log-in page in place of the plan's."""
    cause = "session-ended"
    if asked := [each for each in facts.of(PageUnread) if each.is_log_in]:
        return proved(cause, *asked)
    if facts.row:
        return excluded(cause, facts.row)
    return unknown(cause, *facts.lacking(PAGE))
