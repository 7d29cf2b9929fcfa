"""Evidence of a case, made by hand: a story of looks, polls and changes in the order they came."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from harness.store.evidence import Change, Evidence, Look, Mishap, Pause, Paused, Poll, PollOutcome
from harness.vocabulary.rows import parse_row

BEGUN = datetime(2026, 1, 1, tzinfo=UTC)
SCALE = 60.0
"""A server minute is a harness second."""

TRANSFER = "e0c74c91-aebb-3a2f-b0cf-48f3419c61ef"


class Story:
    """Tells a case minute by minute; a minute of server time is a second of the harness."""

    def __init__(self) -> None:
        self.evidence = Evidence(BEGUN, SCALE)
        self._seq = 0

    def look(
        self, minute: float, row: str, *, plan: str | None = None, took: float = 0.1
    ) -> "Story":
        seen = Look(
            minute,
            minute + took,
            parse_row(row),
            server_time=BEGUN + timedelta(minutes=minute),
            wall_time=BEGUN,
            plan_status=plan,
        )
        return self._with(looks=(*self.evidence.looks, seen))

    def unread(self, minute: float, saw: str) -> "Story":
        return self._with(looks=(*self.evidence.looks, Look(minute, minute + 0.1, None, saw)))

    def poll(self, minute: float, outcome: PollOutcome = "answered") -> "Story":
        poll = Poll(self._next(), BEGUN + timedelta(minutes=minute), minute, minute, outcome)
        return self._with(polls=(*self.evidence.polls, poll))

    def migration(self, minute: float = 0.0) -> "Story":
        return self._change(minute, "migration made", "")

    def transfer(self, minute: float = 0.0, *, linked: bool = True) -> "Story":
        return self._change(minute, "transfer made", TRANSFER, linked=linked)

    def called(self, minute: float = 0.0) -> "Story":
        return self._change(minute, "listener called", TRANSFER)

    def recorded(self, minute: float, status: str = "IN_PROGRESS", percent: int = 0) -> "Story":
        return self._change(minute, "recorded", TRANSFER, status=status, percent=percent)

    def settled(self, minute: float, status: str = "SUCCESS", percent: int = 100) -> "Story":
        return self._change(minute, "settled", TRANSFER, status=status, percent=percent)

    def pause(self, minute: float, seconds: float, who: Paused = "Confluence") -> "Story":
        return self._with(pauses=(*self.evidence.pauses, Pause(who, minute, seconds)))

    def mishap(self, kind: str = "disk-full", **more: bool) -> "Story":
        mishap = Mishap(kind, f"{kind} happened", "journal #9", **more)
        return self._with(mishaps=(*self.evidence.mishaps, mishap))

    def _change(self, minute: float, what: str, transfer: str, **more: object) -> "Story":
        at = BEGUN + timedelta(minutes=minute)
        change = Change(self._next(), at, minute, minute, what, transfer, **more)  # type: ignore[arg-type]
        return self._with(changes=(*self.evidence.changes, change))

    def _next(self) -> int:
        self._seq += 1
        return self._seq

    def _with(self, **changed: object) -> "Story":
        self.evidence = replace(self.evidence, **changed)  # type: ignore[arg-type]
        self.evidence = replace(self.evidence, looked=len(self.evidence.looks))
        return self


def migrated() -> Story:
    """A migration whose listener was called before the first look."""
    return Story().migration(-0.3).transfer(-0.2).called(-0.1)


def stayed(row: str, until: int, *, settles: float | None = 1.0, each: int = 10) -> Story:
    """A row that stays while the cloud settles and the assistant polls each ten minutes."""
    story = migrated().look(0, row)
    if settles is not None:
        story.recorded(settles / 2).settled(settles)
    for minute in range(1, until + 1):
        if minute % each == 0:
            story.poll(minute - 0.5)
        story.look(minute, row)
    return story
