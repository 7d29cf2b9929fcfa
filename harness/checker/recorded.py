"""What a recording says of one case's migration, whatever the cloud's protocol is. Pure.

Nothing is known of the calls but what is public: the words for the state of a transfer, which an
app posts and a cloud hands on. An answer that has such a word, to a request that names an id which
the cloud gave in this case, is a poll, and what it says is what the server was told. So a change in
the cloud is known from the first poll that brought it, and what no poll brought is not known.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from harness.cassette.exchange import Exchange
from harness.cassette.player import ids_asked, ids_told
from harness.cassette.varying import ids_in, without_ids
from harness.checker.record import Record
from harness.store.evidence import Change, ChangeKind, Mishap, Poll, PollOutcome

FINAL_STATES = frozenset({"SUCCESS", "FAILED", "INCOMPLETE", "CANCELLED", "TIMED_OUT"})
STATES = FINAL_STATES | {"IN_PROGRESS", "CANCELLATION_REQUESTED"}
"""The published words for a transfer's state."""

_READING = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True)
class Told:
    """The state of a transfer, as an answer says it.

    Attributes:
        transfer: the ids that stand beside the state, as one text.
        status: the published word.
        percent: the one number from 0 to 100 beside it; None where there is none, or several.
        beside: all texts that stand beside it.
    """

    transfer: str
    status: str
    percent: int | None
    beside: frozenset[str] = frozenset()


def told_in(value: Any) -> Iterator[Told]:
    """The states in a JSON answer: each object in which one text is such a word."""
    if isinstance(value, list):
        for each in value:
            yield from told_in(each)
    if not isinstance(value, dict):
        return
    plain = [each for each in value.values() if not isinstance(each, dict | list)]
    words = [each for each in plain if isinstance(each, str) and each in STATES]
    if len(words) == 1:
        percents = [each for each in plain if type(each) is int and 0 <= each <= 100]
        texts = [each for each in plain if isinstance(each, str)]
        yield Told(
            " ".join(each for text in texts for each in ids_in(text)),
            words[0],
            percents[0] if len(percents) == 1 else None,
            frozenset(texts),
        )
    for each in value.values():
        yield from told_in(each)


@dataclass
class RecordedStory:
    """Turns a case's exchanges, given in order, into its record.

    Args:
        record: takes what they show.
        keys: the app's keys; where an answer names one, what names neither is another app's.
    """

    record: Record
    keys: frozenset[str]
    _given: set[str] = field(default_factory=set)
    """Ids that the cloud gave in this case."""
    _known: set[str] = field(default_factory=set)
    _states: dict[str, tuple[str, int | None]] = field(default_factory=dict)
    _polls: set[tuple[str, str]] = field(default_factory=set)
    """Method and address, without ids, of what has been a poll."""
    _made: bool = False
    _seq: int = 0

    def take(self, exchange: Exchange, happened: float, known: float) -> None:
        """Takes the next exchange.

        Args:
            exchange: the exchange.
            happened: harness seconds at which it was answered, as well as is known.
            known: harness seconds at which it was read.
        """
        asked = set(ids_asked(exchange.request))
        told = {each for each in ids_told(exchange.response) if each not in self._known | asked}
        self._known |= asked | told
        is_well = 200 <= exchange.response.status < 300
        if is_well:
            self._given |= told
        seen = _Seen(exchange, happened, known)
        makes = is_well and told and exchange.request.method not in _READING
        if makes and not self._made and not self._own(exchange):
            self._made = True
            self._change("migration made", "", seen)
        about = asked & self._given
        shape = exchange.request.method, without_ids(urlsplit(exchange.request.url).path)
        states = self._own(exchange) if is_well and about else []
        if states:
            self._polls.add(shape)
            for each in states:
                self._take(each, seen)
            self._poll("answered", seen)
        elif about and shape in self._polls:
            self._poll("answered" if is_well else "refused", seen)
        self.record.mishaps += self._mishaps(exchange, of_a_poll=shape in self._polls)

    def _own(self, exchange: Exchange) -> list[Told]:
        body = exchange.response.body
        found = list(told_in(body.value)) if body.kind == "json" else []
        named = [each for each in found if each.beside & self.keys]
        return named or found

    def _take(self, told: Told, seen: "_Seen") -> None:
        if told.transfer not in self._states:
            self._change("transfer made", told.transfer, seen)
        if self._states.get(told.transfer) == (told.status, told.percent):
            return
        self._states[told.transfer] = told.status, told.percent
        self.record.status, self.record.percent = told.status, told.percent
        what: ChangeKind = "settled" if told.status in FINAL_STATES else "recorded"
        self._change(what, told.transfer, seen, told)

    def _change(
        self, what: ChangeKind, transfer: str, seen: "_Seen", told: Told | None = None
    ) -> None:
        self._seq += 1
        state: dict[str, Any] = {"status": told.status, "percent": told.percent} if told else {}
        at = seen.exchange.at
        change = Change(self._seq, at, seen.happened, seen.known, what, transfer, **state)
        self.record.changes.append(change)

    def _poll(self, outcome: PollOutcome, seen: "_Seen") -> None:
        self._seq += 1
        poll = Poll(self._seq, seen.exchange.at, seen.happened, seen.known, outcome)
        self.record.polls.append(poll)

    def _mishaps(self, exchange: Exchange, *, of_a_poll: bool) -> Iterator[Mishap]:
        status, request = exchange.response.status, exchange.request
        call = f"{request.method} {request.url}"
        if exchange.not_recorded:
            yield self._mishap("not-recorded", exchange.not_recorded, exchange, of_a_poll)
        elif not status:
            why = f"{call} got no answer ({exchange.response.failure})"
            yield self._mishap("unreachable", why, exchange, of_a_poll)
        elif status >= 500:
            yield self._mishap("internal-error", f"{call} got {status}", exchange, of_a_poll)
        elif status >= 400 and of_a_poll:
            yield self._mishap("platform-refused", f"{call} got {status}", exchange, of_a_poll)

    def _mishap(self, kind: str, says: str, exchange: Exchange, of_a_poll: bool) -> Mishap:
        declared = kind in self.record.declared.kinds
        source = f"recording #{exchange.n}"
        return Mishap(kind, says, source, declared, exchange.at, of_a_poll=of_a_poll)


@dataclass(frozen=True)
class _Seen:
    exchange: Exchange
    happened: float
    known: float
