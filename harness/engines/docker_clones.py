"""Volumes that begin with an archive's content without a copy for each of them.

The archive is unpacked once into a volume of its own. A volume that begins with it is an overlay
over that one: what is read comes from below, what is written stays above. An engine that cannot
mount such a volume gets an ordinary one, with a copy in it.
"""

import hashlib
import io
import os
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import docker
from docker.errors import APIError, NotFound
from docker.models.containers import Container

from harness.engines.clones import locked

ARCHIVE_LABEL = "org.migrationharness.archive"
"""Carried by volumes that hold an unpacked archive; tells its machine and its path."""

_UPPER, _WORK = "upper", "work"
_USER = 2002


@dataclass(frozen=True)
class Home:
    """What is made with volumes: whose, through which image, and mounted where.

    Attributes:
        client: Docker's.
        labels: of what goes with the run.
        image: any that has `path`; no container of it is started.
        path: where the volume is to be mounted.
    """

    client: docker.DockerClient
    labels: Mapping[str, str]
    image: str
    path: str

    def fill(self, volume: str, archive: Path) -> None:
        """Unpacks a tar into a volume."""
        with self._holding(volume) as helper, archive.open("rb") as content:
            helper.put_archive(self.path, content)

    def clone(self, archive: Path, name: str) -> None:
        """Makes a volume that begins with a tar's content; the first one unpacks it."""
        with locked(archive):
            below = prepared(self, archive)
            # A container that is never started keeps what lies below from being removed.
            self._container(f"{name}-pin", below)
        above = self.client.volumes.create(f"{name}-above", labels=dict(self.labels))
        with self._holding(above.name) as helper:
            helper.put_archive(self.path, _two_folders())
        lower, upper = self.client.volumes.get(below).attrs["Mountpoint"], above.attrs["Mountpoint"]
        layers = f"lowerdir={lower},upperdir={upper}/{_UPPER},workdir={upper}/{_WORK}"
        options = {"type": "overlay", "device": "overlay", "o": layers}
        self.client.volumes.create(
            name, driver="local", driver_opts=options, labels=dict(self.labels)
        )
        try:
            with self._holding(name) as helper:
                helper.put_archive(self.path, _archive({}))  # mounts it
        except APIError:
            self.client.volumes.get(name).remove(force=True)
            self.client.volumes.create(name, labels=dict(self.labels))
            self.fill(name, archive)

    @contextmanager
    def _holding(self, volume: str) -> Iterator[Container]:
        helper = self._container(f"{volume}-helper", volume)
        try:
            yield helper
        finally:
            helper.remove(v=True)

    def _container(self, name: str, volume: str) -> Container:
        mounts = {volume: {"bind": self.path, "mode": "rw"}}
        return self.client.containers.create(
            self.image, name=name, volumes=mounts, labels=dict(self.labels)
        )


def prepared(home: Home, archive: Path) -> str:
    """The volume with the unpacked archive; the archive has to be locked.

    It belongs to no run: it stays as long as the archive does.
    """
    facts = archive.stat()
    digest = hashlib.sha256(f"{archive}\0{facts.st_size}\0{facts.st_mtime_ns}".encode())
    name = f"mh-archive-{digest.hexdigest()[:20]}"
    whole = f"{name}-whole"
    try:
        home.client.volumes.get(whole)
        home.client.volumes.get(name)
    except NotFound:
        forget(home.client, archive)
        labels = {ARCHIVE_LABEL: _label(archive)}
        home.client.volumes.create(name, labels=labels)
        home.fill(name, archive)
        # A volume's labels cannot be changed: a second one says that the first is whole.
        home.client.volumes.create(whole, labels=labels)
    return name


def forget(client: docker.DockerClient, archive: Path) -> None:
    """Removes the volumes with an archive's content; one that a stack uses stays."""
    for volume in client.volumes.list(filters={"label": f"{ARCHIVE_LABEL}={_label(archive)}"}):
        with suppress(APIError):
            volume.remove()


def forget_orphans(client: docker.DockerClient) -> None:
    """Removes the volumes whose archive was on this machine and is gone."""
    for volume in client.volumes.list(filters={"label": ARCHIVE_LABEL}):
        machine, _, path = volume.attrs["Labels"][ARCHIVE_LABEL].partition(":")
        if machine == os.uname().nodename and not Path(path).exists():
            forget(client, Path(path))


def _label(archive: Path) -> str:
    return f"{os.uname().nodename}:{archive}"


def _two_folders() -> bytes:
    return _archive({_UPPER: _USER, _WORK: 0})


def _archive(folders: Mapping[str, int]) -> bytes:
    """A tar of empty folders, each with its owner."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as archive:
        for name, owner in folders.items():
            entry = tarfile.TarInfo(name)
            entry.type, entry.mode, entry.uid, entry.gid = tarfile.DIRTYPE, 0o755, owner, owner
            archive.addfile(entry)
    return content.getvalue()
