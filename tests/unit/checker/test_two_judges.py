"""The verdict's rules, held against a second writing of them on any evidence there may be."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from seen import Story
from slow_judge import slow_verdict

from harness.cases import Expectation, KnownBug
from harness.checker.verdict import judge
from harness.store.evidence import Evidence, thinned
from harness.vocabulary.rows import FINAL

ROWS = ("ABSENT", "READY", "STARTING", "RUNNING 0", "RUNNING 50", "COMPLETE 100", "FAILED 100")
ENDS = ("COMPLETE 100", "FAILED 100")
KINDS = ("look", "same", "same", "poll", "poll", "record", "settle", "pause", "unread", "mishap")


Told = tuple[Expectation, KnownBug | None, Evidence]


@st.composite
def anything(draw: st.DrawFn) -> Evidence:
    """A case of some minutes, with anything at any time."""
    story = Story()
    if draw(st.booleans()):
        story.migration(-0.5)
    if draw(st.booleans()):
        story.transfer(-0.4, linked=draw(st.booleans()))
    minute, row = 0.0, draw(st.sampled_from(ROWS))
    plan = draw(st.sampled_from([None, "RUNNING", "FINISHED", "FAILED"]))
    events = {
        "same": lambda: story.look(minute, row, plan=plan),
        "poll": lambda: story.poll(
            minute, draw(st.sampled_from(["answered", "answered", "declared", "refused"]))
        ),
        "record": lambda: story.recorded(minute, percent=draw(st.sampled_from([0, 50]))),
        "settle": lambda: story.settled(minute),
        "pause": lambda: story.pause(minute, draw(st.sampled_from([3.5, 10, 30]))),
        "unread": lambda: story.unread(minute, "HTTP 503"),
        "mishap": lambda: story.mishap(declared=draw(st.booleans()), of_a_poll=draw(st.booleans())),
    }
    for kind in draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=12)):
        minute += draw(st.sampled_from([0.1, 0.3, 1, 5, 9, 10, 20]))
        if kind == "look":
            row = draw(st.sampled_from(ROWS))
        events.get(kind, events["same"])()
    for _ in range(draw(st.integers(0, 2))):
        minute += 1
        story.look(minute, row, plan=plan)
    return story.evidence


def seldom(draw: st.DrawFn, one_in: int = 8) -> bool:
    return draw(st.integers(1, one_in)) == 1


@st.composite
def likely(draw: st.DrawFn) -> tuple[list[str], Evidence]:
    """A case as it mostly goes: rows that follow each other while it settles and is polled."""
    story = Story()
    if not seldom(draw):
        story.migration(-0.5)
        if not seldom(draw):
            story.transfer(-0.4, linked=not seldom(draw)).called(-0.3)
    rows = draw(st.lists(st.sampled_from(ROWS), min_size=1, max_size=3, unique=True))
    rows = sorted(rows, key=ROWS.index)
    plan = "RUNNING" if seldom(draw) else "FINISHED"
    settles = draw(st.sampled_from([1, 1, 1, 12, 25, 100]))
    outcome = "answered" if not seldom(draw, 4) else draw(st.sampled_from(["declared", "refused"]))
    polls = draw(st.integers(0, 7))
    ends = polls * 10 + draw(st.sampled_from([0.2, 1, 2, 9]))
    changes = sorted(draw(st.lists(st.sampled_from([5, 10.4, 15, 20.4]), max_size=2)))
    each = draw(st.sampled_from([1.0, 2.0, 4.0, 25.0]))
    times = [(n * each, "look") for n in range(int(ends / each) + 1)]
    times += [(n * 10 + 0.3, "poll") for n in range(1, polls + 1) if not seldom(draw, 10)]
    times += [(settles + 0.1, "settle")] if settles < ends else []
    times += [(ends + n, "look") for n in (0, 0.2, 1)[: draw(st.integers(0, 3))]]
    if seldom(draw, 5):
        times.append((draw(st.sampled_from([3.05, 13.05])), "pause"))
    for minute, what in sorted(times):
        if what == "look":
            row = rows[min(sum(change <= minute for change in changes), len(rows) - 1)]
            story.look(minute, row, plan=plan)
        elif what == "poll":
            story.poll(minute, outcome)
        elif what == "settle":
            story.settled(minute)
        else:
            story.pause(minute, draw(st.sampled_from([3.5, 10])))
    if seldom(draw):
        story.mishap(declared=draw(st.booleans()), of_a_poll=draw(st.booleans()))
    return rows, story.evidence


@st.composite
def expectations(draw: st.DrawFn, seen: list[str] | None = None) -> Expectation:
    rows = [*draw(st.lists(st.sampled_from(ROWS), max_size=2)), draw(st.sampled_from(ROWS))]
    if seen and not seldom(draw, 4):
        rows = seen[draw(st.integers(0, len(seen) - 1)) :]
    given: dict[str, object] = {"rows": rows, "source": "x"}
    if seldom(draw, 4):
        window = draw(
            st.sampled_from([{"within": "15m"}, {"after": "5m"}, {"after": "5m", "within": "30m"}])
        )
        given["rows"] = [*rows[:-1], {"row": rows[-1], **window}]
    if rows[-1] not in ENDS and seldom(draw, 5):
        given["before_refresh"] = True
    elif rows[-1] not in ENDS or seldom(draw):
        given["lasts"] = draw(st.sampled_from(["10m", "15m", "25m", "40m"]))
    return Expectation.model_validate(given)


@st.composite
def cases(draw: st.DrawFn) -> Told:
    """What is expected, the known bug, and what was seen."""
    rows: list[str] = []
    if seldom(draw, 3):
        evidence = draw(anything())
    else:
        rows, evidence = draw(likely())
    expectation = draw(expectations(rows))
    row = rows[-1] if rows and not seldom(draw, 3) else draw(st.sampled_from(ROWS[1:]))
    bug = KnownBug(
        id="bug",
        statement="It stays.",
        when={"a": "b"},
        row=row,
        lasts=draw(st.sampled_from(["10m", "20m", "30m"])),
    )
    # A bug that shows what is expected is refused in the file.
    unmarked = bug.row == expectation.rows[-1] or draw(st.booleans())
    return expectation, None if unmarked else bug, evidence


def name(expectation: Expectation, bug: KnownBug | None, evidence: Evidence) -> str:
    found = judge(expectation, bug, evidence)
    return "open" if found.is_open else found.name


@settings(max_examples=400)
@given(cases())
def test_both_judges_say_the_same(case: Told) -> None:
    expectation, bug, evidence = case
    assert name(expectation, bug, evidence) == slow_verdict(expectation, bug, evidence)


@settings(max_examples=150)
@given(cases())
def test_what_is_kept_is_judged_as_what_was_seen(case: Told) -> None:
    expectation, bug, evidence = case
    kept = thinned(evidence)
    assert name(expectation, bug, kept) == name(expectation, bug, evidence)
    assert thinned(kept) == kept
    assert kept.looked == len(evidence.looks)


@settings(max_examples=150)
@given(cases())
def test_no_row_is_believed_that_stays_without_a_poll_or_the_plans_end(case: Told) -> None:
    """Whatever else was seen: time alone decides nothing."""
    expectation, bug, evidence = case
    nothing_heard = replace(
        evidence, polls=(), looks=tuple(replace(each, plan_status=None) for each in evidence.looks)
    )
    later = replace(
        nothing_heard,
        looks=tuple(
            replace(each, server_time=each.server_time and each.server_time + timedelta(days=1))
            for each in nothing_heard.looks
        ),
    )
    if expectation.before_refresh:
        return
    assert name(expectation, bug, later) in ("open", "error")


@settings(max_examples=150)
@given(cases())
def test_an_undeclared_mishap_never_leaves_a_verdict_on_a_row_that_may_change(case: Told) -> None:
    expectation, _, evidence = case
    struck = replace(evidence, mishaps=Story().mishap().evidence.mishaps)
    found = name(expectation, None, struck)
    assert found in ("open", "error", "passed")
    if found == "passed":
        assert expectation.rows[-1].status in FINAL
