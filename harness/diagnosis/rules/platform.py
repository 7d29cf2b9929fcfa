"""Rules about the way between server, platform and page: linking, polling, errors, freshness."""

import re
from datetime import timedelta

from harness.diagnosis.evidence import (
    ROW_OF_STATE,
    EndedByPlatform,
    Evidence,
    ListenerClass,
    LogLine,
    MigrationMade,
    PollerRuns,
    ProgressPost,
    RestRow,
    RowBesideRest,
    RowShown,
    ServerCall,
    Triggered,
)
from harness.diagnosis.facts import PAGE, Facts, server_time
from harness.diagnosis.finding import Finding, excluded, likely, proved, unknown
from harness.store.layout import JOURNAL, PROBE, SERVER_LOG
from harness.vocabulary.features import DEV_MODE
from harness.vocabulary.refresh import REFRESH

DEFECT_SEEN_IN = (3, 1, 7)
"""The version of the seed's time, in which the dev mode defect was seen."""
DEFECT_GONE_IN = (3, 9, 6)
"""A version that is known to be without it. Between the two nobody knows."""

DEV_MODE_REFRESH = timedelta(seconds=60)
"""How often a fixed assistant refreshes with dev mode on."""

_UNREACHABLE = re.compile(
    r"ConnectException|UnknownHostException|NoRouteToHostException|SSLHandshakeException"
    r"|SSLException|HttpConnectTimeoutException|SocketTimeoutException|Connection refused"
    r"|PKIX path building failed|HttpTimeoutException|EOFException|Connection reset",
)
_ABOUT_THE_CLOUD = re.compile(r"migration|atlassian\.net|api\.atlassian\.com", re.IGNORECASE)
_TOO_MANY, _SERVER_ERROR = 429, 500


def dev_mode_poller(facts: Facts) -> Finding:
    """The seed's defect: polled, and yet READY."""
    cause = "dev-mode-poller"
    flag, version, row = facts.dev_mode, facts.version, facts.row
    if flag is None:
        off = facts.flag(DEV_MODE)
        return excluded(cause, off) if off else unknown(cause, "whether dev mode is on")
    if row is None:
        return unknown(cause, *facts.lacking(PAGE))
    if row.status != "READY":
        return excluded(cause, row)
    if version is None:
        return unknown(cause, "the assistant's version")
    number = parse_version(version.version)
    if number >= DEFECT_GONE_IN:
        return excluded(cause, version)
    triggered = facts.last(Triggered)
    if triggered is None:
        return unknown(cause, *(facts.lacking(JOURNAL) or ("the listener was not triggered",)))
    polls = [call for call in facts.polls(triggered, row.until) if call.ok]
    if not polls:
        return likely(cause, flag, version, triggered, row, missing=_no_poll(facts))
    settled = [facts.settled] if facts.settled else []
    evidence = (flag, version, triggered, *settled, polls[-1], *facts.of(PollerRuns), row)
    if number > DEFECT_SEEN_IN:
        return likely(cause, *evidence, note="this version is between the known bad and good ones")
    return proved(cause, *evidence, note=f"{len(polls)} polls were answered, and the row is READY")


def keys_do_not_match(facts: Facts) -> Finding:
    """The link that the platform made or did not, and the listener's keys against the pair's."""
    cause = "keys-do-not-match"
    made = facts.transfers
    if unlinked := [each for each in made if each.linked is False and each.cloud_key]:
        return proved(cause, *unlinked)
    if linked := [each for each in made if each.linked]:
        return excluded(cause, *linked)
    pair = facts.pair
    known = [each for each in _keys_seen(facts) if each[1] and each[2]]
    wrong = [each[0] for each in known if pair and each[1:] != (pair.server_key, pair.cloud_key)]
    if pair and wrong:
        return proved(cause, *wrong, pair)
    if known:
        return unknown(cause, "whether the platform linked the two: no transfer tells")
    return unknown(cause, *(facts.lacking(JOURNAL, PROBE) or ("no keys were seen",)))


def poll_not_due(facts: Facts) -> Finding:
    """The newest change against the last poll, and the next one's time against the last look."""
    cause = "poll-not-due"
    change, row = facts.last_change, facts.row
    if change is None or row is None or row.until is None:
        return unknown(cause, *(facts.lacking(JOURNAL, PAGE) or ("nothing changed in the cloud",)))
    if _shows(row, change):
        return excluded(cause, change, row, note="the page shows the cloud's state")
    polls = facts.polls(change, row.until)
    if polls:
        return excluded(cause, polls[-1])
    anchor = max([*facts.of(MigrationMade), *facts.polls()], key=server_time, default=None)
    if anchor is None or anchor.origin.server is None:
        return unknown(cause, "when the assistant polled last")
    due = anchor.origin.server + _period(facts)
    note = f"the next poll is due at {due:%H:%M:%S} server time"
    if due <= row.until:
        return excluded(cause, anchor, row, note=f"{note}, and none came")
    return proved(cause, change, anchor, row, note=note)


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


def server_cannot_reach_cloud(facts: Facts) -> Finding:
    """Failures in the log against calls that arrived."""
    cause = "server-cannot-reach-cloud"
    failures = [line for line in facts.of(LogLine) if _is_unreachable(line)]
    arrived = [call for call in facts.of(ServerCall) if call.http]
    last_failure = max(failures, key=server_time, default=None)
    later = [
        call for call in arrived if last_failure and server_time(call) > server_time(last_failure)
    ]
    if last_failure and not later:
        return proved(cause, *failures)
    if arrived:
        return excluded(cause, arrived[-1])
    return unknown(cause, *(facts.lacking(SERVER_LOG, JOURNAL) or ("neither calls nor failures",)))


def browser_stale(facts: Facts) -> Finding:
    """The page against the server's own progress REST."""
    cause = "browser-stale"
    rest, row = facts.last(RestRow), facts.row
    if rest is None or row is None:
        return unknown(cause, "the progress REST beside the page (CCMA 3.9.6 and later have it)")
    beside = facts.last(RowBesideRest)
    shown = beside or row
    if _shows(shown, rest) or rest.status == shown.status:
        return excluded(cause, rest, shown)
    if beside:
        return proved(cause, rest, beside)
    if row.until and rest.origin.server and rest.origin.server <= row.until:
        return proved(cause, rest, row)
    return unknown(cause, "the progress REST no later than the page: it may have moved on since")


def parse_version(text: str) -> tuple[int, ...]:
    """`3.9.6-beta` as (3, 9, 6)."""
    return tuple(int(each) for each in re.findall(r"\d+", text)[:3])


def _keys_seen(facts: Facts) -> list[tuple[Evidence, str | None, str | None]]:
    answered = [(each, *each.keys) for each in facts.of(ListenerClass) if each.keys]
    return [*answered, *((each, each.server_key, each.cloud_key) for each in facts.transfers)]


def _period(facts: Facts) -> timedelta:
    fixed = facts.version and parse_version(facts.version.version) >= DEFECT_GONE_IN
    return DEV_MODE_REFRESH if facts.dev_mode and fixed else REFRESH


def _shows(row: RowShown | RowBesideRest, change: Evidence) -> bool:
    """Whether the row is what a change looks like; a change without a percent leaves it open."""
    status, percent = _row_of(change)
    return status == row.status and percent in (None, row.percent)


def _row_of(item: Evidence) -> tuple[str, int | None]:
    """The row that would show a change once it was polled."""
    if isinstance(item, ProgressPost | EndedByPlatform | RestRow):
        percent = None if isinstance(item, EndedByPlatform) else item.percent
        return ROW_OF_STATE.get(item.status or "", item.status or ""), percent
    return "RUNNING", 0


def _is_unreachable(line: LogLine) -> bool:
    text = "\n".join([line.message, *line.stack])
    return bool(_UNREACHABLE.search(text) and _ABOUT_THE_CLOUD.search(text))


def _no_poll(facts: Facts) -> tuple[str, ...]:
    return facts.lacking(JOURNAL) or ("a poll after listener-triggered and before the last look",)
