"""What happened in a case, as moments and spans on the server's time axis.

The cloud's platform clock follows the server's, so what the journal, the page, the probe and the
log tell can stand on one axis.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, Literal

from harness.diagnosis.evidence import (
    Delivery,
    EndedByPlatform,
    Evidence,
    Flag,
    ListenerCall,
    ListenerFailed,
    LogLine,
    MigrationMade,
    ProgressPost,
    RowShown,
    ServerCall,
    TransferMade,
    Triggered,
)
from harness.store.results import CaseResult
from harness.vocabulary.effects import EFFECTIVE
from harness.vocabulary.features import DEV_MODE, FEATURE
from harness.vocabulary.rows import FINAL

Lane = Literal["posts", "webhooks", "server", "polls", "log"]
Tone = Literal["plain", "waiting", "moving", "good", "warning", "bad", "none"]

LANES: dict[Lane, str] = {
    "posts": "Cloud app posts",
    "webhooks": "Webhooks",
    "server": "Server and listener",
    "polls": "Assistant polls",
    "log": "Log",
}
_ROW_TONES: dict[str, Tone] = {
    "ABSENT": "none",
    "NO_ROW": "none",
    "READY": "waiting",
    "STARTING": "moving",
    "RUNNING": "moving",
    "COMPLETE": "good",
    "INCOMPLETE": "warning",
    "FAILED": "bad",
    "TIMED_OUT": "bad",
    "CANCELLING": "moving",
    "CANCELLED": "warning",
    "SKIPPED": "warning",
}
_CLOUD_TONES: dict[str, Tone] = {
    "IN_PROGRESS": "moving",
    "SUCCESS": "good",
    "INCOMPLETE": "warning",
}


@dataclass(frozen=True)
class Moment:
    """One thing that happened.

    Attributes:
        lane: which kind of thing.
        at: server time.
        label: a few words beside its mark; empty for what its lane's name says already.
        says: the whole fact.
        tone: `bad` for what changed nothing or failed.
        source: where it was read.
    """

    lane: Lane
    at: datetime
    label: str
    says: str
    tone: Tone
    source: str


@dataclass(frozen=True)
class Span:
    """A state that held for a while, in server time."""

    begin: datetime
    end: datetime
    label: str
    tone: Tone


@dataclass(frozen=True)
class Reached:
    """One link of the chain.

    Attributes:
        name: what it does.
        state: `held`, `broken`, `likely broken`, `unknown` or `not reached`.
        at: server time at which it held or broke; None where that is not known.
        says: by what it held, what broke it, or how to learn that.
    """

    name: str
    state: str
    at: datetime | None
    says: str


@dataclass(frozen=True)
class History:
    """A case on the server's time axis.

    Attributes:
        cloud: what the cloud had recorded.
        rows: what the admin saw.
        lag: from the cloud's final status to the row's, or to the last look.
        caught_up: whether the row came to a final status within the lag.
        moments: everything else.
        flags: dark features in effect, in words.
        chain: the links from the admin's click to the row.
    """

    begin: datetime
    end: datetime
    cloud: tuple[Span, ...]
    rows: tuple[Span, ...]
    lag: Span | None
    caught_up: bool
    moments: tuple[Moment, ...]
    flags: tuple[str, ...]
    chain: tuple[Reached, ...] = ()


def history(
    case: CaseResult, evidence: Sequence[Evidence], links: Sequence[Mapping[str, Any]] = ()
) -> History | None:
    """A case's history; None when nothing in it has a server time.

    Args:
        case: its results, which tell the rows even when no artefact is left.
        evidence: every fact that was read.
        links: the chain, in the shape of `harness explain --json`.
    """
    moments = sorted(_moments(evidence), key=lambda moment: moment.at)
    rows = _rows(case, evidence)
    times = [moment.at for moment in moments] + [t for row in rows for t in (row.begin, row.end)]
    if not times:
        return None
    begin, end = min(times), max(times)
    lag, caught_up = _lag(case, rows, end)
    return History(
        begin=begin,
        end=max(end, begin + timedelta(seconds=1)),
        cloud=_recorded(evidence, end),
        rows=rows,
        lag=lag,
        caught_up=caught_up,
        moments=tuple(moments),
        chain=tuple(_reached(each) for each in links),
        flags=_flags(case, evidence),
    )


def _reached(link: Mapping[str, Any]) -> Reached:
    by = link.get("by") or {}
    causes = ", ".join(link.get("causes") or ())
    at = link.get("at")
    says = causes or str(by.get("says") or link.get("learn") or "")
    return Reached(
        str(link["link"]), str(link["state"]), datetime.fromisoformat(at) if at else None, says
    )


def row_tone(status: str) -> Tone:
    """The tone in which a row's status is shown."""
    return _ROW_TONES.get(status, "plain")


def cloud_tone(status: str | None) -> Tone:
    """The tone in which a transfer's status is shown."""
    return "none" if status is None else _CLOUD_TONES.get(status, "bad")


def short(key: str) -> str:
    """A dark feature's key by its last part, as people say it."""
    return key.rpartition(".")[2]


def _moments(evidence: Iterable[Evidence]) -> list[Moment]:
    found = []
    for item in evidence:
        at = item.origin.server
        shown = _shown_as(item)
        if at is not None and shown is not None:
            lane, label, tone = shown
            found.append(Moment(lane, at, label, item.says, tone, item.origin.source))
    return found


def _shown_as(item: Evidence) -> tuple[Lane, str, Tone] | None:  # noqa: C901 - one branch a kind
    match item:
        case ProgressPost():
            said = " ".join(str(each) for each in (item.status, item.percent) if each is not None)
            good = item.effect in EFFECTIVE
            label = said or "no status"
            return "posts", label if good else f"{label}: {item.effect}", "good" if good else "bad"
        case Delivery():
            return "webhooks", item.event, "good" if item.acknowledged else "bad"
        case ServerCall(is_poll=True):
            return "polls", "" if item.ok else str(item.http), "moving" if item.ok else "bad"
        case ServerCall():
            return None if item.ok else ("server", f"HTTP {item.http}", "bad")
        case MigrationMade():
            return "server", "begun", "moving"
        case TransferMade():
            linked = item.linked is not False
            return "server", "linked" if linked else "not linked", "good" if linked else "bad"
        case Triggered():
            return "server", "triggered", "good"
        case ListenerCall():
            threw = item.outcome == "threw"
            return (
                "server",
                "listener threw" if threw else "listener ran",
                "bad" if threw else "good",
            )
        case ListenerFailed():
            return "server", "listener errored", "bad"
        case EndedByPlatform():
            return "server", item.status, cloud_tone(item.status)
        case LogLine():
            return "log", item.level, "warning" if item.level == "WARN" else "bad"
    return None


def _rows(case: CaseResult, evidence: Iterable[Evidence]) -> tuple[Span, ...]:
    until = {row.origin.server: row.until for row in evidence if isinstance(row, RowShown)}
    starts = [entry.server_time for entry in case.timeline]
    spans = []
    for number, entry in enumerate(case.timeline):
        following = starts[number + 1] if number + 1 < len(starts) else entry.server_time
        end = max(until.get(entry.server_time) or following, following)
        spans.append(
            Span(
                entry.server_time,
                end,
                entry.status if entry.percent is None else f"{entry.status} {entry.percent} %",
                row_tone(entry.status),
            )
        )
    return tuple(spans)


def _recorded(evidence: Iterable[Evidence], end: datetime) -> tuple[Span, ...]:
    states: list[tuple[datetime, str, Tone]] = []
    for item in evidence:
        at = item.origin.server
        if at is None:
            continue
        if isinstance(item, ProgressPost) and item.effect in EFFECTIVE:
            label = " ".join(str(e) for e in (item.status, item.percent) if e is not None)
            states.append((at, label, cloud_tone(item.status)))
        elif isinstance(item, EndedByPlatform):
            states.append((at, item.status, cloud_tone(item.status)))
    states.sort(key=lambda state: state[0])
    closed = pairwise([*states, (end, "", "none")])
    return tuple(Span(at, max(at, until), what, tone) for (at, what, tone), (until, *_) in closed)


def _lag(case: CaseResult, rows: Sequence[Span], end: datetime) -> tuple[Span | None, bool]:
    settled = case.recorded.at if case.recorded else None
    if settled is None or not rows:
        return None, False
    caught_up = next(
        (
            entry.server_time
            for entry in case.timeline
            if entry.status in FINAL and entry.server_time >= settled
        ),
        None,
    )
    if caught_up is None and case.timeline[-1].status in FINAL:
        return None, True
    until = caught_up or max(end, settled)
    polls = case.recorded.refreshes if case.recorded else 0
    shown = f"{in_words(until - settled)} behind, {polls} poll{'' if polls == 1 else 's'}"
    return Span(settled, until, shown, "moving" if caught_up else "bad"), caught_up is not None


def in_words(span: timedelta) -> str:
    """A length of server time as people say it: `40 s`, `31 min`, `14 d`."""
    seconds = span.total_seconds()
    for unit, size, least in (("d", 86400, 2), ("h", 3600, 3), ("min", 60, 2)):
        if seconds >= least * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"


def _flags(case: CaseResult, evidence: Iterable[Evidence]) -> tuple[str, ...]:
    on = {item.key: item.on for item in evidence if isinstance(item, Flag)}
    known = {**case.dark_features, **on}
    known = {key: known.get(key, False) for key in (FEATURE, DEV_MODE)} | known
    return tuple(f"{short(key)} {'on' if value else 'off'}" for key, value in known.items())
