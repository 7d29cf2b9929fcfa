"""The verb that serves the cloud alone."""

import typer

from harness.cloud.__main__ import main as serve_cloud

_app = typer.Typer(no_args_is_help=True, help="The stub of the Atlassian cloud, alone.")


def add_to(app: typer.Typer) -> None:
    """Adds the verb to the command."""
    app.add_typer(_app, name="cloud")


@_app.command(
    "serve",
    add_help_option=False,
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
)
def serve(context: typer.Context) -> int:
    """Serve the cloud until Ctrl-C; its options are those of `python -m harness.cloud`."""
    return serve_cloud(context.args)
