"""What the local engine needs on this machine: a JDK, a few Java libraries, libfaketime."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.errors import BadInput
from harness.support import assets

DEBIAN_PACKAGES = (
    "openjdk-17-jdk-headless",
    "libfelix-framework-java",
    "libtomcat10-embed-java",
    "libfreemarker-java",
    "libgoogle-gson-java",
    "libfaketime",
)

_JARS = Path("/usr/share/java")
_FAKETIME = (
    "/usr/lib/*/faketime/libfaketimeMT.so.1",
    "/usr/local/lib/faketime/libfaketimeMT.so.1",
    "/opt/homebrew/lib/faketime/libfaketimeMT.1.dylib",
)
_HINT = f"on Debian or Ubuntu: apt-get install {' '.join(DEBIAN_PACKAGES)}; or use Docker"


@dataclass(frozen=True)
class Toolchain:
    """Paths of what was found."""

    java: Path
    javac: Path
    faketime: Path


def find(jars: Path = _JARS) -> Toolchain:
    """Finds everything the local engine needs.

    Raises:
        BadInput: the first thing that is missing, and how to get it.
    """
    listing = assets.docker_context("confluence-standin") / "classpath.txt"
    missing = [name for name in listing.read_text().split() if not (jars / name).exists()]
    if missing:
        raise BadInput(f"the local engine needs {', '.join(missing)} in {jars}: {_HINT}")
    return Toolchain(_tool("java"), _tool("javac"), _faketime(_FAKETIME))


def find_faketime() -> Path | None:
    """This machine's libfaketime, or None."""
    try:
        return _faketime(_FAKETIME)
    except BadInput:
        return None


def _tool(name: str) -> Path:
    found = shutil.which(name)
    if not found:
        raise BadInput(f"the local engine needs {name} of a JDK 17 or newer: {_HINT}")
    return Path(found)


def _faketime(patterns: Sequence[str]) -> Path:
    for pattern in patterns:
        for path in sorted(Path("/").glob(pattern.removeprefix("/"))):
            return path
    raise BadInput(f"the local engine needs libfaketime for server time: {_HINT}")
