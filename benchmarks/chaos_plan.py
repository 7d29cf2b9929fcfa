"""The seeded plan of a chaos run: which case meets which fault, in which phase, how long.

The same seed gives the same plan on any machine; when in a phase a fault strikes is part of it,
what happens at that moment is not.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.chaos_cases import CASES, Known

PARTS = ("jvm", "cloud", "cloud-app", "browser", "renderer", "driver")
PHASES = ("reset", "install", "migrate", "wait", "browser", "evidence")
BRING_UP, BETWEEN = "bring-up", "between cases"
_LONGEST_DELAY = {"migrate": 3.0, "wait": 4.0, BRING_UP: 4.0}
"""Wall seconds into a phase; a quarter of one for the short ones."""

ROUTES = (
    "/server/v1/*",
    "/server/v1/attach",
    "/server/v1/apps/{cloudAppKey}",
    "/server/v1/migrations",
    "/server/v1/migrations/{migrationId}/transfers",
    "/server/v1/migrations/{migrationId}/progress",
    "/server/v1/transfers/{transferId}/triggered",
    "/server/v1/transfers/{transferId}/data",
    "/server/v1/transfers/{transferId}/export-completed",
    "*/progress/{transferId}",
    "*/data/{transferId}/all",
    "*/data/{s3Key}",
    "/_signed/{s3Key}",
)
"""What the server and the cloud app ask of the cloud in a migration."""

_WEIGHTS = {"inverted-running": 1, "inverted-settled": 2, "stays-at-50": 3}


@dataclass(frozen=True)
class Fault:
    """One fault.

    Attributes:
        kind: kill, stop, session, route, disk, cpu, clock, network or end.
        phase: in which phase of the case it strikes.
        delay: wall seconds after the phase has begun.
        part: what is killed or stopped; the disk that is filled; the signal of an end.
        seconds: how long it lasts.
        rule: the stub's fault, for a route.
    """

    kind: str
    phase: str
    delay: float
    part: str = ""
    seconds: float = 0.0
    rule: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        rule = " ".join(f"{key}={value}" for key, value in self.rule.items())
        lasts = f"for {self.seconds:.1f} s" if self.seconds else ""
        words = [self.kind, self.part, rule, lasts, f"at {self.phase}+{self.delay:.2f}"]
        return " ".join(word for word in words if word)


@dataclass(frozen=True)
class Round:
    """One case and the fault that it meets; None in a round that shows the case's truth."""

    known: Known
    fault: Fault | None


@dataclass(frozen=True)
class Batch:
    """The rounds of one harness process."""

    number: int
    ccma: str
    rounds: Sequence[Round]

    @property
    def moves_clock(self) -> bool:
        """Whether one of its faults moves the wall clock."""
        return any(each.fault and each.fault.kind == "clock" for each in self.rounds)


def batch(seed: int, number: int, size: int, *, on_docker: bool = False) -> Batch:
    """A batch of the plan.

    Args:
        seed: the plan's.
        number: which batch, from 1 on.
        size: how many rounds it has.
        on_docker: whether faults that only Docker has are among them.
    """
    chance = random.Random(f"{seed}/{number}")  # noqa: S311 - has to be repeatable
    ccma = chance.choice(("3.1.7", "3.9.6"))
    cases = [each for each in CASES if ccma in each.ccma]
    weights = [_WEIGHTS.get(each.name, 4) for each in cases]
    chosen = chance.choices(cases, weights, k=size)
    return Batch(
        number,
        ccma,
        [Round(known, _fault(chance, at == 0, on_docker)) for at, known in enumerate(chosen)],
    )


def _fault(chance: random.Random, is_first: bool, on_docker: bool) -> Fault | None:
    if chance.random() < 0.06:
        return None
    edge = BRING_UP if is_first else BETWEEN
    phase = chance.choices((edge, *PHASES), (2, 1.5, 1.5, 3, 4, 0.7, 1))[0]
    delay = chance.uniform(0, _LONGEST_DELAY.get(phase, 0.25))
    kinds = {"kill": 6, "stop": 7, "session": 2, "route": 7, "disk": 2, "cpu": 1, "clock": 1}
    if on_docker:
        kinds["network"] = 2
    kind = chance.choices(list(kinds), list(kinds.values()))[0]
    if kind == "kill":
        return Fault(kind, phase, delay, chance.choice(PARTS))
    if kind == "stop":
        return Fault(kind, phase, delay, chance.choice(PARTS), 30 ** chance.uniform(0, 1))
    if kind == "session":
        return Fault(kind, chance.choice(("install", "migrate", "wait")), delay)
    if kind == "route":
        # The reset takes the stub's faults back, so an earlier one would show nothing.
        phase = chance.choice(("install", "migrate", "wait"))
        delay = chance.uniform(0, _LONGEST_DELAY.get(phase, 0.25))
        return Fault(kind, phase, delay, rule=_rule(chance))
    if kind == "disk":
        return Fault(kind, phase, delay, chance.choice(("state", "results")), chance.uniform(1, 8))
    if kind in ("cpu", "network"):
        return Fault(kind, phase, delay, seconds=chance.uniform(2, 5))
    return Fault(kind, phase, delay, chance.choice(("+3600", "-3600", "+10", "-10")))


def _rule(chance: random.Random) -> dict[str, Any]:
    if chance.random() < 0.15:
        return chance.choice(
            (
                {"kind": "webhook-lost", "times": chance.randint(1, 3)},
                {"kind": "webhook-late", "delay": chance.choice((30, 600))},
                {"kind": "webhook-repeated"},
            )
        )
    rules: tuple[dict[str, Any], ...] = (
        {"kind": "rate-limit"},
        {"kind": "server-error", "status": chance.choice((500, 502, 503, 504))},
        {"kind": "server-error", "done": True},
        {"kind": "latency", "seconds": round(chance.uniform(0.5, 8), 1)},
        {"kind": "cut"},
        {"kind": "cut", "done": True},
        {"kind": "half-answer"},
    )
    rule = chance.choice(rules) | {"route": chance.choice(ROUTES)}
    return rule if chance.random() < 0.4 else rule | {"times": chance.randint(1, 4)}
