"""The rules of docs/verdicts.md, written down a second time: slow, and with nothing shared.

Where `harness.checker` counts and searches cleverly, this tries everything that could have been.
It says one of the verdicts, or `open` while what is missing may still come.
"""

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise, product

from harness.cases import Expectation, KnownBug
from harness.store.evidence import Evidence, Look
from harness.vocabulary.rows import Row

TEN = timedelta(minutes=10)
FINAL = ("COMPLETE", "INCOMPLETE", "FAILED", "TIMED_OUT", "CANCELLED")
ORDER = ("ABSENT", "NO_ROW", "READY", "STARTING", "RUNNING")


def slow_verdict(  # noqa: C901 - one rule after the other, as the page lists them
    expectation: Expectation, bug: KnownBug | None, evidence: Evidence
) -> str:
    looks = [look for look in evidence.looks if look.row is not None]
    if not looks or evidence.looks[-1].row is None:
        return "open"
    if expectation.before_refresh and evidence.polls:
        return "error"
    row, wanted = looks[-1].row, expectation.rows[-1]
    clean = not any(not each.declared for each in evidence.mishaps)
    clean_but_for_polls = not any(
        not each.declared and not each.of_a_poll for each in evidence.mishaps
    )
    bug_row = bug is not None and row == bug.row and came_and_stayed(looks, bug.row)
    came = could_have_come(expectation, evidence, looks)

    if row.status in FINAL:
        if bug_row:
            enough = has_settled(evidence) and poll_brought_it(evidence, looks, "settled")
            if not enough or time_that_ran(evidence, looks) < bug.lasts:
                return "open"
            return "known-bug" if clean_but_for_polls else "error"
        if came == "no":
            asks = any(each.what == "migration made" for each in evidence.changes)
            shown = poll_brought_it(evidence, looks, "any") if asks else plan_ended(looks)
            return ("failed" if clean else "error") if shown else "open"
        if not has_settled(evidence) or not poll_brought_it(evidence, looks, "settled"):
            return "open"
        if time_that_ran(evidence, looks) < expectation.lasts:
            return "open"
        return ("fixed" if bug else "passed") if came == "yes" else "error"

    if bug_row and has_settled(evidence):
        polls = polls_after(evidence, settled_at(evidence), ("answered",))
        settled = [each for each in evidence.changes if each.what == "settled"][-1]
        ran = looks[-1].server_time - settled.at - lost(evidence, looks, settled.known)
        needed = bug.lasts // TEN
        if ran < bug.lasts or not closed(polls, looks, needed):
            return "open"
        return "known-bug" if clean_but_for_polls else "error"

    asks = row.status not in ("ABSENT", "NO_ROW") and any(
        each.what == "migration made" for each in evidence.changes
    )
    if row == wanted:
        if expectation.before_refresh:
            settled = [each for each in evidence.changes if each.what == "settled"]
            if not has_settled(evidence) or not any(
                look.began >= settled[-1].known for look in looks
            ):
                return "open"
        else:
            if time_that_ran(evidence, looks) < expectation.lasts:
                return "open"
            if not asks and not plan_ended(looks):
                return "open"
            if asks:
                all_polls = polls_after(evidence, 0)
                needed = max(1, expectation.lasts // TEN) if has_transfer(evidence) else 1
                if not closed(all_polls, looks, needed, last_news(evidence)):
                    return "open"
        if came == "no":
            return "failed" if clean else "error"
        if came == "maybe" or not clean_but_for_polls:
            return "error"
        return "fixed" if bug else "passed"

    if asks and has_transfer(evidence):
        done = has_settled(evidence)
        polls = polls_after(evidence, settled_at(evidence) if done else 0)
        if not closed(polls, looks, 3 if done else 6, 0 if done else last_news(evidence)):
            return "open"
    elif asks:
        polls = polls_after(evidence, last_news(evidence))
        if not closed(polls, looks, 1):
            return "open"
        if time_that_ran(evidence, looks) < 6 * TEN:
            return "open"
    elif not plan_ended(looks) or time_that_ran(evidence, looks) < 6 * TEN:
        return "open"
    return "failed" if clean else "error"


def came_and_stayed(looks: list[Look], row: Row) -> bool:
    """Other rows, none of them final, and then this one to the end."""
    rows = [look.row for look in looks]
    first = rows.index(row)
    return all(each == row for each in rows[first:]) and not any(
        each.status in FINAL for each in rows[:first]
    )


def polls_after(
    evidence: Evidence, seq: int, outcomes: tuple[str, ...] = ("answered", "declared")
) -> list:
    return [each for each in evidence.polls if each.seq > seq and each.outcome in outcomes]


def has_transfer(evidence: Evidence) -> bool:
    return any(each.what == "transfer made" and each.linked for each in evidence.changes)


def has_settled(evidence: Evidence) -> bool:
    made = {e.transfer for e in evidence.changes if e.what == "transfer made" and e.linked}
    done = {e.transfer for e in evidence.changes if e.what == "settled"}
    return bool(done) and not made - done


def settled_at(evidence: Evidence) -> int:
    return max(each.seq for each in evidence.changes if each.what == "settled")


def last_news(evidence: Evidence) -> int:
    """The last entry after which a poll brings what none before it could."""
    news = 0
    for n, change in enumerate(evidence.changes):
        before = [each for each in evidence.changes[:n] if each.transfer == change.transfer]
        same = before and (before[-1].status, before[-1].percent) == (change.status, change.percent)
        if change.what != "recorded" or not same:
            news = change.seq
    return news


def closed(polls: list, looks: list[Look], needed: int, news: int = 0) -> bool:
    """So many polls, one of them after the news, and two looks after these polls.

    The second look is half a second after them.
    """
    return any(
        one.began >= come[-1].known and two.began >= come[-1].known + 0.5 and one is not two
        for come in (polls[: n + 1] for n in range(len(polls)))
        if len(come) >= needed and any(each.seq > news for each in come)
        for one, two in product(looks, looks)
        if one.began <= two.began
    )


def poll_brought_it(evidence: Evidence, looks: list[Look], since: str) -> bool:
    polls = polls_after(evidence, settled_at(evidence) if since == "settled" else 0)
    return any(look.began >= poll.known for poll in polls for look in looks)


def plan_ended(looks: list[Look]) -> bool:
    ended = [
        look
        for look in looks
        if look.plan_status in ("FINISHED", "STOPPED", "INCOMPLETE", "FAILED")
    ]
    if not ended:
        return False
    first = ended[0].began
    later = [look for look in looks if look.began >= first]
    return len(later) >= 2 and max(look.began for look in later) >= first + 0.5


def lost(evidence: Evidence, looks: list[Look], since: float = 0.0) -> timedelta:
    seconds = 0.0
    for pause in evidence.pauses:
        if pause.who in ("Confluence", "this machine") and since <= pause.began <= looks[-1].ended:
            seconds += pause.seconds
    return timedelta(seconds=seconds * evidence.scale)


def time_that_ran(evidence: Evidence, looks: list[Look]) -> timedelta:
    return looks[-1].server_time - evidence.begun - lost(evidence, looks)


# Which rows came, and when


def could_have_come(expectation: Expectation, evidence: Evidence, looks: list[Look]) -> str:
    """`yes` where the expected rows came for sure, `maybe` where they could have, else `no`."""
    for certainly in (True, False):
        for places in all_places(len(expectation.rows), looks):
            if all(
                fits(expectation, n, place, evidence, looks, certainly)
                for n, place in enumerate(places)
            ):
                return "yes" if certainly else "maybe"
    return "no"


Place = tuple[str, int]
"""`("at", n)`: first shown by look n; `("before", n)`: between looks n - 1 and n, unseen."""


def all_places(rows: int, looks: list[Look]) -> Iterator[tuple[Place, ...]]:
    """Every way to put the rows into looks, and between them, in order; the last one at the end."""
    first_shown = [n for n in range(len(looks)) if n == 0 or looks[n].row != looks[n - 1].row]
    every = [(kind, n) for n in range(len(looks)) for kind in ("before", "at")]
    every = [place for place in every if place[0] == "before" or place[1] in first_shown]
    end = ("at", first_shown[-1])
    for places in product(every, repeat=rows - 1):
        chosen = (*places, end)
        ranks = [every.index(place) for place in chosen]
        if all(
            one < two or (one == two and every[one][0] == "before") for one, two in pairwise(ranks)
        ):
            yield chosen


def fits(
    expectation: Expectation,
    n: int,
    place: Place,
    evidence: Evidence,
    looks: list[Look],
    certainly: bool,
) -> bool:
    row, (kind, at) = expectation.rows[n], place
    before = looks[at - 1] if at else None
    if kind == "before":
        return not certainly and unseen_between(before, looks[at], row, evidence)
    if looks[at].row != row:
        return False
    if not expectation.times:
        return True
    window = expectation.times[n]
    soonest = before.server_time - evidence.begun if before else timedelta(0)
    latest = looks[at].server_time - evidence.begun
    late = timedelta(seconds=evidence.scale) * sum(
        pause.seconds
        for pause in evidence.pauses
        if pause.who in ("Confluence", "this machine") and 0 <= pause.began <= looks[at].ended
    )
    if certainly:
        return soonest >= window.after and (window.within is None or latest <= window.within)
    return latest >= window.after and (window.within is None or soonest - late <= window.within)


def unseen_between(one: Look | None, two: Look, row: Row, evidence: Evidence) -> bool:
    """Whether the row may have been there between two looks: it changed twice, and fits there."""
    times = [poll.happened for poll in evidence.polls]
    times += [
        each.happened for each in evidence.changes if each.what not in ("recorded", "settled")
    ]
    if one is None:
        return any(time <= two.ended for time in times) and far(row) <= far(two.row)
    between = [time for time in times if one.began - 0.25 < time <= two.ended]
    return len(between) >= 2 and far(one.row) <= far(row) <= far(two.row)


def far(row: Row | None) -> tuple[int, int]:
    if row.status in FINAL:
        return 9, 0
    return ORDER.index(row.status), -1 if row.percent is None else row.percent
