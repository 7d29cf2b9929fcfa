"""Which Confluence and cloud go together; the rest is refused with the ways that work."""

import pytest

from harness.errors import BadInput
from harness.settings import Settings, check_cloud, stub_address

IMAGE, ADDRESS = "atlassian/confluence:9.2", "https://wiki.example.com/confluence"
STUB = "http://127.0.0.1:8080"


@pytest.mark.parametrize(
    ("confluence", "cloud"),
    [
        ("standin", None),
        ("standin", "stub"),
        (ADDRESS, "real"),
        (ADDRESS, STUB),
    ],
)
def test_what_works(confluence: str, cloud: str | None) -> None:
    check_cloud(Settings(confluence=confluence, cloud=cloud))


@pytest.mark.parametrize(
    ("confluence", "cloud", "told"),
    [
        (IMAGE, None, "with the stub alone.*private protocol.*name its address.*standin"),
        (IMAGE, "real", "with --cloud real.*shut off from the real cloud"),
        (IMAGE, "stub", "private protocol"),
        (IMAGE, STUB, "private protocol"),
        ("standin", "real", "only the stub answers"),
        ("standin", STUB, "only the stub answers"),
        (ADDRESS, None, "say which cloud it talks to: --cloud real, or --cloud http"),
        (ADDRESS, "stub", "say which cloud"),
    ],
)
def test_what_cannot_work_is_refused_with_what_does(
    confluence: str, cloud: str | None, told: str
) -> None:
    with pytest.raises(BadInput, match=told):
        check_cloud(Settings(confluence=confluence, cloud=cloud))


def test_the_address_of_a_stub() -> None:
    assert stub_address(Settings(confluence=ADDRESS, cloud=f"{STUB}/")) == STUB
    assert stub_address(Settings(confluence=ADDRESS, cloud="real")) is None
