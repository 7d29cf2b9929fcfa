"""Opens sessions with a Confluence: Basic, a cookie from either login form, or an access token.

What every caller would otherwise have to know is kept here: the XSRF header that REST writes
need, a user agent that does not look like a browser (browser-like ones fail the XSRF check from
outside), the step-up that admin pages ask for (websudo), and connections that a server under
libfaketime drops early. Sources: reference/confluence-container.md sections 2.6 and 2.7.
"""

import ssl
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any, Literal, Self
from urllib.parse import urlsplit

import httpx

from harness.drivers.confluence.pages import query_value, read_page
from harness.drivers.liveness import LivingClient
from harness.errors import DriverError
from harness.redaction import remember
from harness.support.trust import usual
from harness.wait import Living

USER_AGENT = "migration-harness"
_IDEMPOTENT = {"GET", "HEAD", "OPTIONS", "PUT", "DELETE"}
_LOGIN_PAGE = "/login.action"
_STEP_UP_PAGE = "/authenticate.action"
_NOT_SERVED = {502, 503, 504}
_WHO_AM_I = "/rest/api/user/current"


@dataclass(frozen=True)
class Account:
    """A Confluence user; neither password nor token shows in a representation.

    Attributes:
        user: the name.
        password: empty where only a token is known.
        token: a personal access token, which is used in place of the password where there is one.
    """

    user: str
    password: str = field(repr=False)
    token: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        remember(self.password, self.token)


class _Transport(httpx.BaseTransport):
    """Survives a keep-alive connection that the server dropped while it was idle.

    An idempotent request is sent once more when its connection turns out to be closed. Others
    must not be sent twice, so they never use a connection that has been idle.
    """

    def __init__(
        self,
        make: Callable[[httpx.Limits], httpx.BaseTransport] | None = None,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        verify = trust or usual()
        make = make or (
            lambda limits: httpx.HTTPTransport(verify=verify, limits=limits, trust_env=False)
        )
        self._kept = make(httpx.Limits(max_connections=20, max_keepalive_connections=10))
        self._fresh = make(httpx.Limits(max_connections=20, max_keepalive_connections=0))

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.method not in _IDEMPOTENT:
            return self._fresh.handle_request(request)
        try:
            return self._kept.handle_request(request)
        except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
            return self._fresh.handle_request(request)

    def close(self) -> None:
        self._kept.close()
        self._fresh.close()


def transport_trusting(trust: ssl.SSLContext) -> httpx.BaseTransport:
    """What a client sends through where the server's certificate is of an authority of its own."""
    return _Transport(trust=trust)


class ConfluenceClient(LivingClient):
    """An httpx client that passes websudo by itself when Confluence asks for it.

    A redirect to authenticate.action is the signal that step-up is needed; by cookie, REST says
    the same with 401 or 403. The request that met it has had no effect and is sent again once.
    """

    def __init__(
        self, base_url: str, account: Account | None, *, by_cookie: bool = False, **options: Any
    ) -> None:
        self.account = account
        self._by_cookie = by_cookie
        self._stepping_up = False
        headers = {"X-Atlassian-Token": "no-check", "User-Agent": USER_AGENT}
        options.setdefault("transport", _Transport())
        options.setdefault("timeout", httpx.Timeout(30, connect=5))
        super().__init__(
            base_url=base_url, headers=headers, follow_redirects=False, trust_env=False, **options
        )

    def __enter__(self) -> Self:
        """Close the client at the end of a block, also when it was used before (to log in)."""
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def request(self, method: str, url: httpx.URL | str, **options: Any) -> httpx.Response:
        """Send a request as httpx does, passing websudo once if Confluence asks for it."""
        answer = super().request(method, url, **options)
        if self.account is None or self._stepping_up:
            return answer
        wants_password = wants_step_up(answer)
        if not wants_password and not (self._by_cookie and _refused_by_rest(answer)):
            return answer
        self._stepping_up = True
        try:
            self._step_up(self.account, answer)
        except DriverError:
            if wants_password:
                raise
            return answer  # a plain refusal, which the caller can judge better
        finally:
            self._stepping_up = False
        return super().request(method, url, **options)

    def _step_up(self, account: Account, answer: httpx.Response) -> None:
        if self._by_cookie and who_am_i(self) is None:  # the session has ended meanwhile
            log_in(self, account)
        destination = query_value(answer.headers.get("location", ""), "destination")
        confirm_password(self, account, destination or "/plugins/servlet/upm")


def open_client(
    base_url: str,
    account: Account,
    *,
    mode: Literal["basic", "cookie"] = "basic",
    transport: httpx.BaseTransport | None = None,
    service: Living | None = None,
) -> ConfluenceClient:
    """Open a client for a Confluence at `base_url` (with its context path, if it has one).

    Args:
        base_url: for example http://127.0.0.1:8090.
        account: who to be.
        mode: `basic` sends the password with each request; `cookie` logs in by form, for
            instances where Basic is closed (the default of new 10.2 installations).
        transport: what to send through instead of the network; for tests.
        service: the Confluence that answers, where it is known: its end ends what waits for it.

    Raises:
        DriverError: the log-in by form was refused.
        ServiceDied: the service has ended.
    """
    options: dict[str, Any] = {"service": service}
    if transport is not None:
        options["transport"] = transport
    if mode == "basic":
        options["auth"] = httpx.BasicAuth(account.user, account.password)
    client = ConfluenceClient(base_url, account, by_cookie=mode == "cookie", **options)
    if mode == "cookie":
        try:
            log_in(client, account)
        except BaseException:
            client.close()
            raise
    return client


def open_with_token(
    base_url: str, token: str, *, transport: httpx.BaseTransport | None = None
) -> ConfluenceClient:
    """Open a client that authenticates with a personal access token."""
    options: dict[str, Any] = {} if transport is None else {"transport": transport}
    client = ConfluenceClient(base_url, None, **options)
    client.headers["Authorization"] = f"Bearer {token}"
    return client


def connect(
    base_url: str,
    account: Account,
    *,
    transport: httpx.BaseTransport | None = None,
    service: Living | None = None,
) -> ConfluenceClient:
    """Open a client in whichever way this Confluence allows: the token, else Basic, else a cookie.

    Args:
        base_url: for example http://127.0.0.1:8090.
        account: who to be.
        transport: what to send through instead of the network; for tests.
        service: the Confluence that answers, where it is known: its end ends what waits for it.

    Raises:
        DriverError: neither way was accepted.
        ServiceDied: the service has ended.
    """
    with ExitStack() as unless_let_in:
        if account.token:
            client = open_with_token(base_url, account.token, transport=transport)
            unless_let_in.callback(client.close)
            if who_am_i(client) is None:
                raise DriverError(
                    f"being let in as {account.user}",
                    "the access token is not accepted",
                    "It may have expired or been revoked: make another on the user's own page",
                )
            unless_let_in.pop_all()
            return client
        client = open_client(base_url, account, transport=transport, service=service)
        unless_let_in.callback(client.close)
        if who_am_i(client) == account.user:
            unless_let_in.pop_all()
            return client
    return open_client(base_url, account, mode="cookie", transport=transport, service=service)


def who_am_i(client: httpx.Client) -> str | None:
    """Return the user that Confluence takes this client for, or None without one."""
    answer = client.get(_WHO_AM_I)
    if answer.status_code != httpx.codes.OK:
        return None
    try:
        body = answer.json()
    except ValueError:
        return None
    if not isinstance(body, Mapping) or body.get("type") == "anonymous":
        return None
    name = body.get("username") or body.get("userName") or body.get("name")
    return str(name) if name else None


def log_in(client: httpx.Client, account: Account) -> None:
    """Log in by form and keep the session cookie in the client.

    The page says which form it is; the other one is tried when that is not served.

    Raises:
        DriverError: the session still has no user afterwards.
    """
    page = client.get(_LOGIN_PAGE, follow_redirects=True)
    ways = [_log_in_legacy, _log_in_two_step]
    if 'name="os_username"' not in page.text:
        ways.reverse()
    answers = []
    for way in ways:
        answer = way(client, account, page)
        answers.append(f"{answer.request.url.path} gave HTTP {answer.status_code}")
        if who_am_i(client) is not None:
            return
        if answer.status_code not in {403, 404, 405, 415, 501}:
            break
    if answer.status_code in _NOT_SERVED:
        raise DriverError(
            f"logging in as {account.user}",
            f"HTTP {answer.status_code}",
            "The server, or a proxy before it, does not serve now: is it starting, or down?",
        )
    raise DriverError(
        f"logging in as {account.user}",
        "; ".join(answers) + "; the session is still anonymous",
        "Check the user name and password; after several failures Confluence asks for a captcha",
    )


def _log_in_legacy(client: httpx.Client, account: Account, page: httpx.Response) -> httpx.Response:
    form = read_page(page.text).form_with("os_username")
    fields = dict(form.fields) if form else {}
    fields |= {
        "os_username": account.user,
        "os_password": account.password,
        "os_destination": fields.get("os_destination", ""),
        "login": "Log in",
    }
    return client.post("/dologin.action", data=fields)


def _log_in_two_step(
    client: httpx.Client, account: Account, page: httpx.Response
) -> httpx.Response:
    body = {
        "username": account.user,
        "password": account.password,
        "rememberMe": False,
        "targetUrl": "",
        "captchaId": "",
    }
    path = "/rest/tsv/1.0/authenticate"
    return client.post(
        path, params={"os_authType": "none"}, json=body, headers=same_origin(page.request.url)
    )


def same_origin(url: httpx.URL) -> dict[str, str]:
    """Return the headers that make a write look like one from Confluence's own page."""
    origin = f"{url.scheme}://{url.netloc.decode()}"
    return {"Origin": origin, "Referer": f"{origin}/"}


def wants_step_up(answer: httpx.Response) -> bool:
    """Tell whether an answer sends the client to the secure-admin password page."""
    if not answer.has_redirect_location:
        return False
    path = urlsplit(answer.headers["location"]).path
    return path.endswith(_STEP_UP_PAGE) and not answer.request.url.path.endswith(
        "/doauthenticate.action"
    )


def _refused_by_rest(answer: httpx.Response) -> bool:
    path = answer.request.url.path
    return (
        answer.status_code in {401, 403}
        and "/rest/" in path
        and not path.endswith((_WHO_AM_I, "/authenticate"))
    )


def confirm_password(client: httpx.Client, account: Account, destination: str = "/") -> None:
    """Start a secure administrator session (websudo), which lasts ten minutes, rolling.

    Raises:
        DriverError: the password was not accepted.
    """
    page = client.get(_STEP_UP_PAGE, params={"destination": destination})
    parsed = read_page(page.text)
    form = parsed.form_with("password")
    fields = dict(form.fields) if form else {}
    fields |= {
        "atl_token": fields.get("atl_token") or parsed.token or "",
        "password": account.password,
        "authenticate": "Confirm",
        "destination": destination,
    }
    answer = client.post("/doauthenticate.action", data=fields)
    if not answer.has_redirect_location or urlsplit(answer.headers["location"]).path.endswith(
        (_STEP_UP_PAGE, _LOGIN_PAGE)
    ):
        raise DriverError(
            f"confirming the password of {account.user} for a secure administrator session",
            f"HTTP {answer.status_code}",
            "Check the password and that the user is an administrator, or start Confluence with "
            "-Dpassword.confirmation.disabled=true",
        )


@dataclass(frozen=True)
class PersonalToken:
    """A personal access token; its value never shows in a representation."""

    id: str
    name: str
    value: str = field(repr=False)


def create_token(client: httpx.Client, name: str, *, days: int = 1) -> PersonalToken:
    """Make a personal access token for the client's user.

    Raises:
        DriverError: Confluence refused; by cookie the XSRF check may do so even with matching
            origin, then make it in a logged-in page (harness.drivers.browser.login.create_token).
    """
    answer = client.post(
        "/rest/pat/latest/tokens",
        json={"name": name, "expirationDuration": days},
        headers=same_origin(client.base_url),
    )
    if answer.status_code not in {200, 201}:
        raise DriverError(
            f"creating the personal access token {name}",
            f"HTTP {answer.status_code}",
            "403 by cookie is the XSRF check: create the token from a logged-in browser page",
        )
    return token_from(answer.json(), name)


def token_from(body: Any, name: str) -> PersonalToken:
    """Read the answer of the token resource.

    Raises:
        DriverError: it holds no rawToken.
    """
    raw = body.get("rawToken") if isinstance(body, Mapping) else None
    if not raw:
        raise DriverError(f"creating the personal access token {name}", "no rawToken in the answer")
    return PersonalToken(str(body.get("id", "")), name, str(raw))


def revoke_token(client: httpx.Client, token: PersonalToken) -> None:
    """Delete a personal access token; one that is already gone is not an error."""
    answer = client.delete(f"/rest/pat/latest/tokens/{token.id}")
    if answer.status_code not in {200, 204, 404}:
        raise DriverError(
            f"revoking the personal access token {token.name}", f"HTTP {answer.status_code}"
        )
