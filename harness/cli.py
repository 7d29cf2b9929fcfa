"""The command: which module has which verb, and how an error ends it."""

import signal
import sys
from collections.abc import Mapping
from importlib import import_module, metadata
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException

from harness.errors import EXIT_BAD_INPUT, HarnessError
from harness.progress import to_stderr

VERBS: Mapping[str, str] = {
    "doctor": "harness.cli_doctor",
    "up": "harness.cli_stack",
    "down": "harness.cli_stack",
    "sweep": "harness.cli_stack",
    "run": "harness.cli_run",
    "matrix": "harness.cli_matrix",
    "merge": "harness.cli_merge",
    "repro": "harness.cli_repro",
    "explain": "harness.cli_explain",
    "judge": "harness.cli_explain",
    "diff": "harness.cli_explain",
    "check": "harness.cli_explain",
    "report": "harness.cli_report",
    "init": "harness.cli_report",
    "golden": "harness.cli_golden",
    "cloud": "harness.cli_cloud",
}
"""Each verb's module, which adds it by `add_to`."""


class _ByModule(TyperGroup):
    """Imports a verb's module when the verb is asked for: each needs few of the libraries."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - the base class has it
        return [*VERBS]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name in VERBS and cmd_name not in self.commands:
            group = typer.Typer()
            import_module(VERBS[cmd_name]).add_to(group)
            self.commands.update(typer.main.get_group(group).commands)
        return super().get_command(ctx, cmd_name)


app = typer.Typer(cls=_ByModule, no_args_is_help=True, add_completion=False)


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(f"migration-harness {metadata.version('migration-harness')}")
        raise typer.Exit


@app.callback()
def harness(
    *,
    _version: Annotated[
        bool,
        typer.Option(
            "--version", help="show the version and end", callback=_show_version, is_eager=True
        ),
    ] = False,
) -> None:
    """End-to-end tests for app migrations with the Confluence Cloud Migration Assistant."""


def main() -> None:
    """Entry point of the command `harness`; never shows a stack trace for what is expected."""
    try:
        sys.exit(app(standalone_mode=False))
    except TyperException as error:
        to_stderr(f"harness: {error.format_message()}")
        sys.exit(EXIT_BAD_INPUT)
    except HarnessError as error:
        to_stderr(f"harness: {error}")
        sys.exit(error.exit_status)
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)
