"""Lays a case's history out as a drawing: lanes with marks and bars, positions in percent.

Pure geometry; the template turns it into SVG. Positions are percents of the width, so that one
drawing serves a wide screen and a phone; a label comes in a wide and a narrow form, each as long
as there is room for.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from harness.report.timeline import LANES, History, Lane, Moment, Reached, Span, Tone

_WIDE_PERCENT, _NARROW_PERCENT = 1.05, 2.1
"""Width of one character in percent of the axis, on a screen and on a phone."""

_MARK_PERCENT = 1.6
"""Marks nearer to each other than this share one label."""

_STEPS = tuple(
    timedelta(seconds=seconds)
    for seconds in (1, 5, 15, 30, 60, 300, 600, 1800, 3600, 7200, 21600, 43200, 86400, 172800)
)
_MOST_TICKS, _MOST_MARKS = 6, 80
_LEAST_LABEL = 4
LINE = 15
"""Pixels of one link's line."""
_MIDDLE = 55
"""Left of this percent, texts stand to the right of their marks."""


@dataclass(frozen=True)
class Label:
    """A text at a place, in the forms that fit; empty where none does. Anchor: start or end."""

    x: float
    anchor: str
    wide: str
    narrow: str


@dataclass(frozen=True)
class DrawnMark:
    """One moment's mark; `says` is its tooltip."""

    x: float
    tone: Tone
    says: str


@dataclass(frozen=True)
class Bar:
    """A state that held from `x` on for `width`."""

    x: float
    width: float
    tone: Tone
    says: str
    label: Label


@dataclass(frozen=True)
class LaneDrawing:
    """One lane: its name, how many moments it has, its marks and their labels."""

    name: str
    kind: Lane
    count: int
    marks: tuple[DrawnMark, ...]
    labels: tuple[Label, ...]


@dataclass(frozen=True)
class DrawnLink:
    """One link of the chain, in a line of its own.

    Attributes:
        x: when it held or broke, else where the one before it stands.
        y: its line.
        state: as a class of the style sheet.
        text: its name, and what broke it.
        anchor: on which side of its mark that stands: start or end.
        says: its tooltip.
    """

    x: float
    y: int
    state: str
    text: str
    anchor: str
    says: str


@dataclass(frozen=True)
class Tick:
    """A time on the axis; `at_edge` keeps its text inside."""

    x: float
    text: str
    anchor: str


@dataclass(frozen=True)
class Drawing:
    """All of a case's timeline."""

    begin: str
    end: str
    ticks: tuple[Tick, ...]
    cloud: tuple[Bar, ...]
    rows: tuple[Bar, ...]
    lag: Bar | None
    lanes: tuple[LaneDrawing, ...]
    flags: tuple[str, ...]
    chain: tuple[DrawnLink, ...] = ()


def draw(story: History) -> Drawing:
    """Lays a history out."""
    axis = _Axis(story.begin, story.end)
    return Drawing(
        begin=f"{story.begin:%Y-%m-%d %H:%M:%S}",
        end=f"{story.end:%H:%M:%S}",
        ticks=tuple(axis.ticks()),
        cloud=tuple(axis.bar(span) for span in story.cloud),
        rows=tuple(axis.bar(span) for span in story.rows),
        lag=axis.bar(story.lag) if story.lag else None,
        lanes=tuple(_lanes(axis, story.moments)),
        flags=story.flags,
        chain=tuple(_chain(axis, story.chain)),
    )


def _chain(axis: "_Axis", chain: Sequence[Reached]) -> Iterable[DrawnLink]:
    """The links as they were reached: each stands no further left than the one before it."""
    x = axis.x(min((each.at for each in chain if each.at), default=axis.begin))
    for number, link in enumerate(chain):
        if link.at is not None:
            x = max(x, axis.x(link.at))
        is_broken = link.state in ("broken", "likely broken")
        text = f"{link.name}: {link.says}" if is_broken and link.says else link.name
        when = f"{link.at:%H:%M:%S} " if link.at else ""
        says = f"{when}{link.name}: {link.state}" + (f", {link.says}" if link.says else "")
        state = link.state.replace(" ", "-")
        anchor = "start" if x < _MIDDLE else "end"
        yield DrawnLink(x, LINE * number + LINE, state, text, anchor, says)


class _Axis:
    """Server time to percent, with a little room at both ends for marks."""

    def __init__(self, begin: datetime, end: datetime) -> None:
        room = (end - begin) / 50
        self._begin, self._end = begin - room, end + room

    @property
    def begin(self) -> datetime:
        """Its left end."""
        return self._begin

    def x(self, at: datetime) -> float:
        part = (at - self._begin) / (self._end - self._begin)
        return round(100 * min(max(part, 0), 1), 2)

    def bar(self, span: Span) -> Bar:
        begin = self.x(span.begin)
        width = round(max(self.x(span.end) - begin, 0.6), 2)
        label = _label(begin + 0.8, "start", span.label, width - 1)
        says = f"{span.label}, {span.begin:%H:%M:%S} to {span.end:%H:%M:%S} server time"
        return Bar(begin, width, span.tone, says, label)

    def ticks(self) -> Iterable[Tick]:
        whole = self._end - self._begin
        step = next((s for s in _STEPS if whole / s <= _MOST_TICKS), whole / _MOST_TICKS)
        form = "%d %b" if step >= _STEPS[-2] else "%H:%M" if step.seconds >= 60 else "%H:%M:%S"
        midnight = self._begin.replace(hour=0, minute=0, second=0, microsecond=0)
        at = midnight + step * -((midnight - self._begin) // step)
        while at <= self._end:
            x = self.x(at)
            yield Tick(x, f"{at:{form}}", "start" if x < 4 else "end" if x > 96 else "middle")
            at += step


def _lanes(axis: _Axis, moments: Sequence[Moment]) -> Iterable[LaneDrawing]:
    for kind, name in LANES.items():
        own = [moment for moment in moments if moment.lane == kind]
        if not own:
            continue
        drawn = _thinned(own)
        marks = [
            DrawnMark(axis.x(m.at), m.tone, f"{m.at:%H:%M:%S} {m.says} [{m.source}]") for m in drawn
        ]
        labels = _labels([(mark.x, m.label) for mark, m in zip(marks, drawn, strict=True)])
        yield LaneDrawing(name, kind, len(own), tuple(marks), tuple(labels))


def _thinned(moments: Sequence[Moment]) -> Sequence[Moment]:
    """An even choice of very many moments, with the first, the last and all bad ones."""
    if len(moments) <= _MOST_MARKS:
        return moments
    step = -(-len(moments) // _MOST_MARKS)
    bad = [m for m in moments if m.tone == "bad"][:_MOST_MARKS]
    kept = {id(m) for m in (*moments[::step], moments[-1], *bad)}
    return [m for m in moments if id(m) in kept]


def _labels(marks: Sequence[tuple[float, str]]) -> Iterable[Label]:
    clusters: list[tuple[float, float, list[str]]] = []
    for x, text in marks:
        if clusters and x - clusters[-1][1] <= _MARK_PERCENT:
            begin, _, texts = clusters[-1]
            clusters[-1] = (begin, x, [*texts, text])
        else:
            clusters.append((x, x, [text]))
    taken = 0.0
    for number, (begin, end, texts) in enumerate(clusters):
        joined = " → ".join(dict.fromkeys(text for text in texts if text))
        if not joined:
            continue
        following = clusters[number + 1][0] if number + 1 < len(clusters) else 100.0
        right, left = following - end - 2 * _MARK_PERCENT, begin - taken - 2 * _MARK_PERCENT
        if right >= left:
            yield _label(end + _MARK_PERCENT, "start", joined, right)
            taken = min(following, end + _MARK_PERCENT + _WIDE_PERCENT * len(joined))
        else:
            yield _label(begin - _MARK_PERCENT, "end", joined, left)
            taken = end


def _label(x: float, anchor: str, text: str, room: float) -> Label:
    return Label(
        round(x, 2),
        anchor,
        _cut(text, int(room / _WIDE_PERCENT)),
        _cut(text, int(room / _NARROW_PERCENT)),
    )


def _cut(text: str, most: int) -> str:
    if len(text) <= most:
        return text
    return f"{text[: most - 1].rstrip()}…" if most >= _LEAST_LABEL else ""
