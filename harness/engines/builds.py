"""Builds for the local engine, each kept under a digest of its sources.

A result is built beside its place and renamed into it, so that two runs at once never see
half a jar.
"""

import hashlib
import shutil
import sys
import tempfile
import venv
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from harness.errors import BadInput
from harness.lifecycle import child_environment
from harness.support import assets, child, folders
from harness.support.console import Progress, step

API_JAR, STANDIN_JAR = "app-migration-api.jar", "standin.jar"
_PACKAGES = "node_modules"


def standin(progress: Progress) -> Path:
    """The folder with the stand-in's jar and the jar of the interfaces that apps compile to.

    Raises:
        BadInput: the compiler refused the sources.
    """
    context = assets.docker_context("confluence-standin")
    script = context / "build.sh"

    def build(folder: Path) -> None:
        _run([script, folder], "building the stand-in")

    return _kept("standin", [context], build, "building the stand-in", progress)


def standin_digest() -> str:
    """What tells one build of the stand-in from another, on any engine."""
    return _digest([assets.docker_context("confluence-standin")])


def server_app(source: Path, progress: Progress) -> Path:
    """The jar of a server app that is kept as Java sources.

    Args:
        source: the app's folder, with `server/` in it.
        progress: takes a line when something is built.

    Raises:
        BadInput: the compiler refused the sources.
    """
    api = standin(progress) / API_JAR
    script = assets.root() / "fixtures" / "apps" / "build.sh"
    name = f"{source.name}.jar"

    def build(folder: Path) -> None:
        _run([script, source, api, folder / name], f"building the server app in {source}")

    what = f"building the server app {source.name}"
    sources = [source / "server", script, api]
    # The same sources in a folder of another name are a jar of another name.
    return _kept("app", sources, build, what, progress, more=name.encode()) / name


def node_app(source: Path, progress: Progress) -> Path:
    """The folder of a Node.js app with all packages that its lock file names.

    Args:
        source: the app's folder, with package.json and package-lock.json in it.
        progress: takes a line when something is installed.

    Raises:
        BadInput: Node.js or npm is missing, or npm could not install the packages.
    """
    for tool in ("node", "npm"):
        if not shutil.which(tool):
            raise BadInput(
                f"the cloud app in {source} takes Node.js 18 or newer with npm: "
                f"{tool} is not on the PATH (Debian: apt-get install nodejs npm)"
            )

    def build(folder: Path) -> None:
        shutil.copytree(
            source, folder, ignore=shutil.ignore_patterns(_PACKAGES), dirs_exist_ok=True
        )
        command = ["npm", "ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund"]
        done = child.run(command, cwd=folder, env=child_environment.for_npm())
        if done.returncode:
            raise BadInput(
                f"installing the packages of {source} failed:\n{done.stderr.strip()[-2000:]}"
            )

    what = f"installing the packages of the cloud app {source.name}"
    return _kept("node-app", [source], build, what, progress)


RECORDER_PARTS = ("__init__.py", "errors.py", "redaction/", "cassette/", "recorder/")
"""What of this package the recording proxy's program is made of."""


def recorder(progress: Progress) -> tuple[Path, Path]:
    """The recording proxy: the Python of an environment with mitmproxy, and its modules' folder.

    The modules are copies: where this package is installed, its folder holds all other packages,
    too, and they are not those that mitmproxy was made for.

    Raises:
        BadInput: pip could not install what it needs.
    """
    wanted = assets.docker_context("recorder") / "requirements.txt"
    package = Path(__file__).parents[1]

    def install(folder: Path) -> None:
        venv.create(folder, with_pip=True, symlinks=True)
        pip = [str(folder / "bin" / "python"), "-m", "pip", "--disable-pip-version-check"]
        done = child.run([*pip, "install", "-r", str(wanted)], env=child_environment.for_pip())
        if done.returncode:
            raise BadInput(
                f"the recording proxy's packages cannot be installed: {done.stderr.strip()[-2000:]}"
            )

    def copy(folder: Path) -> None:
        for path in package_files(RECORDER_PARTS):
            place = folder / "harness" / path
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(package / path, place)

    interpreter = sys.version.encode()
    what = "installing the recording proxy's packages"
    environment = _kept("recorder", [wanted], install, what, progress, more=interpreter)
    parts = [package / part for part in RECORDER_PARTS]
    modules = _kept("recorder-modules", parts, copy, "copying its modules", lambda _: None)
    return environment / "bin" / "python", modules


def package_files(parts: tuple[str, ...]) -> Iterator[str]:
    """The files of this package whose paths begin so, relative to its folder."""
    package = Path(__file__).parents[1]
    for path in sorted(package.rglob("*")):
        name = path.relative_to(package).as_posix()
        if path.is_file() and "__pycache__" not in path.parts and name.startswith(parts):
            yield name


def _kept(
    kind: str,
    sources: Iterable[Path],
    build: Callable[[Path], None],
    what: str,
    progress: Progress,
    more: bytes = b"",
) -> Path:
    place = folders.cache() / f"{kind}-{_digest(sources, more)}"
    if place.is_dir():
        return place
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place.parent, prefix=f".{kind}-") as scratch:
        result = Path(scratch) / "result"
        result.mkdir()
        with step(progress, what):
            build(result)
        try:
            result.rename(place)
        except OSError:
            if not place.is_dir():  # else another run was faster, with the same content
                raise
    return place


def _digest(sources: Iterable[Path], more: bytes = b"") -> str:
    digest = hashlib.sha256(more)
    for source in sources:
        files = [source] if source.is_file() else sorted(source.rglob("*"))
        for path in files:
            if path.is_file() and not {_PACKAGES, "__pycache__"} & set(path.parts):
                name = path.relative_to(source).as_posix()
                digest.update(f"{name}\0{path.stat().st_size}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _run(command: list[Path], what: str) -> None:
    if not shutil.which("javac"):
        raise BadInput(f"{what} takes a JDK 17 or newer: javac is not on the PATH")
    done = child.run(command, env=child_environment.to_start())
    if done.returncode:
        raise BadInput(f"{what} failed:\n{(done.stdout + done.stderr).strip()}")
