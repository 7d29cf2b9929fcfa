"""The verb that says what a machine lacks."""

import json
import os

import typer

from harness.cli.options import Json
from harness.environment import doctor
from harness.errors import EXIT_BAD_INPUT
from harness.settings import resolve


def add_to(app: typer.Typer) -> None:
    """Adds the verb to the command."""
    app.command("doctor")(doctor_command)


def doctor_command(as_json: Json = False) -> int:
    """Say what works here, what is missing, and how to get it."""
    resolved = resolve({}, os.environ)
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
        print(json.dumps(document, indent=1))
    else:
        for check in checks:
            state = "ok     " if check.found else "missing"
            print(f"{state}  {check.name}: {check.found or check.advice}")
        for line in doctor.warnings(resolved.settings.docker_socket):
            print(f"warning  {line}")
        for line in doctor.settings_lines(resolved):
            print(f"setting  {line}")
    return 0 if doctor.works(checks) else EXIT_BAD_INPUT
