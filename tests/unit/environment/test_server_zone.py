"""Whose time the log is written in, asked where Confluence runs."""

import subprocess
from types import SimpleNamespace
from typing import Any

import pytest

from harness.environment.server_zone import server_zone


def confluence(**environment: str) -> Any:
    """A Confluence whose commands run here, with these variables."""

    def execute(argv: list[str]) -> tuple[int, str]:
        path = {"PATH": "/usr/bin:/bin"}
        done = subprocess.run(argv, env=path | environment, capture_output=True, text=True)
        return done.returncode, done.stdout

    return SimpleNamespace(execute=execute)


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
    assert server_zone(confluence(**environment)) == zone


def test_the_machines_own_zone_is_the_last_to_count() -> None:
    found = server_zone(confluence())
    assert found is not None
    assert found[0] in "+-"


def test_a_server_that_does_not_tell_has_no_zone() -> None:
    silent: Any = SimpleNamespace(execute=lambda _: (1, ""))
    assert server_zone(silent) is None
