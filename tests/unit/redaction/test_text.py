"""Secrets that nobody told us of, and what merely looks like one."""

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.secrets import MOST_FOUND, MOST_REMOVED, WRITERS, found, removed
from benchmarks.secrets_corpus import forms, harmless
from harness.redaction import REMOVED, remember, without_secrets

PLANTED = [*forms(20261129)]
SOME = random.Random(1).sample(PLANTED, 150)  # noqa: S311 - the same ones each time


@pytest.mark.parametrize("writer", WRITERS)
def test_planted_secrets_reach_no_file(writer: str) -> None:
    left = found(SOME, WRITERS[writer]([each.text for each in SOME]))
    assert [each.form for each in left] == []


def test_of_all_forms_at_most_one_in_a_hundred_is_found() -> None:
    left = found(PLANTED, [without_secrets(each.text) for each in PLANTED])
    assert len(left) <= MOST_FOUND * len(PLANTED), [each.form for each in left]


def test_harmless_words_stay() -> None:
    gone, words = removed([*harmless(3, 2000)])
    assert gone <= MOST_REMOVED * words


@pytest.mark.parametrize(
    "text",
    [
        "set upm.signature.check.disabled=true",
        "-Datlassian.upm.signature.check.disabled=true",
        "s3Key=2b1f6a1c-0d8e-4b53-9d0c-7f6f5a9b2c11/data, transferId=7",
        "token_type=Bearer expires_in=3600 tokens=12",
        "password: required, secret: null, token=<none>, session=closed",
        "Basic authentication, Bearer tokens and a JWT",
        "PWD=/srv/charts",
        "the token is not signed with the shared secret of this site",
        "https://example.com/a@b?key=com.example.charts",
        "Session@24e95208 is closed; session: Session@24e95208",
        "cookie: the cookie is missing",
    ],
)
def test_advice_and_ids_stay_readable(text: str) -> None:
    assert without_secrets(text) == text


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("user=admin pwd=hunter2 port=80", f"user=admin pwd={REMOVED} port=80"),
        ('{"password": "a \\" b", "n": 1}', f'{{"password": "{REMOVED}", "n": 1}}'),
        ("<secret>abc</secret>", f"<secret>{REMOVED}</secret>"),
        ("a --token abc1 --port 80", f"a --token {REMOVED} --port 80"),
        ("Authorization: Bearer abc.def", f"Authorization: Bearer {REMOVED}"),
        ("https://me:pass@example.com/", f"https://me:{REMOVED}@example.com/"),
        ("next=%2Fa%3Fpwd%3Dabc%26x%3D1", f"next=%2Fa%3Fpwd%3D{REMOVED}%26x%3D1"),
    ],
)
def test_only_the_value_goes(text: str, left: str) -> None:
    assert without_secrets(text) == left


def test_what_becomes_known_goes_from_texts_that_were_seen_before() -> None:
    text = "it says open-sesame-42 there"
    assert without_secrets(text) == text
    remember("open-sesame-42")
    assert without_secrets(text) == f"it says {REMOVED} there"


@given(st.text(alphabet="pasword=:\"'\\ &;<>-%{}()[]@/\n\u0130A1", max_size=80))
@settings(deadline=None)
def test_any_text_can_be_read_and_its_second_reading_changes_nothing(text: str) -> None:
    once = without_secrets(text)
    assert without_secrets(once).count(REMOVED) >= once.count(REMOVED)


@pytest.mark.parametrize(
    "piece",
    [
        "password=",
        "\\",
        '"',
        "&amp;",
        "<secret ",
        "token is ",
        "AAAB ",
        "%25",
        "eyJ.",
        "name=",
        "://a:",
    ],
)
def test_a_hostile_text_is_read_in_time_that_grows_with_it(piece: str) -> None:
    """A pattern that looks back and forth over a long run would take minutes for this."""
    begun = time.process_time()
    without_secrets("password" + piece * (60_000 // len(piece)))
    assert time.process_time() - begun < 10
