"""The verbs that serve the cloud alone, and that stand before a cloud app."""

from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from harness.cloud.__main__ import main as serve_cloud
from harness.engines import tap as taps
from harness.engines.recorder_program import make_ready
from harness.errors import BadInput
from harness.lifecycle import interrupt
from harness.support.console import say

_app = typer.Typer(no_args_is_help=True, help="The stub of the Atlassian cloud, alone.")


def add_to(app: typer.Typer) -> None:
    """Adds the verbs to the command."""
    app.add_typer(_app, name="cloud")


@_app.command(
    "serve",
    add_help_option=False,
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
)
def serve(context: typer.Context) -> int:
    """Serve the cloud until Ctrl-C; its options are those of `python -m harness.cloud`."""
    return serve_cloud(context.args)


@_app.command("tap")
def tap(
    to: Annotated[str, typer.Option(help="address of the cloud app: https://host:port")],
    record: Annotated[Path, typer.Option(help="folder to record in")] = Path("build/tap"),
    host: Annotated[str, typer.Option(help="address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="port; 0 takes a free one")] = 0,
    ca: Annotated[Path | None, typer.Option(help="PEM of the CA of the app's certificate")] = None,
) -> int:
    """Stand before a cloud app and keep what it is sent and answers, until Ctrl-C."""
    parts = urlsplit(to)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/"):
        raise BadInput(f"--to {to}: name the app's host, as in https://app.example.com:8443")
    if ca and not ca.is_file():
        raise BadInput(f"--ca {ca}: there is no such file")
    program = make_ready(None, say)
    tapped = taps.Tap(to.rstrip("/"), host, port, record, ca)
    with interrupt.orderly(say):
        return taps.serve(program, tapped, say)
    return 0
