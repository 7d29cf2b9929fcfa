"""Jars of Confluence's API that a vendor has: found by path or in the local Maven repository."""

import re
from collections.abc import Iterable
from pathlib import Path

from harness.errors import BadInput
from harness.plugin_jar.entries import BROKEN, Unreadable, opened
from harness.support import folders

_COORDINATES = re.compile(r"([\w.-]+):([\w.-]+):([\w.-]+)")


def find_jars(folder: Path, text: str) -> list[Path]:
    """The jars that one entry of `server.provided` names.

    Args:
        folder: what relative paths and globs begin at.
        text: a path, a glob, or Maven coordinates `group:artifact:version`.

    Raises:
        BadInput: there is no such jar.
    """
    coordinates = _COORDINATES.fullmatch(text)
    if coordinates:
        group, artifact, version = coordinates.groups()
        place = folders.home() / ".m2" / "repository" / Path(*group.split(".")) / artifact / version
        jar = place / f"{artifact}-{version}.jar"
        if not jar.is_file():
            raise BadInput(
                f"{text} is not in the local Maven repository ({jar}); fetch it with "
                f"mvn dependency:get -Dartifact={text}"
            )
        return [jar]
    path = Path(text).expanduser()
    base, pattern = (
        (Path(path.anchor), str(path.relative_to(path.anchor)))
        if path.is_absolute()
        else (folder, str(path))
    )
    found = sorted(each for each in base.glob(pattern) if each.is_file())
    if not found:
        raise BadInput(f"there is no {text}")
    return found


def packages_by_jar(jars: Iterable[Path]) -> dict[str, str]:
    """Package -> name of the jar that has it.

    Raises:
        BadInput: one is not a jar, or two have classes of one package.
    """
    owners: dict[str, Path] = {}
    for jar in dict.fromkeys(jars):
        for package in packages_of(jar):
            other = owners.setdefault(package, jar)
            if other != jar:
                raise BadInput(
                    f"two jars have the package {package}: {other.name} and {jar.name}; give one"
                )
    return {package: jar.name for package, jar in owners.items()}


def packages_of(jar: Path) -> set[str]:
    """The packages that a jar has classes of.

    Raises:
        BadInput: it is not a jar.
    """
    try:
        with jar.open("rb") as file, opened(file) as archive:
            names = archive.namelist()
    except (OSError, Unreadable, *BROKEN) as error:
        raise BadInput(f"{jar.name} is not a jar: {error}") from error
    return {
        name.rpartition("/")[0].replace("/", ".")
        for name in names
        if name.endswith(".class") and "/" in name and not name.startswith("META-INF/")
    }
