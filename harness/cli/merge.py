"""The verb that puts shards together."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from harness.cases import read_suite
from harness.cases.strength import parsed
from harness.checker.reached import reached
from harness.errors import BadInput
from harness.lifecycle import runs
from harness.report import table
from harness.settings import resolve
from harness.store import layout
from harness.store import request as request_file
from harness.store import results as results_file
from harness.store.merge import Shard, read, write
from harness.store.results import Results, exit_status
from harness.support.console import say


def add_to(app: typer.Typer) -> None:
    """Adds the verb to the command."""
    app.command("merge")(merge)


def merge(
    folders: Annotated[list[Path], typer.Argument(help="folders of the runs", metavar="RUN...")],
    into: Annotated[Path | None, typer.Option(help="folder of the whole; new by default")] = None,
) -> int:
    """Put the results of a run's shards together."""
    shards = [read(folder) for folder in folders]
    target = into or resolve({}, os.environ).settings.results / runs.new_id()
    results = write(shards, target)
    if said := _reached(shards[0], results):
        results = results.model_copy(update={"reached": said})
        results_file.write(results, target / layout.RESULTS)
    table.summary(Console(stderr=True, width=None if sys.stderr.isatty() else 140), results)
    say(f"results: {target}")
    return exit_status(results)


def _reached(shard: Shard, results: Results) -> tuple[str, ...]:
    """What the cases cover together, where the case files are here, unchanged."""
    request = shard.request
    try:
        request_file.check_unchanged(request, shard.folder)
    except BadInput:
        say("what the cases cover is left out: their files are not here, or have changed")
        return ()
    strength = parsed(request.strength, request.locate)
    suites = [
        read_suite(
            file.path, strength=strength, locate=request.locate, ccma=request.settings.get("ccma")
        )
        for file in request.files
    ]
    return tuple(reached(suites, results))
