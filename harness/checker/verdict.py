"""Judges a case by its evidence. Pure; the truth table is in docs/verdicts.md.

Time that passes decides nothing. A verdict needs polls of this migration that brought what the
cloud knew, and looks at the right page after the last of them; what is missing is said, and while
it may still come, the watch goes on.

A known bug is strict both ways: the case has to fail in exactly the stated way, and when it
does not, that is said (`fixed`) rather than passed over.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from harness.cases import Expectation, KnownBug
from harness.checker import timeline
from harness.checker.timeline import Match, minutes
from harness.checker.timing import GIVE_UP, GRACE, PATIENCE, SPARE
from harness.store.evidence import TELL_POLLS, Change, Evidence, Look, Poll
from harness.store.results import VerdictName
from harness.vocabulary.refresh import REFRESH
from harness.vocabulary.rows import FINAL, ROWLESS, Row

ENDED_PLANS = frozenset({"FINISHED", "STOPPED", "INCOMPLETE", "FAILED"})
"""A plan's own statuses after which the assistant starts nothing more for it."""


@dataclass(frozen=True)
class Verdict:
    """The verdict on a case, and why in a sentence.

    Attributes:
        name: the verdict.
        reason: why.
        missing: what has to be seen before there can be one; the watch goes on while it may.
    """

    name: VerdictName
    reason: str
    missing: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether watching on could change it."""
        return bool(self.missing)


def judge(expectation: Expectation, bug: KnownBug | None, evidence: Evidence) -> Verdict:
    """The verdict on what was seen; `error` where that is too little, or cannot be relied on.

    Args:
        expectation: the rows that are expected.
        bug: the known bug that the case is marked with, if any.
        evidence: everything that was seen.
    """
    return _Judgement(expectation, bug, evidence).verdict()


def has_hope(expectation: Expectation, bug: KnownBug | None, evidence: Evidence) -> bool:
    """Whether what is missing may still come: the one thing that time decides.

    The time in which Confluence or the machine stood still does not count.
    """
    view, lasts = _View(evidence), longest(expectation, bug)
    if not view.looks:
        return True  # the wait's own bound in wall time ends that
    ends = evidence.begun + GIVE_UP + SPARE + lasts
    if view.settled:
        ends = max(ends, view.settled.at + PATIENCE + SPARE + lasts)
    return evidence.begun + view.passed() <= ends


def longest(expectation: Expectation, bug: KnownBug | None) -> timedelta:
    """The longest time for which the case wants a row to stay."""
    return max(expectation.lasts, bug.lasts) if bug else expectation.lasts


def looks_again_at(
    expectation: Expectation, bug: KnownBug | None, evidence: Evidence
) -> datetime | None:
    """The next server time at which a look may decide although nothing has happened by then."""
    view = _View(evidence)
    if not view.looks:
        return None
    waits = [time - view.passed() for time in (expectation.lasts, GIVE_UP)]
    if bug and view.settled:
        waits.append(bug.lasts - view.passed(view.settled.at, view.settled.known))
    return min((view.now + wait for wait in waits if wait > timedelta(0)), default=None)


class _View:
    """What the judgement asks of the evidence."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self.looks = timeline.readable(evidence)

    @property
    def row(self) -> Row:
        """The row of the last look."""
        row = self.looks[-1].row
        assert row is not None
        return row

    @property
    def now(self) -> datetime:
        """Server time of the last look."""
        now = self.looks[-1].server_time
        assert now is not None
        return now

    def passed(self, since: datetime | None = None, began: float = 0.0) -> timedelta:
        """Server time up to the last look, not counting pauses."""
        still = timeline.stood_still(self.evidence, self.looks[-1].ended, began)
        return self.now - (since or self.evidence.begun) - still

    @cached_property
    def is_polling(self) -> bool:
        """Whether the assistant has a row of this migration to ask the cloud about."""
        made = any(change.what == "migration made" for change in self.evidence.changes)
        return made and self.row.status not in ROWLESS

    @cached_property
    def linked(self) -> frozenset[str]:
        """Transfers that have a cloud app."""
        return frozenset(
            change.transfer
            for change in self.evidence.changes
            if change.what == "transfer made" and change.linked
        )

    @cached_property
    def settled(self) -> Change | None:
        """What settled the last of the transfers; None while one is not settled."""
        settling = [change for change in self.evidence.changes if change.what == "settled"]
        done = {change.transfer for change in settling}
        return settling[-1] if settling and self.linked <= done else None

    @cached_property
    def last_change(self) -> int:
        """The journal's number of the last change of what a poll brings; 0 without one."""
        last, states = 0, dict[str, tuple[str | None, int | None]]()
        for change in self.evidence.changes:
            state = (change.status, change.percent)
            if change.what != "recorded" or states.get(change.transfer) != state:
                last = change.seq
            states[change.transfer] = state
        return last

    def polls(self, after: int = 0, *, answered: bool = False) -> list[Poll]:
        """Polls that count: answered ones, and those refused as the case declares.

        Args:
            after: only those after this number of the journal.
            answered: leaves the refused ones out.
        """
        counts = ("answered",) if answered else ("answered", "declared")
        return [poll for poll in self.evidence.polls if poll.seq > after and poll.outcome in counts]

    def looked_after(self, known: float) -> bool:
        """Whether two looks came after a moment, the second with time for the server before it.

        Two, since the answer to a look that was requested while Confluence stood still races with
        what the poll's answer changes.
        """
        later = [look for look in self.looks if look.began >= known]
        return len(later) > 1 and later[-1].began >= known + GRACE


@dataclass
class _Judgement:
    expectation: Expectation
    bug: KnownBug | None
    evidence: Evidence

    def __post_init__(self) -> None:
        self.view = _View(self.evidence)

    def verdict(self) -> Verdict:
        looks = self.evidence.looks
        if not self.view.looks or looks[-1].row is None:
            last = looks[-1].saw if looks else "nothing"
            return _open(f"a look that shows the row; the last one met {last}")
        sees_polls = self.evidence.told_by in TELL_POLLS
        if not sees_polls and self.view.row.status not in ROWLESS:
            if self.view.row.status not in FINAL or self._bug_may_show():
                return _open(_NO_POLLS)
            if self.evidence.told_by == "nothing":
                return self._by_the_rows_alone()
        if self.expectation.before_refresh and self.evidence.polls:
            return _little("a poll came before the row could be looked at")
        if self.view.row.status in FINAL:
            return self._of_a_final_row()
        if self._bug_may_show() and (missing := self._bug_missing()) != _NOT_SETTLED:
            return _open(*missing) if missing else self._known_bug()
        if self.view.row == self.expectation.rows[-1]:
            missing = self._missing_before_refresh() or self._missing_to_stay()
            return _open(*missing) if missing else self._matched()
        return self._given_up()

    # Rows of which nothing tells what the cloud recorded

    def _by_the_rows_alone(self) -> Verdict:
        """A row that no poll changes is its own evidence."""
        row, last = self.view.row, self.expectation.rows[-1]
        if len(self.view.looks) > 1 and self.view.looks[-2].row != row:
            return _open("a second look at the last row")
        if row == last and self._match() is not Match.YES:
            # Without polls nobody knows how often the row changed between two looks.
            why = "a row before the last may have come and gone between two looks"
            wanted = timeline.expected_text(self.expectation)
            got = timeline.seen_text(self.evidence, timed=bool(self.expectation.times))
            return _little(f"{why}; wanted {wanted}; got {got}")
        missing = self._missing_time(self.expectation.lasts)
        return _open(*missing) if missing else self._matched()

    # A row that no poll changes

    def _of_a_final_row(self) -> Verdict:
        if self._bug_may_show():
            assert self.bug is not None
            missing = self._missing_at_the_end(self.bug.lasts)
            return _open(*missing) if missing else self._known_bug()
        if self._match() is Match.NO:
            missing = self._missing_after_a_wrong_end()
        else:
            missing = self._missing_at_the_end(self.expectation.lasts)
        return _open(*missing) if missing else self._matched()

    def _missing_at_the_end(self, lasts: timedelta) -> list[str]:
        view = self.view
        if view.settled is None:
            return ["a final status that the cloud recorded, from which the row could have come"]
        polls = view.polls(view.settled.seq)
        if not polls:
            return ["an answered poll after the cloud had recorded the final status"]
        missing = [] if _any_look_after(view.looks, polls[0].known) else [_A_LOOK]
        return missing + self._missing_time(lasts)

    def _missing_after_a_wrong_end(self) -> list[str]:
        view = self.view
        if not view.is_polling:
            return self._missing_without_polls()
        polls = view.polls()
        if not polls:
            return ["an answered poll, from which the row could have come"]
        return [] if _any_look_after(view.looks, polls[0].known) else [_A_LOOK]

    # A row that stays

    def _missing_before_refresh(self) -> list[str]:
        if not self.expectation.before_refresh:
            return []
        view = self.view
        if view.settled is None:
            return ["a final status recorded by the cloud"]
        return [] if _any_look_after(view.looks, view.settled.known) else [_A_LOOK]

    def _missing_to_stay(self) -> list[str]:
        if self.expectation.before_refresh:
            return []
        view, lasts = self.view, self.expectation.lasts
        missing = self._missing_time(lasts)
        if not view.is_polling:
            return missing + self._missing_without_polls()
        needed = max(lasts // REFRESH, 1) if view.linked else 1
        polls = view.polls()
        missing += _missing_polls(polls, needed, "of this migration")
        if not view.polls(view.last_change):
            missing.append("an answered poll after the last change in the cloud")
        return missing + self._missing_looks(polls, needed, view.last_change)

    def _missing_looks(self, polls: Sequence[Poll], needed: int, change: int = 0) -> list[str]:
        """Two looks after the poll with which all that are needed had come.

        More may go on coming faster than two looks, as in dev mode.

        Args:
            polls: those that count.
            needed: how many are.
            change: the journal's number of a change after which one of them has to come.
        """
        if not polls:
            return []
        enough = polls[: max(needed, 1)][-1]
        newer = next((poll for poll in polls if poll.seq > change), enough)
        last = max(enough, newer, key=lambda poll: poll.seq)
        return [] if self.view.looked_after(last.known) else [_LOOKS]

    def _missing_without_polls(self) -> list[str]:
        """What shows that nothing more comes where the assistant has nothing to ask for."""
        ended = [look for look in self.view.looks if look.plan_status in ENDED_PLANS]
        if not ended:
            return ["the plan's own end (FINISHED, FAILED, ...) on its page"]
        return [] if self.view.looked_after(ended[0].began) else [_LOOKS]

    def _missing_time(self, lasts: timedelta) -> list[str]:
        passed = self.view.passed()
        if passed >= lasts:
            return []
        return [f"the row for {minutes(lasts)}; it was watched for {minutes(passed)}"]

    # A row that is not the expected one

    def _given_up(self) -> Verdict:
        view = self.view
        if view.is_polling and view.linked:
            settled = view.settled
            needed = (PATIENCE if settled else GIVE_UP) // REFRESH
            polls = view.polls(settled.seq if settled else 0)
            since = "after the cloud's final status" if settled else "of this migration"
            missing = _missing_polls(polls, needed, since)
            if not settled and not view.polls(view.last_change):
                missing.append("an answered poll after the last change in the cloud")
            missing += self._missing_looks(polls, needed, 0 if settled else view.last_change)
        elif view.is_polling:
            polls = view.polls(view.last_change)
            missing = _missing_polls(polls, 1, "of this migration")
            missing += self._missing_time(GIVE_UP) + self._missing_looks(polls, 1)
        else:
            missing = self._missing_without_polls() + self._missing_time(GIVE_UP)
        return _open(*missing) if missing else self._failed()

    # A known bug

    def _bug_may_show(self) -> bool:
        """Whether the row is the bug's, has not changed since it came, and none was final."""
        if self.bug is None or self.view.row != self.bug.row:
            return False
        *before, last = [seen.row for seen in timeline.timeline_of(self.evidence)]
        return last not in before and not any(row.status in FINAL for row in before)

    def _bug_missing(self) -> list[str]:
        view, bug = self.view, self.bug
        assert bug is not None
        if view.settled is None:
            return _NOT_SETTLED
        polls, needed = view.polls(view.settled.seq, answered=True), bug.lasts // REFRESH
        missing = _missing_polls(polls, needed, "after the cloud's final status")
        passed = view.passed(view.settled.at, view.settled.known)
        if passed < bug.lasts:
            missing.append(f"{bug.row} for {minutes(bug.lasts)} after the cloud's final status")
        return missing + self._missing_looks(polls, needed)

    def _known_bug(self) -> Verdict:
        assert self.bug is not None
        assert self.view.settled is not None
        settled = self.view.settled
        passed = self.view.now - settled.at
        polls = len(self.view.polls(settled.seq, answered=True))
        refreshes = f"{polls} refresh{'' if polls == 1 else 'es'}"
        return self._unless_something_went_wrong(
            Verdict(
                "known-bug",
                f"{self.bug.statement} Watched for {passed.total_seconds() / 60:.0f} min of server "
                f"time and {refreshes} after the cloud had recorded its final status",
            )
        )

    # The outcome

    def _match(self) -> Match:
        return timeline.match(self.expectation, timeline.steps_of(self.evidence))

    def _matched(self) -> Verdict:
        found = self._match()
        got = timeline.seen_text(self.evidence, timed=bool(self.expectation.times))
        if found is Match.NO:
            return self._failed()
        if found is Match.MAYBE:
            why = timeline.unseen_text(self.expectation, self.evidence)
            why = why or "a row came at an unknown time between two looks"
            wanted = timeline.expected_text(self.expectation)
            return _little(f"{why}; wanted {wanted}; got {got}")
        if self.bug:
            verdict = Verdict(
                "fixed", f"known bug {self.bug.id} did not show: {got}. Remove its marker"
            )
        else:
            verdict = Verdict("passed", f"saw {got}")
        # No mishap has caused a row that came as expected and stays for good.
        if self.view.row.status in FINAL:
            return verdict
        return self._unless_something_went_wrong(verdict)

    def _failed(self) -> Verdict:
        got = timeline.seen_text(self.evidence, timed=bool(self.expectation.times))
        wanted = timeline.expected_text(self.expectation)
        if self.bug:
            reason = f"wanted {wanted}, or {self.bug.row} for good ({self.bug.id}); got {got}"
        else:
            reason = f"wanted {wanted}; got {got}"
        return self._unless_something_went_wrong(Verdict("failed", reason))

    def _unless_something_went_wrong(self, verdict: Verdict) -> Verdict:
        mishaps = [
            each
            for each in self.evidence.mishaps
            if not each.declared and (verdict.name == "failed" or not each.of_a_poll)
        ]
        if not mishaps:
            return verdict
        return Verdict("error", f"{went_wrong(mishaps)}; without that: {verdict.reason}")


def with_cause(verdict: Verdict, bug: KnownBug | None, proved: Sequence[str]) -> Verdict:
    """The verdict, once the causes are known: a known bug that names one needs it proved.

    Where another cause is proved, the case failed in another way; where none is, too little is
    known of why the row is as the bug says.

    Args:
        verdict: as it was judged by the rows.
        bug: the known bug that the case is marked with, if any.
        proved: the causes that are proved.
    """
    if verdict.name != "known-bug" or bug is None or bug.cause in (None, *proved):
        return verdict
    if proved:
        why = f"what is proved is {', '.join(proved)}, not {bug.cause}"
        return Verdict("failed", f"{bug.row} as known bug {bug.id} says, yet {why}")
    return _little(f"{bug.row} as known bug {bug.id} says, yet its cause {bug.cause} is not proved")


def too_little(verdict: Verdict, evidence: Evidence) -> Verdict:
    """The verdict of a watch that ended while something was missing."""
    if not verdict.is_open:
        return verdict
    reason = verdict.reason
    got = timeline.seen_text(evidence, timed=False)
    mishaps = [each for each in evidence.mishaps if not each.declared]
    if mishaps:
        reason = f"{went_wrong(mishaps)}; {reason}"
    supply = "" if evidence.told_by in TELL_POLLS else f". {_SUPPLY}"
    return Verdict("error", f"{reason}; got {got}{supply}")


def went_wrong(mishaps: Sequence[object]) -> str:
    """What the case did not declare, in words; the first few of many."""
    named = "; ".join(str(each) for each in mishaps[:_NAMED])
    more = f"; and {len(mishaps) - _NAMED} more" if len(mishaps) > _NAMED else ""
    return f"something went wrong that the case does not declare: {named}{more}"


_NAMED = 3
_NO_POLLS = "polls of this migration after the last change in the cloud, which nothing here shows"
_SUPPLY = (
    "The journal of a stub would show them (--cloud http://..., where one serves this Confluence), "
    "or a recording of what a stack of the harness's asks its cloud (--record)"
)
_A_LOOK = "a look after the poll"
_LOOKS = "two looks after the last poll that is needed"
_NOT_SETTLED = ["a final status recorded by the cloud"]


def _open(*missing: str) -> Verdict:
    return Verdict("error", f"too little was seen; missing: {'; '.join(missing)}", missing)


def _little(what: str) -> Verdict:
    """Too little was seen, and what is missing can no longer come."""
    return Verdict("error", f"too little was seen: {what}")


def _missing_polls(polls: Sequence[Poll], needed: int, of: str) -> list[str]:
    if len(polls) >= needed:
        return []
    return [f"{needed} answered poll{'' if needed == 1 else 's'} {of}; {len(polls)} came"]


def _any_look_after(looks: Sequence[Look], known: float) -> bool:
    return any(look.began >= known for look in looks)
