"""What the harness's markers say, checked before anything is brought up for a test."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from harness.cases.app import DESCRIPTION
from harness.errors import BadInput
from harness.settings import CCMA_VERSIONS, check_ccma
from harness.support.files import is_file
from harness.vocabulary.behaviours import check_name
from harness.vocabulary.script import Behaviour


def check(item: pytest.Item) -> None:
    """Refuses what a test's markers say wrongly.

    Raises:
        BadInput: with the test's file and line.
    """
    dark_features(item)
    ccma(item)
    cloud_app(item)
    app(item)


def dark_features(item: pytest.Item) -> dict[str, bool]:
    """The dark features of a test, key -> whether on."""
    given = _given(item, "dark_features", "{KEY: True}")
    try:
        return dict(flags({} if given is None else given))
    except BadInput as error:
        raise _wrong(item, "dark_features", error.what) from None


def flags(given: object) -> Mapping[str, bool]:
    """Dark features as somebody gave them.

    Raises:
        BadInput: they are no mapping of a key to True or False.
    """
    if not isinstance(given, Mapping):
        raise BadInput(f"{given!r} is no mapping: write {{KEY: True}} or {{KEY: False}}")
    for key, is_on in given.items():
        if not isinstance(key, str):
            raise BadInput(f"{key!r} is no key of a dark feature: a key is text")
        if not isinstance(is_on, bool):
            raise BadInput(f"{key!r} cannot be {is_on!r}: write True or False")
    return given


def ccma(item: pytest.Item) -> str | None:
    """The CCMA version that a test needs; None for the session's."""
    given = _given(item, "ccma", repr(CCMA_VERSIONS[-1]))
    if given is None:
        return None
    try:
        check_ccma(str(given))
    except ValueError as error:
        raise _wrong(item, "ccma", str(error)) from None
    return str(given)


def cloud_app(item: pytest.Item) -> str | Behaviour | None:
    """How the scripted cloud app behaves in a test; None as the app says."""
    given = _given(item, "cloud_app", "'never-settles'")
    if given is None or isinstance(given, Behaviour):
        return given
    try:
        check_name(str(given))
    except ValueError as error:
        raise _wrong(item, "cloud_app", str(error)) from None
    return str(given)


def app(item: pytest.Item) -> Path | None:
    """The folder of a test's app; None for the session's."""
    given = _given(item, "app", "FOLDER")
    if given is None:
        return None
    if not isinstance(given, (str, os.PathLike)):
        raise _wrong(item, "app", f"{given!r} is no path: name the folder with app.yaml")
    folder = Path(given)
    if is_file(folder):
        raise _wrong(item, "app", f"{folder} is a file: name the folder that it is in")
    if not is_file(folder / DESCRIPTION):
        raise _wrong(item, "app", f"there is no {folder / DESCRIPTION}")
    return folder


def _given(item: pytest.Item, name: str, example: str) -> Any:
    """What a test's nearest marker of that name says; None where there is none."""
    marker = item.get_closest_marker(name)
    if marker is None:
        return None
    if len(marker.args) != 1 or marker.kwargs:
        raise _wrong(item, name, f"takes one value: write {name}({example})")
    return marker.args[0]


def _wrong(item: pytest.Item, name: str, what: str) -> BadInput:
    file, line, test = item.location
    return BadInput(
        f"{test}: marker {name}: {what}", path=Path(file), line=None if line is None else line + 1
    )
