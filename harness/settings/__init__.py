"""Where and how to run: one typed, frozen model, each value with where it came from.

A value is taken from the first of: the command's flag, or pytest's `--harness-<name>`; the
environment variable `HARNESS_<NAME>`; pytest's ini option `harness_<name>` (in a test session); the
settings file in the project's root (`harness.toml`, or `[tool.harness]` in `pyproject.toml`); the
default. A run that is resumed keeps some of its values.

A setting is declared once, as a field of `Settings`: its type, default and help, which commands
take its flag, and whether a resumed run keeps it. The options of the commands and of the pytest
plugin, what a run keeps of its request, and what `harness doctor` prints follow from that.
"""

from harness.settings.cloud_choice import check_cloud, check_cloud_of_stack, stub_address
from harness.settings.field import DECLARED, Declaration, Source, flags_of, kept_by_a_run
from harness.settings.model import (
    CCMA_VERSIONS,
    DEFAULT_CCMA,
    IMAGES_OWN,
    REAL,
    STANDIN,
    STANDIN_TIME_SCALE,
    STUB,
    Command,
    Settings,
    Start,
    check_ccma,
)
from harness.settings.resolution import Resolved, resolve
from harness.support.project import project_root

__all__ = [
    "CCMA_VERSIONS",
    "DECLARED",
    "DEFAULT_CCMA",
    "IMAGES_OWN",
    "REAL",
    "STANDIN",
    "STANDIN_TIME_SCALE",
    "STUB",
    "Command",
    "Declaration",
    "Resolved",
    "Settings",
    "Source",
    "Start",
    "check_ccma",
    "check_cloud",
    "check_cloud_of_stack",
    "flags_of",
    "kept_by_a_run",
    "project_root",
    "resolve",
    "stub_address",
]
