"""Settles every setting: flag, variable, ini option, file and default, the first that has it.

A flag is a command's (`--engine`), or pytest's (`--harness-engine`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import ValidationError

from harness.errors import BadInput
from harness.settings.field import DECLARED, Source
from harness.settings.model import Settings
from harness.support import project
from harness.support.suggest import did_you_mean


@dataclass(frozen=True)
class Resolved:
    """Settings, and for each name where its value came from; `file` is where `file` is."""

    settings: Settings
    sources: Mapping[str, Source]
    file: Path | None = None


def resolve(
    flags: Mapping[str, Any],
    environ: Mapping[str, str],
    folder: Path = Path(),
    *,
    ini: Mapping[str, Any] | None = None,
    options: Mapping[str, Any] | None = None,
    run: Mapping[str, Any] | None = None,
) -> Resolved:
    """Settles every setting.

    Args:
        flags: values given on the command's line; None means not given.
        environ: the environment.
        folder: in the project whose settings file counts.
        ini: values given in pytest's own configuration.
        options: values given on pytest's command line; None means not given.
        run: values of the run that is resumed, which come before all others.

    Raises:
        BadInput: a value or name that is wrong, with its place.
    """
    values: dict[str, Any] = {}
    sources: dict[str, Source] = dict.fromkeys(DECLARED, "default")
    file = project.settings_file(folder)
    layers: tuple[tuple[Source, Mapping[str, Any]], ...] = (
        ("file", _from_file(file) if file else {}),
        ("ini", ini or {}),
        ("variable", _from_environment(environ)),
        ("flag", _given(flags)),
        ("option", _given(options or {})),
        ("run", run or {}),
    )
    for source, layer in layers:
        values |= layer
        sources |= dict.fromkeys(layer, source)
    try:
        settings = Settings(**values)
        _check_together(settings, sources)
        return Resolved(settings, sources, file)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        message = first["msg"].removeprefix("Value error, ")
        raise BadInput(f"setting {name} ({_where(name, sources)}): {message}") from None


def _check_together(settings: Settings, sources: Mapping[str, Source]) -> None:
    """Refuses values that are right each by itself and wrong together."""
    _check_recording(settings, sources)
    if settings.is_standin:
        return
    if settings.ccma is not None:
        raise BadInput(
            f"setting ccma ({_where('ccma', sources)}): {settings.confluence} has the CCMA "
            "it has; only the stand-in shows a version on request"
        )
    if settings.is_attached:
        _check_address(settings, sources)
    elif settings.engine == "local":
        raise BadInput(
            f"setting engine ({_where('engine', sources)}): a real image such as "
            f"{settings.confluence} runs on Docker only; the stand-in runs on both"
        )


def _check_recording(settings: Settings, sources: Mapping[str, Source]) -> None:
    """Refuses a recording that could not be made or played."""
    if settings.record and settings.replay:
        raise BadInput(
            f"setting replay ({_where('replay', sources)}): a replay has no cloud that could be "
            "recorded: leave --record out"
        )
    if settings.replay and settings.keep:
        raise BadInput(
            f"setting keep ({_where('keep', sources)}): a stack of a replay has no cloud and ends "
            "with its run"
        )


def _check_address(settings: Settings, sources: Mapping[str, Source]) -> None:
    """Refuses an address with a password in it, which would be in logs and results."""
    if "@" in urlsplit(settings.confluence).netloc:
        raise BadInput(
            f"setting confluence ({_where('confluence', sources)}): leave user and password out of "
            "the address: name the user by --user, the password in HARNESS_ATTACH_PASSWORD"
        )


def _given(flags: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in flags.items() if value is not None}


def _where(name: str, sources: Mapping[str, Source]) -> str:
    return DECLARED[name].spelled(sources[name])


def _from_environment(environ: Mapping[str, str]) -> dict[str, str]:
    return {
        name: environ[each.variable] for name, each in DECLARED.items() if each.variable in environ
    }


def _from_file(path: Path) -> dict[str, Any]:
    """The file's values; paths in it are relative to the folder that it is in."""
    values: dict[str, Any] = project.read(path)
    for name in values:
        if name not in DECLARED:
            hint = did_you_mean(name, DECLARED)
            raise BadInput(f"no setting is called {name!r}{hint}", path=path)
    if path.parent != Path.cwd():
        paths = [name for name in values if DECLARED[name].type is Path]
        values |= {name: path.parent / str(values[name]) for name in paths}
    return values
