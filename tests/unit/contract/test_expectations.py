"""What each expectation lets pass, and what it says of the rest."""

import httpx
import pytest

from harness.contract import expectations as to_be
from harness.contract.expectations import Expectation

ANY = "text/html"


def answer(status: int = 200, text: str = "", **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = httpx.Request("GET", "http://wiki.example/confluence/x")
    return httpx.Response(status, text=text, headers=named, request=request)


FORM = '<form action="x"><input name="featureKey"><input type="hidden" name="atl_token" value="t">'

CASES = [
    (to_be.status(200), answer(), None),
    (to_be.status(401, 403), answer(500), "HTTP 500, not 401 or 403"),
    (to_be.member("state"), answer(text='{"state": 1}'), None),
    (to_be.member("state", "RUNNING"), answer(text='{"state": "ERROR"}'), "has another value"),
    (to_be.member("state"), answer(text='{"other": 1}'), "no member 'state'"),
    (to_be.member("state"), answer(text="[]"), "no JSON object"),
    (to_be.list_of("id"), answer(text='[{"id": 1}]'), None),
    (to_be.list_of("id"), answer(text='[{"id": 1}, {"key": 1}]'), "an entry without 'id'"),
    (to_be.list_of("id"), answer(text='["id"]'), "an entry without 'id'"),
    (to_be.list_of("id"), answer(text="{}"), "no JSON list"),
    (to_be.member_list("plugins", "key"), answer(text='{"plugins": [{"key": 1}]}'), None),
    (to_be.member_list("plugins", "key"), answer(text='{"plugins": [{}]}'), "without 'key'"),
    (to_be.member_list("plugins", "key"), answer(text="{}"), "no list 'plugins'"),
    (to_be.text("OK"), answer(text=" OK\n"), None),
    (to_be.text("OK"), answer(text="OK?"), "not the text 'OK'"),
    (to_be.header("upm-token"), answer(upm_token="1"), None),
    (to_be.header("upm-token"), answer(upm_token=""), "no header upm-token"),
    (to_be.dated, answer(date="Sun, 29 Nov 2026 08:00:00 GMT"), None),
    (to_be.dated, answer(date="today"), "no Date that can be read"),
    (
        to_be.redirect_to("/authenticate.action"),
        answer(302, location="/a/authenticate.action?x=1"),
        None,
    ),
    (
        to_be.redirect_to("/authenticate.action"),
        answer(302, location="/login.action"),
        "another page",
    ),
    (to_be.redirect_to("/authenticate.action"), answer(404), "HTTP 404 and no redirect"),
    (to_be.redirect_away_from("/setup/"), answer(302, location="/dashboard.action"), None),
    (
        to_be.redirect_away_from("/setup/"),
        answer(302, location="/setup/x.action"),
        "stays below /setup/",
    ),
    (to_be.redirect_away_from("/setup/"), answer(200), "HTTP 200 and no redirect"),
    (to_be.control("featureKey"), answer(text=FORM), None),
    (to_be.control("featureKey"), answer(text="<form></form>"), "no form with featureKey"),
    (to_be.xsrf_token, answer(text=FORM), None),
    (to_be.xsrf_token, answer(text="<p>"), "no atl_token"),
    (to_be.feature_state("a.b"), answer(text='{"key": "a.b", "enabled": false}'), None),
    (to_be.feature_state("a.b"), answer(text='{"on": 1}'), "cannot be read"),
    (to_be.all_of(to_be.status(200), to_be.text("OK")), answer(text="no"), "not the text"),
    (to_be.all_of(to_be.status(200), to_be.text("OK")), answer(text="OK"), None),
    (to_be.any_of(to_be.status(401), to_be.text("OK")), answer(text="OK"), None),
    (
        to_be.any_of(to_be.status(401), to_be.text("OK")),
        answer(text="no"),
        "not 401; and not the text",
    ),
]


@pytest.mark.parametrize(("expected", "given", "said"), CASES)
def test_it_says_what_differs_and_nothing_where_it_agrees(
    expected: Expectation, given: httpx.Response, said: str | None
) -> None:
    differs = expected(given)
    assert differs is None if said is None else said in (differs or "")
