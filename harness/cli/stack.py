"""The verbs for stacks to play with: up, down, sweep."""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from harness.cases import app as apps
from harness.cases.app import AppDescription
from harness.cli.options import Flags, JarPath, Json, SetWords, takes_settings
from harness.drivers.browser import window
from harness.drivers.browser.launch import Found
from harness.drivers.browser.migration_assistant import HOMES
from harness.drivers.confluence import dark_features
from harness.drivers.confluence.session import Account
from harness.engines.app_builds import server_jar
from harness.engines.docker_host import client_if_any
from harness.environment import golden as homes
from harness.environment import reaper as debris
from harness.environment.bring_up import StackPlan, bring_up
from harness.environment.document import StackDocument, leave_running
from harness.environment.services.confluence import prepared
from harness.environment.stack import Stack
from harness.errors import BadInput, HarnessError
from harness.lifecycle import interrupt, runs
from harness.runner.fitting import check_keys, fitted_engine
from harness.settings import check_cloud_of_stack, project_root, resolve
from harness.support import assets
from harness.support.console import say, step
from harness.testbed.testbed import install_app
from harness.vocabulary.features import DEV_MODE, FEATURE, doubt


def add_to(app: typer.Typer) -> None:
    """Adds the verbs to the command."""
    app.command("up")(up)
    app.command("down")(down)
    app.command("sweep")(sweep)


@takes_settings("up")
def up(
    *,
    flags: Flags,
    app_folder: Annotated[
        Path | None,
        typer.Option("--app", help="folder with app.yaml: the app is installed, and switched on"),
    ] = None,
    jar: JarPath = None,
    overrides: SetWords = None,
    features: Annotated[
        list[str] | None,
        typer.Option("--feature", help="KEY=on or KEY=off: a dark feature to set; repeatable"),
    ] = None,
    headed: Annotated[
        bool,
        typer.Option("--headed", help="open a browser at the assistant's page, logged in"),
    ] = False,
    as_json: Json = False,
) -> int:
    """Bring up a stack to play with; it lives until `harness down`."""
    settings = resolve(flags, os.environ).settings
    check_cloud_of_stack(settings)
    if settings.record or settings.replay or settings.standin_platform:
        raise BadInput(
            "harness up: a stack to play with has the stub; recordings, replays and another cloud "
            "are for `harness run`"
        )
    if settings.golden:
        homes.read(settings.golden)  # refused before anything is pulled or built
    folder = app_folder or assets.sample_app("charts")
    given = apps.overrides_of(jar, overrides or ())
    described = apps.load(folder, given)
    settings = fitted_engine(settings, [folder], given, say)
    asked = ({FEATURE: True} if app_folder else {}) | _features(features or ())
    browser = window.check_window() if headed else None
    with (
        interrupt.orderly(say),
        runs.open_run() as run,
        prepared(settings, say) as ready,
    ):
        debris.sweep(ready.client)
        plan = StackPlan(described, settings.ccma_for())
        with debris.nothing_left(run, ready.client):
            plugin = server_jar(folder, described, say) if app_folder else None
            if plugin:
                check_keys(folder, described, plugin, say)
            stack = bring_up(settings, ready, run, plan, progress=say)
            _prepare(stack, described, plugin, asked)
            document = leave_running(stack)
        if browser:
            _open_window(browser, run, document)
    if as_json:
        print(document.model_dump_json(indent=1))
    else:
        _print_stack(document)
        if document.cloud is None:
            _print_connecting(document)
        if app_folder:
            _print_clicks(document, described)
    return 0


def _open_window(browser: Found, run: runs.Run, document: StackDocument) -> None:
    """Opens the assistant's page for a person; the stack stays, whatever becomes of the window."""
    confluence = document.confluence
    account = Account(confluence.admin_user, confluence.admin_password)
    profile, environment = run.folder / "browser", run.environment
    try:
        window.open_window(browser, profile, confluence.base_url, HOMES[0], account, environment)
    except HarnessError as error:
        say(f"--headed: no browser opened ({error}); the stack runs: open it in one of yours")


def _features(words: Sequence[str]) -> dict[str, bool]:
    """The dark features that `--feature` names.

    Raises:
        BadInput: a word has another form.
    """
    found: dict[str, bool] = {}
    for word in words:
        key, _, state = word.rpartition("=")
        if not key or state not in ("on", "off"):
            raise BadInput(f"--feature {word!r}: write KEY=on or KEY=off, such as {DEV_MODE}=on")
        found[key] = state == "on"
        if doubted := doubt(key):
            say(f"warning: --feature: {doubted}")
    return found


def _prepare(
    stack: Stack, app: AppDescription, jar: Path | None, features: Mapping[str, bool]
) -> None:
    """Installs the app, and sets the dark features."""
    with stack.client() as client:
        if features:
            dark_features.set_site(client, features)
        if jar:
            with step(say, f"installing {app.name}"):
                install_app(client, app, jar)


def _print_connecting(document: StackDocument) -> None:
    confluence = document.confluence
    print(f"now connect  its cloud site, once: {confluence.base_url}{HOMES[0]}")
    print("             log in to the site there as its administrator, and allow the connection")
    print(f"then keep it harness golden save NAME {document.run}")
    print(f"and use it   harness run CASES --confluence {confluence.name} --cloud real")
    print("             --golden NAME")


def _print_clicks(document: StackDocument, app: AppDescription) -> None:
    home = f"{document.confluence.base_url}{HOMES[0]}"
    print(f"now click    {home}")
    print("             log in; make a plan; choose what to migrate; mark the app Needed")
    print(f"             in cloud; run it; watch the row of {app.server.key} in the plan")
    print(f"see more     harness explain {document.run}; harness logs cloud-app -f")


def down(
    run: Annotated[str | None, typer.Argument(help="a run's id, of any project")] = None,
    every: Annotated[
        bool, typer.Option("--all", help="the stacks of all your projects on this machine")
    ] = False,
) -> int:
    """End the stacks that `harness up` left running in this project."""
    chosen = _chosen(run, every=every)
    if not chosen:
        others = runs.with_a_stack()
        hint = (
            f"; others are {runs.listed(others)}: `harness down --all` ends them" if others else ""
        )
        say(f"no stack of {project_root()} is running{hint}")
        return 0
    with client_if_any(_docker_socket()) as client:
        for each in chosen:
            in_docker = _engine(each) == "docker"
            say(f"removed {debris.take_down(each, client)}")
            if in_docker and client is None:
                say(
                    f"run {each.id} is on Docker, and no engine answers: its containers are "
                    "removed by the next run or `harness sweep` while one does"
                )
    return 0


def _chosen(run: str | None, *, every: bool) -> list[runs.Run]:
    if run is None:
        return runs.with_a_stack(None if every else project_root())
    if every:
        raise BadInput("name a run, or all by --all")
    chosen = [each for each in runs.with_a_stack() if each.id == run]
    if not chosen:
        known = runs.listed(runs.with_a_stack())
        hint = f"; there is {known}" if known else ": start one with `harness up`"
        raise BadInput(f"no stack of run {run!r} is running here{hint}")
    return chosen


def _engine(run: runs.Run) -> str | None:
    document: dict[str, str] = json.loads(run.stack_file.read_text())
    return document.get("engine")


def sweep() -> int:
    """Remove what dead runs left behind."""
    with client_if_any(_docker_socket()) as client:
        say(f"removed {debris.sweep(client)}")
    return 0


def _docker_socket() -> Path | None:
    return resolve({}, os.environ).settings.docker_socket


def _print_stack(document: StackDocument) -> None:
    confluence = document.confluence
    print(f"run          {document.run} ({document.engine}, time scale {document.time_scale:g})")
    print(f"Confluence   {confluence.base_url}  (CCMA {confluence.ccma})")
    print(f"log in as    {confluence.admin_user} / {confluence.admin_password}")
    print(f"Synchrony    {confluence.synchrony_url}")
    print(f"debugger     jdb -attach {confluence.jdwp_host}:{confluence.jdwp_port}")
    print(f"log          {confluence.log_path}")
    cloud = document.cloud
    shown = f"{cloud.base_url}, control {cloud.control_url}" if cloud else "the real one"
    print(f"cloud        {shown}")
    print(f"end it with  harness down {document.run}")
