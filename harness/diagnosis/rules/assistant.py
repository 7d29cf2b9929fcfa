"""Rules about the migration assistant: what it does with the progress that it polls."""

from datetime import timedelta

from harness.diagnosis.evidence import (
    MigrationMade,
    PageUnread,
    PollerRuns,
    Triggered,
)
from harness.diagnosis.facts import PAGE, Facts, server_time
from harness.diagnosis.finding import Finding, excluded, likely, proved, unknown
from harness.diagnosis.rows import shows
from harness.store.layout import JOURNAL
from harness.support.versions import parse_version
from harness.vocabulary.features import DEV_MODE
from harness.vocabulary.refresh import REFRESH

DEFECT_SEEN_IN = (3, 1, 7)
"""The version of the seed's time, in which the dev mode defect was seen."""
DEFECT_GONE_IN = (3, 9, 6)
"""A version that is known to be without it. Between the two it is not known."""

DEV_MODE_REFRESH = timedelta(seconds=60)
"""How often a fixed assistant refreshes with dev mode on."""


def dev_mode_row_not_updated(facts: Facts) -> Finding:
    """The seed's defect: polled, and yet READY."""
    cause = "dev-mode-row-not-updated"
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
    ended = [facts.ended] if facts.ended else []
    evidence = (flag, version, triggered, *ended, polls[-1], *facts.of(PollerRuns), row)
    if number > DEFECT_SEEN_IN:
        return likely(cause, *evidence, note="this version is between the known bad and good ones")
    return proved(cause, *evidence, note=f"{len(polls)} polls were answered, and the row is READY")


def poll_not_due(facts: Facts) -> Finding:
    """The newest change against the last poll, and the next one's time against the last look."""
    cause = "poll-not-due"
    change, row = facts.last_change, facts.row
    if change is None or row is None or row.until is None:
        return unknown(cause, *(facts.lacking(JOURNAL, PAGE) or ("nothing changed in the cloud",)))
    if shows(row, change):
        return excluded(cause, change, row, note="the page shows the cloud's state")
    polls = facts.polls(change, row.until)
    if polls:
        return excluded(cause, polls[-1])
    if facts.of(PageUnread):
        return unknown(cause, "what the row has shown since: the last looks met another page")
    anchor = max([*facts.of(MigrationMade), *facts.polls()], key=server_time, default=None)
    if anchor is None or anchor.origin.server is None:
        return unknown(cause, "when the assistant polled last")
    due = anchor.origin.server + _period(facts)
    note = f"the next poll is due at {due:%H:%M:%S} server time"
    if due <= row.until:
        return excluded(cause, anchor, row, note=f"{note}, and none came")
    return proved(cause, change, anchor, row, note=note)


def _period(facts: Facts) -> timedelta:
    fixed = facts.version and parse_version(facts.version.version) >= DEFECT_GONE_IN
    return DEV_MODE_REFRESH if facts.dev_mode and fixed else REFRESH


def _no_poll(facts: Facts) -> tuple[str, ...]:
    return facts.lacking(JOURNAL) or ("a poll after listener-triggered and before the last look",)
