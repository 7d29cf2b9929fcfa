"""The command: which module has which verb, and how an error ends it."""

import signal
import sys
import traceback
from collections.abc import Mapping
from importlib import import_module, metadata
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException

from harness.errors import EXIT_BAD_INPUT, EXIT_ERROR, HarnessError
from harness.support.console import to_stderr

VERBS: Mapping[str, str] = {
    "doctor": "harness.cli.doctor",
    "up": "harness.cli.stack",
    "down": "harness.cli.stack",
    "sweep": "harness.cli.stack",
    "run": "harness.cli.run",
    "matrix": "harness.cli.matrix",
    "merge": "harness.cli.merge",
    "repro": "harness.cli.repro",
    "explain": "harness.cli.explain",
    "judge": "harness.cli.explain",
    "diff": "harness.cli.explain",
    "check": "harness.cli.explain",
    "report": "harness.cli.report",
    "init": "harness.cli.report",
    "contract": "harness.cli.contract",
    "golden": "harness.cli.golden",
    "cloud": "harness.cli.cloud",
}
"""Each verb's module, which adds it by `add_to`."""


class _ByModule(TyperGroup):
    """Imports a verb's module when the verb is called: each needs few of the libraries."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - the base class has it
        return [*VERBS]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name in VERBS and cmd_name not in self.commands:
            group = typer.Typer()
            import_module(VERBS[cmd_name]).add_to(group)
            self.commands.update(typer.main.get_group(group).commands)
        return super().get_command(ctx, cmd_name)


app = typer.Typer(cls=_ByModule, no_args_is_help=True, add_completion=False)


def _show_version(given: bool) -> None:
    if given:
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


def unexpected(error: Exception) -> str:
    """An error that nobody expected, in one line: what it is, and where it came from."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" ({Path(frames[-1].filename).name}, line {frames[-1].lineno})" if frames else ""
    return f"the harness broke: {type(error).__name__}: {error}{place}; please report it"


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
    except Exception as error:
        # Exit status 1 is for what the cases found; a fault of our own is never that.
        to_stderr(f"harness: {unexpected(error)}")
        sys.exit(EXIT_ERROR)
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)
