"""Golden homes: a Confluence that was set up once, kept to begin other stacks with.

A golden home is a folder below the user's state: the home as a tar, the database's dump where
there is one, and a manifest that says what they belong to. A home fits the very image it was kept
from (reference/confluence-container.md 1.5 and 7.4), so any other image is refused before
anything is started.
"""

import shutil
import tarfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring
from pydantic import BaseModel, ConfigDict, ValidationError

from harness.drivers.confluence.licence import Licence
from harness.drivers.confluence.session import Account
from harness.environment.services.confluence import Kept
from harness.errors import BadInput
from harness.lifecycle import runs
from harness.support.suggest import did_you_mean

HOME_FILE, DUMP_FILE, MANIFEST_FILE = "home.tar", "dump.sql.gz", "manifest.json"
CONFIGURATION = "confluence.cfg.xml"


class Manifest(BaseModel):
    """What a kept home belongs to.

    Attributes:
        version: of this file's shape.
        name: what the user calls it.
        confluence: the image's name, or `standin`.
        image: the image's digest, or that of the stand-in's sources.
        build: Confluence's build number.
        base_url: under which it was set up; a real Confluence keeps it in its database.
        site_features: dark features that were on at site level; the home keeps them.
        system_features: those that its JVM was started with; they are flags of the stack.
        licence: fingerprint of the licence it was set up with; never the licence.
        ccma: the assistant's version.
        admin_user: the administrator whom it was set up with.
        admin_password: likewise; the file is for its owner only, as the home is.
        saved: when it was kept, in UTC.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = 1
    name: str
    confluence: str
    image: str
    build: int
    base_url: str
    site_features: tuple[str, ...]
    system_features: tuple[str, ...]
    licence: str | None
    ccma: str
    admin_user: str = "admin"
    admin_password: str = "admin"  # noqa: S105 - of homes that were kept when all had this one
    saved: datetime


def folder() -> Path:
    """Where golden homes are: per user, the same from every checkout."""
    return runs.state_folder() / "golden"


def names() -> list[str]:
    """The golden homes that are here."""
    return sorted(path.parent.name for path in folder().glob(f"[!.]*/{MANIFEST_FILE}"))


def read(name: str) -> Manifest:
    """The manifest of a golden home.

    Raises:
        BadInput: there is none of that name, or it cannot be read.
    """
    path = folder() / name / MANIFEST_FILE
    if not path.is_file():
        known = names()
        hint = did_you_mean(name, known) if known else "; none is kept here yet"
        raise BadInput(f"no golden home is called {name!r}{hint}: `harness golden save` keeps one")
    try:
        return Manifest.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise BadInput(f"not a manifest of a golden home: {_first(error)}", path=path) from None


def kept(name: str, identity: str) -> Kept:
    """What a stack begins with.

    Args:
        name: of the golden home.
        identity: of the image that the stack is to run, as `Ready.identity` says it.

    Raises:
        BadInput: there is no such home, it belongs to another image, or a part of it is missing.
    """
    manifest, place = read(name), folder() / name
    if manifest.image != identity:
        raise BadInput(
            f"golden home {name!r} was kept from {manifest.confluence} ({manifest.image}, build "
            f"{manifest.build}), and this is another image ({identity}): "
            "keep a new one, or name the image it belongs to"
        )
    home, dump = place / HOME_FILE, place / DUMP_FILE
    if not home.is_file():
        raise BadInput(f"golden home {name!r} is incomplete: {HOME_FILE} is missing", path=place)
    if (build := build_in(home)) != manifest.build:
        raise BadInput(
            f"golden home {name!r} is incomplete: its home is of build {build}, its manifest of "
            f"build {manifest.build}; keep a new one",
            path=place,
        )
    return Kept(
        home,
        dump if dump.is_file() else None,
        urlsplit(manifest.base_url).port,
        Account(manifest.admin_user, manifest.admin_password),
    )


def build_in(home: Path) -> int | None:
    """The build number in a kept home; its configuration is the archive's first entry."""
    try:
        with tarfile.open(home, "r:") as archive:
            first = archive.next()
            content = archive.extractfile(first) if first and first.name == CONFIGURATION else None
            return facts_of(content.read()).build if content else None
    except tarfile.TarError:
        return None


@dataclass(frozen=True)
class HomeFacts:
    """What a home's configuration says of it."""

    build: int | None
    licence: Licence | None


def facts_of(configuration: bytes) -> HomeFacts:
    """Reads `confluence.cfg.xml`."""
    try:
        root = fromstring(configuration)
    except (ParseError, DefusedXmlException):
        return HomeFacts(None, None)
    build = (root.findtext("buildNumber") or "").strip()
    licence = next(
        (
            each.text
            for each in root.iter("property")
            if each.get("name") == "atlassian.license.message" and (each.text or "").strip()
        ),
        None,
    )
    return HomeFacts(int(build) if build.isdigit() else None, Licence(licence) if licence else None)


def remove(name: str) -> None:
    """Removes a golden home.

    Raises:
        BadInput: there is none of that name.
    """
    read(name)
    shutil.rmtree(folder() / name)


def _first(error: ValidationError) -> str:
    first = error.errors()[0]
    return f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"
