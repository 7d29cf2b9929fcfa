"""When a row on the page is what a change in the cloud looks like."""

from harness.diagnosis.evidence import (
    ROW_OF_STATE,
    EndedByPlatform,
    Evidence,
    ProgressPost,
    RestRow,
    RowBesideRest,
    RowShown,
    ServerCall,
)
from harness.diagnosis.facts import Facts, server_time
from harness.vocabulary.effects import EFFECTIVE

_UNDER_WAY, _CANCELLING = "IN_PROGRESS", "CANCELLATION_REQUESTED"


def shows(row: RowShown | RowBesideRest, change: Evidence) -> bool:
    """Whether the row is what a change looks like; a change without a percent leaves it open."""
    status, percent = _row_of(change)
    return status == row.status and percent in (None, row.percent)


def newest_before(facts: Facts, poll: ServerCall) -> ProgressPost | EndedByPlatform | None:
    """The newest state that the cloud had when it was asked."""
    changes: list[ProgressPost | EndedByPlatform] = [
        each for each in facts.of(ProgressPost) if each.effect in EFFECTIVE
    ]
    changes += facts.of(EndedByPlatform)
    before = [each for each in changes if server_time(each) < server_time(poll)]
    return max(before, key=server_time, default=None)


def tells(poll: ServerCall, change: ProgressPost | EndedByPlatform) -> bool:
    """Whether a poll's answer has a change; where the journal does not say, it may have.

    A wish to cancel is newer than any report that does not settle the transfer.
    """
    told = {transfer: (status, percent) for transfer, status, percent in poll.told or ()}
    if change.transfer not in told:
        return True
    status, percent = _state_of(change)
    if told[change.transfer][0] == _CANCELLING:
        return status == _UNDER_WAY
    return told[change.transfer][0] == status and percent in (None, 0, told[change.transfer][1])


def _state_of(change: ProgressPost | EndedByPlatform) -> tuple[str, int | None]:
    """The platform's words for a change, as a poll's answer has them."""
    percent = None if isinstance(change, EndedByPlatform) else change.percent
    return change.status or "", percent


def _row_of(item: Evidence) -> tuple[str, int | None]:
    """The row that would show a change once it was polled."""
    if isinstance(item, ProgressPost | EndedByPlatform | RestRow):
        percent = None if isinstance(item, EndedByPlatform) else item.percent
        return ROW_OF_STATE.get(item.status or "", item.status or ""), percent
    return "RUNNING", 0
