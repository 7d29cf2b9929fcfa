"""The plugin's options, each with a twin in pytest's own configuration.

They are written out here, and not made of the settings' declarations: every test session of an
environment that has the harness reads this module, and those cost a tenth of a second to import.
`tests/unit/pytest_plugin/test_options.py` holds the two alike.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest


class Option(NamedTuple):
    """An option `--harness-<name>`, and its twin `harness_<name>`.

    Attributes:
        name: with underscores.
        help: what it does.
        kind: the type of its value.
        choices: the values there are, where they are listed.
    """

    name: str
    help: str
    kind: type[Any] = str
    choices: Sequence[str] = ()

    @property
    def flag(self) -> str:
        """As pytest's option."""
        return f"--harness-{self.name.replace('_', '-')}"

    @property
    def ini(self) -> str:
        """In pytest's own configuration."""
        return f"harness_{self.name}"


SETTINGS = (
    Option(
        "engine",
        "where services run: docker, local, or auto, which takes Docker where an engine answers",
        choices=("auto", "docker", "local"),
    ),
    Option("confluence", "an image's name, or `standin`"),
    Option("ccma", "CCMA version where a case does not say"),
    Option(
        "time_scale",
        "server seconds per wall second; 200 on the stand-in, else 1",
        float,
    ),
    Option("licence_file", "file with a licence for a real image", Path),
    Option("golden", "golden home to begin with"),
    Option("keep", "leave the stacks running after the run", bool),
    Option("results", "folder for runs' results", Path),
)
"""Settings that pytest takes, as `harness.settings` declares them."""

APP = Option("app", "folder with app.yaml, where a test's marker names none", Path)
STACK = Option("stack", "run on a stack that `harness up` left: its run, or `last`")
EVIDENCE = Option(
    "evidence",
    "whose screenshot, trace and logs are kept: of failing tests, or on: of all, off: of none",
    choices=("retain-on-failure", "on", "off"),
)
EVERY = (*SETTINGS, APP, STACK, EVIDENCE)


def add(parser: pytest.Parser) -> None:
    """Adds all options to pytest's."""
    group = parser.getgroup("migration harness")
    for each in EVERY:
        if each.kind is bool:
            group.addoption(each.flag, action="store_true", default=None, help=each.help)
        else:
            choices = each.choices or None
            group.addoption(each.flag, type=each.kind, choices=choices, help=each.help)
        parser.addini(each.ini, f"{each.help}; as {each.flag}", default=None)


def given(config: pytest.Config, option: Option) -> Any:
    """What an option or its twin says; None where neither is there.

    A path in pytest's configuration is relative to that file's folder.
    """
    value = config.getoption(option.flag)
    if value is None and (value := config.getini(option.ini)) is not None:
        value = beside(config, option, value)
    return value


def beside(config: pytest.Config, option: Option, value: Any) -> Any:
    """A value of pytest's configuration: a path in it begins where that file is."""
    if option.kind is not Path:
        return value
    return (config.inipath.parent if config.inipath else config.rootpath) / str(value)
