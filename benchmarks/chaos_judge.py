"""What came of the rounds of a chaos run, and how it is counted. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

GREEN = ("passed", "known-bug")
RED = ("failed", "fixed")


@dataclass(frozen=True)
class Outcome:
    """What came of one round.

    Attributes:
        batch, case, fault: which round.
        truth: the case's verdict on a healthy stack.
        verdict: what came; empty where there is no result.
        reason: what the result says.
        done: what was done to the run.
        seconds: wall seconds from the case's start to its result.
    """

    batch: int
    case: str
    fault: str
    truth: str
    verdict: str
    reason: str
    done: str
    seconds: float

    @property
    def is_wrong(self) -> bool:
        """A verdict that is neither the truth nor an error, and no false alarm."""
        return self.verdict not in ("", "error", self.truth) and not self.is_false_alarm

    @property
    def is_false_alarm(self) -> bool:
        """A red verdict on a case that is green."""
        return self.truth in GREEN and self.verdict in RED

    @property
    def is_lost(self) -> bool:
        """A case without a result."""
        return not self.verdict

    @property
    def is_error_for_nothing(self) -> bool:
        """An error in a round in which nothing was done."""
        return self.verdict == "error" and not self.fault


@dataclass(frozen=True)
class Ended:
    """How one harness process ended.

    Attributes:
        status: its exit status; None where it had to be killed.
        tracebacks: lines of its output that begin one.
        hung: whether a case or the run went beyond its bound.
        left: what was left of it when it had ended.
        left_after_sweep: what was left after a sweep.
    """

    batch: int
    status: int | None
    tracebacks: int
    hung: bool
    left: Sequence[str] = field(default=())
    left_after_sweep: Sequence[str] = field(default=())


def wrong_status(ended: Ended, outcomes: Sequence[Outcome]) -> bool:
    """Whether a process ended with another status than its cases' verdicts make."""
    verdicts = {each.verdict for each in outcomes}
    right = 2 if verdicts & {"error", ""} else 1 if verdicts & set(RED) else 0
    return ended.status is not None and ended.status != right


def table(outcomes: Sequence[Outcome], ends: Sequence[Ended]) -> list[tuple[str, int]]:
    """The counts, in the order in which they are shown."""
    by_batch: dict[int, list[Outcome]] = {each.batch: [] for each in ends}
    for each in outcomes:
        by_batch[each.batch].append(each)
    verdicts = Counter(each.verdict for each in outcomes)
    return [
        ("rounds", len(outcomes)),
        ("of them without a fault", sum(not each.fault for each in outcomes)),
        ("verdict true", sum(each.verdict == each.truth for each in outcomes)),
        ("verdict `error`", verdicts["error"]),
        ("wrong verdicts", sum(each.is_wrong for each in outcomes)),
        ("false alarms", sum(each.is_false_alarm for each in outcomes)),
        ("errors for nothing", sum(each.is_error_for_nothing for each in outcomes)),
        ("cases without a result", sum(each.is_lost for each in outcomes)),
        ("harness processes", len(ends)),
        ("wrong exit status", sum(wrong_status(each, by_batch[each.batch]) for each in ends)),
        ("tracebacks", sum(each.tracebacks for each in ends)),
        ("hangs", sum(each.hung for each in ends)),
        ("leftovers after a run", sum(len(each.left) for each in ends)),
        ("leftovers after a sweep", sum(len(each.left_after_sweep) for each in ends)),
    ]


MUST_BE_ZERO = (
    "wrong verdicts",
    "cases without a result",
    "wrong exit status",
    "tracebacks",
    "hangs",
    "leftovers after a sweep",
)
