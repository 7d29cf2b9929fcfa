"""The verb that runs cases."""

import sys
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from harness.cases.app import overrides_of
from harness.checker.reached import reached
from harness.cli.matrix import Locate, Strength
from harness.cli.options import Flags, JarPath, SetWords, takes_settings
from harness.environment.attach import AttachedStack, attached_stack
from harness.environment.attach_remote import attached_remote
from harness.errors import BadInput
from harness.report import junit, live, table
from harness.runner.dry_run import what_would_be
from harness.runner.request import RunPlan, Selection, check_executor, plan_run, settings_of
from harness.runner.session import open_session
from harness.runner.shrink import shrink_failures
from harness.settings import Settings
from harness.store.layout import RESULTS
from harness.store.results import Results, exit_status, write
from harness.support.console import say
from harness.support.files import check_takes_file


def add_to(app: typer.Typer) -> None:
    """Adds the verb to the command."""
    app.command("run")(run)


@takes_settings("run")
def run(
    files: Annotated[list[Path] | None, typer.Argument(help="case files")] = None,
    select: Annotated[str | None, typer.Option("-k", help="only cases whose id matches")] = None,
    *,
    flags: Flags,
    strength: Strength = None,
    locate: Locate = False,
    jar: JarPath = None,
    overrides: SetWords = None,
    shrink: Annotated[
        bool, typer.Option("--shrink", help="find the fewest values that make a case fail")
    ] = False,
    stack: Annotated[
        str | None, typer.Option(help="run on a stack that `up` left: its run's id, or `last`")
    ] = None,
    shard: Annotated[str | None, typer.Option(help="I/N: only the I-th of N equal parts")] = None,
    executor: Annotated[str, typer.Option(help="here, or dask: on a cluster")] = "here",
    scheduler: Annotated[
        str | None, typer.Option(help="address of the dask cluster's scheduler")
    ] = None,
    resume: Annotated[
        Path | None, typer.Option(help="folder of a run to go on with; takes no case files")
    ] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="write results there")] = None,
    junit_file: Annotated[
        Path | None, typer.Option("--junit", help="write JUnit XML there")
    ] = None,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="on a Confluence that runs: say what would be done there"),
    ] = False,
) -> int:
    """Run the cases of some files and show what the admin would see."""
    selection = Selection(strength, locate, select, shard)
    settings = settings_of(flags, resume)
    alone = not (stack or resume or shrink or settings.is_attached)
    check_executor(executor, scheduler, alone=alone)
    _check_attached(settings, stack, shrink=shrink, dry_run=dry_run)
    for option, file in (("--json", json_file), ("--junit", junit_file)):
        if file:
            check_takes_file(file, option)
    # Off a terminal rich assumes 80 columns, and folds every case id.
    console = Console(stderr=True, width=None if sys.stderr.isatty() else 140)
    with _attached(settings, stack, dry_run=dry_run) as attached:
        said = overrides_of(jar, overrides or ())
        work = plan_run(files or [], flags, selection, resume, attached, overrides=said)
        for line in work.said:
            say(line)
        if dry_run:
            return _say_what_would_be(work, attached)
        outcome, folder = _run(work, console, attached, scheduler, shrink=shrink)
    table.summary(console, outcome)
    write(outcome, folder / RESULTS)  # after the table, which stays readable where a disk is full
    if json_file:
        write(outcome, json_file)
    if junit_file:
        junit.write(outcome, junit_file)
    say(f"results: {folder}")
    return exit_status(outcome)


def _check_attached(settings: Settings, stack: str | None, *, shrink: bool, dry_run: bool) -> None:
    """Refuses options that do not go with a Confluence that runs, or with any other.

    Raises:
        BadInput: names the option.
    """
    if settings.is_attached and (stack or shrink):
        option = "--stack" if stack else "--shrink"
        raise BadInput(f"{option}: needs stacks of the harness's own, not {settings.confluence}")
    if dry_run and not settings.is_attached:
        raise BadInput("--dry-run: is for a Confluence that runs, named by --confluence http://...")


def _attached(
    settings: Settings, stack: str | None, *, dry_run: bool
) -> AbstractContextManager[AttachedStack | None]:
    """What the cases run on, where it runs already."""
    if settings.is_attached:
        return attached_remote(settings, say, may_try=not dry_run)
    return attached_stack(stack, settings.docker_socket) if stack else nullcontext()


def _say_what_would_be(work: RunPlan, attached: AttachedStack | None) -> int:
    """Says what a run would do on a Confluence that runs; nothing of it is done."""
    assert attached
    print("\n".join(what_would_be(work, attached, say)))
    return 0


def _run(
    work: RunPlan,
    console: Console,
    attached: AttachedStack | None,
    scheduler: str | None,
    *,
    shrink: bool,
) -> tuple[Results, Path]:
    """Runs the plan; its results, and the folder that they are in."""
    with (
        live.shown(console) as listener,
        open_session(
            work.settings,
            say,
            [listener],
            folder=work.folder,
            attached=attached,
            overrides=work.request.overrides,
        ) as session,
    ):
        folder = session.folder
        outcome = session.run(
            work.cases,
            request=work.request,
            part=work.part,
            earlier=work.earlier,
            scheduler=scheduler,
        )
        said = reached(work.suites, outcome)
        if shrink:
            said += [str(each) for each in shrink_failures(work.suites, outcome, session.also)]
        outcome = outcome.model_copy(update={"reached": tuple(said)})
    return outcome, folder
