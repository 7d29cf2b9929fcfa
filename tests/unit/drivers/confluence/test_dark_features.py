import re

import httpx
import pytest
from recorded import Answer, client, dark_page, json_answer

from harness.drivers.confluence import dark_features
from harness.drivers.confluence.pages import read_page
from harness.errors import BadInput, DriverError

FEATURE = "migration-assistant.app-migration.feature"
DEV_MODE = "migration-assistant.app-migration.dev-mode"
SITE = "/rest/feature/1/site"
PAGE = "/admin/darkfeatures.action"
ADD = "/admin/enabledarkfeatures.action"
REMOVE = "/admin/removedarkfeature.action"
NOT_FOUND = httpx.Response(404)


def enabled(state: bool) -> httpx.Response:
    return json_answer(200, {"enabled": state})


def test_rest_is_enough_where_it_works():
    http, recorded = client(
        {
            f"POST {SITE}": httpx.Response(200),
            f"DELETE {SITE}/{DEV_MODE}": httpx.Response(204),
            f"GET {SITE}/{FEATURE}": enabled(True),
            f"GET {SITE}/{DEV_MODE}": enabled(False),
        }
    )
    dark_features.set_site(http, {FEATURE: True, DEV_MODE: False})
    sent = recorded.requests[0]
    assert sent.content == f'["{FEATURE}"]'.encode()
    assert sent.headers["x-atlassian-token"] == "no-check"
    assert all("darkfeatures.action" not in str(request.url) for request in recorded.requests)


def test_the_older_put_is_used_where_there_is_no_post():
    http, recorded = client(
        {
            f"POST {SITE}": httpx.Response(405),
            f"PUT {SITE}/{FEATURE}": httpx.Response(200),
            f"GET {SITE}/{FEATURE}": enabled(True),
        }
    )
    dark_features.set_site(http, {FEATURE: True})
    assert recorded.sent(f"PUT {SITE}/{FEATURE}")


def test_the_page_is_the_fallback_where_rest_is_not_served():
    http, recorded = client(
        {
            f"GET {PAGE}": [*[dark_page(DEV_MODE)] * 3, dark_page(FEATURE)],
            f"POST {ADD}": httpx.Response(302, headers={"location": PAGE}),
            f"GET {REMOVE}": httpx.Response(302, headers={"location": PAGE}),
        }
    )
    dark_features.set_site(http, {FEATURE: True, DEV_MODE: False})
    sent = dict(httpx.QueryParams(recorded.sent(f"POST {ADD}")[0].content.decode()))
    assert sent == {"atl_token": "tok-1", "featureKey": FEATURE}
    removed = recorded.sent(f"GET {REMOVE}")[0]
    assert dict(removed.url.params) == {"featureKey": DEV_MODE, "atl_token": "tok-1"}


def test_the_page_decides_where_rest_answers_in_an_unknown_shape():
    http, recorded = client(
        {
            f"POST {SITE}": httpx.Response(200),
            f"GET {SITE}/{FEATURE}": httpx.Response(204),
            f"GET {PAGE}": dark_page(FEATURE),
        }
    )
    dark_features.set_site(http, {FEATURE: True})
    assert recorded.sent(f"POST {ADD}") == []


def test_a_404_on_reading_back_is_no_proof_of_off():
    """The whole resource may be missing, and the key on."""
    http, recorded = client(
        {
            f"GET {PAGE}": [dark_page(DEV_MODE), dark_page(DEV_MODE), dark_page()],
            f"GET {REMOVE}": httpx.Response(200),
        }
    )
    dark_features.set_site(http, {DEV_MODE: False})
    assert recorded.sent(f"GET {REMOVE}")


def test_a_system_feature_cannot_be_switched_off():
    key = "site-wide.shared-drafts.disable"
    http, _ = client(
        {
            f"DELETE {SITE}/{key}": httpx.Response(200),
            f"GET {SITE}/{key}": enabled(True),
            f"GET {PAGE}": dark_page(),
        }
    )
    with pytest.raises(BadInput, match=rf"-Datlassian\.darkfeature\.{re.escape(key)}=true"):
        dark_features.set_site(http, {key: False})


def test_what_does_not_change_is_an_error():
    http, _ = client({f"GET {PAGE}": dark_page(), f"POST {ADD}": httpx.Response(200)})
    with pytest.raises(DriverError, match="neither over REST nor on"):
        dark_features.set_site(http, {FEATURE: True})


@pytest.mark.parametrize("key", ["", "two words", "a/b", "x?y=1", "-a", "a."])
def test_a_key_that_is_none_is_bad_input_before_anything_is_sent(key):
    http, recorded = client({})
    with pytest.raises(BadInput, match="not a dark feature key"):
        dark_features.set_site(http, {key: True})
    assert recorded.requests == []


def test_user_level_has_its_own_resource_and_page():
    http, recorded = client(
        {
            "POST /rest/feature/1/user": httpx.Response(200),
            f"GET /rest/feature/1/user/{FEATURE}": enabled(True),
        }
    )
    dark_features.set_user(http, {FEATURE: True})
    assert len(recorded.requests) == 2
    http, _ = client({"GET /users/darkfeatures.action": httpx.Response(200, html=USER_PAGE)})
    assert dark_features.user(http) == {DEV_MODE}


USER_PAGE = f"""<h2>Enabled user dark features</h2><p>{DEV_MODE}</p>
<h2>Enabled site dark features</h2><p>{FEATURE}</p>"""


def test_the_lists_are_told_apart():
    http, _ = client({f"GET {PAGE}": dark_page(FEATURE, "dashboard")})
    assert dark_features.site(http) == {FEATURE, "dashboard"}
    assert dark_features.system(http) == {"site-wide.shared-drafts.disable"}


def test_sentences_are_no_keys():
    page = read_page(
        "<h3>Enabled Site Dark Features</h3><p>No features are enabled.</p><h3>Help</h3><p>a.b</p>"
        "<strong>System dark features:</strong> one.two, three.four"
    )
    found = dark_features.parse_features(page, "site")
    assert found.level == frozenset()
    assert found.system == {"one.two", "three.four"}


def test_the_version_in_a_footer_is_no_key():
    page = """<h2>Site dark features</h2><ul><li>a.key</li></ul>
        <footer>Atlassian Confluence <span id="footer-build-information">8.6.0</span></footer>"""
    assert dark_features.parse_features(read_page(page), "site").level == {"a.key"}


def test_removal_by_a_form_of_its_own():
    form = (
        "<h2>Enabled site dark features</h2><form action='remove.action' method='post'>"
        f"<input type='hidden' name='featureKey' value='{DEV_MODE}'>"
        "<button name='doRemove' value='1'>Remove</button></form>"
    )
    http, recorded = client(
        {
            f"GET {PAGE}": [httpx.Response(200, html=form)] * 2 + [httpx.Response(200, html="")],
            "POST /admin/remove.action": httpx.Response(302, headers={"location": PAGE}),
        }
    )
    dark_features.set_site(http, {DEV_MODE: False})
    assert b"doRemove=1" in recorded.sent("POST /admin/remove.action")[0].content


def test_no_page_and_no_rest_is_an_error():
    http, _ = client({f"GET {PAGE}": httpx.Response(403)})
    with pytest.raises(DriverError, match="not an administrator"):
        dark_features.set_site(http, {FEATURE: True})


@pytest.mark.parametrize(
    ("body", "state"),
    [
        (True, True),
        (False, False),
        ("true", True),
        ("FALSE", False),
        ({"enabled": True}, True),
        ({"key": FEATURE, "enabled": False}, False),
        ({FEATURE: True}, True),
        ([FEATURE, "other"], True),
        ([], False),
        ([{"key": FEATURE, "enabled": True}], True),
        ({"features": [FEATURE]}, True),
        ({"name": FEATURE}, None),
        ("maybe", None),
        (None, None),
        (3, None),
    ],
)
def test_the_undocumented_body_is_read_in_each_likely_shape(body, state):
    answer: Answer = json_answer(200, body)
    http, _ = client({f"GET {SITE}/{FEATURE}": answer})
    assert dark_features.is_on(http, FEATURE) is state
