"""What the assistant's progress REST tells of the cloud, where no journal can be read.

That REST shows the state that the assistant polled last. A state that differs from the one before
was brought by a poll, so it stands for a change in the cloud and for the poll that brought it; what
the cloud recorded in between, and polls that brought nothing new, are not seen.
"""

import time
from collections.abc import Callable, Set
from dataclasses import dataclass, field, replace
from datetime import datetime

import httpx

from harness.checker.record import Record
from harness.diagnosis.evidence import ROW_OF_STATE
from harness.drivers.confluence import migration, startup_checks
from harness.drivers.confluence.migration import AppProgress
from harness.errors import DriverError
from harness.store.evidence import Change, ChangeKind, CloudWitness, Pause, Poll
from harness.vocabulary.rows import FINAL

_EACH = 1.0
"""The most wall seconds between two requests."""

_NOT_BEGUN = ("READY", "STARTING")

_State = tuple[str, int | None]


def migrations_of(client: httpx.Client, told_by: CloudWitness, plan: str | None) -> set[str]:
    """The migrations that a plan has had so far, where the assistant tells them."""
    if plan is None or told_by != "progress REST":
        return set()
    return {each.migration_id for each in migration.progress(client, plan) or ()}


@dataclass
class ProgressCloud:
    """Reads on what a case's plan has come to, on the harness's clock.

    Args:
        client: an administrator's client.
        told_by: whether the assistant's version has that REST; without it nothing is read.
        record: takes what is about the case; its plan is the one that is asked for.
        clock: harness seconds.
        earlier: migrations that the plan has had before, which are not the case's.
        sleep: waits that many seconds: no server tells when a state changes.
    """

    client: httpx.Client
    told_by: CloudWitness
    record: Record
    clock: Callable[[], float]
    earlier: Set[str] = frozenset()
    sleep: Callable[[float], None] = time.sleep
    stood_still: list[Pause] = field(default_factory=list)
    _states: dict[str, _State] = field(default_factory=dict)
    _seq: int = 0

    def update(self, wait: float = 0) -> None:
        """Reads the state; where it is the same, again within some wall seconds.

        Raises:
            DriverError: the assistant does not answer.
        """
        until = self.clock() + wait
        while not self._read() and (left := until - self.clock()) > 0:
            self.sleep(min(left, _EACH))

    def _read(self) -> bool:
        """Whether something has changed."""
        plan = self.record.plan
        if self.told_by != "progress REST" or plan is None:
            return False
        began = self.clock()
        try:
            told = migration.progress(self.client, plan) or ()
            at = startup_checks.server_time(self.client)
        except httpx.TransportError as error:
            raise DriverError(
                f"reading the progress of plan {plan}", f"no answer: {error}"
            ) from error
        seen = _Seen(at, began, self.clock())
        own = {
            _transfer(each): each
            for each in told
            if each.server_app_key == self.record.server_key
            and each.migration_id not in self.earlier
        }
        news = {name: each for name, each in own.items() if self._is_news(name, each)}
        for name, each in news.items():
            if not self._states:
                self._change("migration made", "", seen)
            if name not in self._states:
                self._change("transfer made", name, seen)
            self._take(name, each, seen)
        return bool(news)

    def _is_news(self, name: str, app: AppProgress) -> bool:
        return self._states.get(name) != (app.status, app.percent)

    def _take(self, name: str, app: AppProgress, seen: "_Seen") -> None:
        self._states[name] = (app.status, app.percent)
        if app.status in _NOT_BEGUN:
            return
        self.record.status, self.record.percent = app.status, app.percent
        is_final = ROW_OF_STATE.get(app.status, app.status) in FINAL
        self._change("settled" if is_final else "recorded", name, seen, app)
        self._seq += 1
        self.record.polls.append(Poll(self._seq, seen.at, seen.began, seen.known))

    def _change(
        self, what: ChangeKind, name: str, seen: "_Seen", app: AppProgress | None = None
    ) -> None:
        self._seq += 1
        change = Change(self._seq, seen.at, seen.began, seen.known, what, name)
        if app:
            change = replace(change, status=app.status, percent=app.percent)
        self.record.changes.append(change)


@dataclass(frozen=True)
class _Seen:
    """When an answer was asked for and had, in harness seconds, and the server's time of it."""

    at: datetime
    began: float
    known: float


def _transfer(app: AppProgress) -> str:
    """A name for what one listener migrates of one container."""
    return f"{app.migration_id} {app.container_id or ''}".strip()
