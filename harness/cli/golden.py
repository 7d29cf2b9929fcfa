"""The verbs for golden homes: keep one, list them, remove one."""

import os
import re
from pathlib import Path
from typing import Annotated

import typer

from harness.engines import docker_clones
from harness.engines.docker_host import client_if_any
from harness.environment import golden
from harness.environment.golden_capture import save
from harness.errors import BadInput
from harness.lifecycle import interrupt, runs
from harness.settings import project_root, resolve
from harness.support.console import say

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")

_app = typer.Typer(no_args_is_help=True, help="Kept Confluence homes to begin stacks with.")


def add_to(app: typer.Typer) -> None:
    """Adds the verbs to the command."""
    app.add_typer(_app, name="golden")


@_app.command("save")
def save_command(
    name: Annotated[str, typer.Argument(help="what to call it")],
    run: Annotated[str | None, typer.Argument(help="the run's id, where several stand")] = None,
) -> int:
    """Keep the home of the stack that `harness up` left; the stack is taken down."""
    if not _NAME.fullmatch(name):
        raise BadInput(f"golden home {name!r}: letters, digits, dots, hyphens and underscores only")
    with interrupt.orderly(say), client_if_any(_docker_socket()) as client:
        place = save(name, _with_a_stack(run), say, client)
    say(f"kept in {place}: `harness up --golden {name}` begins with it")
    return 0


@_app.command("list")
def list_command() -> int:
    """List the golden homes that are here, and what each belongs to."""
    for name in golden.names():
        each = golden.read(name)
        megabytes = (golden.folder() / name / golden.HOME_FILE).stat().st_size / 1e6
        print(
            f"{name}  {each.confluence} build {each.build}, CCMA {each.ccma}, {megabytes:.0f} MB, "
            f"{each.saved:%Y-%m-%d %H:%M} UTC"
        )
    return 0


@_app.command("remove")
def remove_command(name: Annotated[str, typer.Argument(help="the golden home's name")]) -> int:
    """Remove a golden home."""
    golden.remove(name)
    with client_if_any(_docker_socket()) as client:
        if client:
            docker_clones.forget_orphans(client)
    return 0


def _docker_socket() -> Path | None:
    return resolve({}, os.environ).settings.docker_socket


def _with_a_stack(run: str | None) -> runs.Run:
    if run is None:
        running = runs.with_a_stack(project_root())
    else:
        running = [each for each in runs.with_a_stack() if each.id == run]
    if len(running) == 1:
        return running[0]
    if running:
        raise BadInput(f"several stacks are running: name one of {runs.listed(running)}")
    which = f"no stack of {project_root()}" if run is None else f"no stack of run {run!r}"
    raise BadInput(f"{which} is running: start one with `harness up`")
