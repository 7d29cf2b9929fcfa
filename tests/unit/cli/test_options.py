"""The options of the settings: each verb takes those that name it, as they are declared."""

from typing import Any

import pytest
import typer

from harness.cli import repro, run, stack
from harness.cli.options import takes_settings
from harness.settings import DECLARED, Command, flags_of

VERBS = {"run": run.run, "up": stack.up, "repro": repro.reproduce}


@pytest.mark.parametrize("command", VERBS)
def test_a_verb_takes_the_settings_that_name_it(command: Command) -> None:
    app = typer.Typer()
    app.command()(VERBS[command])
    options: list[Any] = typer.main.get_command(app).params
    assert {each.name: (each.opts, each.help) for each in options if each.name in DECLARED} == {
        each.name: ([each.flag], each.long_help) for each in flags_of(command)
    }


def test_what_was_not_given_is_none_and_the_rest_comes_typed() -> None:
    seen = []

    @takes_settings("repro")
    def verb(name: str, *, flags: dict) -> int:
        seen.append((name, flags))
        return 0

    app = typer.Typer()
    app.command()(verb)
    app(["x", "--workers", "2"], standalone_mode=False)
    name, flags = seen[0]
    assert (name, flags.pop("workers")) == ("x", 2)
    assert set(flags.values()) == {None}
    assert set(flags) == {each.name for each in flags_of("repro")} - {"workers"}


def test_the_command_line_of_before() -> None:
    """A flag that somebody's script uses is not lost by editing a declaration."""
    assert [each.flag for each in flags_of("run")] == [
        "--engine",
        "--confluence",
        "--cloud",
        "--user",
        "--ca",
        "--log",
        "--log-zone",
        "--jdwp",
        "--plan",
        "--app-before",
        "--ccma",
        "--workers",
        "--time-scale",
        "--isolation",
        "--start",
        "--licence-file",
        "--golden",
        "--keep",
        "--results",
        "--record",
        "--replay",
        "--tap",
    ]
    assert [each.flag for each in flags_of("up")] == [
        "--engine",
        "--confluence",
        "--cloud",
        "--ccma",
        "--time-scale",
        "--licence-file",
        "--golden",
        "--http-port",
        "--synchrony-port",
        "--jdwp-port",
    ]
    assert [each.option for each in flags_of("pytest")] == [
        "--harness-engine",
        "--harness-confluence",
        "--harness-ccma",
        "--harness-time-scale",
        "--harness-licence-file",
        "--harness-golden",
        "--harness-keep",
        "--harness-results",
    ]
