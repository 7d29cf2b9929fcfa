"""The verb that says what a machine lacks."""

import json
import os
from typing import Annotated

import typer

from harness.cli.options import Json
from harness.environment import doctor
from harness.errors import EXIT_BAD_INPUT
from harness.settings import resolve


def add_to(app: typer.Typer) -> None:
    """Adds the verb to the command."""
    app.command("doctor")(doctor_command)


def doctor_command(
    stack: Annotated[
        str | None,
        typer.Option(
            "--stack",
            metavar="RUN",
            help="also what was asked of that stack's Confluence and is not there; `last` is the "
            "newest that `harness up` left",
        ),
    ] = None,
    as_json: Json = False,
) -> int:
    """Say what works here, what is missing, and how to get it."""
    resolved = resolve({}, os.environ)
    gaps = doctor.not_there(stack, resolved.settings.docker_socket) if stack else []
    checks = doctor.examine(resolved.settings.docker_socket)
    if as_json:
        document = {
            "works": doctor.works(checks),
            "checks": [vars(check) for check in checks],
            "warnings": doctor.warnings(resolved.settings.docker_socket),
            "settings": {
                name: {"value": value, "source": resolved.sources[name]}
                for name, value in resolved.settings.model_dump(mode="json").items()
            },
        }
        if stack:
            document["not_there"] = [
                {"method": e.method, "path": e.path, "times": e.times} for e in gaps
            ]
        print(json.dumps(document, indent=1))
    else:
        for check in checks:
            state = "ok     " if check.found else "missing"
            print(f"{state}  {check.name}: {check.found or check.advice}")
        for line in doctor.warnings(resolved.settings.docker_socket):
            print(f"warning  {line}")
        for line in doctor.settings_lines(resolved):
            print(f"setting  {line}")
        if stack:
            told = [f"asked for and not there: {gap}" for gap in gaps]
            for line in told or ["nothing was asked for that is not there"]:
                print(f"stack    {line}")
    return 0 if doctor.works(checks) else EXIT_BAD_INPUT
