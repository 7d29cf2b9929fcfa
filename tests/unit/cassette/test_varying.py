"""What varies between two runs, told from what has to be the same."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.cassette.varying import (
    STAND_IN_TOKEN,
    Differs,
    carried_over,
    ids_in,
    match_json,
    match_text,
)

MADE, NOW = str(uuid.UUID(int=1)), str(uuid.UUID(int=2))
RECORDED = datetime(2026, 3, 1, 12, tzinfo=UTC)

WORDS = st.text(alphabet="abcdefghijkl .:/+-_ü(){}", max_size=12)
IDS = st.uuids().map(str)
INSTANTS = st.integers(1_600_000_000_000, 1_900_000_000_000)
TIMES = st.datetimes(
    min_value=datetime(2020, 1, 1), max_value=datetime(2030, 1, 1), timezones=st.just(UTC)
).map(lambda each: each.isoformat(timespec="milliseconds").replace("+00:00", "Z"))
LEAVES = (
    WORDS
    | IDS
    | INSTANTS
    | TIMES
    | st.booleans()
    | st.none()
    | st.integers(-9999, 9999)
    | st.builds(lambda word, each: f"{word} {each}", WORDS, IDS)
)
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)


@settings(deadline=None)
@given(JSON, st.integers(-400, 400))
def test_what_is_carried_over_matches_and_tells_the_live_ids(value: object, days: int) -> None:
    live = {each: str(uuid.uuid5(uuid.UUID(each), "live")) for each in ids_in(value)}
    said = carried_over(value, live.__getitem__, timedelta(days=days))
    assert dict(match_json(value, said)) == live


@settings(deadline=None)
@given(JSON)
def test_nothing_changes_where_no_time_has_passed_and_ids_stay(value: object) -> None:
    assert carried_over(value, lambda each: each, timedelta(0)) == value


@settings(deadline=None)
@given(JSON, JSON)
def test_what_matches_differs_in_what_varies_alone(one: object, other: object) -> None:
    try:
        pairs = dict(match_json(one, other))
    except Differs:
        return
    # Lists of plain values may come in any order.
    assert _shape(carried_over(one, lambda each: pairs.get(each, each), timedelta(0))) == _shape(
        other
    )


def _shape(value: object) -> object:
    """The value with times and order left out."""
    if isinstance(value, dict):
        return {key: _shape(each) for key, each in value.items()}
    if isinstance(value, list):
        return sorted((_shape(each) for each in value), key=repr)
    try:
        match_text("2026-03-01T12:00:00.000Z", str(value))
        return "a time"
    except Differs:
        pass
    return "a time" if isinstance(value, int) and value > 10**12 else value


@pytest.mark.parametrize(
    ("recorded", "live"),
    [
        ("/things/" + MADE, "/things/" + NOW),
        ("http://127.0.0.1:4711/x", "http://localhost:8090/x"),
        ("https://localhost:1/x", "https://confluence.example.com/x"),
        ({"at": 1_700_000_000_000}, {"at": 1_800_000_000_000}),
        ({"at": "2026-03-01T12:00Z"}, {"at": "2027-04-02T13:01:02.5+02:00"}),
        ({"token": "[removed]"}, {"token": "[removed]"}),
        ({"token": "[removed]"}, {"token": {"any": "thing"}}),
        ("a=[removed]&b=1", "a=whatever-it-is&b=1"),
        ("upload 98765", "upload 123"),
        ({"scopes": ["b", "a"]}, {"scopes": ["a", "b"]}),
        ({MADE: {"n": 1}}, {NOW: {"n": 1}}),
    ],
)
def test_these_vary(recorded: object, live: object) -> None:
    match_json(recorded, live)


@pytest.mark.parametrize(
    ("recorded", "live", "place"),
    [
        ({"name": "a"}, {"name": "b"}, ".name"),
        ({"n": 1}, {"n": 2}, ".n"),
        ({"n": 1}, {"n": "1"}, ".n"),
        ({"n": True}, {"n": 1}, ".n"),
        ({"a": 1}, {"b": 1}, " (keys)"),
        ({"a": {}}, {"a": {"b": 1}}, ".a (keys)"),
        ({"list": [1]}, {"list": [1, 2]}, ".list (length)"),
        ({"list": [{"a": 1}, {"a": 2}]}, {"list": [{"a": 2}, {"a": 1}]}, ".list[0].a"),
        (MADE, "not an id", ""),
        ("http://127.0.0.1:1/x", "http://127.0.0.1:1/y", ""),
    ],
)
def test_these_do_not(recorded: object, live: object, place: str) -> None:
    with pytest.raises(Differs) as caught:
        match_json(recorded, live)
    assert caught.value.place.startswith(place)


def test_a_removed_secret_is_answered_with_a_token_that_opens_nothing() -> None:
    told = carried_over({"token": "[removed]"}, str, timedelta(0))
    assert told == {"token": STAND_IN_TOKEN}
    assert STAND_IN_TOKEN.count(".") == 2
    assert "[" not in STAND_IN_TOKEN


def test_times_move_in_the_form_they_have() -> None:
    shift = timedelta(days=1, milliseconds=250)
    said = {
        "seconds": 1_772_366_400,
        "millis": 1_772_366_400_000,
        "text": "2026-03-01T12:00:00.000Z",
        "zone": "2026-03-01T12:00:00+01:00",
    }
    assert carried_over(said, str, shift) == {
        "seconds": 1_772_452_800,
        "millis": 1_772_452_800_250,
        "text": "2026-03-02T12:00:00.250Z",
        "zone": "2026-03-02T12:00:00+01:00",
    }
