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
    from harness.testbed.restore import restore_one

    folder = undo_folder()
    paths = [undo.path_for(folder, confluence)] if confluence else undo.every(folder)
    lefts = [left for path in paths if (left := undo.read(path))]
    if not lefts:
        say(f"nothing is left to be put back{f' at {confluence}' if confluence else ''}")
    for left in lefts:
        restore_one(left, user, os.environ, say)
    return 0
