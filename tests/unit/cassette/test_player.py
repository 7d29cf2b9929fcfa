"""A recording played to another run of the same server: other ids, other times."""

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.cassette.exchange import Body, Exchange, Header, Mark, Request, Response
from harness.cassette.files import Recording, tape_of
from harness.cassette.player import Played, Player

THEN, NOW = datetime(2026, 3, 1, 12, tzinfo=UTC), datetime(2027, 8, 9, 3, tzinfo=UTC)
CLOUD = "https://cloud.example.com"


def an_id(name: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, name))


@dataclass
class Said:
    """One exchange of a made-up protocol, after so many server seconds."""

    seconds: float
    method: str
    path: str
    sent: Any
    told: Any
    status: int = 200
    case: str = "a case"


def taped(
    said: Iterable[Said], name: str = "stack-1", cases: Sequence[str] = ("a case",)
) -> Recording:
    lines: list[Any] = [Header(THEN)]
    said = list(said)
    for case in cases:
        own = [each.seconds for each in said if each.case == case]
        lines.append(Mark(case, THEN + timedelta(seconds=min(own, default=0))))
    for n, each in enumerate(said, 1):
        at = THEN + timedelta(seconds=each.seconds)
        response = Response(
            each.status, {"content-type": "application/json"}, Body("json", each.told)
        )
        lines.append(
            Exchange(n, each.case, at, at, 0.1, asked(each.method, each.path, each.sent), response)
        )
    return Recording((tape_of(name, lines),))


def asked(method: str, path: str, sent: Any = None) -> Request:
    return Request(method, f"{CLOUD}{path}", Body() if sent is None else Body("json", sent))


def playing(recording: Recording, case: str = "a case") -> Callable[..., Played]:
    player = Player(recording, NOW)
    player.begin(case, NOW)

    def ask(seconds: float, method: str, path: str, sent: Any = None) -> Played:
        return player.answer(asked(method, path, sent), NOW + timedelta(seconds=seconds))

    return ask


def told(played: Played) -> Any:
    assert not played.not_recorded, played.not_recorded
    return played.response.body.value


MADE = an_id("made by the cloud")
STORY = [
    Said(0, "POST", "/runs", {"plan": an_id("plan")}, {"run": MADE, "plan": an_id("plan")}, 201),
    Said(600, "POST", "/ask", {"runs": [MADE]}, {"state": "GOING"}),
    Said(1200, "POST", "/ask", {"runs": [MADE]}, {"state": "DONE", "at": "2026-03-01T12:15:00Z"}),
]


def test_the_servers_own_ids_are_carried_into_the_answer() -> None:
    ask = playing(taped(STORY))
    assert told(ask(0, "POST", "/runs", {"plan": an_id("other")})) == {
        "run": MADE,
        "plan": an_id("other"),
    }


@pytest.mark.parametrize(
    ("seconds", "state"),
    [(1, "GOING"), (599, "GOING"), (640, "GOING"), (1100, "DONE"), (1200, "DONE"), (9999, "DONE")],
)
def test_a_poll_is_answered_by_the_age_of_what_it_asks_for(seconds: float, state: str) -> None:
    """However long it took until that was made: here an hour longer than in the recording."""
    ask = playing(taped(STORY))
    ask(3600, "POST", "/runs", {"plan": an_id("other")})
    assert told(ask(3600 + seconds, "POST", "/ask", {"runs": [MADE]}))["state"] == state


def test_times_in_an_answer_are_as_far_off_as_they_were() -> None:
    ask = playing(taped(STORY))
    ask(0, "POST", "/runs", {"plan": an_id("other")})
    answer = told(ask(1230, "POST", "/ask", {"runs": [MADE]}))
    assert answer["at"] == "2027-08-09T03:15:30Z"  # 300 s before its poll was recorded


def test_what_made_something_is_answered_as_often_as_it_was_recorded() -> None:
    ask = playing(taped(STORY))
    ask(0, "POST", "/runs", {"plan": an_id("other")})
    again = ask(5, "POST", "/runs", {"plan": an_id("other")})
    assert again.response.status == 501
    assert again.not_recorded == (
        f"not in the recording so often: POST {CLOUD}/runs; stack-1 #1 was the last"
    )


def test_what_was_not_recorded_is_named_with_what_is_near() -> None:
    ask = playing(taped(STORY))
    ask(0, "POST", "/runs", {"plan": an_id("other")})
    wrong = ask(5, "POST", "/ask", {"runs": [MADE], "deep": True})
    assert (wrong.source, wrong.response.status) == ("", 501)
    assert "POST https://cloud.example.com/ask; stack-1 #2 is near, but" in wrong.not_recorded
    assert '["deep", "runs"]' in wrong.not_recorded
    assert wrong.not_recorded in wrong.response.body.value["message"]
    method = ask(6, "GET", "/runs").not_recorded
    assert "stack-1 #1 is POST https://cloud.example.com/runs" in method
    assert ask(6, "GET", "/nothing").not_recorded.endswith("nothing like it was recorded")


def test_an_id_that_stands_for_another_is_not_taken_for_it() -> None:
    ask = playing(taped(STORY))
    ask(0, "POST", "/runs", {"plan": an_id("other")})
    refused = ask(600, "POST", "/ask", {"runs": [an_id("what nobody made")]})
    assert "alike, but of other ids" in refused.not_recorded


def test_requests_alike_in_all_but_an_id_are_told_apart() -> None:
    first, second = an_id("first"), an_id("second")
    ask = playing(
        taped(
            [
                Said(0, "POST", "/parts", {"of": an_id("a")}, {"part": first}),
                Said(1, "POST", "/parts", {"of": an_id("b")}, {"part": second}),
                Said(2, "GET", f"/parts/{second}", None, {"of": an_id("b"), "is": "second"}),
                Said(3, "GET", f"/parts/{first}", None, {"of": an_id("a"), "is": "first"}),
            ]
        )
    )
    assert told(ask(0, "POST", "/parts", {"of": an_id("x")})) == {"part": first}
    assert told(ask(1, "POST", "/parts", {"of": an_id("y")})) == {"part": second}
    assert told(ask(2, "GET", f"/parts/{first}")) == {"of": an_id("x"), "is": "first"}
    assert told(ask(3, "GET", f"/parts/{second}")) == {"of": an_id("y"), "is": "second"}


def test_a_number_of_the_requests_own_tells_nothing() -> None:
    """As a request's id that is new in each: any other one does, and more of them."""
    said = [Said(n, "POST", "/ask", {"nonce": an_id(str(n))}, {"n": n}) for n in range(3)]
    ask = playing(taped(said))
    for n in (0, 1, 2, 2, 2):
        assert told(ask(n, "POST", "/ask", {"nonce": an_id(f"live {n}")})) == {"n": n}


def two_cases() -> Recording:
    return taped(
        [
            Said(
                0,
                "POST",
                "/attach",
                {"server": an_id("server")},
                {"scope": an_id("scope")},
                case="",
            ),
            Said(1, "GET", "/all", None, {"of": "one"}, case="one"),
            Said(2, "GET", "/connection", None, {"is": "there"}, case="one"),
            Said(9, "GET", "/all", None, {"of": "two"}, case="two"),
            Said(10, "GET", "/later", None, {"of": "three"}, case="three"),
        ],
        cases=("one", "two", "three"),
    )


def test_a_case_is_answered_from_its_own_part_first_and_else_from_what_came_before() -> None:
    ask = playing(two_cases(), "two")
    assert told(ask(0, "GET", "/all")) == {"of": "two"}
    assert told(ask(0, "GET", "/connection")) == {"is": "there"}
    assert told(ask(0, "POST", "/attach", {"server": an_id("live")})) == {"scope": an_id("scope")}
    assert "is alike, but of other ids or of 'three'" in ask(0, "GET", "/later").not_recorded


def test_a_case_that_is_played_again_has_new_ids_of_the_clouds() -> None:
    player = Player(taped(STORY), NOW)
    made = []
    for plan in ("first", "second"):
        player.begin("a case", NOW)
        answer = told(player.answer(asked("POST", "/runs", {"plan": an_id(plan)}), NOW))
        assert answer["plan"] == an_id(plan)
        made.append(answer["run"])
        later = NOW + timedelta(seconds=1200)
        poll = player.answer(asked("POST", "/ask", {"runs": [answer["run"]]}), later)
        assert told(poll)["state"] == "DONE"
    assert made[0] == MADE
    assert made[1] != MADE


def test_an_upload_is_matched_by_its_address() -> None:
    recording = taped([])
    tape = recording.tapes[0]
    at = THEN + timedelta(seconds=1)
    sent = Request("POST", f"{CLOUD}/data", Body("base64", "AAAA"))
    upload = Exchange(1, "a case", at, at, 0.1, sent, Response(201))
    ask = Player(Recording((type(tape)(tape.name, tape.header, tape.marks, (upload,)),)), NOW)
    ask.begin("a case", NOW)
    other = Request("POST", f"{CLOUD}/data", Body("left-out", {"bytes": 99, "sha256": ""}))
    assert ask.answer(other, NOW).response.status == 201
    assert ask.answer(Request("POST", f"{CLOUD}/data"), NOW).not_recorded


# A server of a random protocol, recorded once and run again.

NAMES = st.lists(st.sampled_from(["things", "parts", "jobs", "logs"]), min_size=1, max_size=3)


@dataclass
class Step:
    """What a random server does next: makes something, or asks for something that was made."""

    kind: str
    which: int
    after: float


STEPS = st.lists(
    st.builds(
        Step,
        st.sampled_from(["make", "poll", "search", "nonce"]),
        st.integers(0, 5),
        st.floats(60, 600),
    ),
    min_size=1,
    max_size=14,
)


def story(steps: Sequence[Step], world: str, jitter: Sequence[float]) -> list[Said]:
    """What a run says and is told; a world has its own server's ids, and the same cloud's."""
    said, now = [], 0.0
    made: list[tuple[str, str, float]] = []
    for n, step in enumerate(steps):
        now += step.after
        at = now + (jitter[n % len(jitter)] if jitter else 0)
        own = an_id(f"{world} {n}")
        if step.kind == "make" or not made:
            cloud = an_id(f"cloud {n}")
            made.append((own, cloud, now))
            said.append(Said(at, "POST", "/made", {"own": own}, {"id": cloud, "own": own}))
        else:
            mine, cloud, since = made[step.which % len(made)]
            age = {"own": mine, "age": int(now - since)}
            if step.kind == "poll":
                said.append(Said(at, "GET", f"/made/{cloud}?x=1", None, age))
            elif step.kind == "search":
                said.append(Said(at, "POST", "/search", {"ids": [cloud]}, [age]))
            else:
                said.append(Said(at, "POST", f"/made/{cloud}", {"nonce": own}, age))
    return said


@settings(deadline=None)
@given(STEPS, st.lists(st.floats(-5, 5), max_size=5))
def test_another_run_of_the_same_server_is_told_the_same(
    steps: Sequence[Step], jitter: Sequence[float]
) -> None:
    ask = playing(taped(story(steps, "recorded", ())))
    for recorded, live in zip(story(steps, "live", ()), story(steps, "live", jitter), strict=True):
        answer = told(ask(live.seconds, live.method, live.path, live.sent))
        assert answer == recorded.told
