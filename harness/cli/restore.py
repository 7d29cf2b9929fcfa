"""The verb that puts back what attached runs changed and could not put back themselves."""

import os
from typing import Annotated

import typer

from harness.support.console import say


def add_to(app: typer.Typer) -> None:
    """Adds the verb to the command."""
    app.command("restore")(restore)


def restore(
    confluence: Annotated[
        str | None, typer.Option(help="its address; by default all that have something left")
    ] = None,
    user: Annotated[
        str | None, typer.Option(help="an administrator; by default the one that the run was")
    ] = None,
) -> int:
    """Put back what a run that ended early changed on a Confluence of yours.

    The password stands in HARNESS_ATTACH_PASSWORD, or a token in HARNESS_ATTACH_TOKEN; what the
    stub's control API wants, in HARNESS_CONTROL_TOKEN.
    """
    from harness.environment.attach_remote import undo_folder
    from harness.store import undo
    from harness.testbed.restore import restore_every, restore_one

    folder = undo_folder()
    if confluence:
        found = restore_one(undo.path_for(folder, confluence), user, os.environ, say)
    else:
        found = restore_every(undo.every(folder), user, os.environ, say)
    if not found:
        say(f"nothing is left to be put back{f' at {confluence}' if confluence else ''}")
    return 0
