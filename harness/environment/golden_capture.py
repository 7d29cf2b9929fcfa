"""Keeps the home of a stack that `harness up` left running as a golden home.

A home is whole only once its server has ended in order, so saving ends the stack. What is kept
appears under its name in one rename: a save that broke leaves nothing behind.
"""

import gzip
import io
import shutil
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import docker
import psutil
from docker.errors import DockerException, NotFound

from harness.drivers.confluence import dark_features, session
from harness.engines import clones, docker_clones
from harness.environment import golden, reaper
from harness.environment.byte_stream import as_file
from harness.environment.document import StackDocument, read
from harness.environment.services.names import CONFLUENCE, HOME, LOG
from harness.environment.services.real_image import ACCESS, DATABASE
from harness.errors import BadInput, DriverError, HarnessError
from harness.lifecycle import runs
from harness.settings import STANDIN
from harness.support.console import Progress, step

REBUILT = frozenset({"logs", "temp", "plugins-osgi-cache", "plugins-cache", "plugins-temp"})
"""Folders at the top of a home that each start makes again."""

_STOP_SECONDS = 120
"""Wall seconds for an orderly end; a real Confluence takes about 20."""


_CHUNK = 1 << 20
_CONFLUENCE_UID = 2002


class _Source(Protocol):
    """The Confluence whose home is kept, as its engine reaches it."""

    def configuration(self) -> bytes:
        """The home's `confluence.cfg.xml`."""

    def stop(self) -> None:
        """Ends the server in order."""

    def add_home(self, archive: tarfile.TarFile) -> None:
        """Adds what is below the home to an archive."""

    def dump(self, file: gzip.GzipFile) -> None:
        """Writes the database's dump, where it has one."""

    def make_ready(self, archive: Path) -> None:
        """Does what the first stack that begins with the archive would have to do."""


def save(name: str, run: runs.Run, progress: Progress, client: docker.DockerClient | None) -> Path:
    """Keeps the home of a stack, and takes the stack down.

    Args:
        name: what to call it.
        run: the run that left the stack running.
        progress: takes lines about how long it took.
        client: Docker's, for a stack that runs there.

    Returns:
        The golden home's folder.

    Raises:
        BadInput: the name is taken, or the stack was brought up by a version that did not record
            its image.
        HarnessError: the server did not end in order, or its database could not be dumped.
    """
    place = golden.folder() / name
    if place.exists():
        raise BadInput(
            f"a golden home {name!r} is there already: choose another name, or remove it by "
            f"`harness golden remove {name}`"
        )
    document = read(run)
    source = _source(document, client)
    configuration = source.configuration()
    manifest = _manifest(name, document, golden.facts_of(configuration))
    with _scratch(run) as scratch:
        with step(progress, "ending Confluence in order"):
            source.stop()
        with step(progress, f"keeping its home as {name!r}"):
            if manifest.confluence != STANDIN:
                with gzip.open(scratch / golden.DUMP_FILE, "wb", 6) as file:
                    source.dump(file)
            with tarfile.open(scratch / golden.HOME_FILE, "w:") as archive:
                add_file(archive, golden.CONFIGURATION, configuration)
                source.add_home(archive)
        text = manifest.model_dump_json(indent=1)
        (scratch / golden.MANIFEST_FILE).write_text(f"{text}\n")
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        scratch.rename(place)
    if manifest.confluence == STANDIN:
        with step(progress, "making it ready to begin with"):
            source.make_ready(place / golden.HOME_FILE)
    reaper.take_down(run, client)
    return place


@contextmanager
def _scratch(run: runs.Run) -> Iterator[Path]:
    """A folder that is removed with its run; for its owner only, since a home holds passwords."""
    scratch = run.folder / "golden"
    scratch.mkdir(mode=0o700)
    try:
        yield scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _manifest(name: str, document: StackDocument, facts: golden.HomeFacts) -> golden.Manifest:
    confluence = document.confluence
    if not confluence.image or facts.build is None:
        raise BadInput(
            f"run {document.run} does not say which image and build it runs: `harness up` again"
        )
    account = session.Account(confluence.admin_user, confluence.admin_password)
    with session.connect(confluence.base_url, account) as http:
        return golden.Manifest(
            name=name,
            confluence=confluence.name,
            image=confluence.image,
            build=facts.build,
            base_url=confluence.base_url,
            site_features=tuple(sorted(dark_features.site(http))),
            system_features=tuple(sorted(dark_features.system(http))),
            licence=facts.licence.fingerprint if facts.licence else None,
            ccma=confluence.ccma,
            admin_user=account.user,
            admin_password=account.password,
            saved=datetime.now(UTC).replace(microsecond=0),
        )


def _source(document: StackDocument, client: docker.DockerClient | None) -> _Source:
    if document.engine == "local":
        log = document.confluence.log_path
        return InProcess(int(document.services[CONFLUENCE]), Path(log.removesuffix(f"/{LOG}")))
    if client is None:
        raise BadInput(f"run {document.run} is on Docker, and no engine answers here")
    return InDocker(client, document.services[CONFLUENCE], document.services.get(DATABASE))


class InProcess:
    """A Confluence that is a process of this machine."""

    def __init__(self, process: int, home: Path) -> None:
        self._process, self._home = process, home

    def configuration(self) -> bytes:
        return (self._home / golden.CONFIGURATION).read_bytes()

    def stop(self) -> None:
        try:
            process = psutil.Process(self._process)
            process.terminate()
            process.wait(_STOP_SECONDS)
        except psutil.NoSuchProcess:
            return
        except psutil.TimeoutExpired as error:
            raise HarnessError(f"Confluence did not end within {_STOP_SECONDS} s") from error

    def add_home(self, archive: tarfile.TarFile) -> None:
        for path in sorted(self._home.iterdir()):
            if path.name not in REBUILT | {golden.CONFIGURATION}:
                archive.add(path, path.name, filter=_of_confluence)

    def dump(self, file: gzip.GzipFile) -> None:
        """Does nothing: a stand-in has no database."""

    def make_ready(self, archive: Path) -> None:
        with clones.locked(archive):
            clones.prepared(archive)


class InDocker:
    """A Confluence that is a container."""

    def __init__(self, client: docker.DockerClient, container: str, database: str | None) -> None:
        self._client, self._database = client, database
        try:
            self._container = client.containers.get(container)
        except NotFound as error:
            raise BadInput(
                f"the container {container} is gone: `harness down` removes the rest"
            ) from error

    def configuration(self) -> bytes:
        stream, _ = self._container.get_archive(f"{HOME}/{golden.CONFIGURATION}")
        with tarfile.open(fileobj=as_file(stream), mode="r|", bufsize=_CHUNK) as found:
            member = found.next()
            content = found.extractfile(member) if member else None
            return content.read() if content else b""

    def stop(self) -> None:
        self._container.stop(timeout=_STOP_SECONDS)

    def add_home(self, archive: tarfile.TarFile) -> None:
        stream, _ = self._container.get_archive(HOME)
        with tarfile.open(fileobj=as_file(stream), mode="r|", bufsize=_CHUNK) as found:
            for member in found:
                _, _, below = member.name.partition("/")
                if not below or below.split("/")[0] in REBUILT | {golden.CONFIGURATION}:
                    continue
                member.name = below
                if member.islnk():
                    member.linkname = member.linkname.partition("/")[2]
                archive.addfile(member, found.extractfile(member) if member.isreg() else None)

    def dump(self, file: gzip.GzipFile) -> None:
        if self._database is None:
            raise HarnessError("the stack has no database to dump")
        argv = ["pg_dump", "--username", ACCESS.user, "--no-owner", "confluence"]
        api = self._client.api
        try:
            made = api.exec_create(self._database, argv, stderr=False)["Id"]
            for part in api.exec_start(made, stream=True):
                file.write(part)
            status = api.exec_inspect(made)["ExitCode"]
        except DockerException as error:
            raise DriverError("dumping the database", str(error)) from error
        if status:
            raise DriverError("dumping the database", f"pg_dump exited with {status}")

    def make_ready(self, archive: Path) -> None:
        image = self._container.attrs["Config"]["Image"]
        home = docker_clones.Home(self._client, self._container.labels, image, HOME)
        with clones.locked(archive):
            docker_clones.prepared(home, archive)


def _of_confluence(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    """Gives a file to the user that Confluence runs as in its image."""
    entry.uid = entry.gid = _CONFLUENCE_UID
    entry.uname = entry.gname = ""
    return entry


def add_file(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    """Adds a file to an archive, readable by its owner only."""
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(content), 0o600
    entry.uid = entry.gid = _CONFLUENCE_UID
    archive.addfile(entry, io.BytesIO(content))
