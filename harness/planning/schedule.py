"""The order of cases, and who runs them: costly settings change least often.

A case needs some settings ("version 3.1.7", "app good.jar", "system flag dev-mode on"). A stack
that has them runs it at once; one that has others is changed first, which costs what that setting
costs; a setting that *restarts* the stack starts it anew, and then all the others have to be made
again. Everything here is decided from the cases alone, so that every machine that is given the same
cases comes to the same plan.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from harness.errors import BadInput

_PASSES = 4
"""How many passes look for a better order; more found nothing in trials."""

_MOST_TO_IMPROVE = 400
"""Above this many different needs an order is sorted, not improved; a pass is quadratic."""

_TINY = 1e-9
"""Seconds below which a move is not a gain, so that rounding cannot cause endless moves."""


@dataclass(frozen=True)
class Setting:
    """Something that a stack has and cases need.

    Args:
        name: as in the cases' needs.
        cost: seconds that a change of it takes.
        restarts: whether a change of it starts the stack anew; settings that do not are then lost.
    """

    name: str
    cost: float
    restarts: bool = False


@dataclass(frozen=True)
class ScheduledCase:
    """What is known of a case before it runs.

    Args:
        id: unique among the cases.
        needs: setting name to value; a setting that is not named may have any value.
        cost: expected seconds of the case itself, without changes of settings.
    """

    id: str
    needs: Mapping[str, str] = field(default_factory=dict)
    cost: float = 1.0


@dataclass(frozen=True)
class Cost:
    """What a run of cases in one order takes on one stack.

    Attributes:
        seconds: cases and changes together.
        changes: how many settings are made or changed.
        restarts: how many times the stack starts, the first time included.
    """

    seconds: float
    changes: int
    restarts: int


@dataclass(frozen=True)
class Plan:
    """Cases for each worker, in order.

    Attributes:
        workers: the cases of each.
        restarts_saved: how many more restarts one stack would have made in the order of the file
            than in the order that was chosen.
    """

    workers: tuple[tuple[ScheduledCase, ...], ...]
    restarts_saved: int


def cost(cases: Sequence[ScheduledCase], settings: Sequence[Setting]) -> Cost:
    """What these cases take in this order, from a stack that is not up yet."""
    return _Settings(settings).cost(cases)


def order(cases: Sequence[ScheduledCase], settings: Sequence[Setting]) -> tuple[ScheduledCase, ...]:
    """The cases in an order that costs little, and never more than the given one.

    Cases of equal needs stay together. They are sorted by their costliest needs; a second try
    takes the nearest next each time. Then each group is moved to where it saves most.

    Raises:
        BadInput: two cases with one id, or a need that is not a setting.
    """
    rules = _Settings(settings)
    rules.check(cases)
    by_needs: dict[tuple[str, ...], list[ScheduledCase]] = {}
    for case in sorted(cases, key=lambda case: (rules.key(case), case.id)):
        by_needs.setdefault(rules.key(case), []).append(case)
    groups = list(by_needs.values())
    paths = [list(range(len(groups) + 1))]
    if len(groups) <= _MOST_TO_IMPROVE:
        points: list[ScheduledCase | None] = [None, *(group[0] for group in groups)]
        distance = [
            [0.0 if to is None else rules.seconds(start, to) for to in points] for start in points
        ]
        paths = [_improved(path, distance) for path in (*paths, _nearest_first(distance))]
    orders = [tuple(case for point in path[1:] for case in groups[point - 1]) for path in paths]
    return min(*orders, tuple(cases), key=lambda some: rules.cost(some).seconds)


def split(cases: Sequence[ScheduledCase], settings: Sequence[Setting], workers: int) -> Plan:
    """The cases in order, cut into so many runs that the longest is short.

    No other cut has a shorter longest one where each case says what it needs of each setting.
    Where some say nothing, a cut before another case may save some set-up.

    Args:
        cases: all cases, in the order of the file.
        settings: what they may need.
        workers: how many stacks there are; those that are not needed get nothing.

    Raises:
        BadInput: fewer than one worker, two cases with one id, or a need that is not a setting.
    """
    if workers < 1:
        raise BadInput(f"{workers} workers cannot run anything; use at least 1")
    rules = _Settings(settings)
    ordered = order(cases, settings)
    low = max((rules.cost([case]).seconds for case in ordered), default=0.0)
    high = rules.cost(ordered).seconds
    runs = [ordered] if ordered else []
    while high - low > _FINE * high:
        middle = (low + high) / 2
        fewer = rules.cut(ordered, middle)
        if len(fewer) <= workers:
            runs, high = fewer, middle
        else:
            low = middle
    runs += [()] * (workers - len(runs))
    saved = rules.cost(cases).restarts - rules.cost(ordered).restarts
    return Plan(tuple(runs), saved)


_FINE = 1e-6
"""Cuts are compared no more finely than this fraction of the whole."""


def shard(
    cases: Sequence[ScheduledCase], settings: Sequence[Setting], number: int, of: int
) -> tuple[ScheduledCase, ...]:
    """The cases of one shard, the same on every machine.

    Args:
        cases: all cases.
        settings: what they may need.
        number: which shard, from 1.
        of: how many there are.

    Raises:
        BadInput: a shard that does not exist.
    """
    if not 1 <= number <= of:
        raise BadInput(f"shard {number}/{of} does not exist; use 1/{max(of, 1)} to {of}/{of}")
    return split(sorted(cases, key=lambda case: case.id), settings, of).workers[number - 1]


class _Settings:
    """The settings by their cost, and what orders cost under them."""

    def __init__(self, settings: Sequence[Setting]) -> None:
        self._dearest = sorted(settings, key=lambda s: (not s.restarts, -s.cost, s.name))
        self._names = {setting.name for setting in settings}

    def check(self, cases: Sequence[ScheduledCase]) -> None:
        seen: set[str] = set()
        for case in cases:
            if case.id in seen:
                raise BadInput(f"two cases have the id {case.id!r}; give each its own")
            seen.add(case.id)
            unknown = sorted(set(case.needs) - self._names)
            if unknown:
                raise BadInput(f"case {case.id!r} needs {unknown[0]!r}, which is not a setting")

    def key(self, case: ScheduledCase) -> tuple[str, ...]:
        """A case's needs, the costliest first; missing needs sort before all others."""
        return tuple(case.needs.get(setting.name, "") for setting in self._dearest)

    def step(self, state: Mapping[str, str] | None, needs: Mapping[str, str]) -> "_Step":
        """What it costs a stack in this state (None: not up) to meet the needs."""
        restart = state is None or any(
            s.restarts and s.name in needs and needs[s.name] != state.get(s.name)
            for s in self._dearest
        )
        after = dict(state or {})
        if restart:
            kept = {s.name for s in self._dearest if s.restarts}
            after = {name: value for name, value in after.items() if name in kept}
        seconds, changes = 0.0, 0
        for setting in self._dearest:
            needed = needs.get(setting.name)
            if needed is not None and (after.get(setting.name) != needed):
                seconds += setting.cost
                changes += 1
                after[setting.name] = needed
        return _Step(after, seconds, changes, restart)

    def cost(self, cases: Sequence[ScheduledCase]) -> Cost:
        state: Mapping[str, str] | None = None
        seconds, changes, restarts = 0.0, 0, 0
        for case in cases:
            step = self.step(state, case.needs)
            state = step.state
            seconds += step.seconds + case.cost
            changes += step.changes
            restarts += step.restart
        return Cost(seconds, changes, restarts)

    def cut(self, ordered: Sequence[ScheduledCase], most: float) -> list[tuple[ScheduledCase, ...]]:
        """The fewest runs of which none costs more than `most`, unless a single case does."""
        runs: list[tuple[ScheduledCase, ...]] = []
        current: list[ScheduledCase] = []
        state: Mapping[str, str] | None = None
        spent = 0.0
        for case in ordered:
            step = self.step(state, case.needs)
            if current and spent + step.seconds + case.cost > most:
                runs.append(tuple(current))
                current, spent = [], 0.0
                step = self.step(None, case.needs)
            current.append(case)
            state = step.state
            spent += step.seconds + case.cost
        return [*runs, tuple(current)] if current else runs

    def seconds(self, before: ScheduledCase | None, after: ScheduledCase) -> float:
        """What it costs a stack that has just run one case to meet another case's needs."""
        return self.step(None if before is None else before.needs, after.needs).seconds


def _nearest_first(distance: Sequence[Sequence[float]]) -> list[int]:
    """A path from point 0 that goes to the nearest point left each time, ties to the lowest."""
    path, left = [0], list(range(1, len(distance)))
    while left:
        path.append(min(left, key=lambda point: (distance[path[-1]][point], point)))
        left.remove(path[-1])
    return path


def _improved(path: list[int], distance: Sequence[Sequence[float]]) -> list[int]:
    """A path, its first point kept, with each other point moved to where it saves most."""
    for _ in range(_PASSES):
        moved = False
        for point in sorted(path[1:]):
            at = path.index(point)
            before, after = path[at - 1], path[at + 1] if at + 1 < len(path) else None
            gain = distance[before][point]
            if after is not None:
                gain += distance[point][after] - distance[before][after]
            rest = path[:at] + path[at + 1 :]
            loss, place = min(
                (
                    distance[left][point]
                    + (distance[point][right] - distance[left][right] if right is not None else 0),
                    n + 1,
                )
                for n, (left, right) in enumerate(zip(rest, [*rest[1:], None], strict=True))
            )
            if loss < gain - _TINY:
                path = [*rest[:place], point, *rest[place:]]
                moved = True
        if not moved:
            break
    return path


@dataclass(frozen=True)
class _Step:
    state: Mapping[str, str]
    seconds: float
    changes: int
    restart: bool
