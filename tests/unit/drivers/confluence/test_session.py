import httpx
import pytest
from recorded import ADMIN, BASE, Answer, Recorded, client, json_answer

from harness.drivers.confluence import session
from harness.drivers.confluence.session import Account, open_client, open_with_token
from harness.errors import DriverError

ME = json_answer(200, {"type": "known", "username": "admin"})
NOBODY = json_answer(200, {"type": "anonymous", "displayName": "Anonymous"})
LEGACY = (
    '<form name="loginform" action="/wiki/dologin.action" method="post">'
    '<input name="os_username" id="os_username"><input type="password" name="os_password">'
    '<input type="hidden" name="os_destination" value="/index.action">'
    '<input type="submit" name="login" value="Log in" id="loginButton"></form>'
)
TWO_STEP = '<div id="login-container"></div><script src="/wiki/login.js"></script>'
STEP_UP = (
    '<form action="doauthenticate.action" method="post"><input type="hidden" name="atl_token" '
    'value="tok-7"><input type="password" name="password" id="password">'
    '<input type="submit" name="authenticate" value="Confirm" id="authenticateButton"></form>'
)


def redirect(location: str) -> httpx.Response:
    return httpx.Response(302, headers={"location": location})


def test_a_password_never_shows():
    assert "s3cret-word" not in repr(ADMIN)
    assert "raw" not in repr(session.PersonalToken("1", "ci", "raw"))


def test_basic_with_the_xsrf_header_and_a_plain_agent():
    http, recorded = client({"GET /rest/api/user/current": ME})
    assert session.who_am_i(http) == "admin"
    sent = recorded.requests[0]
    assert sent.url == f"{BASE}/rest/api/user/current"
    assert sent.headers["authorization"].startswith("Basic ")
    assert sent.headers["x-atlassian-token"] == "no-check"
    assert "Mozilla" not in sent.headers["user-agent"]


@pytest.mark.parametrize(
    "answer",
    [
        NOBODY,
        json_answer(200, {"type": "anonymous", "username": "anonymous"}),
        httpx.Response(401),
        httpx.Response(200, text="<p>"),
    ],
)
def test_who_is_not_known_is_nobody(answer):
    http, _ = client({"GET /rest/api/user/current": answer})
    assert session.who_am_i(http) is None


class Dropping(httpx.BaseTransport):
    """Drops the first request as a server does whose keep-alive ran out."""

    def __init__(self, drops: int) -> None:
        self.drops = drops
        self.seen: list[str] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(request.method)
        if len(self.seen) <= self.drops:
            raise httpx.RemoteProtocolError("Server disconnected without sending a response.")
        return httpx.Response(200)


def _transport(kept: httpx.BaseTransport, fresh: httpx.BaseTransport) -> session._Transport:
    return session._Transport(
        lambda limits: fresh if limits.max_keepalive_connections == 0 else kept
    )


def test_an_idempotent_request_survives_one_dropped_connection():
    kept, fresh = Dropping(1), Dropping(0)
    http = open_client(BASE, ADMIN, transport=_transport(kept, fresh))
    assert http.get("/x").status_code == 200
    assert (kept.seen, fresh.seen) == (["GET"], ["GET"])


def test_a_second_drop_is_an_error():
    http = open_client(BASE, ADMIN, transport=_transport(Dropping(1), Dropping(1)))
    with pytest.raises(httpx.RemoteProtocolError):
        http.get("/x")


def test_a_post_is_never_sent_twice_and_never_on_an_idle_connection():
    kept, fresh = Dropping(0), Dropping(1)
    http = open_client(BASE, ADMIN, transport=_transport(kept, fresh))
    with pytest.raises(httpx.RemoteProtocolError):
        http.post("/x")
    assert (kept.seen, fresh.seen) == ([], ["POST"])


def test_log_in_by_the_legacy_form():
    recorded = Recorded(
        {
            "GET /login.action": httpx.Response(200, html=LEGACY),
            "POST /dologin.action": httpx.Response(
                302, headers={"location": "/wiki/", "set-cookie": "JSESSIONID=abc; Path=/wiki"}
            ),
            "GET /rest/api/user/current": ME,
        }
    )
    http = open_client(BASE, ADMIN, mode="cookie", transport=recorded)
    sent = recorded.sent("POST /dologin.action")[0]
    assert dict(httpx.QueryParams(sent.content.decode())) == {
        "os_username": "admin",
        "os_password": "s3cret-word",
        "os_destination": "/index.action",
        "login": "Log in",
    }
    http.get("/rest/api/user/current")
    assert recorded.requests[-1].headers["cookie"] == "JSESSIONID=abc"
    assert "authorization" not in recorded.requests[-1].headers


def test_log_in_by_the_two_step_form():
    recorded = Recorded(
        {
            "GET /login.action": httpx.Response(200, html=TWO_STEP),
            "POST /rest/tsv/1.0/authenticate": json_answer(200, {}),
            "GET /rest/api/user/current": ME,
        }
    )
    open_client(BASE, ADMIN, mode="cookie", transport=recorded)
    sent = recorded.sent("POST /rest/tsv/1.0/authenticate")[0]
    assert sent.url.query == b"os_authType=none"
    assert b'"rememberMe":false' in sent.content.replace(b" ", b"")
    assert sent.headers["origin"] == "http://confluence.test"


def test_the_other_form_is_tried_where_a_raw_post_is_refused():
    """On 10.2 a raw post to /dologin.action is refused (section 2.6)."""
    recorded = Recorded(
        {
            "GET /login.action": httpx.Response(200, html=LEGACY),
            "POST /dologin.action": httpx.Response(403),
            "POST /rest/tsv/1.0/authenticate": json_answer(200, {}),
            "GET /rest/api/user/current": [NOBODY, ME],
        }
    )
    open_client(BASE, ADMIN, mode="cookie", transport=recorded)


def test_a_refused_log_in_says_so_without_the_password():
    recorded = Recorded(
        {
            "GET /login.action": httpx.Response(200, html=LEGACY),
            "POST /dologin.action": httpx.Response(200, html=LEGACY),
            "GET /rest/api/user/current": NOBODY,
        }
    )
    with pytest.raises(DriverError, match="still anonymous") as caught:
        open_client(BASE, ADMIN, mode="cookie", transport=recorded)
    assert "s3cret-word" not in str(caught.value)
    assert recorded.sent("POST /rest/tsv/1.0/authenticate") == []


def test_connect_takes_a_cookie_where_basic_is_closed():
    def me(request: httpx.Request) -> httpx.Response:
        return httpx.Response(401) if "authorization" in request.headers else ME

    recorded = Recorded(
        {
            "GET /rest/api/user/current": me,
            "GET /login.action": httpx.Response(200, html=TWO_STEP),
            "POST /rest/tsv/1.0/authenticate": json_answer(200, {}),
        }
    )
    http = session.connect(BASE, ADMIN, transport=recorded)
    assert session.who_am_i(http) == "admin"


def test_websudo_is_passed_and_the_request_sent_again():
    http, recorded = client(
        {
            "GET /admin/darkfeatures.action": [
                redirect("/wiki/authenticate.action?destination=%2Fadmin%2Fdarkfeatures.action"),
                httpx.Response(200, text="the page"),
            ],
            "GET /authenticate.action": httpx.Response(200, html=STEP_UP),
            "POST /doauthenticate.action": redirect("/wiki/admin/darkfeatures.action"),
        }
    )
    assert http.get("/admin/darkfeatures.action").text == "the page"
    sent = recorded.sent("POST /doauthenticate.action")[0]
    assert dict(httpx.QueryParams(sent.content.decode())) == {
        "atl_token": "tok-7",
        "password": "s3cret-word",
        "authenticate": "Confirm",
        "destination": "/admin/darkfeatures.action",
    }


def test_a_wrong_password_at_websudo_is_an_error():
    http, _ = client(
        {
            "GET /admin/x.action": redirect("/wiki/authenticate.action"),
            "GET /authenticate.action": httpx.Response(200, html=STEP_UP),
            "POST /doauthenticate.action": httpx.Response(200, html=STEP_UP),
        }
    )
    with pytest.raises(DriverError, match="confirming the password of admin") as caught:
        http.get("/admin/x.action")
    assert "s3cret-word" not in str(caught.value)


def test_a_personal_access_token_is_made_used_and_revoked():
    http, recorded = client(
        {
            "POST /rest/pat/latest/tokens": json_answer(
                201, {"id": 5, "name": "ci", "rawToken": "the-token"}
            ),
            "DELETE /rest/pat/latest/tokens/5": httpx.Response(204),
        }
    )
    token = session.create_token(http, "ci", days=2)
    assert (token.id, token.value) == ("5", "the-token")
    assert b'"expirationDuration":2' in recorded.requests[0].content.replace(b" ", b"")
    session.revoke_token(http, token)
    by_token = Recorded({"GET /rest/api/user/current": ME})
    assert session.who_am_i(open_with_token(BASE, token.value, transport=by_token)) == "admin"
    assert by_token.requests[0].headers["authorization"] == "Bearer the-token"


def test_a_refused_token_names_the_way_out():
    http, _ = client({"POST /rest/pat/latest/tokens": httpx.Response(403)})
    with pytest.raises(DriverError, match="logged-in browser page"):
        session.create_token(http, "ci")


def test_an_account_is_equal_by_value():
    assert Account("a", "b") == Account("a", "b")


def test_a_client_that_was_used_can_still_be_closed_by_a_block():
    http, _ = client({"GET /rest/api/user/current": ME})
    session.who_am_i(http)
    with http as same:
        assert same is http
    assert http.is_closed


def closed(routes: dict[str, Answer | list[Answer]]) -> tuple[session.ConfluenceClient, Recorded]:
    """Return a client by cookie on an instance with the newer form, and its transport."""
    recorded = Recorded(
        {
            "GET /login.action": httpx.Response(200, html=TWO_STEP),
            "POST /rest/tsv/1.0/authenticate": json_answer(200, {}),
            "GET /rest/api/user/current": ME,
            "GET /authenticate.action": httpx.Response(200, html=STEP_UP),
            "POST /doauthenticate.action": redirect("/wiki/plugins/servlet/upm"),
            **routes,
        }
    )
    return open_client(BASE, ADMIN, mode="cookie", transport=recorded), recorded


@pytest.mark.parametrize("refusal", [401, 403])
def test_rest_by_cookie_steps_up_once_where_it_is_refused(refusal):
    """UPM by cookie wants websudo for /plugins/servlet/upm first (section 4.1)."""
    upm = "GET /rest/plugins/1.0/"
    http, recorded = closed({upm: [httpx.Response(refusal), httpx.Response(200)]})
    assert http.get("/rest/plugins/1.0/").status_code == 200
    assert b"destination=%2Fplugins%2Fservlet%2Fupm" in recorded.requests[-2].content
    http, recorded = closed({upm: httpx.Response(refusal)})
    assert http.get("/rest/plugins/1.0/").status_code == refusal
    assert len(recorded.sent(upm)) == 2


def test_an_ended_session_is_begun_again():
    upm = "GET /rest/plugins/1.0/"
    answers = [httpx.Response(401), httpx.Response(200)]
    http, recorded = closed({upm: answers, "GET /rest/api/user/current": [ME, NOBODY, ME]})
    assert http.get("/rest/plugins/1.0/").status_code == 200
    assert len(recorded.sent("POST /rest/tsv/1.0/authenticate")) == 2


def test_a_plain_refusal_stays_what_it_is():
    http, _ = closed(
        {
            "POST /rest/x": httpx.Response(403, text="not you"),
            "POST /doauthenticate.action": httpx.Response(404),
        }
    )
    assert http.post("/rest/x").text == "not you"
    basic, recorded = client({"GET /rest/x": httpx.Response(401)})
    assert basic.get("/rest/x").status_code == 401
    assert len(recorded.requests) == 1
