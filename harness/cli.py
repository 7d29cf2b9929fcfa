"""The command: one thin function per verb, which settles the settings and calls the library."""

import json
import os
import signal
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from typer.exceptions import TyperException

from harness import app as apps
from harness import (
    assets,
    cli_explain,
    cli_golden,
    cli_matrix,
    cli_merge,
    cli_report,
    cli_repro,
    cli_run,
    doctor,
    interrupt,
    runs,
    sweep,
)
from harness import golden as golden_homes
from harness import standing as standing_stacks
from harness.confluence_side import images_wanted
from harness.engines.docker import connect
from harness.engines.ready import prepare
from harness.errors import EXIT_BAD_INPUT, BadInput, HarnessError
from harness.progress import to_stderr
from harness.report import junit, live, table
from harness.report.results import FILE_NAME, exit_status, write
from harness.session import open_session
from harness.settings import Resolved, resolve
from harness.shrinking import shrink_failures
from harness.stack import StackDocument, bring_up
from harness.suite_result import reached

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="End-to-end tests for app migrations with the Confluence Cloud Migration Assistant.",
)
cloud = typer.Typer(no_args_is_help=True, help="The stub of the Atlassian cloud, alone.")
app.add_typer(cloud, name="cloud")
cli_explain.add_to(app)
cli_report.add_to(app)
cli_matrix.add_to(app)
cli_merge.add_to(app)
cli_repro.add_to(app)
cli_golden.add_to(app)

Engine = Annotated[str | None, typer.Option(help="auto, docker or local")]
Confluence = Annotated[str | None, typer.Option(help="an image name, or `standin`")]
Ccma = Annotated[str | None, typer.Option(help="CCMA version where a case does not say")]
TimeScale = Annotated[float | None, typer.Option(help="server seconds per wall second")]
LicenceFile = Annotated[
    Path | None, typer.Option("--licence-file", help="file with a licence for a real image")
]
Golden = Annotated[str | None, typer.Option(help="golden home to begin with")]
Json = Annotated[bool, typer.Option("--json", help="print one JSON document")]
Port = Annotated[int | None, typer.Option(help="fixed host port; by default one is chosen")]


@app.command("doctor")
def doctor_command(as_json: Json = False) -> int:
    """Tell what works here, what is missing, and how to get it."""
    checks = doctor.examine()
    resolved = _settings()
    if as_json:
        _print_json(
            {
                "works": doctor.works(checks),
                "checks": [vars(check) for check in checks],
                "settings": {
                    name: {"value": value, "source": resolved.sources[name]}
                    for name, value in resolved.settings.model_dump(mode="json").items()
                },
            }
        )
    else:
        for check in checks:
            state = "ok     " if check.found else "missing"
            _print(f"{state}  {check.name}: {check.found or check.advice}")
        for line in doctor.settings_lines(resolved):
            _print(f"setting  {line}")
    return 0 if doctor.works(checks) else EXIT_BAD_INPUT


@app.command()
def up(
    engine: Engine = None,
    confluence: Confluence = None,
    ccma: Ccma = None,
    time_scale: TimeScale = None,
    http_port: Port = None,
    synchrony_port: Port = None,
    jdwp_port: Port = None,
    licence_file: LicenceFile = None,
    golden: Golden = None,
    app_folder: Annotated[
        Path | None, typer.Option("--app", help="folder with app.yaml; the sample app by default")
    ] = None,
    as_json: Json = False,
) -> int:
    """Bring up a stack to play with; it lives until `harness down`."""
    settings = _settings(
        engine=engine,
        confluence=confluence,
        ccma=ccma,
        time_scale=time_scale,
        http_port=http_port,
        synchrony_port=synchrony_port,
        jdwp_port=jdwp_port,
        licence_file=licence_file,
        golden=golden,
    ).settings
    if settings.golden:
        golden_homes.read(settings.golden)  # refused before anything is pulled or built
    described = apps.load(app_folder or assets.sample_app("charts"))
    with interrupt.orderly(to_stderr), runs.open_run() as run:
        ready = prepare(settings.engine, to_stderr, images_wanted(settings))
        sweep.sweep(ready.client)
        version = settings.ccma_for()
        stack = bring_up(settings, ready, run, described, ccma=version, progress=to_stderr)
        document = stack.leave_standing()
    if as_json:
        _print(document.model_dump_json(indent=1))
    else:
        _print_stack(document)
    return 0


@app.command()
def down(
    run: Annotated[str | None, typer.Argument(help="the run's id; all standing stacks")] = None,
) -> int:
    """End the stacks that `harness up` left standing."""
    standing = runs.standing()
    if run is not None:
        standing = [each for each in standing if each.id == run]
        if not standing:
            raise BadInput(f"no stack of run {run!r} is standing here: `harness down` ends all")
    client = connect()
    for each in standing:
        to_stderr(f"removed {sweep.take_down(each, client)}")
    if not standing:
        to_stderr("no stack is standing")
    return 0


@app.command("sweep")
def sweep_command() -> int:
    """Remove what dead runs left behind."""
    to_stderr(f"removed {sweep.sweep(connect())}")
    return 0


@app.command("run")
def run_command(
    files: Annotated[list[Path] | None, typer.Argument(help="case files")] = None,
    select: Annotated[str | None, typer.Option("-k", help="only cases whose id matches")] = None,
    engine: Engine = None,
    confluence: Confluence = None,
    ccma: Ccma = None,
    strength: cli_matrix.Strength = None,
    locate: cli_matrix.Locate = False,
    shrink: Annotated[
        bool, typer.Option("--shrink", help="find the fewest values that make a case fail")
    ] = False,
    workers: Annotated[int | None, typer.Option(help="stacks that work side by side")] = None,
    time_scale: TimeScale = None,
    isolation: Annotated[str | None, typer.Option(help="reset or fresh")] = None,
    start: Annotated[
        str | None, typer.Option(help="wizard, or trigger: run a plan again over REST")
    ] = None,
    stack: Annotated[
        str | None, typer.Option(help="run of a stack that `up` left, or `last`: run on that")
    ] = None,
    shard: Annotated[str | None, typer.Option(help="I/N: only the I-th of N equal parts")] = None,
    executor: Annotated[str, typer.Option(help="here, or dask: on a cluster")] = "here",
    scheduler: Annotated[
        str | None, typer.Option(help="address of the dask cluster's scheduler")
    ] = None,
    resume: Annotated[
        Path | None, typer.Option(help="folder of a run to go on with; takes no case files")
    ] = None,
    licence_file: LicenceFile = None,
    golden: Golden = None,
    keep: Annotated[bool | None, typer.Option("--keep", help="leave the stacks standing")] = None,
    results: Annotated[Path | None, typer.Option(help="folder for runs' results")] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="write results there")] = None,
    junit_file: Annotated[
        Path | None, typer.Option("--junit", help="write JUnit XML there")
    ] = None,
) -> int:
    """Run the cases of some files and tell what the admin saw."""
    flags = {
        "engine": engine,
        "confluence": confluence,
        "ccma": ccma,
        "workers": workers,
        "time_scale": time_scale,
        "isolation": isolation,
        "start": start,
        "licence_file": licence_file,
        "golden": golden,
        "keep": keep,
        "results": results,
    }
    words = cli_run.Words(strength, locate, select, shard)
    cli_run.check_executor(executor, scheduler, alone=not (stack or resume or shrink))
    standing = standing_stacks.attach(stack) if stack else None
    wanted = cli_run.wanted(files or [], flags, words, resume, standing)
    # Off a terminal rich assumes 80 columns, and folds every case id.
    console = Console(stderr=True, width=None if sys.stderr.isatty() else 140)
    with (
        live.shown(console) as listener,
        open_session(
            wanted.settings, to_stderr, [listener], folder=wanted.folder, standing=standing
        ) as session,
    ):
        folder = session.folder
        outcome = session.run(
            wanted.cases,
            asked=wanted.asked,
            part=wanted.part,
            earlier=wanted.earlier,
            scheduler=scheduler,
        )
        said = reached(wanted.suites, outcome)
        outcome = outcome.model_copy(update={"reached": tuple(said)})
        write(outcome, folder / FILE_NAME)
        if shrink:
            said += [str(each) for each in shrink_failures(wanted.suites, outcome, session.also)]
            outcome = outcome.model_copy(update={"reached": tuple(said)})
            write(outcome, folder / FILE_NAME)
    table.summary(console, outcome)
    if json_file:
        write(outcome, json_file)
    if junit_file:
        junit.write(outcome, junit_file)
    to_stderr(f"results: {folder}")
    return exit_status(outcome)


@cloud.command(
    "serve",
    add_help_option=False,
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
)
def cloud_serve(context: typer.Context) -> int:
    """Serve the cloud until Ctrl-C; its options are those of `python -m harness.cloud`."""
    # Late, since no other verb needs the cloud itself: it is a program of its own.
    from harness.cloud.__main__ import main as serve_cloud

    return serve_cloud(context.args)


def main() -> None:
    """Entry point of the command `harness`; never shows a stack trace for what is expected."""
    try:
        sys.exit(app(standalone_mode=False))
    except TyperException as error:
        to_stderr(f"harness: {error.format_message()}")
        sys.exit(EXIT_BAD_INPUT)
    except HarnessError as error:
        to_stderr(f"harness: {error}")
        sys.exit(error.exit_status)
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)


def _settings(**flags: Any) -> Resolved:
    return resolve(flags, os.environ)


def _print(text: str) -> None:
    print(text)  # noqa: T201 - a command's output


def _print_json(document: Any) -> None:
    _print(json.dumps(document, indent=1))


def _print_stack(document: StackDocument) -> None:
    confluence = document.confluence
    _print(f"run          {document.run} ({document.engine}, time scale {document.time_scale:g})")
    _print(f"Confluence   {confluence.base_url}  (CCMA {confluence.ccma})")
    _print(f"log in as    {confluence.admin_user} / {confluence.admin_password}")
    _print(f"Synchrony    {confluence.synchrony_url}")
    _print(f"debugger     jdb -attach {confluence.jdwp_host}:{confluence.jdwp_port}")
    _print(f"log          {confluence.log_path}")
    _print(f"cloud        {document.cloud.base_url}, control {document.cloud.control_url}")
    _print(f"end it with  harness down {document.run}")
