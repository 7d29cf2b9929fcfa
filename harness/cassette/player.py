"""Answers a server's requests from a recording. Pure: time comes from the caller.

A request is answered by what was recorded for the same method, address and body, whatever their
ids, times and tokens are now. Which live id stands for which recorded one is learned from the
requests that matched, so that two requests alike in all but an id are told apart; an id that the
cloud made is given as it was recorded. Where several exchanges match, as polls do, the one counts
that was recorded at the same age: of the newest id that the request names, else of the case.

Nothing is known of what the requests mean. A request that made something (its answer brought an id
that a later request names) is answered once for each time it was recorded; any other one as often
as it comes.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import SplitResult, parse_qsl, urlsplit

from harness.cassette.exchange import NO_CASE, Body, Exchange, Request, Response
from harness.cassette.files import Recording, Tape
from harness.cassette.varying import (
    Differs,
    carried_over,
    ids_in,
    match_json,
    match_text,
    without_ids,
)

_READING = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True)
class Played:
    """What a request is answered.

    Attributes:
        response: the answer.
        source: the exchange that it comes from, as `stack-1 #12`; empty where there is none.
        not_recorded: why there is none, and the nearest that was recorded.
    """

    response: Response
    source: str = ""
    not_recorded: str = ""


@dataclass(frozen=True)
class _Taped:
    """An exchange on its tape, with what is known of it from the whole tape.

    Attributes:
        tape: the tape's place among all.
        index: its place on the tape.
        asks: ids that it names and that tell it from others.
        makes: whether its answer brought an id that a later request names.
    """

    exchange: Exchange
    tape: int
    name: str
    index: int
    asks: frozenset[str]
    makes: bool

    @property
    def source(self) -> str:
        return f"{self.name} #{self.exchange.n}"


class Player:
    """Plays a recording to one server.

    Args:
        recording: what was recorded.
        began: server time now; requests before the first case are as old as that.
    """

    def __init__(self, recording: Recording, began: datetime) -> None:
        self._taped: dict[tuple[str, str], list[_Taped]] = defaultdict(list)
        self._born: list[dict[str, tuple[str, datetime]]] = []
        """For each tape: recorded id -> the case and server time in which it was first seen."""
        self._given: list[set[str]] = []
        """For each tape: ids that the cloud made."""
        self._began: list[dict[str, datetime]] = []
        """For each tape: case -> server time at which it began."""
        for number, tape in enumerate(recording.tapes):
            self._learn(number, tape)
        self._case, self._since = NO_CASE, began
        self._plays: dict[str, int] = defaultdict(int)
        self._live: dict[tuple[int, str], str] = {}
        """Tape and recorded id -> the id that stands for it now."""
        self._seen: dict[str, datetime] = {}
        """Live id -> server time at which it was first seen."""
        self._spent: set[tuple[int, int]] = set()

    def _learn(self, number: int, tape: Tape) -> None:
        born: dict[str, tuple[str, datetime]] = {}
        given: set[str] = set()
        brought: dict[str, int] = {}
        told: set[str] = set()
        asked: dict[str, list[int]] = defaultdict(list)
        for index, each in enumerate(tape.exchanges):
            for name in ids_asked(each.request):
                born.setdefault(name, (each.case, each.at))
                asked[name].append(index)
            for name in ids_told(each.response):
                told.add(name)
                if name not in born:
                    born[name] = (each.case, each.at)
                    given.add(name)
                    brought[name] = index
        makers = {brought[name] for name in given if asked.get(name)}
        for index, each in enumerate(tape.exchanges):
            # A number of the request's own, in no other and in no answer, tells nothing.
            names = (
                name
                for name in ids_asked(each.request)
                if name in told or len(set(asked[name])) > 1
            )
            taped = _Taped(each, number, tape.name, index, frozenset(names), index in makers)
            self._taped[_shape(each.request)].append(taped)
        self._born.append(born)
        self._given.append(given)
        self._began.append({mark.case: mark.at for mark in tape.marks})

    def begin(self, case: str, at: datetime) -> None:
        """A case begins; what its ids stood for when it was played before is forgotten."""
        self._case, self._since = case, at
        self._plays[case] += 1
        for tape, born in enumerate(self._born):
            for name, (of, _) in born.items():
                if of == case:
                    self._live.pop((tape, name), None)
        self._spent = {
            (taped.tape, taped.index)
            for taped in self._all()
            if taped.exchange.case != case and (taped.tape, taped.index) in self._spent
        }

    def answer(self, request: Request, now: datetime) -> Played:
        """What the request is answered at that server time."""
        chosen = self._chosen(request, now)
        if isinstance(chosen, str):
            return Played(_refusal(chosen), not_recorded=chosen)
        taped, ids = chosen
        for recorded, live in ids:
            if recorded in taped.asks:
                self._live[taped.tape, recorded] = live
            self._seen.setdefault(live, now)
        if taped.makes and request.method not in _READING:
            self._spent.add((taped.tape, taped.index))
        return Played(self._response(taped, now), taped.source)

    def _chosen(
        self, request: Request, now: datetime
    ) -> tuple[_Taped, list[tuple[str, str]]] | str:
        """The exchange that answers, with its ids; or why there is none."""
        best: tuple[tuple[int, int, float, int], _Taped, list[tuple[str, str]]] | None = None
        spent: _Taped | None = None
        for taped in self._taped.get(_shape(request)) or self._all():
            if not self._is_playable(taped):
                continue
            try:
                ids = _match(taped.exchange.request, request)
                unknown = self._unknown(taped, ids)
            except Differs:
                continue
            if (taped.tape, taped.index) in self._spent:
                spent = taped
                continue
            distance = abs(self._age(taped) - self._live_age(taped, ids, now))
            order = (self._strangeness(taped), unknown, distance, taped.index)
            if best is None or order < best[0]:
                best = (order, taped, ids)
        if best:
            return best[1], best[2]
        asked = f"{request.method} {request.url}"
        if spent:
            return f"not in the recording so often: {asked}; {spent.source} was the last"
        near = self._nearest(request)
        return f"not in the recording of {self._case or 'the start'}: {asked}; {near}"

    def _unknown(self, taped: _Taped, ids: Iterable[tuple[str, str]]) -> int:
        """How many of its ids would have to be learned.

        Raises:
            Differs: one of them stands for another live id already.
        """
        learned: dict[str, str] = {}
        for recorded, live in ids:
            if recorded not in taped.asks:
                continue
            known = self._live.get((taped.tape, recorded)) or learned.get(recorded)
            if known is not None and known != live:
                raise Differs("an id", known, live)
            learned[recorded] = live
        return sum((taped.tape, recorded) not in self._live for recorded in learned)

    def _is_playable(self, taped: _Taped) -> bool:
        """Whether it belongs to the case, or to what came before it on the same tape."""
        case = taped.exchange.case
        if case in (self._case, NO_CASE) or self._case == NO_CASE:
            return True
        began = self._began[taped.tape].get(self._case)
        return began is not None and taped.exchange.at < began

    def _strangeness(self, taped: _Taped) -> int:
        return 0 if taped.exchange.case == self._case else 1

    def _age(self, taped: _Taped) -> float:
        """Server seconds from the birth of the newest id it names, or from its case's beginning."""
        born = self._born[taped.tape]
        newest = max((born[name][1] for name in taped.asks), default=None)
        begun = newest or self._began[taped.tape].get(taped.exchange.case) or taped.exchange.at
        return (taped.exchange.at - begun).total_seconds()

    def _live_age(self, taped: _Taped, ids: Iterable[tuple[str, str]], now: datetime) -> float:
        born = self._born[taped.tape]
        names = [(born[recorded][1], live) for recorded, live in ids if recorded in taped.asks]
        begun = self._seen.get(max(names)[1], now) if names else self._since
        return (now - begun).total_seconds()

    def _response(self, taped: _Taped, now: datetime) -> Response:
        told = taped.exchange.response
        shift = now - taped.exchange.at

        def live_id(recorded: str) -> str:
            known = self._live.get((taped.tape, recorded))
            if known is None:
                known = self._new(taped, recorded)
                self._live[taped.tape, recorded] = known
            self._seen.setdefault(known, now)
            return known

        headers = {
            name: str(carried_over(each, live_id, shift)) for name, each in told.headers.items()
        }
        body = told.body
        if body.kind in ("json", "text"):
            body = Body(body.kind, carried_over(body.value, live_id, shift))
        return replace(told, headers=headers, body=body)

    def _new(self, taped: _Taped, recorded: str) -> str:
        """The id that stands for one of the cloud's: itself, until its case is played again."""
        again = self._plays[self._case]
        of = self._born[taped.tape].get(recorded, (NO_CASE, None))[0]
        if again < 2 or of != self._case:
            return recorded
        try:
            return str(uuid.uuid5(uuid.UUID(recorded), str(again)))
        except ValueError:
            return recorded

    def _nearest(self, request: Request) -> str:
        """A recorded request that is near, and in what it differs."""
        if alike := self._taped.get(_shape(request)):
            taped = alike[0]
            try:
                _match(taped.exchange.request, request)
            except Differs as difference:
                return f"{taped.source} is near, but {difference}"
            return f"{taped.source} is alike, but of other ids or of {taped.exchange.case!r}"
        asked = without_ids(urlsplit(request.url).path)
        for taped in self._all():
            other = taped.exchange.request
            if without_ids(urlsplit(other.url).path) == asked:
                return f"{taped.source} is {other.method} {other.url}"
        return "nothing like it was recorded"

    def _all(self) -> list[_Taped]:
        return [taped for group in self._taped.values() for taped in group]


def _shape(request: Request) -> tuple[str, str]:
    """What two requests that match have in common."""
    return request.method, without_ids(_address(urlsplit(request.url)))


def _address(parts: SplitResult) -> str:
    return f"{parts.scheme}://{parts.netloc.lower()}{parts.path}"


def _match(recorded: Request, live: Request) -> list[tuple[str, str]]:
    """Recorded id and live id, for each id in a request.

    Raises:
        Differs: they differ in more than what varies.
    """
    old, new = urlsplit(recorded.url), urlsplit(live.url)
    if recorded.method != live.method:
        raise Differs("the method", recorded.method, live.method)
    ids = match_text(_address(old), _address(new), "the address")
    ids += match_json(_parameters(old.query), _parameters(new.query), "the query")
    return ids + _match_body(recorded.body, live.body)


def _match_body(recorded: Body, live: Body) -> list[tuple[str, str]]:
    if recorded.kind == "json" and live.kind == "json":
        return match_json(recorded.value, live.value, "the body")
    if recorded.kind == "text" and live.kind == "text":
        return match_text(recorded.value, live.value, "the body")
    if (recorded.kind == "none") != (live.kind == "none"):
        raise Differs("the body", recorded.kind, live.kind)
    return []  # what is no text is not compared: an export's bytes are others each time


def _parameters(query: str) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for name, value in parse_qsl(query, keep_blank_values=True):
        found[name].append(value)
    return found


def ids_asked(request: Request) -> Iterator[str]:
    """The ids that a request names."""
    parts = urlsplit(request.url)
    yield from ids_in(_address(parts))
    for values in _parameters(parts.query).values():
        yield from ids_in(values)
    yield from _ids_of(request.body)


def ids_told(response: Response) -> Iterator[str]:
    """The ids that an answer brings."""
    yield from ids_in(dict(response.headers))
    yield from _ids_of(response.body)


def _ids_of(body: Body) -> Iterator[str]:
    if body.kind in ("json", "text"):
        yield from ids_in(body.value)


def _refusal(why: str) -> Response:
    told = {"statusCode": 501, "message": why}
    return Response(501, {"content-type": "application/json"}, Body("json", told))
