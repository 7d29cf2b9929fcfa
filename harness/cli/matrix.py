"""The verb that shows a matrix: which cases would run, and what they cover."""

import json
from pathlib import Path
from typing import Annotated, get_args

import typer

from harness.cases import read_suite
from harness.cases.strength import parsed
from harness.cli import matrix_text
from harness.cli.matrix_text import Format
from harness.errors import BadInput
from harness.support.suggest import did_you_mean

Strength = Annotated[
    str | None, typer.Option(help="how many axes at once are covered: 2, 3, 4 or all")
]
Locate = Annotated[
    bool, typer.Option("--locate", help="cases whose marks name the faulty value or pair")
]


def add_to(app: typer.Typer) -> None:
    """Adds the verb to the command."""
    app.command("matrix")(show)


def show(
    file: Annotated[Path, typer.Argument(help="a case file")],
    strength: Strength = None,
    locate: Locate = False,
    as_json: Annotated[bool, typer.Option("--json", help="print one JSON document")] = False,
    form: Annotated[str | None, typer.Option("--format", help="github or gitlab")] = None,
    shards: Annotated[
        int | None, typer.Option(help="with --format: a job for each of so many shards")
    ] = None,
) -> int:
    """Show the cases that would run, and what they cover."""
    suite = read_suite(file, strength=parsed(strength, locate), locate=locate)
    if form is not None:
        text = matrix_text.as_jobs(suite, _format(form), shards)
    elif shards is not None:
        raise BadInput("--shards says how many jobs --format prints: name a format beside it")
    elif as_json:
        text = json.dumps(matrix_text.as_data(suite), indent=1)
    else:
        text = matrix_text.as_text(suite)
    print(text)
    return 0


def _format(given: str) -> Format:
    for known in get_args(Format):
        if given == known:
            form: Format = known
            return form
    raise BadInput(f"--format {given!r} is not known{did_you_mean(given, get_args(Format))}")
