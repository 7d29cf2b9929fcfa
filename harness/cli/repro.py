"""The verb that shows a known bug, then its absence."""

import os
import sys
from itertools import groupby
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from harness.cases import read_suite
from harness.checker import repro
from harness.cli.options import Flags, takes_settings
from harness.report import live
from harness.runner.fitting import fitted_engine
from harness.runner.session import open_session
from harness.settings import check_cloud, resolve
from harness.store.layout import REPRO
from harness.store.results import CaseResult
from harness.support.console import say


def add_to(app: typer.Typer) -> None:
    """Adds the verb to the command."""
    app.command("repro")(reproduce)


@takes_settings("repro")
def reproduce(
    file: Annotated[Path, typer.Argument(help="a case file with the known bug")],
    case: Annotated[str, typer.Option("--case", help="a name of `repros`, a bug's or case's id")],
    before: Annotated[str, typer.Option(help="CCMA version, or image, that has the bug")],
    after: Annotated[str | None, typer.Option(help="the one in which it is fixed")] = None,
    *,
    flags: Flags,
) -> int:
    """Show a known bug on one version, and its absence on another; two workers run both at once."""
    sides = repro.sides(read_suite(file), case, before, after)
    # Off a terminal rich assumes 80 columns, and folds every case id.
    console = Console(stderr=True, width=None if sys.stderr.isatty() else 140)
    folder: Path | None = None
    seen: tuple[CaseResult, ...] = ()
    # Both versions of the stand-in are one run; each image is a Confluence of its own.
    for image, group in groupby(sides, key=lambda side: side.image):
        settings = resolve({**flags, "confluence": image}, os.environ).settings
        check_cloud(settings)
        same = [side.case for side in group]
        settings = fitted_engine(settings, (each.app for each in same), {}, say)
        with (
            live.shown(console) as listener,
            open_session(settings, say, [listener], folder=folder) as session,
        ):
            folder = session.folder
            seen = session.run(same, earlier=seen).cases
    assert folder is not None  # there is at least one side
    page = folder / REPRO
    page.write_text(repro.as_page(sides, seen))
    print(repro.as_text(sides, seen, folder))
    say(f"page: {page}")
    return repro.exit_status(sides, seen)
