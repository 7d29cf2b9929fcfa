"""The verbs that start nothing: explain, judge, diff and check.

Each imports what it does its work with when it is called: a finished run is explained without a
browser, a debugger or a service, and without the seconds that importing them takes.
"""

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from harness.cli.options import Json, StoredRun
from harness.errors import BadInput
from harness.lifecycle import runs
from harness.store.layout import LAST
from harness.vocabulary.variables import CONTROL_TOKEN, PASSWORD, TOKEN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.diagnosis.readers.run_folder import StoredCase
    from harness.drivers.confluence.session import Account
    from harness.explain.inspect import Target
    from harness.plugin_jar.read import PluginJar

Cases = Annotated[
    str | None, typer.Option("--case", help="a case's id, or an expression as for `run -k`")
]


def add_to(app: typer.Typer) -> None:
    """Adds the verbs to the command."""
    app.command("explain")(explain)
    app.command("judge")(judge)
    app.command("diff")(diff)
    app.command("check")(check)


def explain(
    run: StoredRun = LAST,
    case: Cases = None,
    attach: Annotated[
        bool, typer.Option("--attach", help=f"a Confluence of your own; password in {PASSWORD}")
    ] = False,
    base_url: Annotated[str | None, typer.Option(help="its address")] = None,
    user: Annotated[str | None, typer.Option(help="an administrator's name")] = None,
    log: Annotated[Path | None, typer.Option(help="its application log")] = None,
    log_zone: Annotated[
        str | None, typer.Option(help="the server's time zone, such as Asia/Tokyo or +0900")
    ] = None,
    jdwp: Annotated[str | None, typer.Option(help="its debugger, HOST:PORT")] = None,
    cloud: Annotated[str | None, typer.Option(help="the stub's control address")] = None,
    jar: Annotated[Path | None, typer.Option(help="the server app's jar")] = None,
    server_key: Annotated[str | None, typer.Option(help="the server app key")] = None,
    cloud_key: Annotated[str | None, typer.Option(help="the cloud app's key")] = None,
    plan: Annotated[str | None, typer.Option(help="a plan's id; the newest by default")] = None,
    ccma: Annotated[str | None, typer.Option(help="the assistant's version")] = None,
    as_json: Json = False,
) -> int:
    """Say which link broke, with the evidence, and what to do.

    RUN may also be the id of a stack that `harness up` left: that is looked at as it stands.
    """
    from harness.explain import stored

    named = runs.find(run)
    if not attach and not named.stack_file.is_file():
        found = stored.find(run, _results)
        chosen = bool(case or found.case)
        _say_cases(stored.cases(found, case), as_json, passed_too=chosen)
        return 0
    from harness.explain.inspect import Target
    from harness.store.server_log import checked_zone

    plugin = _plugin(jar)
    hand = Target(
        base_url=base_url,
        account=_account(user),
        log=_file(log),
        zone=checked_zone(log_zone),
        debugger=_address(jdwp) if jdwp else None,
        control_url=cloud,
        control_token=os.environ.get(CONTROL_TOKEN, ""),
        jar=plugin,
        server_key=server_key or _constant(plugin, "server_key"),
        cloud_key=cloud_key or _constant(plugin, "cloud_key"),
        plan=plan,
        ccma=ccma,
    )
    seen = _seen(hand, None if attach else named)
    _say_cases([seen], as_json)
    return 0


def judge(
    run: StoredRun,
    files: Annotated[
        list[Path] | None, typer.Argument(help="case files with today's expectations")
    ] = None,
    as_json: Json = False,
) -> int:
    """Apply today's rules to a stored run; the exit status is that of its verdicts today."""
    from harness.explain import judge

    said, status = judge.judged(run, files or [], _results)
    _say(said, as_json)
    return status


def diff(
    one: Annotated[str, typer.Argument(help="a run, or RUN#CASE")],
    other: Annotated[str, typer.Argument(help="another run, or RUN#CASE")],
    case: Cases = None,
    as_json: Json = False,
) -> int:
    """Walk two cases to the first event that differs."""
    from harness.explain import commands

    _say(commands.compared(one, other, case, _results), as_json)
    return 0


def check(
    jar: Annotated[Path, typer.Argument(help="a plugin's jar or .obr")],
    provided: Annotated[
        list[str] | None,
        typer.Option(help="a jar of Confluence's API, as in `server.provided`; may be repeated"),
    ] = None,
    as_json: Json = False,
) -> int:
    """Show what can be read from a plugin before anything runs.

    Exit status: 0 where nothing is wrong, 1 where a cause is likely or proved, 3 without a jar.
    """
    from harness.diagnosis import jar_check
    from harness.plugin_jar.provided import find_jars, packages_by_jar
    from harness.plugin_jar.read import read_plugin

    given = [each for text in provided or () for each in find_jars(Path.cwd(), text)]
    plugin = read_plugin(jar, packages_by_jar(given))
    _say((jar_check.as_text(plugin), jar_check.to_json(plugin)), as_json)
    return jar_check.exit_status(plugin)


def _seen(hand: "Target", run: runs.Run | None) -> "StoredCase":
    """What a run's stack shows, where one is given; else what the options name."""
    from harness.explain import inspect

    if run is None:
        return inspect.see(hand, hand.base_url or "the sources that were named")
    from harness.environment import attach, document
    from harness.settings import resolve

    socket = resolve({}, os.environ).settings.docker_socket
    zone = hand.zone or attach.log_zone(run, socket)
    standing = inspect.of_stack(document.read(run), replace(hand, zone=zone))
    return inspect.see(standing, f"stack {run.id}")


def _say_cases(cases: "Sequence[StoredCase]", as_json: bool, *, passed_too: bool = True) -> None:
    from harness.explain import commands
    from harness.report.safe_text import shown

    if as_json:
        print(json.dumps(commands.explained_as_data(cases), indent=1))
    else:
        print(shown(commands.explained(cases, passed_too=passed_too).rstrip()))


def _say(said: tuple[str, Any], as_json: bool) -> None:
    from harness.report.safe_text import shown

    text, data = said
    print(json.dumps(data, indent=1) if as_json else shown(text.rstrip()))


def _results() -> Path:
    from harness.settings import resolve

    return resolve({}, os.environ).settings.results


def _plugin(jar: Path | None) -> "PluginJar | None":
    from harness.plugin_jar.read import read_plugin

    return read_plugin(jar) if jar else None


def _account(user: str | None) -> "Account | None":
    """Who to be; nobody where neither a user was named nor a token is there."""
    from harness.environment.attach_remote import account_from

    return account_from(user, os.environ) if user or os.environ.get(TOKEN) else None


def _file(path: Path | None) -> Path | None:
    if path is not None and not path.is_file():
        raise BadInput("--log: there is no such file", path=path)
    return path


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit():
        raise BadInput(f"--jdwp {text!r}: write HOST:PORT, as in 127.0.0.1:5005")
    return host, int(port)


def _constant(plugin: "PluginJar | None", key: str) -> str | None:
    """The key that the jar's one listener returns, where it is constant."""
    if plugin is None or len(plugin.listeners) != 1:
        return None
    constant: Any = getattr(plugin.listeners[0], key)
    return constant.value if constant else None
