"""Finds classes of the app's own that its classes name and that its jar does not have.

Only the packages of the app's listeners are looked at, and only classes that others name as such:
what a library inside the jar leaves out on purpose is nobody's mistake.
"""

import re
from collections.abc import Iterable, Iterator, Set
from contextlib import suppress
from dataclasses import dataclass

from harness.plugin_jar.classfile import ClassFile, NoClassFile, parse

_BY_NAME = ("java.lang.Class", "forName")
_CLASS = re.compile(r"(?:\w+\.)+[A-Z][\w$]*")
_SEGMENTS = 2
"""So many parts of a package's name are its owner's: `com.acme` of `com.acme.charts.Listener`."""


@dataclass(frozen=True)
class MissingClass:
    """A class that is not in the jar, and one that names it."""

    name: str
    used_by: str


def missing_classes(
    files: Iterable[tuple[str, bytes]],
    names: Set[str],
    listeners: Iterable[str],
    is_elsewhere: Iterable[str],
) -> tuple[MissingClass, ...]:
    """The app's own classes that are missing, each with the first that names it.

    Args:
        files: its class files: entry, content.
        names: the entries of all classes on its class path, without `.class`.
        listeners: its listener classes, whose packages are its own.
        is_elsewhere: packages that it imports.
    """
    own = {each for name in listeners if (each := _owner(name))}
    if not own:
        return ()
    classes = [*_own_classes(files, tuple(own))]
    there = names | {each.name.replace(".", "/") for each in classes}
    packages = {name.rpartition("/")[0] for name in there}
    elsewhere = set(is_elsewhere)
    found: dict[str, MissingClass] = {}
    for user, reference in _references(classes, tuple(own)):
        entry = reference.replace(".", "/")
        package = entry.rpartition("/")[0]
        if entry in there or package not in packages or package.replace("/", ".") in elsewhere:
            continue
        found.setdefault(reference, MissingClass(reference, user))
    return tuple(found.values())


def _owner(name: str) -> str | None:
    parts = name.split(".")
    return ".".join(parts[:_SEGMENTS]) + "." if len(parts) > _SEGMENTS else None


def _own_classes(
    files: Iterable[tuple[str, bytes]], beginnings: tuple[str, ...]
) -> Iterator[ClassFile]:
    for entry, raw in files:
        if entry.replace("/", ".").startswith(beginnings):
            with suppress(NoClassFile):  # which is told of elsewhere
                yield parse(raw)


def _references(
    classes: Iterable[ClassFile], beginnings: tuple[str, ...]
) -> Iterator[tuple[str, str]]:
    """Class and class that it names, where both are the app's own."""
    for parsed in classes:
        by_name = parsed.strings if _BY_NAME in parsed.calls else frozenset[str]()
        for each in sorted(parsed.references | by_name):
            if each.startswith(beginnings) and _CLASS.fullmatch(each):
                yield parsed.name, each
