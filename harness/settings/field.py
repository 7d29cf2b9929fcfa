"""What a setting's field declares, as those need it who take the setting: commands, files, runs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from pydantic.fields import FieldInfo

from harness.settings.model import Command, Settings

Source = Literal["default", "file", "ini", "variable", "flag", "option", "run"]


@dataclass(frozen=True)
class Declaration:
    """How a setting is spelled wherever it can be given.

    Attributes:
        name: its name in the settings file and in code.
        type: the type of its value where it is given, without None.
        choices: the values there are, where they are listed.
        help: what it does.
        default: its value where nothing says otherwise.
        flag_of: the commands that take its flag.
        kept: whether a resumed run keeps its value.
    """

    name: str
    type: type[Any]
    choices: tuple[str, ...]
    help: str
    default: Any
    flag_of: tuple[Command, ...]
    kept: bool

    @property
    def flag(self) -> str:
        """As an option of a command."""
        return f"--{self.name.replace('_', '-')}"

    @property
    def variable(self) -> str:
        """As an environment variable."""
        return f"HARNESS_{self.name.upper()}"

    @property
    def ini(self) -> str:
        """As an option in pytest's own configuration."""
        return f"harness_{self.name}"

    @property
    def option(self) -> str:
        """As an option of pytest's, which other plugins and conftests have options beside."""
        return f"--harness-{self.name.replace('_', '-')}"

    @property
    def long_help(self) -> str:
        """What it does, its default where that is a value, and its variable."""
        default = {None: "", False: "default: no; "}.get(self.default, f"default: {self.default}; ")
        return f"{self.help} [{default}variable: {self.variable}]"

    def spelled(self, source: Source) -> str:
        """How a user gave it, by where that was."""
        ways = {
            "default": "default",
            "file": "the settings file",
            "ini": self.ini,
            "variable": self.variable,
            "flag": self.flag,
            "option": self.option,
            "run": "the run that is resumed",
        }
        return ways[source]


def _declaration(name: str, field: FieldInfo) -> Declaration:
    given = [kind for kind in get_args(field.annotation) if kind is not type(None)]
    choices = tuple(given) if all(isinstance(each, str) for each in given) else ()
    kind: Any = str if choices else given[0] if given else field.annotation
    extra: Any = field.json_schema_extra
    return Declaration(name, kind, choices, field.description or "", field.default, **extra)


DECLARED: Mapping[str, Declaration] = {
    name: _declaration(name, field) for name, field in Settings.model_fields.items()
}
"""Every setting, by its name."""


def flags_of(command: Command) -> tuple[Declaration, ...]:
    """The settings that a command takes as flags."""
    return tuple(each for each in DECLARED.values() if command in each.flag_of)


def kept_by_a_run(settings: Settings) -> dict[str, Any]:
    """What a resumed run keeps of its settings, as JSON data; the rate of time is settled."""
    names = {each.name for each in DECLARED.values() if each.kept}
    return settings.model_dump(mode="json", include=names) | {"time_scale": settings.scale}
