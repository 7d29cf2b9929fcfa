"""Options that several verbs take; those of the settings are made from their declarations."""

import inspect
import os
from collections.abc import Callable, Mapping
from functools import wraps
from pathlib import Path
from typing import Annotated, Any

import typer

from harness.settings import Command, Declaration, flags_of
from harness.store.layout import LAST

Json = Annotated[bool, typer.Option("--json", help="print one JSON document")]


def _stored_runs(incomplete: str) -> list[str]:
    """What a shell completes a run by: `last`, and the newest ids."""
    from harness.settings import resolve

    folder = resolve({}, os.environ).settings.results
    found = sorted(path.name for path in folder.glob(f"{incomplete}*") if path.is_dir())
    return [LAST, *found[-20:]]


StoredRun = Annotated[
    str,
    typer.Argument(
        metavar="RUN",
        help="a run's folder or id, or `last`, the newest of this project",
        autocompletion=_stored_runs,
    ),
]

JarPath = Annotated[
    Path | None, typer.Option("--jar", help="the plugin's jar, in place of app.yaml's")
]
SetWords = Annotated[
    list[str] | None,
    typer.Option("--set", help="NAME=VALUE in place of app.yaml's, as in cloud.key=x; repeatable"),
]

Flags = Mapping[str, Any]
"""The settings given on the command line; None where one was not given."""


def takes_settings(command: Command) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """Gives a verb the options of the settings that name it; they come in its argument `flags`.

    Args:
        command: the verb's name, as the settings have it.
    """
    declared = flags_of(command)

    def decorate(verb: Callable[..., int]) -> Callable[..., int]:
        @wraps(verb)
        def with_flags(**given: Any) -> int:
            flags = {each.name: given.pop(each.name) for each in declared}
            return verb(**given, flags=flags)

        parameters: list[inspect.Parameter] = []
        for each in inspect.signature(verb, eval_str=True).parameters.values():
            parameters += [_option(one) for one in declared] if each.name == "flags" else [each]
        # typer reads both.
        with_flags.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        with_flags.__annotations__ = {each.name: each.annotation for each in parameters}
        return with_flags

    return decorate


def _option(declared: Declaration) -> inspect.Parameter:
    option = typer.Option(declared.flag, help=declared.long_help)
    return inspect.Parameter(
        declared.name,
        inspect.Parameter.KEYWORD_ONLY,
        default=None,
        annotation=Annotated[declared.type | None, option],
    )
