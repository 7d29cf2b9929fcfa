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
from harness.report import live
from harness.runner.session import open_session
from harness.settings import resolve
from harness.store.results import CaseResult
from harness.support.console import to_stderr

PAGE = "repro.html"


def add_to(app: typer.Typer) -> None:
    """Adds the verb to the command."""
    app.command("repro")(reproduce)


def reproduce(
    file: Annotated[Path, typer.Argument(help="a case file with the known bug")],
    case: Annotated[str, typer.Option("--case", help="a name of `repros`, a bug's or case's id")],
    before: Annotated[str, typer.Option(help="CCMA version, or image, that has the bug")],
    after: Annotated[str | None, typer.Option(help="the one that has it no more")] = None,
    engine: Annotated[str | None, typer.Option(help="auto, docker or local")] = None,
    time_scale: Annotated[float | None, typer.Option(help="server s per wall second")] = None,
    workers: Annotated[int | None, typer.Option(help="2 runs both versions at once")] = None,
    results: Annotated[Path | None, typer.Option(help="folder for runs' results")] = None,
) -> int:
    """Show a known bug on one version, and its absence on another."""
    sides = repro.sides(read_suite(file), case, before, after)
    flags = {"engine": engine, "time_scale": time_scale, "workers": workers, "results": results}
    # Off a terminal rich assumes 80 columns, and folds every case id.
    console = Console(stderr=True, width=None if sys.stderr.isatty() else 140)
    folder: Path | None = None
    seen: tuple[CaseResult, ...] = ()
    # Both versions of the stand-in are one run; each image is a Confluence of its own.
    for image, same in groupby(sides, key=lambda side: side.image):
        settings = resolve({**flags, "confluence": image}, os.environ).settings
        with (
            live.shown(console) as told,
            open_session(settings, to_stderr, [told], folder=folder) as session,
        ):
            folder = session.folder
            seen = session.run([side.case for side in same], earlier=seen).cases
    assert folder is not None  # there is at least one side
    page = folder / PAGE
    page.write_text(repro.as_page(sides, seen))
    print(repro.as_text(sides, seen, folder))
    to_stderr(f"page: {page}")
    return repro.exit_status(sides, seen)
