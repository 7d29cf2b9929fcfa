"""Which Confluence and cloud go together; the rest is refused with the ways that work."""

from typing import Any

import pytest

from harness.errors import BadInput
from harness.settings import Settings, check_cloud, check_cloud_of_stack, stub_address

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
        (IMAGE, None, "with the stub alone.*private protocol.*--golden NAME.*address.*standin"),
        (IMAGE, "real", f"connected to no site.*`harness up --confluence {IMAGE} --cloud real"),
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


def test_a_home_that_is_connected_goes_with_the_real_cloud() -> None:
    check_cloud(Settings(confluence=IMAGE, cloud="real", golden="connected"))


@pytest.mark.parametrize("cloud", [None, "stub", "real"])
def test_an_image_without_cases_may_have_either_cloud(cloud: str | None) -> None:
    check_cloud_of_stack(Settings(confluence=IMAGE, cloud=cloud))


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"cloud": "real"}, "only the stub answers: leave --cloud out, name an image"),
        ({"confluence": IMAGE, "cloud": STUB}, "a stub of its own, or the real cloud"),
        (
            {"confluence": IMAGE, "cloud": "real", "time_scale": 60.0},
            "--time-scale 60: .*true time",
        ),
    ],
)
def test_a_stack_that_cannot_be_is_refused(given: dict[str, Any], told: str) -> None:
    with pytest.raises(BadInput, match=told):
        check_cloud_of_stack(Settings(**given))


def test_the_address_of_a_stub() -> None:
    assert stub_address(Settings(confluence=ADDRESS, cloud=f"{STUB}/")) == STUB
    assert stub_address(Settings(confluence=ADDRESS, cloud="real")) is None
