"""The verb that shows what a recording holds."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from harness.cassette.files import Tape, read_folder
from harness.cassette.summary import Calls, calls
from harness.cli.options import Json

_app = typer.Typer(no_args_is_help=True, help="Recordings of what a server said to its cloud.")


def add_to(app: typer.Typer) -> None:
    """Adds the verbs to the command."""
    app.add_typer(_app, name="cassette")


@_app.callback()
def _verbs() -> None:
    """Recordings of what a server said to its cloud."""


@_app.command("show")
def show(
    folder: Annotated[Path, typer.Argument(help="folder of `run --record FOLDER`")],
    as_json: Json = False,
) -> int:
    """Show what a recording holds: hosts, calls, times, and where secrets were removed."""
    recording = read_folder(folder)
    found = calls(recording)
    if as_json:
        print(json.dumps([_as_json(each) for each in found], indent=1))
        return 0
    console = Console(width=None if Console().is_terminal else 160)
    for tape in recording.tapes:
        console.print(_table(tape, [each for each in found if each.tape == tape.name]))
    return 0


def _table(tape: Tape, found: Iterable[Calls]) -> Table:
    of = ", ".join(f"{name} {value}" for name, value in tape.header.of.items())
    table = Table(
        title=f"{tape.name}: {of or 'a server'}, {tape.header.recorded:%Y-%m-%d %H:%M} UTC"
    )
    for column in ("case", "call", "times", "answers", "server time", "removed"):
        table.add_column(column, overflow="fold", justify="right" if column == "times" else "left")
    last = None
    for each in found:
        answers = [f"{status or 'none'}" for status in each.statuses]
        if each.not_recorded:
            answers.append(f"{each.not_recorded} not recorded")
        table.add_row(
            Text("" if each.case == last else each.case or "(before the first)"),
            Text(f"{each.method} {each.host}{each.path}"),
            str(each.times),
            Text(", ".join(answers)),
            _span(each.first, each.last),
            Text(", ".join(each.removed)),
        )
        last = each.case
    return table


def _span(first: timedelta, last: timedelta) -> str:
    ends = [f"{each.total_seconds():.0f} s" for each in dict.fromkeys((first, last))]
    return " to ".join(ends)


def _as_json(found: Calls) -> dict[str, object]:
    times = {name: getattr(found, name).total_seconds() for name in ("first", "last")}
    return asdict(found) | times | {"removed": list(found.removed)}
