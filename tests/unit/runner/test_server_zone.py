"""Whose time the log is written in, asked where Confluence runs."""

import subprocess
from types import SimpleNamespace

import pytest

from harness.runner.server_zone import server_zone


def stack(**environment: str) -> SimpleNamespace:
    """A stack whose commands run here, with these variables."""

    def execute(argv: list[str]) -> tuple[int, str]:
        path = {"PATH": "/usr/bin:/bin"}
        done = subprocess.run(argv, env=path | environment, capture_output=True, text=True)
        return done.returncode, done.stdout

    return SimpleNamespace(running={"confluence": SimpleNamespace(execute=execute)})


@pytest.mark.parametrize(
    ("environment", "zone"),
    [
        ({"TZ": "Asia/Tokyo"}, "Asia/Tokyo"),
        ({"TZ": ":Asia/Tokyo"}, "Asia/Tokyo"),
        (
            {"TZ": "UTC", "JVM_SUPPORT_RECOMMENDED_ARGS": "-Xmx1g -Duser.timezone=Asia/Tokyo -ea"},
            "Asia/Tokyo",
        ),
        ({"CATALINA_OPTS": "-Duser.timezone=A/B -Duser.timezone=C/D"}, "C/D"),
    ],
)
def test_the_jvm_takes_its_option_and_then_the_variable(
    environment: dict[str, str], zone: str
) -> None:
    assert server_zone(stack(**environment)) == zone  # type: ignore[arg-type]


def test_the_machines_own_zone_is_the_last_to_count() -> None:
    found = server_zone(stack())  # type: ignore[arg-type]
    assert found is not None
    assert found[0] in "+-"


def test_a_server_that_does_not_tell_has_no_zone() -> None:
    silent = SimpleNamespace(running={"confluence": SimpleNamespace(execute=lambda _: (1, ""))})
    assert server_zone(silent) is None  # type: ignore[arg-type]
