"""What had no effect, beside what would have worked: the first part that differs is marked."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest

from harness.diagnosis.data_evidence import DataRead
from harness.diagnosis.evidence import (
    AppUnderTest,
    Delivery,
    Evidence,
    Origin,
    ProgressPost,
    ServerCall,
    TransferMade,
)
from harness.diagnosis.facts import Facts
from harness.diagnosis.near_misses import NearMiss, as_data, as_lines, near_misses
from harness.vocabulary.effects import Effect

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
TRANSFER, OTHER = "transfer-1", "transfer-of-another"
MADE = TransferMade(transfer=TRANSFER, server_key="my-plugin", cloud_key="my-app", linked=True)


def at(minutes: float) -> Origin:
    return Origin("journal #1", None, NOON + timedelta(minutes=minutes))


def post(
    effect: str,
    *body: tuple[str, str],
    minutes: float = 1,
    reason: str = "",
    transfer: str = TRANSFER,
) -> ProgressPost:
    given = dict(body)
    return ProgressPost(
        origin=at(minutes),
        transfer=transfer,
        http=200,
        effect=effect,
        status=given.get("status", "").strip('"') or None,
        percent=int(given["percent"]) if given.get("percent", "").isdecimal() else None,
        reason=reason,
        body=body,
    )


def missed(*items: Evidence) -> NearMiss:
    (found,) = near_misses(Facts((MADE, *items), frozenset()))
    return found


def first(*items: Evidence) -> tuple[str, str, str]:
    part = missed(*items).first
    return part.name, part.was, part.would


def test_what_counted_is_no_miss():
    taken = post("settled", ("status", '"SUCCESS"'), ("percent", "100"))

    assert near_misses(Facts((MADE, taken), frozenset())) == []


def test_an_outdated_key_stands_beside_todays():
    old = post("outdated keys", ("progressStatus", '"SUCCESS"'), ("percent", "100"))

    assert first(old) == ("key", 'progressStatus: "SUCCESS"', 'status: "SUCCESS"')


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("DONE", '"SUCCESS"'),
        ("FINISHED", '"SUCCESS"'),
        ("Failure", '"FAILED"'),
        ("IN-PROGRES", '"IN_PROGRESS"'),
        ("qwerty", '"SUCCESS" or "FAILED" or "INCOMPLETE"'),
    ],
)
def test_an_unknown_status_stands_beside_the_word_that_was_meant(word, meant):
    unknown = post("unknown status", ("status", f'"{word}"'))

    assert first(unknown) == ("status", f'status: "{word}"', f"status: {meant}")


def test_a_lower_percent_stands_beside_the_one_that_was_reported():
    before = post("recorded", ("status", '"IN_PROGRESS"'), ("percent", "80"))
    lower = post("lower percent", ("status", '"SUCCESS"'), ("percent", "60"), minutes=2)

    assert first(before, lower) == ("percent", "percent: 60", "percent: 80 or more")


@pytest.mark.parametrize(("given", "right"), [('"100"', "100"), ('"all"', "0 to 100")])
def test_a_percent_of_the_wrong_kind_stands_beside_a_number(given, right):
    text = post("malformed request", ("status", '"SUCCESS"'), ("percent", given))

    assert first(text) == ("percent", f"percent: {given}", f"percent: {right}")


def test_a_post_to_another_transfer_stands_beside_the_own_path():
    name, was, would = first(post("unknown transfer", transfer=OTHER))

    assert name == "path"
    assert was.endswith(f"/progress/{OTHER}")
    assert would.endswith(f"/progress/{TRANSFER}")


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("POST&/migration/progress/transfer-1&", "POST&/migration/progress/transfer-1&"),
        ("GET&{path}&", "GET&{path}&"),
        ("POST&{path}", "POST&{path}"),
        ("whatever", "something else"),
    ],
)
def test_a_qsh_is_traced_to_what_it_was_made_over(text, seen):
    path = f"/rest/atlassian-connect/1/migration/progress/{TRANSFER}"
    given = hashlib.sha256(text.format(path=path).encode()).hexdigest()
    refused = post(Effect.BAD_QSH, reason=f"qsh is '{given}'; for this request it must be abc")

    assert first(refused) == ("qsh over", seen.format(path=path), f"POST&{path}&")


def test_a_link_is_a_miss_after_its_hour_and_not_before():
    made = DataRead(origin=at(0), transfer=TRANSFER, what="for app data", http=200, is_link=True)
    used = {
        minutes: DataRead(
            origin=at(minutes),
            transfer=TRANSFER,
            what="for the bytes",
            http=403,
            effect=Effect.LINK_EXPIRED,
            is_bytes=True,
        )
        for minutes in (70, 5)
    }

    assert first(made, used[70]) == ("link", "70 min old", "asked for within the last 60 min")
    assert near_misses(Facts((made, used[5]), frozenset())) == []


def test_keys_that_are_not_linked_stand_beside_the_pair():
    pair = AppUnderTest(server_key="my-plugin", cloud_key="my-cloud-app")
    made = TransferMade(transfer="t", server_key="my-plugin", cloud_key="my-app", linked=False)
    (miss,) = near_misses(Facts((pair, made), frozenset()))

    assert miss.first.name == "getCloudAppKey()"
    assert [part.differs for part in miss.parts] == [False, True]


def test_only_an_event_that_was_never_acknowledged_is_a_miss():
    late = Delivery(event="e", transfer=TRANSFER, status=None, acknowledged=False, message="m")
    taken = Delivery(event="e", transfer=TRANSFER, status=200, acknowledged=True, message="m")

    assert missed(late).first.would == "200 within 5 s"
    assert near_misses(Facts((MADE, late, taken), frozenset())) == []


def test_calls_that_missed_in_one_way_are_counted():
    old = [post(Effect.BAD_SIGNATURE, minutes=each) for each in (1, 2, 3)]
    miss = missed(*old)

    assert (miss.times, miss.origin) == (3, at(1))
    assert as_data(miss)["parts"][1]["first"] is True
    assert any(line.startswith("  * signed with was") for line in as_lines(miss))
    assert as_lines(miss)[0].endswith("(3 times)")


def test_a_servers_refused_token_is_one():
    call = ServerCall(what="POST /server/v1/migrations", http=401)

    assert missed(call).first.name == "token"


@pytest.mark.parametrize(
    ("effect", "part"),
    [
        (
            Effect.CONNECTION_EXPIRED,
            ("connection", "expired", "one that an administrator has made again"),
        ),
        (
            Effect.EXPIRED_BEARER,
            ("token", "expired", "the one that POST /server/v1/token gives for it"),
        ),
        (Effect.BAD_BEARER, ("token", "unknown or revoked", "of a connection made anew")),
    ],
)
def test_what_the_server_lacked_to_be_let_in(effect: Effect, part: tuple[str, str, str]) -> None:
    call = ServerCall(what="GET /server/v1/connection", http=401, effect=effect)

    assert first(call) == part
