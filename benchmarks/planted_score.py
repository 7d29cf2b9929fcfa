"""What an explanation says of planted faults, and the confusion matrix of many."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import get_args

from benchmarks.planted_faults import Planted
from harness.diagnosis.cause import Party
from harness.diagnosis.causes import BY_ID
from harness.diagnosis.finding import Finding
from harness.diagnosis.links import Link

PARTIES = get_args(Party)
NOBODY, NOT_REACHED = "nobody", "not reached"


@dataclass(frozen=True)
class Judged:
    """One round: what was planted, and what is wrong in what was said of it.

    `passed_over`: the link that was broken is said to hold, and all before it.
    """

    faults: tuple[Planted, ...]
    wrong: tuple[str, ...]
    suspected: tuple[str, ...]
    link: str
    expected: str
    blamed: tuple[tuple[str, str], ...]
    passed_over: bool
    seconds: float = 0.0

    @property
    def is_right(self) -> bool:
        """Whether nobody innocent is accused and the link is the right one."""
        return not self.wrong and self.link == self.expected


def judge(faults: Sequence[Planted], findings: Sequence[Finding], links: Sequence[Link]) -> Judged:
    """Holds an explanation against what was planted.

    Args:
        faults: what was planted.
        findings: every cause judged.
        links: every link.
    """
    proved = [each.cause for each in findings if each.confidence == "proved"]
    likely = [each.cause for each in findings if each.confidence == "likely"]
    right = {cause for fault in faults for cause in fault.causes}
    found = next((each.name for each in links if each.state != "held"), NOBODY)
    order = [each.name for each in links]
    broken = [order.index(fault.link) for fault in faults if fault.link]
    later = order[order.index(found) + 1 :] if found in order else []
    blamed = [(fault.party, party) for fault in faults for party in _parties(fault, proved, later)]
    for cause in proved:
        party = BY_ID[cause].responsible
        # A right cause in a wrong party's name is an accusation, too.
        if cause not in right:
            blamed.append((NOBODY, party))
        elif not any(cause in each.causes and each.party == party for each in faults):
            right = right - {cause}
    return Judged(
        faults=tuple(faults),
        wrong=tuple(each for each in proved if each not in right),
        suspected=tuple(each for each in likely if each not in right),
        link=found,
        expected=order[min(broken)] if broken else NOBODY,
        blamed=tuple(blamed),
        passed_over=bool(broken)
        and min(broken) < (order.index(found) if found in order else len(order)),
    )


def _parties(fault: Planted, proved: Sequence[str], later: Sequence[str]) -> list[str]:
    """Who is proved to have done it; the run may not have come to a later fault."""
    if fault.link is None:
        return []
    named = [BY_ID[cause].responsible for cause in proved if cause in fault.causes]
    return named[:1] or [NOT_REACHED if fault.link in later else NOBODY]


@dataclass
class Score:
    """All rounds so far."""

    rounds: list[Judged] = field(default_factory=list)
    blind: list[Judged] = field(default_factory=list)

    def add(self, judged: Judged, where: str) -> None:
        """Takes a round and prints it."""
        self.rounds.append(judged)
        names = " + ".join(each.name for each in judged.faults) or "nothing"
        print(f"{'ok ' if judged.is_right else 'NOT'} {where} {names}", flush=True)
        if judged.link != judged.expected:
            print(f"        link: {judged.link}; it was: {judged.expected}", flush=True)
        if judged.wrong:
            print(f"        accused though innocent: {', '.join(judged.wrong)}", flush=True)
        if judged.suspected:
            print(f"        suspected though innocent: {', '.join(judged.suspected)}", flush=True)

    def add_blind(self, judged: Judged, where: str, source: str) -> None:
        """Takes a round that was judged without a source; prints it where that misled."""
        self.blind.append(judged)
        if judged.wrong:
            accused = ", ".join(judged.wrong)
            print(f"NOT {where} without {source}: accused though innocent: {accused}", flush=True)
        if judged.passed_over:
            print(f"    {where} without {source}: {judged.expected} counts as held", flush=True)

    def matrix(self) -> str:
        """The confusion matrix as a Markdown table: who did it, and who is proved to have."""
        counted = Counter(pair for each in self.rounds for pair in each.blamed)
        columns = (*PARTIES, NOT_REACHED, NOBODY)
        lines = [
            f"| planted by | {' | '.join(columns)} |",
            f"|---|{'---:|' * len(columns)}",
        ]
        for party in (*PARTIES, NOBODY):
            cells = (str(counted[party, each] or "") for each in columns)
            lines.append(f"| {party} | {' | '.join(cells)} |")
        return "\n".join(lines)

    def summary(self) -> str:
        """The figures in one line."""
        links = sum(each.link == each.expected for each in self.rounds)
        accused = sum(bool(each.wrong) for each in self.rounds)
        suspected = sum(bool(each.suspected) for each in self.rounds)
        slowest = max((each.seconds for each in self.rounds), default=0.0)
        misled = sum(bool(each.wrong) for each in self.blind)
        passed_over = sum(each.passed_over for each in self.blind)
        return (
            f"{len(self.rounds)} rounds: the right link in {links}, an innocent accused in "
            f"{accused}, an innocent suspected in {suspected}; explaining took {slowest:.2f} s of "
            f"CPU at most; each again without one source, {len(self.blind)} explanations: an "
            f"innocent accused in {misled}, the broken link passed over in {passed_over}"
        )
