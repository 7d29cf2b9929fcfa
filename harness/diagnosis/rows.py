"""When a row on the page is what a change in the cloud looks like."""

from harness.diagnosis.evidence import (
    ROW_OF_STATE,
    EndedByPlatform,
    Evidence,
    ProgressPost,
    RestRow,
    RowBesideRest,
    RowShown,
)


def shows(row: RowShown | RowBesideRest, change: Evidence) -> bool:
    """Whether the row is what a change looks like; a change without a percent leaves it open."""
    status, percent = _row_of(change)
    return status == row.status and percent in (None, row.percent)


def _row_of(item: Evidence) -> tuple[str, int | None]:
    """The row that would show a change once it was polled."""
    if isinstance(item, ProgressPost | EndedByPlatform | RestRow):
        percent = None if isinstance(item, EndedByPlatform) else item.percent
        return ROW_OF_STATE.get(item.status or "", item.status or ""), percent
    return "RUNNING", 0
