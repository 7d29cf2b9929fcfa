"""What a recording holds, in short: its calls, with what varies left out. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlsplit

from harness.cassette.exchange import Exchange
from harness.cassette.files import Recording, Tape
from harness.cassette.varying import without_ids


@dataclass
class Calls:
    """The exchanges of one case that are alike in all that does not vary.

    Attributes:
        tape: the file they are in.
        case: the case; empty for what came before the first one.
        method, host, path: what was asked; a star for what varies.
        times: how often.
        statuses: how often each answer came; 0 where nobody answered.
        first, last: server time from the case's beginning to the first and the last of them.
        removed: the places that secrets were taken out of.
        not_recorded: how many a replay could not answer.
    """

    tape: str
    case: str
    method: str
    host: str
    path: str
    times: int = 0
    statuses: dict[int, int] = field(default_factory=dict)
    first: timedelta = timedelta(0)
    last: timedelta = timedelta(0)
    removed: dict[str, None] = field(default_factory=dict)
    not_recorded: int = 0

    def add(self, exchange: Exchange, since: timedelta) -> None:
        """Counts one more."""
        self.first = since if not self.times else self.first
        self.last = since
        self.times += 1
        status = exchange.response.status
        self.statuses[status] = self.statuses.get(status, 0) + 1
        self.removed |= dict.fromkeys(exchange.removed)
        self.not_recorded += bool(exchange.not_recorded)


def calls(recording: Recording) -> list[Calls]:
    """The calls of a recording, in the order in which each came first."""
    return [each for tape in recording.tapes for each in _calls_of(tape)]


def _calls_of(tape: Tape) -> Iterable[Calls]:
    began = {mark.case: mark.at for mark in reversed(tape.marks)}
    found: dict[tuple[str, ...], Calls] = {}
    for each in tape.exchanges:
        parts = urlsplit(each.request.url)
        path = without_ids(parts.path) + (f"?{without_ids(parts.query)}" if parts.query else "")
        key = (each.case, each.request.method, parts.netloc, path)
        if key not in found:
            found[key] = Calls(tape.name, *key)
        found[key].add(each, each.at - began.get(each.case, tape.exchanges[0].at))
    return found.values()
