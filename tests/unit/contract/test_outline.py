"""A report that is sent to others has the form of answers, and nothing of what they say."""

import json
from typing import Any

import httpx
from hypothesis import given
from hypothesis import strategies as some

from harness.contract import outline

PRIVATE = "Q7private"
values = some.recursive(
    some.none() | some.booleans() | some.integers() | some.just(PRIVATE),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.just("name"), inner),
    max_leaves=12,
)


def of(text: str, kind: str, status: int = 200, **headers: str) -> dict[str, Any]:
    request = httpx.Request("GET", "http://wiki.example/confluence/x")
    answer = httpx.Response(
        status, text=text, headers={"content-type": kind, **headers}, request=request
    )
    return outline.of_answer(answer)


@given(values)
def test_no_value_of_a_json_body_is_kept(body: Any) -> None:
    kept = json.dumps(of(json.dumps(body), "application/json"))
    assert PRIVATE not in kept


def test_members_and_types_are_kept() -> None:
    body = {"plugins": [{"key": "k", "enabled": True, "size": 3, "icon": None}], "links": {}}
    kept = of(json.dumps(body), "application/json;charset=UTF-8")
    form = {"key": "text", "enabled": "boolean", "size": "number", "icon": "null"}
    assert kept == {
        "status": 200,
        "type": "application/json",
        "body": {"plugins": [form], "links": {}},
    }


def test_a_body_is_cut_in_depth_and_number() -> None:
    deep: Any = "end"
    for _ in range(50):
        deep = {"inner": deep}
    kept = outline.of_json(deep)
    assert json.dumps(kept).count("inner") == 4
    assert len(outline.of_json({str(n): n for n in range(1000)})) == 40
    assert max(map(len, outline.of_json({"x" * 1000: 1}))) == 60


def test_a_page_gives_its_controls_and_ids_alone() -> None:
    field = f'<input name="os_username" value="{PRIVATE}" id="u">'
    page = f'<h1>{PRIVATE}</h1><form action="/{PRIVATE}">{field}'
    kept = of(page, "text/html")
    assert kept["controls"] == ["os_username"]
    assert "u" in kept["ids"]
    assert PRIVATE not in json.dumps(kept)


def test_a_redirect_gives_its_path_without_the_query() -> None:
    location = f"/confluence/authenticate.action?destination={PRIVATE}"
    kept = of("", "text/html", 302, location=location)
    assert kept["leads to"] == "/confluence/authenticate.action"
    assert PRIVATE not in json.dumps(kept)
