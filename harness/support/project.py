"""Where a project begins, and which file of it has the harness's settings."""

import tomllib
from pathlib import Path

from harness.errors import BadInput

FILE_NAME = "harness.toml"
"""A file of settings alone."""

PYPROJECT, TABLE = "pyproject.toml", "[tool.harness]"
"""The file that Python's tools share, and the table in it that is the harness's."""


def project_root(folder: Path = Path()) -> Path:
    """The root of the project that a folder is in: where its settings or its checkout begin.

    That is the nearest folder, from this one upwards, with `harness.toml`, a `pyproject.toml` with
    `[tool.harness]`, or `.git` in it; where there is none, the folder itself.
    """
    here = folder.resolve()
    return next((each for each in (here, *here.parents) if _is_root(each)), here)


def settings_file(folder: Path = Path()) -> Path | None:
    """The file that serves the project which a folder is in; None where it has none.

    Raises:
        BadInput: two files would.
    """
    root = project_root(folder)
    own, shared = root / FILE_NAME, root / PYPROJECT
    if not _has_table(shared):
        return own if own.is_file() else None
    if own.is_file():
        raise BadInput(
            f"the settings stand there and in {TABLE} of {PYPROJECT}: keep one", path=own
        )
    return shared


def named(file: Path) -> str:
    """A settings file as users know it, such as `pyproject.toml [tool.harness]`."""
    return f"{PYPROJECT} {TABLE}" if file.name == PYPROJECT else file.name


def read(file: Path) -> dict[str, object]:
    """The settings in such a file, as they stand there.

    Raises:
        BadInput: it is no TOML.
    """
    try:
        values = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(str(error), path=file) from None
    if file.name != PYPROJECT:
        return values
    table = values.get("tool", {}).get("harness", {})
    if not isinstance(table, dict):
        raise BadInput("tool.harness has to be a table", path=file)
    return table


def _is_root(folder: Path) -> bool:
    return any((folder / name).exists() for name in (FILE_NAME, ".git")) or _has_table(
        folder / PYPROJECT
    )


def _has_table(file: Path) -> bool:
    """Whether a `pyproject.toml` speaks of the harness; one that cannot be read does not."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False
    # Read as TOML only where it may: this is asked in every test session of an environment.
    if "tool" not in text or "harness" not in text:
        return False
    try:
        return "harness" in tomllib.loads(text).get("tool", {})
    except tomllib.TOMLDecodeError:
        return TABLE in text
