"""The verbs for stacks to play with: up, down, sweep."""

import os
from pathlib import Path
from typing import Annotated

import typer

from harness.cases import app as apps
from harness.cli.options import Ccma, Confluence, Engine, Golden, Json, LicenceFile, TimeScale
from harness.engines.docker import connect
from harness.engines.ready import prepare
from harness.environment import golden as homes
from harness.environment import reaper as debris
from harness.environment.bring_up import bring_up
from harness.environment.document import StackDocument
from harness.environment.services.confluence import real_image_for
from harness.errors import BadInput
from harness.lifecycle import interrupt, runs
from harness.settings import resolve
from harness.support import assets
from harness.support.console import to_stderr

Port = Annotated[int | None, typer.Option(help="fixed host port; by default one is chosen")]


def add_to(app: typer.Typer) -> None:
    """Adds the verbs to the command."""
    app.command("up")(up)
    app.command("down")(down)
    app.command("sweep")(sweep)


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
    settings = resolve(
        {
            "engine": engine,
            "confluence": confluence,
            "ccma": ccma,
            "time_scale": time_scale,
            "http_port": http_port,
            "synchrony_port": synchrony_port,
            "jdwp_port": jdwp_port,
            "licence_file": licence_file,
            "golden": golden,
        },
        os.environ,
    ).settings
    if settings.golden:
        homes.read(settings.golden)  # refused before anything is pulled or built
    described = apps.load(app_folder or assets.sample_app("charts"))
    with interrupt.orderly(to_stderr), runs.open_run() as run:
        ready = prepare(settings.engine, to_stderr, real_image_for(settings))
        debris.sweep(ready.client)
        version = settings.ccma_for()
        with debris.nothing_left(run, ready.client):
            stack = bring_up(settings, ready, run, described, ccma=version, progress=to_stderr)
            document = stack.leave_standing()
    if as_json:
        print(document.model_dump_json(indent=1))
    else:
        _print_stack(document)
    return 0


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
        to_stderr(f"removed {debris.take_down(each, client)}")
    if not standing:
        to_stderr("no stack is standing")
    return 0


def sweep() -> int:
    """Remove what dead runs left behind."""
    to_stderr(f"removed {debris.sweep(connect())}")
    return 0


def _print_stack(document: StackDocument) -> None:
    confluence = document.confluence
    print(f"run          {document.run} ({document.engine}, time scale {document.time_scale:g})")
    print(f"Confluence   {confluence.base_url}  (CCMA {confluence.ccma})")
    print(f"log in as    {confluence.admin_user} / {confluence.admin_password}")
    print(f"Synchrony    {confluence.synchrony_url}")
    print(f"debugger     jdb -attach {confluence.jdwp_host}:{confluence.jdwp_port}")
    print(f"log          {confluence.log_path}")
    print(f"cloud        {document.cloud.base_url}, control {document.cloud.control_url}")
    print(f"end it with  harness down {document.run}")
