"""What a verdict rests on, as data: it goes into `results.json`, and is judged again from there.

Three clocks meet here, and each field says whose it is. `began`, `ended`, `happened` and `known`
are seconds of the harness's monotonic clock since the watch began: they alone decide order.
`server_time` is Confluence's own time, `at` is the platform's, which follows it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from harness.vocabulary.rows import Row

PollOutcome = Literal["answered", "declared", "refused"]
ChangeKind = Literal["migration made", "transfer made", "listener called", "recorded", "settled"]
CloudWitness = Literal["journal", "recording", "progress REST", "nothing"]
"""What told what the cloud recorded: the stub's journal, what the server was told by its cloud, the
assistant's progress REST, or nothing."""
TELL_POLLS: frozenset[CloudWitness] = frozenset({"journal", "recording"})
"""Those that tell each poll; the progress REST has the last state alone."""

Paused = Literal["Confluence", "the cloud", "this machine", "the harness"]


@dataclass(frozen=True, slots=True)
class Look:
    """One look at the plan's page.

    Attributes:
        began, ended: harness seconds; the page was read between them.
        row: what it showed for the app; None where the page could not be believed.
        saw: what was there instead of a row, or what had to be done to read it, in words.
        met: one word for what was there instead, such as `logged-out`; empty where a row was read.
        server_time: from the page's own answer; None where that had none.
        wall_time: the harness's wall clock when the look began.
        url: the page's address.
        plan: the plan that the page is about.
        plan_status: the plan's own status, where it was read.
        user: whose session it was, where the server says.
        was_away: whether the server, or a proxy before it, did not serve the page for a while.
    """

    began: float
    ended: float
    row: Row | None
    saw: str = ""
    server_time: datetime | None = None
    wall_time: datetime | None = None
    url: str = ""
    plan: str | None = None
    plan_status: str | None = None
    user: str | None = None
    met: str = ""
    was_away: bool = False


@dataclass(frozen=True, slots=True)
class Poll:
    """One poll of the case's migration.

    Attributes:
        seq: its place in the cloud's journal.
        at: platform time.
        happened: harness seconds, as well as the journal's wall time tells.
        known: harness seconds at which the journal was read; it happened before.
        outcome: `answered` with what the cloud knows; `declared`: refused or changed by a fault
            that the case declares; `refused` in any other way.
    """

    seq: int
    at: datetime
    happened: float
    known: float
    outcome: PollOutcome = "answered"


@dataclass(frozen=True, slots=True)
class Change:
    """Something that changed what a poll would bring, or what the server shows by itself.

    Attributes:
        seq, at, happened, known: as for a poll.
        what: what happened.
        transfer: whose; empty for the migration.
        linked: of a transfer that was made: whether a cloud app stands behind it.
        status, percent: the transfer's state in the cloud from then on.
    """

    seq: int
    at: datetime
    happened: float
    known: float
    what: ChangeKind
    transfer: str = ""
    linked: bool = True
    status: str | None = None
    percent: int | None = None


@dataclass(frozen=True, slots=True)
class Pause:
    """A time in which Confluence or the machine stood still.

    Attributes:
        who: who stood still.
        began: harness seconds.
        seconds: wall seconds.
    """

    who: Paused
    began: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Mishap:
    """Something that went wrong around the case, between its marks.

    Attributes:
        kind: a word that a case file can name under `may_happen`.
        says: what went wrong, in words.
        source: where that was read, such as `journal #46`.
        declared: whether the case says that it may happen.
        at: platform or server time, where it is known.
        of_a_poll: whether a poll met it. Such a poll does not count, so that only a failure can
            hang on it.
    """

    kind: str
    says: str
    source: str
    declared: bool = False
    at: datetime | None = None
    of_a_poll: bool = False

    def __str__(self) -> str:
        when = f" at {self.at:%H:%M:%S} server time" if self.at else ""
        return f"{self.says} [{self.source}{when}]"


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that was seen of a case.

    Attributes:
        begun: server time at which the migration was started.
        scale: server seconds per wall second.
        looks: the looks, in order; of long stretches of equal ones only the ends are kept.
        polls: polls of the case's migration, in the journal's order.
        changes: what changed in the cloud for the case's migration, in the journal's order.
        pauses: who stood still, and when.
        mishaps: what went wrong around the case.
        looked: how many looks there were in all.
        told_by: what told of polls and changes. The progress REST shows the state that was polled
            last, so each of its changes stands for one poll, and no other poll is seen.
    """

    begun: datetime
    scale: float
    looks: tuple[Look, ...] = ()
    polls: tuple[Poll, ...] = ()
    changes: tuple[Change, ...] = ()
    pauses: tuple[Pause, ...] = ()
    mishaps: tuple[Mishap, ...] = ()
    looked: int = 0
    told_by: CloudWitness = "journal"


def thinned(evidence: Evidence) -> Evidence:
    """The evidence without looks that repeat their neighbours; the verdict is the same.

    A look is kept at both ends of a stretch of equal rows in which nothing happened.
    """
    looks = evidence.looks
    events: list[Poll | Change] = [*evidence.polls, *evidence.changes]
    times = [time for each in events for time in (each.happened, each.known)]
    times += [each.began for each in evidence.pauses]

    def same(one: Look, two: Look) -> bool:
        shows = (one.row, one.saw, one.plan_status) == (two.row, two.saw, two.plan_status)
        return shows and not any(one.began <= time + _NEAR and time <= two.ended for time in times)

    kept = [
        look
        for n, look in enumerate(looks)
        if n in (0, len(looks) - 1) or not (same(looks[n - 1], look) and same(look, looks[n + 1]))
    ]
    return replace(evidence, looks=tuple(kept), looked=max(evidence.looked, len(looks)))


_NEAR = 1.0
"""Harness seconds around an event in which every look is kept."""


def basis(evidence: Evidence) -> str:
    """What a verdict was judged on, as "judged on 3 polls and 7 looks, the last at 12:53:19"."""
    polls = sum(poll.outcome != "refused" for poll in evidence.polls)
    looks = max(evidence.looked, len(evidence.looks))
    said = f"judged on {_count(polls, 'poll')} and {_count(looks, 'look')}"
    if evidence.told_by == "progress REST":
        said = (
            f"judged on {_count(polls, 'state')} by the progress REST and {_count(looks, 'look')}"
        )
    elif evidence.told_by == "nothing":
        said = f"judged on {_count(looks, 'look')} alone"
    last = _last_time(evidence.looks)
    if last:
        said += f", the last at {last:%H:%M:%S} server time"
    for pause in evidence.pauses:
        said += f"; {pause.who} stood still for {pause.seconds:.1f} s of wall time"
    return said


def _last_time(looks: Sequence[Look]) -> datetime | None:
    return next((each.server_time for each in reversed(looks) if each.server_time), None)


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
