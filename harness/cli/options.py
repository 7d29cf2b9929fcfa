"""Options that several verbs take; those of the settings are made from their declarations."""

import inspect
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Annotated, Any

import typer

from harness.settings import Command, Declaration, flags_of

Json = Annotated[bool, typer.Option("--json", help="print one JSON document")]

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
    option = typer.Option(declared.flag, help=declared.help)
    return inspect.Parameter(
        declared.name,
        inspect.Parameter.KEYWORD_ONLY,
        default=None,
        annotation=Annotated[declared.type | None, option],
    )
