"""The command: which module has which verb, and how an error ends it."""

import errno
import inspect
import signal
import sys
import traceback
from collections.abc import Callable, Mapping
from functools import wraps
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException

from harness.errors import EXIT_BAD_INPUT, EXIT_ERROR, HarnessError
from harness.support import console
from harness.support.console import Volume, to_stderr


class Verb(NamedTuple):
    """A verb's module, which adds it by `add_to`, and what the list of verbs says of it."""

    module: str
    does: str


VERBS: Mapping[str, Verb] = {
    "init": Verb("report", "Write a working example into your repository: app, cases, test, CI."),
    "check": Verb("explain", "Show what can be read from a plugin before anything runs."),
    "run": Verb("run", "Run the cases of some files and show what the admin would see."),
    "explain": Verb("explain", "Say which link broke, with the evidence, and what to do."),
    "report": Verb("report", "Make a run's page: matrix, timelines, causes, screenshots."),
    "repro": Verb("repro", "Show a known bug on one version, and its absence on another."),
    "matrix": Verb("matrix", "Show the cases that would run, and what they cover."),
    "judge": Verb("explain", "Apply today's rules to a stored run."),
    "diff": Verb("explain", "Walk two cases to the first event that differs."),
    "merge": Verb("merge", "Put the results of a run's shards together."),
    "up": Verb("stack", "Bring up a stack to play with; it lives until `harness down`."),
    "logs": Verb("logs", "Show what a service of a stack that `harness up` left says."),
    "down": Verb("stack", "End the stacks that `harness up` left running in this project."),
    "restore": Verb(
        "restore", "Put back what a run that ended early changed on a Confluence of yours."
    ),
    "contract": Verb(
        "contract", "Ask a Confluence for all that the harness relies on; changes nothing there."
    ),
    "golden": Verb("golden", "Kept Confluence homes to begin stacks with."),
    "cassette": Verb("cassette", "Recordings of what a server said to its cloud."),
    "doctor": Verb("doctor", "Say what works here, what is missing, and how to get it."),
    "sweep": Verb("stack", "Remove what dead runs left behind."),
    "cloud": Verb("cloud", "The stub of the Atlassian cloud, alone."),
}
"""Every verb, in the order of the help: from a first example to what is seldom needed."""

EXIT_STATUSES = """\b
Exit status:
  0    all passed, or failed as a known bug says; `check`: nothing to say
  1    a case failed, or a known bug did not show; `check`: a likely or proved cause
  2    the harness or its surroundings broke
  3    bad input: a file, an option, a jar or a machine; nothing was started
  130  interrupted (128 and the signal's number)"""

Quiet = Annotated[
    bool, typer.Option("-q", "--quiet", help="print results and errors only", show_default=False)
]
Verbose = Annotated[
    bool,
    typer.Option(
        "-v",
        "--verbose",
        help="print each step, and where an unexpected error came from",
        show_default=False,
    ),
]


class _ByModule(TyperGroup):
    """Imports a verb's module when the verb is called: each needs few of the libraries."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - the base class has it
        return [*VERBS]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name in VERBS and cmd_name not in self.commands:
            group = typer.Typer(rich_markup_mode=None)
            import_module(f"harness.cli.{VERBS[cmd_name].module}").add_to(group)
            for each in group.registered_commands:
                each.callback = _heard(each.callback)
            self.commands.update(typer.main.get_group(group).commands)
        return super().get_command(ctx, cmd_name)

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002 - likewise
        with formatter.section("Commands"):
            formatter.write_dl([(name, each.does) for name, each in VERBS.items()])

    def shell_complete(self, ctx: Any, incomplete: str) -> list[Any]:
        core: Any = typer.core  # which exports the class of an item, but not by name
        options: list[Any] = super(TyperGroup, self).shell_complete(ctx, incomplete)
        verbs = [
            core.CompletionItem(name, help=each.does)
            for name, each in VERBS.items()
            if name.startswith(incomplete)
        ]
        return [*verbs, *options]


def _heard(verb: Any) -> Callable[..., Any]:
    """The verb with the options that say how much it prints."""

    @wraps(verb)
    def with_volume(*, quiet: bool, verbose: bool, **given: Any) -> Any:
        _set_volume(quiet=quiet, verbose=verbose)
        return verb(**given)

    own = inspect.signature(verb, eval_str=True).parameters.values()
    kinds: Mapping[str, Any] = {"quiet": Quiet, "verbose": Verbose}
    both = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=False, annotation=kind)
        for name, kind in kinds.items()
    ]
    # typer reads both.
    with_volume.__signature__ = inspect.Signature([*own, *both])  # type: ignore[attr-defined]
    with_volume.__annotations__ = {each.name: each.annotation for each in (*own, *both)}
    return with_volume


def _set_volume(*, quiet: bool, verbose: bool) -> None:
    if quiet and verbose:
        raise typer.BadParameter("-q and -v do not go together")
    if quiet or verbose:
        console.set_volume(Volume.QUIET if quiet else Volume.VERBOSE)


app = typer.Typer(cls=_ByModule, rich_markup_mode=None)


def _show_version(given: bool) -> None:
    if given:
        from importlib import metadata

        typer.echo(f"migration-harness {metadata.version('migration-harness')}")
        raise typer.Exit


@app.callback(invoke_without_command=True, epilog=EXIT_STATUSES)
def harness(
    context: typer.Context,
    *,
    _version: Annotated[
        bool,
        typer.Option(
            "--version", help="show the version and end", callback=_show_version, is_eager=True
        ),
    ] = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """End-to-end tests for app migrations with the Confluence Cloud Migration Assistant."""
    _set_volume(quiet=quiet, verbose=verbose)
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


def unexpected(error: Exception) -> str:
    """An error that nobody expected, in one line: what it is, and where it came from."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" ({Path(frames[-1].filename).name}, line {frames[-1].lineno})" if frames else ""
    return f"the harness broke: {type(error).__name__}: {error}{place}; please report it"


_SURROUNDINGS: Mapping[int, str] = {
    errno.ENOSPC: "free some space there, or name another folder",
    errno.EDQUOT: "free some space there, or name another folder",
    errno.ENOTDIR: "it is not a folder: name another",
    errno.EROFS: "it is read-only: name another folder",
    errno.EACCES: "give yourself that right, or name another place",
    errno.EPERM: "give yourself that right, or name another place",
    errno.EMFILE: "raise the limit of open files: ulimit -n 4096",
}
"""Errors of the system that say something of the machine and nothing of us -> what to do."""


def surroundings(error: OSError) -> str | None:
    """What the system refused, in one line; None where that is a fault of the harness."""
    advice = _SURROUNDINGS.get(error.errno or 0)
    if advice is None:
        return None
    place = f"{error.filename}: " if error.filename else ""
    return f"{place}{error.strerror}; {advice}"


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
    except Exception as error:
        # Exit status 1 is for what the cases found; a fault of our own is never that.
        told = surroundings(error) if isinstance(error, OSError) else None
        if told is None and console.volume() is Volume.VERBOSE:
            traceback.print_exc()
        to_stderr(f"harness: {told or unexpected(error)}")
        sys.exit(EXIT_ERROR)
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)
