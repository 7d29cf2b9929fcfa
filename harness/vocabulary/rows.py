"""Rows: what the admin sees for one app, and the timeline of rows seen."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

RowStatus = Literal[
    "ABSENT",
    "NO_ROW",
    "READY",
    "STARTING",
    "RUNNING",
    "COMPLETE",
    "INCOMPLETE",
    "FAILED",
    "TIMED_OUT",
    "CANCELLING",
    "CANCELLED",
    "SKIPPED",
]
"""ABSENT: the page has no block "App migration progress". NO_ROW: a block, none for the app.

The others are the row's own texts, in the spelling of the assistant's states.
"""

STATUSES: tuple[str, ...] = get_args(RowStatus)
FINAL = frozenset({"COMPLETE", "INCOMPLETE", "FAILED", "TIMED_OUT", "CANCELLED", "SKIPPED"})
"""Statuses that no later poll changes."""

MOST_PERCENT = 100

ROWLESS = frozenset({"ABSENT", "NO_ROW"})
"""Statuses without a row, for which nothing is polled."""


@dataclass(frozen=True)
class Row:
    """A status text, and the percent beside it where there is one."""

    status: str
    percent: int | None = None

    def __str__(self) -> str:
        return self.status if self.percent is None else f"{self.status} {self.percent}"


@dataclass(frozen=True)
class Seen:
    """A row as it was first seen.

    Attributes:
        row: what the page showed.
        server_time: what the Confluence said the time was.
        wall_seconds: since the case began.
    """

    row: Row
    server_time: datetime
    wall_seconds: float


def is_percent(text: str) -> bool:
    """Whether that is a percent: a whole number up to 100."""
    return bool(re.fullmatch(r"\d{1,3}", text, re.ASCII)) and int(text) <= MOST_PERCENT


def parse_row(text: str) -> Row:
    """Reads `RUNNING 0`, `COMPLETE 100 %` or `READY`.

    Raises:
        ValueError: not a row; says what would be one.
    """
    match = re.fullmatch(r"\s*([A-Za-z_]+)(?:\s+(-?[\d.]+)\s*%?)?\s*", text)
    if match and match[1] in STATUSES and match[2] and not is_percent(match[2]):
        raise ValueError(
            f"{text!r} is not a row: a percent is a whole number from 0 to {MOST_PERCENT}"
        )
    if not match or match[1] not in STATUSES:
        raise ValueError(
            f"{text!r} is not a row: write a status ({', '.join(STATUSES)}), "
            "and after it a percent where one is shown"
        )
    return Row(match[1], int(match[2]) if match[2] else None)
