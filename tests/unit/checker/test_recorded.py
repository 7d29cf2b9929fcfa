"""What a server was told, read from a recording of a protocol that nobody here knows."""

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from harness.cases import Expectation, KnownBug
from harness.cassette.exchange import Body, Exchange, Request, Response
from harness.checker.record import Declared, Record
from harness.checker.recorded import RecordedStory, Told, told_in
from harness.checker.verdict import judge
from harness.store.evidence import Evidence, Look
from harness.vocabulary.rows import Row

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
RUN, PART, OTHER = (f"00000000-0000-4000-8000-00000000000{n}" for n in (1, 2, 3))
KEYS = frozenset({"charts-plugin", "charts-for-confluence"})


class Story:
    """A case's exchanges, one each ten minutes, as a made-up cloud has them."""

    def __init__(self, *declared: str) -> None:
        self.record = Record("plan", "charts-plugin", Declared(kinds=frozenset(declared)))
        self._story = RecordedStory(self.record, KEYS)
        self._numbers = itertools.count(1)

    def say(
        self, method: str, path: str, told: Any, sent: Any = None, status: int = 200, **more: str
    ) -> None:
        n = next(self._numbers)
        at = AT + timedelta(minutes=10 * n)
        body = Body() if sent is None else Body("json", sent)
        request = Request(method, f"https://cloud.example.com{path}", body)
        response = Response(status, {}, Body("json", told), more.pop("failure", ""))
        exchange = Exchange(n, "a case", at, at, 0.1, request, response, **more)
        self._story.take(exchange, float(n), n + 0.5)

    def begin(self) -> None:
        self.say("PUT", "/runs", {"run": RUN}, {"plan": "1"}, 201)

    def poll(self, state: str, done: int, **more: Any) -> None:
        told = [{"part": PART, "phase": state, "amount": done, "note": "ok", **more}]
        self.say("POST", "/watch", {"parts": told}, {"runs": [RUN]})

    @property
    def changes(self) -> list[tuple[str, str | None, int | None]]:
        return [(each.what, each.status, each.percent) for each in self.record.changes]


def test_a_run_is_told_from_its_answers_alone() -> None:
    story = Story()
    story.begin()
    story.poll("IN_PROGRESS", 40)
    story.poll("IN_PROGRESS", 40)
    story.poll("SUCCESS", 100)
    assert story.changes == [
        ("migration made", None, None),
        ("transfer made", None, None),
        ("recorded", "IN_PROGRESS", 40),
        ("settled", "SUCCESS", 100),
    ]
    assert [each.outcome for each in story.record.polls] == ["answered"] * 3
    settled, last = story.record.changes[-1], story.record.polls[-1]
    assert settled.seq < last.seq  # it is the poll that brought it
    assert (last.at, last.known) == (AT + timedelta(minutes=40), 4.5)
    assert (story.record.status, story.record.percent) == ("SUCCESS", 100)


def test_an_answer_about_what_was_not_made_here_is_another_cases() -> None:
    story = Story()
    story.say("POST", "/watch", {"phase": "SUCCESS", "part": PART}, {"runs": [OTHER]})
    assert (story.changes, story.record.polls) == ([], [])


def test_where_an_answer_names_the_app_the_others_in_it_are_not_its_own() -> None:
    story = Story()
    story.begin()
    states = [
        {"part": PART, "phase": "IN_PROGRESS", "of": "charts-for-confluence"},
        {"part": OTHER, "phase": "SUCCESS", "of": "another-app"},
    ]
    story.say("GET", f"/runs/{RUN}", states)
    assert story.changes[1:] == [("transfer made", None, None), ("recorded", "IN_PROGRESS", None)]


def test_a_poll_that_tells_nothing_that_is_known_is_one_once_it_is_known_as_a_poll() -> None:
    story = Story()
    story.begin()
    story.say("POST", "/watch", {"parts": []}, {"runs": [RUN]})  # it could be anything
    story.poll("IN_PROGRESS", 0)
    story.say("POST", "/watch", {"parts": []}, {"runs": [RUN]})
    assert [each.at.hour * 60 + each.at.minute for each in story.record.polls] == [750, 760]


@pytest.mark.parametrize(
    ("said", "kind", "of_a_poll"),
    [
        ({"status": 503}, "internal-error", True),
        ({"status": 403}, "platform-refused", True),
        ({"status": 0, "failure": "refused"}, "unreachable", True),
        ({"status": 501, "not_recorded": "not in the recording: POST x"}, "not-recorded", True),
    ],
)
def test_a_poll_that_was_refused_is_none_and_a_mishap(
    said: dict[str, Any], kind: str, of_a_poll: bool
) -> None:
    story = Story()
    story.begin()
    story.poll("IN_PROGRESS", 0)
    story.say("POST", "/watch", {}, {"runs": [RUN]}, **said)
    assert story.record.polls[-1].outcome == "refused"
    (mishap,) = story.record.mishaps
    assert (mishap.kind, mishap.of_a_poll, mishap.declared) == (kind, of_a_poll, False)
    assert mishap.source == "recording #3"


def test_what_an_app_asks_for_may_be_refused() -> None:
    story = Story()
    story.begin()
    story.say("GET", f"/runs/{RUN}/feedback", {}, status=404)
    assert story.record.mishaps == []
    story.say("GET", f"/runs/{RUN}/feedback", {}, status=501, not_recorded="not in it")
    assert [each.kind for each in story.record.mishaps] == ["not-recorded"]


def test_a_case_may_declare_that_the_recording_lacks_a_call() -> None:
    story = Story("not-recorded")
    story.say("GET", "/x", {}, status=501, not_recorded="not in it")
    assert [each.declared for each in story.record.mishaps] == [True]


def test_a_state_is_an_object_with_one_published_word() -> None:
    told = {
        "a": {"id": PART, "x": "SUCCESS", "n": 100, "m": 1_700_000_000_000},
        "b": [{"y": "FAILED", "n": 1, "m": 2}],
        "c": {"y": "FAILED", "z": "SUCCESS"},
        "d": {"y": "success"},
        "SUCCESS": 1,
    }
    assert [(each.transfer, each.status, each.percent) for each in told_in(told)] == [
        (PART, "SUCCESS", 100),
        ("", "FAILED", None),
    ]
    assert list(told_in("SUCCESS")) == []
    assert next(told_in([{"x": "IN_PROGRESS", "done": True}])) == Told(
        "", "IN_PROGRESS", None, frozenset({"IN_PROGRESS"})
    )


BUG = KnownBug(id="stuck", statement="It stays READY.", when={"a": "b"}, row="READY", lasts="30m")
COMPLETE = Expectation(rows=("COMPLETE 100",), source="documented")


def judged(story: Story, row: Row) -> str:
    """The verdict where the row was the same in a look after each exchange."""
    record = story.record
    last = max(each.known for each in record.polls)
    looks = [
        Look(at + 0.6, at + 0.7, row, server_time=AT + timedelta(minutes=10 * at))
        for at in [*(each.known for each in record.polls), last + 1, last + 2]
    ]
    changes, polls = tuple(record.changes), tuple(record.polls)
    evidence = Evidence(
        AT, 200, tuple(looks), polls, changes, mishaps=tuple(record.mishaps), told_by="recording"
    )
    return judge(COMPLETE, BUG, evidence).name


def test_what_a_recording_tells_counts_as_what_the_server_was_told() -> None:
    story = Story()
    story.begin()
    for _ in range(5):
        story.poll("SUCCESS", 100)
    assert judged(story, Row("READY")) == "known-bug"
    assert judged(story, Row("COMPLETE", 100)) == "fixed"


def test_a_row_that_stays_is_no_known_bug_where_no_answer_told_the_final_state() -> None:
    story = Story()
    story.begin()
    for _ in range(5):
        story.poll("IN_PROGRESS", 0)
    assert judged(story, Row("READY")) == "error"


def test_what_the_recording_lacks_is_why_there_is_no_verdict() -> None:
    story = Story()
    story.begin()
    for _ in range(5):
        story.poll("SUCCESS", 100)
    story.say("GET", "/x", {}, status=501, not_recorded="not in the recording: GET x")
    assert judged(story, Row("READY")) == "error"
    assert judged(story, Row("COMPLETE", 100)) == "fixed"  # no gap brought that about
