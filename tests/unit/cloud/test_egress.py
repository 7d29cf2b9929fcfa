import pytest

from harness.cloud.egress import Egress
from harness.cloud.state import App, State


def egress() -> Egress:
    state = State()
    state.apps["a"] = App("a", "k", "https://Charts-App:8443/base")
    return Egress(state, ["Allowed.example"])


@pytest.mark.parametrize(
    "url", ["https://charts-app:8443/hook", "http://allowed.example/x", "https://CHARTS-APP"]
)
def test_allows(url: str) -> None:
    assert egress().refuses(url) is None


@pytest.mark.parametrize(
    "url",
    [
        "https://elsewhere.example/",
        "https://charts-app.evil.example/",
        "https://charts-app@evil.example/",
        "https://user@charts-app/",
        "https://[::1",
        "https://charts-app:99999/",
        "gopher://charts-app/",
        "//charts-app/",
        "",
    ],
)
def test_refuses(url: str) -> None:
    assert egress().refuses(url)
