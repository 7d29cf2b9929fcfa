"""The verbs for what comes before and after a run: init and report."""

import os
import webbrowser
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from harness.cli import init as starter
from harness.cli.options import StoredRun
from harness.cli.viewer import serve
from harness.explain import stored
from harness.report import html, markdown
from harness.settings import resolve
from harness.store.layout import LAST, TRACE
from harness.store.results import read
from harness.support.console import say


def add_to(app: typer.Typer) -> None:
    """Adds the verbs to the command."""
    app.command("report")(report)
    app.command("init")(init)


def report(
    run: StoredRun = LAST,
    show: Annotated[
        bool,
        typer.Option(
            "--open", help="open the page in a browser, and serve its traces, till Ctrl-C"
        ),
    ] = False,
    as_markdown: Annotated[
        bool, typer.Option("--markdown", help="print a summary for a CI page instead")
    ] = False,
) -> int:
    """Make a run's page: matrix, timelines, causes, screenshots, in one file."""
    results = resolve({}, os.environ).settings.results
    path = stored.find(run, lambda: results).path
    if as_markdown:
        print(markdown.write(path), end="")
        return 0
    page = html.write(path)
    print(page)
    if show:
        serve(page.parent, lambda address: _show(path, page, address))
    return 0


def _show(results: Path, page: Path, address: Callable[[str], str]) -> None:
    """Prints the address of each trace, and opens the page."""
    for case in read(results).cases:
        if trace := case.artifacts.get(TRACE):
            print(f"trace of {case.id}: {address(trace)}")
    print(f"page: {address(page.name)}", flush=True)
    webbrowser.open(address(page.name))


def init(
    folder: Annotated[Path, typer.Argument(help="your repository")] = Path(),
    jar: Annotated[Path | None, typer.Option(help="your plugin, built")] = None,
    server_key: Annotated[str | None, typer.Option(help="the server app key")] = None,
    cloud_key: Annotated[str | None, typer.Option(help="the cloud app's key")] = None,
) -> int:
    """Write a working example into your repository: app, cases, test, CI.

    What is there already is left as it is.
    """
    written = starter.write(folder, jar, server_key, cloud_key)
    for path in written:
        print(path)
    for place in starter.FILES.values():
        if folder / place not in written:
            say(f"left as it is: {folder / place}")
    if jar is None and folder / starter.FILES["app.yaml"] in written:
        say(f"next: name your jar and keys in {folder / 'migration' / 'app.yaml'}")
    say(f"next: harness run {folder / 'migration' / 'cases.yaml'}")
    return 0
