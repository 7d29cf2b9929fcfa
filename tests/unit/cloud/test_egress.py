import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.cloud.egress import Egress, malformed
from harness.cloud.state import App, State
from harness.errors import BadInput


def egress(*allowed: str, upstream: str | None = None) -> Egress:
    state = State()
    state.apps["a"] = App("a", "k", "https://Charts-App:8443/base")
    return Egress(state, ["Allowed.example", "localhost:3000", *allowed], upstream)


@pytest.mark.parametrize(
    "url",
    [
        "https://charts-app:8443/hook",
        "http://allowed.example/x",
        "https://allowed.example:443/x",
        "https://CHARTS-APP:8443",
        "http://localhost:3000/",
    ],
)
def test_allows(url: str) -> None:
    assert egress().refuses(url) is None


@pytest.mark.parametrize(
    "url",
    [
        "https://elsewhere.example/",
        "https://charts-app.evil.example/",
        "https://charts-app@evil.example/",
        "https://user@charts-app:8443/",
        "https://[::1",
        "https://charts-app:99999/",
        "gopher://charts-app/",
        "//charts-app/",
        "",
        "https://charts-app/",
        "https://charts-app:22/",
        "http://allowed.example:8080/",
        "http://localhost:3001/",
        "http://localhost/",
        "http://localhost:0/",
        "https://charts-app:8443\\@evil.example/",
        "https://evil.example\\@charts-app:8443/",
    ],
)
def test_refuses(url: str) -> None:
    assert egress().refuses(url)


def test_a_refusal_says_what_would_allow_it() -> None:
    refused = egress().refuses("https://elsewhere.example/hook")
    assert refused
    assert "--egress elsewhere.example:443" in refused
    assert egress("elsewhere.example:443").refuses("https://elsewhere.example/hook") is None


def test_an_install_allows_its_place_until_it_ends_however_it_ends() -> None:
    guard = egress()
    with guard.during_install("http://127.0.0.1:4000/atlassian-connect.json"):
        assert guard.refuses("http://127.0.0.1:4000/installed") is None
        assert guard.refuses("http://127.0.0.1:4001/installed")
    assert guard.refuses("http://127.0.0.1:4000/installed")
    with pytest.raises(ZeroDivisionError), guard.during_install("http://127.0.0.1:4000"):
        raise ZeroDivisionError
    assert guard.refuses("http://127.0.0.1:4000/installed")


def test_the_upstream_that_was_named_may_be_called() -> None:
    assert egress().refuses("https://real.example/rest")
    assert egress(upstream="https://real.example/wiki").refuses("https://real.example/rest") is None


@pytest.mark.parametrize("name", ["", "http://a.example", "a.example/x", "a b", "u@a", "a:99999"])
def test_what_is_no_host_is_refused_at_the_start(name: str) -> None:
    with pytest.raises(BadInput, match="--egress"):
        egress(name)


def test_an_upstream_that_is_no_address_is_refused_at_the_start() -> None:
    with pytest.raises(BadInput, match="--upstream"):
        egress(upstream="ftp://a")


ODD = st.text(alphabet="htps:/\\.@[]%25#?\t\r\n\x00 a1é①-_", max_size=40)


@given(st.one_of(st.text(max_size=60), ODD, ODD.map(lambda text: f"http://{text}")))
def test_whatever_is_not_malformed_can_be_asked_for(url: str) -> None:
    """An address with a line break was an error of the cloud's own, not of who gave it."""
    if malformed(url) is None:
        request = httpx.Request("GET", url)
        assert request.url.host
        assert request.url.scheme in ("http", "https")
        assert request.headers["host"].isprintable()
    assert egress().refuses(url)
