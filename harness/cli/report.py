"""The verbs for what comes before and after a run: init and report."""

import os
from pathlib import Path
from typing import Annotated

import typer

from harness.cli import init as starter
from harness.cli.options import StoredRun
from harness.explain import stored
from harness.report import html, markdown
from harness.settings import resolve
from harness.store.layout import LAST
from harness.support.console import say


def add_to(app: typer.Typer) -> None:
    """Adds the verbs to the command."""
    app.command("report")(report)
    app.command("init")(init)


def report(
    run: StoredRun = LAST,
    as_markdown: Annotated[
        bool, typer.Option("--markdown", help="print a summary for a CI page instead")
    ] = False,
) -> int:
    """Make a run's page: matrix, timelines, causes, screenshots, in one file."""
    results = resolve({}, os.environ).settings.results
    path = stored.find(run, lambda: results).path
    if as_markdown:
        print(markdown.write(path), end="")
    else:
        print(html.write(path))
    return 0


def init(
    folder: Annotated[Path, typer.Argument(help="your repository")] = Path(),
    jar: Annotated[Path | None, typer.Option(help="your plugin, built")] = None,
    server_key: Annotated[str | None, typer.Option(help="the server app key")] = None,
    cloud_key: Annotated[str | None, typer.Option(help="the cloud app's key")] = None,
) -> int:
    """Write a working example into your repository: app, cases, test, CI."""
    for path in starter.write(folder, jar, server_key, cloud_key):
        print(path)
    if jar is None:
        say(f"next: name your jar and keys in {folder / 'migration' / 'app.yaml'}")
    say(f"next: harness run {folder / 'migration' / 'cases.yaml'}")
    return 0
