"""The part of the cloud's journal that is about one case's migration. Pure.

Evidence belongs to a migration: a poll counts when it asks for a migration of this
case's plan, a post when it is about one of that migration's transfers. What belongs to another
migration is neither evidence nor a mishap.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from typing import Any

from harness.cases import Case
from harness.store.evidence import Change, ChangeKind, Mishap, Poll, PollOutcome
from harness.vocabulary.effects import EFFECTIVE, Effect

Entry = Mapping[str, Any]

_SERVER = "/server/v1"
_MIGRATIONS = f"{_SERVER}/migrations"
_IDS = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_NAME = re.compile(r"\{\w+\}")
_ANY = "{}"
_POLL = f"{_MIGRATIONS}/{_ANY}/progress"
_CORE = frozenset(
    {
        f"{_SERVER}/attach",
        _MIGRATIONS,
        _POLL,
        f"{_MIGRATIONS}/{_ANY}/transfers",
        f"{_SERVER}/transfers/{_ANY}/triggered",
        f"{_SERVER}/transfers/{_ANY}/errored",
    }
)
"""Calls of the assistant itself, which the platform has to answer whatever the app does."""

_FAULTS = re.compile(r"fault: ([a-z-]+)")
_LOST = "fault: the webhook was lost"
_NOBODY = re.compile(r"\w*(Error|Timeout)\b")
"""How the journal marks a delivery that found nobody at its address: an error's name."""

_OF_EFFECT = {
    Effect.STORAGE_FULL: "disk-full",
    Effect.INTERNAL_ERROR: "internal-error",
    Effect.UNKNOWN_ROUTE: "unknown-route",
}
_PLATFORMS_OWN: dict[str, str] = {Effect.TIMED_OUT: "TIMED_OUT", Effect.CANCELLED: "CANCELLED"}
_HARMLESS = frozenset({"latency"})
"""Faults that change when a poll is answered, but not with what."""


@dataclass(frozen=True)
class Declared:
    """What a case says may go wrong: the faults that its axes ask for, and `may_happen`."""

    faults: tuple[Mapping[str, Any], ...] = ()
    kinds: frozenset[str] = frozenset()

    def fault(self, kind: str, route: str, method: str) -> bool:
        """Whether a fault of that kind may strike there."""
        if kind in self.kinds:
            return True
        return any(
            each["kind"] == kind
            and (kind.startswith("webhook") or fnmatchcase(route, each.get("route", "*")))
            and each.get("method") in (None, method)
            for each in self.faults
        )

    def call(self, path: str, method: str) -> bool:
        """Whether a fault of any kind may strike a call of the assistant."""
        route = _IDS.sub(_ANY, path)
        return any(
            fnmatchcase(route, _NAME.sub(_ANY, each.get("route", "*")))
            and each.get("method") in (None, method)
            for each in self.faults
        )


def declared_by(case: Case) -> Declared:
    """What a case says may go wrong."""
    return Declared(case.cloud.faults, frozenset(case.expectation.may_happen))


@dataclass
class Record:
    """What the journal says of one case's migration; entries are given to `take` in order.

    Args:
        plan: the plan that is migrated; None takes every migration that begins.
        server_key: the app's server key.
        declared: what may go wrong.
    """

    plan: str | None
    server_key: str
    declared: Declared = Declared()
    polls: list[Poll] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    mishaps: list[Mishap] = field(default_factory=list)
    status: str | None = None
    """The newest state of the app's transfer in the cloud."""
    percent: int | None = None
    _migrations: set[str] = field(default_factory=set)
    _transfers: set[str] = field(default_factory=set)

    @property
    def settled(self) -> Change | None:
        """What settled a transfer last."""
        return next((each for each in reversed(self.changes) if each.what == "settled"), None)

    @property
    def migrations(self) -> frozenset[str]:
        """The ids of the case's migrations."""
        return frozenset(self._migrations)

    def take(self, entry: Entry, happened: float, known: float) -> None:
        """Takes the next entry.

        Args:
            entry: the entry.
            happened: harness seconds at which it was written, as well as is known.
            known: harness seconds at which it was read.
        """
        if entry.get("caller") == "harness" or entry.get("effect") == Effect.READ:
            return
        self._learn(entry)
        if not self._is_own(entry):
            return
        self.mishaps += self._mishaps(entry)
        seq, at = int(entry["seq"]), platform_time(entry)
        path = _IDS.sub(_ANY, str(entry.get("path") or ""))
        if path == _POLL and entry.get("method") == "GET":
            self.polls.append(Poll(seq, at, happened, known, self._outcome(entry)))
            return
        for what, transfer, more in self._changes(entry):
            self.changes.append(Change(seq, at, happened, known, what, transfer, **more))

    def _learn(self, entry: Entry) -> None:
        """Learns the ids of what the case's plan makes."""
        for change in _made(entry):
            migration, transfer = change.get("migration"), change.get("transfer")
            if isinstance(migration, dict):
                if self.plan is None or migration.get("plan_id") in (None, self.plan):
                    self._migrations.add(str(migration["id"]))
            elif (
                isinstance(transfer, dict)
                and transfer.get("migration_id") in self._migrations
                and transfer.get("server_key") in (None, self.server_key)
            ):
                self._transfers.add(str(transfer["id"]))

    def owns(self, path: str) -> bool:
        """Whether a path names this case's migration and transfers, or none at all."""
        return set(_IDS.findall(path)) <= self._migrations | self._transfers

    def _is_own(self, entry: Entry) -> bool:
        """Whether it is about this case's migration, or about none in particular."""
        of = str(entry.get("transfer_id") or "")
        # A webhook's address is the app's own and may hold any id.
        path = "" if entry.get("direction") == "out" else str(entry.get("path") or "")
        return self.owns(path) and (not of or of in self._transfers)

    def _changes(self, entry: Entry) -> Iterator[tuple[ChangeKind, str, dict[str, Any]]]:
        effect, transfer = entry.get("effect"), str(entry.get("transfer_id") or "")
        if effect == Effect.CREATED:
            for made in _made(entry):
                migration, of = made.get("migration"), made.get("transfer")
                if isinstance(migration, dict) and str(migration["id"]) in self._migrations:
                    yield "migration made", "", {}
                elif isinstance(of, dict) and str(of["id"]) in self._transfers:
                    yield "transfer made", str(of["id"]), {"linked": bool(of.get("linked"))}
        elif effect == Effect.TRIGGERED:
            yield "listener called", transfer, {}
        elif (ended := _ended_as(entry)) and transfer in self._transfers:
            self.status = ended
            # The platform reports for a Forge app's transfer.
            self.percent = self.percent if ended in _PLATFORMS_OWN.values() else 100
            yield "settled", transfer, {"status": self.status, "percent": self.percent}
        elif effect in EFFECTIVE and transfer in self._transfers:
            detail = entry.get("detail") or {}
            self.status = detail.get("status", self.status)
            self.percent = detail.get("percent", self.percent)
            what: ChangeKind = "settled" if effect == Effect.SETTLED else "recorded"
            yield what, transfer, {"status": self.status, "percent": self.percent}

    def _outcome(self, entry: Entry) -> PollOutcome:
        faults = _faults_in(entry)
        route, method = str(entry.get("route")), str(entry.get("method"))
        if all(kind in _HARMLESS for kind in faults):
            is_well = entry.get("effect") == Effect.POLLED and entry.get("status") == 200
            return "answered" if is_well else "refused"
        is_declared = all(self.declared.fault(kind, route, method) for kind in faults)
        return "declared" if is_declared else "refused"

    def _mishaps(self, entry: Entry) -> Iterator[Mishap]:
        route, method = str(entry.get("route")), str(entry.get("method"))
        faults = _faults_in(entry)
        is_poll = _IDS.sub(_ANY, str(entry.get("path") or "")) == _POLL
        for kind in faults:
            yield self._mishap(
                entry, kind, self.declared.fault(kind, route, method), is_poll=is_poll
            )
        other = None if faults else _kind_of(entry)
        if other:
            yield self._mishap(entry, other, other in self.declared.kinds, is_poll=is_poll)

    def _mishap(self, entry: Entry, kind: str, declared: bool, *, is_poll: bool) -> Mishap:
        asked = f"{entry.get('method') or ''} {entry.get('route') or ''}".strip()
        reason = str(entry.get("reason") or entry.get("effect"))
        came = f"got {entry.get('status') or 'no answer'} ({reason})"
        says = f"{asked} {came}" if asked else reason
        return Mishap(
            kind,
            says,
            f"journal #{entry['seq']}",
            declared,
            platform_time(entry),
            of_a_poll=is_poll,
        )


def _made(entry: Entry) -> Iterator[Mapping[str, Any]]:
    changes = entry.get("changes")
    for change in changes if isinstance(changes, list) else ():
        if isinstance(change, dict):
            yield change


def _ended_as(entry: Entry) -> str | None:
    """The status as which the platform settled a transfer itself, whatever made it do so."""
    own = (made for made in _made(entry) if made.get("kind") == "settled-by-platform")
    change = next(own, None)
    return str(change["status"]) if change else _PLATFORMS_OWN.get(str(entry.get("effect")))


def _faults_in(entry: Entry) -> list[str]:
    """The kinds of the stub's own faults that struck."""
    reason = str(entry.get("reason") or "")
    if reason.startswith(_LOST):
        return ["webhook-lost"]
    return _FAULTS.findall(reason)


def _kind_of(entry: Entry) -> str | None:
    """What an entry shows to have gone wrong although no fault struck; None where nothing did."""
    effect, status = str(entry.get("effect")), int(entry.get("status") or 0)
    if effect in _OF_EFFECT:
        return _OF_EFFECT[Effect(effect)]
    if entry.get("direction") == "out":
        missed = effect == Effect.NOT_ACKNOWLEDGED and not status
        return "unreachable" if missed and _NOBODY.match(str(entry.get("reason"))) else None
    if entry.get("direction") != "in":
        return None
    if status >= 500:
        return "internal-error"
    path = _IDS.sub(_ANY, str(entry.get("path") or "").partition("?")[0])
    return "platform-refused" if status >= 400 and path in _CORE else None


def faults_in_force(faults: Iterable[Mapping[str, Any]], declared: Declared) -> Iterator[Mishap]:
    """Faults that have struck and leave no trace in the journal, such as late webhooks.

    Args:
        faults: as the cloud's control lists them.
        declared: what may go wrong.
    """
    for fault in faults:
        kind, route = str(fault["kind"]), str(fault.get("route", "*"))
        method = str(fault.get("method") or "")
        if fault.get("struck") and not declared.fault(kind, route, method):
            says = f"the fault {kind} is in force for {route} and struck {fault['struck']} times"
            yield Mishap(kind, says, "the cloud's faults")


def idle_faults(faults: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """What to say of each fault that met nothing: a case with it is as good as one without.

    Args:
        faults: as the cloud's control lists them.
    """
    for fault in faults:
        if not fault.get("struck"):
            where = f"{fault.get('method') or ''} {fault.get('route', '*')}".strip()
            yield f"the fault {fault['kind']} ({where}) did not strike"


_PLATFORM_CALL = re.compile(
    rf"(?P<method>[A-Z]+) \S+?(?P<path>{_SERVER}/[^\s?]*)\S* "
    r"(?P<how>got no answer|was answered (?P<status>\d{3})|was answered no JSON)"
)
_DISK = re.compile(r"No space left on device|Disk quota exceeded|Read-only file system")
_FILES = re.compile(r"Too many open files|Input/output error")


def mishaps_in_log(
    records: Sequence[tuple[str, str, datetime | None]], record: Record
) -> Iterator[Mishap]:
    """What Confluence's log says to have gone wrong.

    Args:
        records: level, text and server time of each record since the case began.
        record: the case's record, which tells what is its own.
    """
    declared = record.declared
    for level, text, at in records:
        if level not in ("WARN", "ERROR", "FATAL"):
            continue
        if found := _DISK.search(text):
            yield Mishap("disk-full", found[0], "server log", "disk-full" in declared.kinds, at)
        elif found := _FILES.search(text):
            is_declared = "internal-error" in declared.kinds
            yield Mishap("internal-error", found[0], "server log", is_declared, at)
        elif call := _PLATFORM_CALL.search(text):
            mishap = _failed_call(call, declared, at)
            if mishap and record.owns(call["path"]):
                yield mishap


def _failed_call(call: re.Match[str], declared: Declared, at: datetime | None) -> Mishap | None:
    path, status = _IDS.sub(_ANY, call["path"]), int(call["status"] or 0)
    if 400 <= status < 500 and path not in _CORE:
        return None  # what the app asks for may be refused
    kind = "platform-refused" if status else "unreachable"
    is_declared = kind in declared.kinds or declared.call(call["path"], call["method"])
    says = f"{call['method']} {path.replace(_ANY, '{id}')} {call['how']}"
    return Mishap(kind, says, "server log", is_declared, at, of_a_poll=path == _POLL)


def platform_time(entry: Entry) -> datetime:
    """When an entry was written, in platform time."""
    return datetime.fromisoformat(str(entry["platform_time"])).astimezone(UTC)
