"""What is known goes however it is spelled, and nothing else goes with it."""

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.secrets_corpus import ENCODINGS
from harness.redaction import REMOVED
from harness.redaction.known import SHORTEST, Known

SECRETS = st.text(
    alphabet=st.sampled_from("abcXYZ0189+/=&<>\"'\\ %#-_.~\u00e9\u20ac\U0001f600"),
    min_size=SHORTEST,
    max_size=30,
).filter(lambda text: len(text.strip()) >= SHORTEST)
TEXT_LAYERS = tuple(name for name in ENCODINGS if not name.startswith(("base64", "Basic")))


def knowing(*secrets: str) -> Known:
    known = Known()
    known.add(secrets)
    return known


@given(SECRETS, st.sampled_from(sorted(ENCODINGS)), st.sampled_from(TEXT_LAYERS))
@settings(max_examples=60, deadline=None)
def test_a_secret_goes_in_every_spelling_and_in_one_within_another(
    secret: str, inner: str, outer: str
) -> None:
    secret = secret.strip()
    spelled = ENCODINGS[outer](ENCODINGS[inner](secret))
    left = knowing(secret).remove_from(f"before {spelled} after")
    assert REMOVED in left
    assert spelled not in left
    assert (left[:7], left[-6:]) == ("before ", " after")


@given(st.binary(max_size=7), SECRETS, st.binary(max_size=7))
@settings(max_examples=40, deadline=None)
def test_a_secret_goes_from_the_base64_of_what_it_stands_in(
    before: bytes, secret: str, after: bytes
) -> None:
    spelled = base64.b64encode(before + secret.strip().encode() + after).decode()
    left, removed, right = knowing(secret.strip()).remove_from(spelled).partition(REMOVED)
    assert removed
    # What is left of it are characters that have bits of what stood around it, too.
    assert len(left) <= (len(before) * 8 + 5) // 6
    assert len(right) <= (len(after) * 8) // 6 + 4


def test_a_secret_within_a_longer_one_does_not_save_its_rest() -> None:
    known = knowing("kept-apart", "kept-apart-and-longer")
    assert known.remove_from("kept-apart-and-longer, kept-apart") == f"{REMOVED}, {REMOVED}"


@pytest.mark.parametrize("word", ["admin", "", "   ", None, "password", "Confluence"])
def test_what_is_short_or_a_word_is_in_every_log(word: str | None) -> None:
    known = Known()
    known.add([word])
    told = "admin of Confluence logged in, password: x"
    assert known.remove_from(told) == told


@given(st.text(max_size=60))
@settings(deadline=None)
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert knowing("never-in-there-9f8e7d").remove_from(text) == text
