"""Walks two cases side by side to the first event that differs.

Events are compared without ids and times, each kind in a lane of its own: what runs side by side
in a migration (webhooks, the listener, polls) comes in another order each time, which is not a
difference. A poll is shown with what the cloud had then and what the row said afterwards, because
that is where a lost update shows.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import zip_longest

from harness.diagnosis.evidence import (
    Delivery,
    EndedByPlatform,
    Evidence,
    ListenerCall,
    ListenerFailed,
    MigrationMade,
    ProgressPost,
    RowShown,
    TransferMade,
    Triggered,
)
from harness.diagnosis.facts import Facts, server_time
from harness.vocabulary.effects import EFFECTIVE
from harness.vocabulary.features import DEV_MODE, FEATURE

_IDS = re.compile(r"\b[0-9a-f]{8}-[0-9a-f-]{27}\b", re.IGNORECASE)
_LANES: tuple[tuple[str, tuple[type[Evidence], ...]], ...] = (
    ("server", (MigrationMade, TransferMade, Triggered, ListenerFailed)),
    ("listener", (ListenerCall,)),
    ("webhooks", (Delivery,)),
    ("cloud app", (ProgressPost,)),
    ("platform", (EndedByPlatform,)),
)
ROW = "row"


@dataclass(frozen=True, slots=True)
class ComparedEvent:
    """One event of a case.

    Args:
        lane: what kind it is of.
        text: what happened, without ids.
        after: server time since the case's first event; None when it is not known.
        number: its place in its lane; of a row's event, the number of the poll.
    """

    lane: str
    text: str
    after: timedelta | None
    number: int


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where two cases differ: None where a case has no such event."""

    one: ComparedEvent | None
    other: ComparedEvent | None

    @property
    def after(self) -> timedelta:
        """When, in server time since the start."""
        times = [each.after for each in (self.one, self.other) if each and each.after is not None]
        return min(times, default=timedelta.max)


@dataclass(frozen=True, slots=True)
class Walked:
    """What a walk found.

    Args:
        settings: (setting, in the one case, in the other) where the two were set up differently.
        same: how many events are the same.
        differences: where they differ, the earliest first.
    """

    settings: tuple[tuple[str, str, str], ...]
    same: int
    differences: tuple[Difference, ...]


def walk(one: Facts, other: Facts) -> Walked:
    """Compares two cases.

    Args:
        one: the evidence of a case.
        other: that of another, or of the same one in another run.
    """
    same, differences = 0, []
    ours, theirs = events(one), events(other)
    for lane in (*(name for name, _ in _LANES), ROW):
        left = {each.number: each for each in ours if each.lane == lane}
        right = {each.number: each for each in theirs if each.lane == lane}
        for number in sorted(left.keys() | right.keys()):
            pair = Difference(left.get(number), right.get(number))
            if pair.one and pair.other and pair.one.text == pair.other.text:
                same += 1
            else:
                differences.append(pair)
    settings = zip(_settings(one), _settings(other), strict=True)
    return Walked(
        tuple((name, had, has) for (name, had), (_, has) in settings if had != has),
        same,
        tuple(sorted(differences, key=lambda each: (_is_only_longer(each), each.after))),
    )


def events(facts: Facts) -> list[ComparedEvent]:
    """A case's events, lane by lane, each in the order of its times."""
    zero = min(
        (item.origin.server for item in facts.of(MigrationMade) if item.origin.server),
        default=facts.row.origin.server if facts.row else None,
    )
    found = [*_row_events(facts, zero)]
    for lane, kinds in _LANES:
        items = [item for item in facts.items if isinstance(item, kinds)]
        found += [
            ComparedEvent(lane, _IDS.sub("{id}", item.says), _after(item, zero), number)
            for number, item in enumerate(sorted(items, key=server_time))
        ]
    return found


def _row_events(facts: Facts, zero: datetime | None) -> Iterator[ComparedEvent]:
    """The row before the first poll, and after each."""
    rows = facts.of(RowShown)
    polls = [poll for poll in sorted(facts.polls(), key=server_time) if poll.ok]
    begins = [each.origin.server for each in polls]
    for number, (begin, end) in enumerate(zip_longest([None, *begins], begins)):
        shown = [row for row in rows if _was_shown(row, begin, end)]
        if not shown:
            continue
        row = shown[-1]
        says = row.status if row.percent is None else f"{row.status} {row.percent} %"
        if number == 0:
            yield ComparedEvent(ROW, f"before the first poll the row says {says}", timedelta(0), 0)
            continue
        poll = polls[number - 1]
        text = f"poll {number}: the cloud has {_cloud_had(facts, poll)}, and the row then says "
        yield ComparedEvent(ROW, text + says, _after(poll, zero), number)


def _was_shown(row: RowShown, begin: datetime | None, end: datetime | None) -> bool:
    """Whether the row was on the page between two polls, the ends left out."""
    first, last = row.origin.server, row.until or row.origin.server
    if first is None or last is None:
        return False
    return (end is None or first < end) and (begin is None or last > begin)


def _cloud_had(facts: Facts, poll: Evidence) -> str:
    changes: list[ProgressPost | EndedByPlatform] = [
        *(post for post in facts.of(ProgressPost) if post.effect in EFFECTIVE),
        *facts.of(EndedByPlatform),
    ]
    before = [each for each in changes if server_time(each) <= server_time(poll)]
    if not before:
        return "no progress"
    last = max(before, key=server_time)
    percent = last.percent if isinstance(last, ProgressPost) else None
    return str(last.status) if percent is None else f"{last.status} {percent}"


def _settings(facts: Facts) -> list[tuple[str, str]]:
    version = facts.version
    flags = [(key, facts.flag(key)) for key in (FEATURE, DEV_MODE)]
    return [
        ("CCMA", version.version if version else "not known"),
        *((key, "not known" if not flag else "on" if flag.on else "off") for key, flag in flags),
    ]


def _after(item: Evidence, zero: datetime | None) -> timedelta | None:
    at = item.origin.server
    return at - zero if at and zero else None


def _is_only_longer(difference: Difference) -> bool:
    """Whether one case was merely watched for longer: it has one more event in the row's lane."""
    sides: Sequence[ComparedEvent | None] = (difference.one, difference.other)
    return None in sides and any(each is not None and each.lane == ROW for each in sides)
