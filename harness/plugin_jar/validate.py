"""Looks into a plugin's jar before anything is started or uploaded.

A jar is untrusted input: nothing of it is unpacked to disk, only two small entries are read, and
what could hurt whoever unpacks it later (a bomb, entries that leave their folder) is refused, as is
what the JVM would refuse.
"""

import re
import stat
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from xml.etree.ElementTree import Element, ParseError

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from harness.errors import BadInput
from harness.plugin_jar import entries

DESCRIPTOR = "atlassian-plugin.xml"
MANIFEST = "META-INF/MANIFEST.MF"
OBR_INDEX = "obr.xml"

MAX_ENTRIES = 65_535
"""The same as the stand-in's UPM; more need a zip64, which no plugin does."""
MAX_UNPACKED = 1 << 30
MAX_RATIO = 200
"""An entry that shrinks more than this is refused, once it is larger than `_SMALL`."""

_SMALL = 16 << 20
_MAX_READ = 4 << 20


@dataclass(frozen=True)
class JarFacts:
    """What a plugin's jar says about itself; `key` is None for an .obr, which wraps jars."""

    key: str | None
    version: str | None
    manifest: Mapping[str, str]


def check_jar(path: Path) -> JarFacts:
    """Read a plugin's jar (or .obr) and refuse what no Confluence should be given.

    Raises:
        BadInput: it does not exist, is not a zip, or truncated, is a bomb, has entries that leave
            their folder, or lacks a manifest or an atlassian-plugin.xml that says a key.
    """
    if not path.is_file():
        what = "it is a folder" if path.is_dir() else "there is no such file"
        raise BadInput(f"{what}; a plugin's jar is needed", path=path)
    try:
        with path.open("rb") as file, entries.opened(file) as jar:
            _refuse_dangerous(jar.infolist(), path)
            return _facts(jar, path)
    except OSError as error:
        raise BadInput(f"cannot be read: {error.strerror or error}", path=path) from error
    except entries.Unreadable as error:
        raise BadInput(f"not a jar: {error}", path=path) from error
    except entries.BROKEN as error:
        raise BadInput(f"not a jar: not a complete zip file ({error})", path=path) from error


def parse_manifest(text: str) -> dict[str, str]:
    """Read the main section of a manifest; lines that begin with a space continue the last."""
    attributes: dict[str, list[str]] = {}
    parts: list[str] | None = None
    for line in re.split(r"\r\n|\n|\r", text):
        if not line.strip():
            break
        if line.startswith(" ") and parts is not None:
            parts.append(line[1:])
        elif ":" in line:
            name, value = line.split(":", 1)
            parts = attributes[name] = [value.lstrip(" ")]
    return {name: "".join(parts) for name, parts in attributes.items()}


def _refuse_dangerous(there: list[zipfile.ZipInfo], path: Path) -> None:
    if len(there) > MAX_ENTRIES:
        raise BadInput(f"{len(there)} entries are more than {MAX_ENTRIES}", path=path)
    unpacked = 0
    seen: set[str] = set()
    for entry in there:
        if why := entries.refused_by_the_jvm(entry):
            raise BadInput(f"the JVM does not read it: {entry.filename!r} is {why}", path=path)
        if _escapes(entry):
            raise BadInput(f"the entry {entry.filename!r} leaves its folder", path=path)
        if entry.filename in seen:
            raise BadInput(f"the entry {entry.filename!r} is there twice", path=path)
        seen.add(entry.filename)
        unpacked += entry.file_size
        ratio = entry.file_size / max(entry.compress_size, 1)
        if unpacked > MAX_UNPACKED or (entry.file_size > _SMALL and ratio > MAX_RATIO):
            raise BadInput(
                f"a zip bomb: {entry.filename!r} unpacks to {entry.file_size} bytes "
                f"({ratio:.0f} times its size), {unpacked} with those before it",
                path=path,
            )


def _escapes(entry: zipfile.ZipInfo) -> bool:
    name = entry.orig_filename
    if "\\" in name or "\0" in name or re.match(r"[A-Za-z]:", name):
        return True
    parts = PurePosixPath(name)
    is_link = stat.S_ISLNK(entry.external_attr >> 16)
    return parts.is_absolute() or ".." in parts.parts or is_link


def _facts(jar: zipfile.ZipFile, path: Path) -> JarFacts:
    names = set(jar.namelist())
    if path.suffix == ".obr" and OBR_INDEX in names:
        return JarFacts(None, None, {})
    if MANIFEST not in names:
        raise BadInput(f"not a plugin: it has no {MANIFEST}", path=path)
    if DESCRIPTOR not in names:
        raise BadInput(f"not a plugin: it has no {DESCRIPTOR} at its root", path=path)
    manifest = parse_manifest(_read(jar, MANIFEST, path).decode("utf-8", "replace"))
    root = _descriptor(_read(jar, DESCRIPTOR, path), path)
    key = root.get("key")
    if root.tag != "atlassian-plugin" or not key:
        raise BadInput(f"its {DESCRIPTOR} has no <atlassian-plugin key=...>", path=path)
    if "${" in key:
        raise BadInput(
            f"the key in its {DESCRIPTOR} is {key!r}: the build did not fill in its properties",
            path=path,
        )
    version = root.findtext("plugin-info/version") or manifest.get("Bundle-Version")
    return JarFacts(key, version, manifest)


def _read(jar: zipfile.ZipFile, name: str, path: Path) -> bytes:
    content = entries.content(jar, name, _MAX_READ + 1)
    if len(content) > _MAX_READ:
        raise BadInput(f"its {name} is larger than {_MAX_READ} bytes", path=path)
    return content


def _descriptor(content: bytes, path: Path) -> Element:
    try:
        root: Element = ElementTree.fromstring(content, forbid_dtd=True)
    except ParseError as error:
        raise BadInput(f"its {DESCRIPTOR} is not well-formed: {error}", path=path) from error
    except DefusedXmlException as error:
        raise BadInput(
            f"its {DESCRIPTOR} declares a document type or entities, which are refused", path=path
        ) from error
    except (LookupError, ValueError) as error:  # the encoding that it names
        raise BadInput(f"its {DESCRIPTOR} cannot be read: {error}", path=path) from error
    return root
