from hypothesis import given
from hypothesis import strategies as st

from harness.cloud import redact

TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJ4In0.c2ln"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


def test_secret_fields_are_emptied_at_any_depth() -> None:
    body = {"a": [{"sharedSecret": "x"}], "Password": "y", "jwt": "z", "s3Key": "kept"}
    assert redact.body(body) == {
        "a": [{"sharedSecret": "[removed]"}],
        "Password": "[removed]",
        "jwt": "[removed]",
        "s3Key": "kept",
    }


def test_tokens_in_texts_are_removed() -> None:
    assert redact.text(f"JWT {TOKEN} was sent") == "JWT [removed] was sent"
    assert redact.body({"message": f"see {TOKEN}"}) == {"message": "see [removed]"}


def test_secret_parameters_are_emptied() -> None:
    query = f"jwt={TOKEN}&x=1&signature=abc&accessToken=def"
    shown = redact.path_and_query("/a", query)
    assert shown == "/a?jwt=[removed]&x=1&signature=[removed]&accessToken=[removed]"


def test_long_bodies_are_cut() -> None:
    assert len(str(redact.body({"a": "x" * 100_000}))) < redact.BODY_LIMIT + 100
    assert len(str(redact.body("x" * 100_000))) < redact.BODY_LIMIT + 100
    assert len(str(redact.body([["x" * 50] * 50] * 50))) < redact.BODY_LIMIT + 100


@given(JSON)
def test_what_is_short_and_no_secret_stays(value: object) -> None:
    assert redact.body(value) == value or "removed" in str(redact.body(value))
