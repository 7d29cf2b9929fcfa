"""The Docker engine: a stack's services as containers on a network of their own.

Made through testcontainers' client, so that everything carries its labels beside ours: where a
test session has its reaper, that one ends our containers with the session's others. We start no
reaper: the engine removes what it made, and `harness sweep` removes what a killed run left.
Published ports are chosen by Docker and bound to loopback.
"""

import io
import os
import tarfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any, cast

import docker
from docker.errors import APIError, DockerException, NotFound
from docker.models.containers import Container
from docker.models.volumes import Volume
from testcontainers.core.docker_client import DockerClient
from testcontainers.core.transferable import build_transfer_tar

from harness.engines.docker_clones import Home
from harness.engines.docker_host import Address
from harness.engines.service import EngineName, Service, port_taken
from harness.errors import ServiceDied
from harness.lifecycle.runs import Run, owner_label

RUN_LABEL = "org.migrationharness.run"
OWNER_LABEL = "org.migrationharness.owner"
PROJECT_LABEL = "org.migrationharness.project"

_PREFIX = "mh-"
"""How the names of what we make begin."""

_FILES = "/run/harness"

_NO_WAY_OUT = {"com.docker.network.bridge.enable_ip_masquerade": "false"}
"""Nothing gives a container's packets an address that is known outside, so no answer comes back.

An internal network would say so more plainly, but Docker publishes no port of one.
"""

_DEBUGGER = 5005
"""The port of a Confluence's debugger in its container."""


class _Client(DockerClient):
    """testcontainers' client around one that is open.

    Its own constructor opens another one, and writes where that found the engine into this
    process's environment.
    """

    def __init__(self, client: docker.DockerClient) -> None:
        self.client = client


def labels(run: Run) -> dict[str, str]:
    """What every container, network and volume of a run carries."""
    return {
        RUN_LABEL: run.id,
        OWNER_LABEL: owner_label(),
        PROJECT_LABEL: str(run.project or ""),
    }


@dataclass(frozen=True)
class _DockerPlacement:
    """Where one service runs in its container: fixed ports, fixed paths, all interfaces."""

    ports: Mapping[str, int]
    folders: Mapping[str, str]
    host: str
    engine: EngineName = "docker"
    bind: str = "0.0.0.0"  # noqa: S104 - inside a container; what is published binds to loopback

    ports_file: str | None = None

    def port(self, name: str) -> int:
        return self.ports[name]

    def file(self, name: str) -> str:
        return f"{_FILES}/{name}"

    def folder(self, name: str) -> str:
        return self.folders[name]


class DockerService:
    """A started container; `harness.engines.service.Running` documents its members."""

    def __init__(self, service: Service, container: Container, host: str) -> None:
        self.service, self.container, self.host = service, container, host

    @property
    def name(self) -> str:
        return self.service.name

    @property
    def id(self) -> str:
        return self.container.name or str(self.container.id)

    def port(self, name: str) -> int:
        inside = f"{self.service.ports[name]}/tcp"
        if not self.container.ports.get(inside):
            self.container.reload()
        published = self.container.ports.get(inside)
        if not published:
            step = f"port {self.service.ports[name]}"
            raise ServiceDied(self.name, step, self.ended() or "lost its port", self.output_tail())
        return int(published[0]["HostPort"])

    def ended(self) -> str | None:
        try:
            self.container.reload()
        except NotFound:
            return "was removed"
        state: dict[str, Any] = self.container.attrs["State"]
        if state["Running"]:
            return None
        if state.get("OOMKilled"):
            return "was killed: out of memory"
        return f"exited with code {state['ExitCode']}"

    def output_tail(self, lines: int = 20) -> str:
        try:
            return self.container.logs(tail=lines).decode(errors="replace")
        except NotFound:
            return "(the container is gone, and its output with it)"

    def read(self, folder: str, path: str, offset: int = 0) -> bytes:
        if on_host := self._on_host(folder, path):
            try:
                with on_host.open("rb") as file:
                    file.seek(offset)
                    return file.read()
            except FileNotFoundError:
                return b""
            except PermissionError:  # the service's own user's, where the engine runs without root
                pass
        try:
            stream, _ = self.container.get_archive(f"{self.service.folders[folder]}/{path}")
        except NotFound:
            return b""
        with tarfile.open(fileobj=io.BytesIO(b"".join(stream))) as archive:
            member = archive.extractfile(archive.next() or archive.getmembers()[0])
            return member.read()[offset:] if member else b""

    def where(self, folder: str, path: str) -> str:
        on_host = self._on_host(folder, path)
        return str(on_host) if on_host else f"{self.id}:{self.service.folders[folder]}/{path}"

    def _on_host(self, folder: str, path: str) -> Path | None:
        """Where a file is on this machine, when its folder can be read here; asking Docker is slow.

        That is so where the engine is this machine's own and we are root.
        """
        for mount in self.container.attrs.get("Mounts", []):
            on_host = Path(mount.get("Source", "")) / path
            if mount.get("Destination") == self.service.folders[folder]:
                return on_host if os.access(on_host.parent, os.R_OK) else None
        return None

    def kill(self) -> None:
        self.container.kill()
        self.container.wait()

    def execute(self, argv: Sequence[str]) -> tuple[int, str]:
        try:
            done = self.container.exec_run(list(argv))
        except APIError as error:
            # It is ending or has ended; whoever waits for the command sees that for himself.
            return -1, str(error.explanation)
        output = cast("bytes", done.output)  # an iterator only where a stream was asked for
        return done.exit_code or 0, output.decode(errors="replace")


class DockerEngine:
    """Runs the services of one stack as containers on one network.

    Args:
        client: the engine's.
        address: where the engine is.
        run: whose services they are.
        stack: tells the stacks of one run apart.
        way_out: whether the services reach other machines than those of their network.
    """

    name: EngineName = "docker"

    def __init__(
        self,
        client: docker.DockerClient,
        address: Address,
        run: Run,
        stack: str,
        *,
        way_out: bool = False,
    ) -> None:
        self._client, self._address, self._run = client, address, run
        self._maker = _Client(client)
        self._prefix = f"{_PREFIX}{run.id}-{stack}"
        parameters = {"labels": labels(run), "options": {} if way_out else _NO_WAY_OUT}
        self._maker.client_networks_create(self._prefix, parameters)
        self._containers: dict[str, Container] = {}
        self._volumes: set[str] = set()

    def start(self, service: Service) -> DockerService:
        """Creates the container, copies its files in and starts it.

        Raises:
            BadInput: a fixed port is taken.
            DockerException: the engine refuses something else.
        """
        host, bind = self._address.reach()
        place = _DockerPlacement(service.ports, service.folders, host)
        try:
            container = self._create(service, place, bind)
            for path, content, mode in _files(service, place):
                container.put_archive("/", build_transfer_tar(content, path, mode))
            start(container, may_choose_again=not service.fixed_ports)
        except DockerException as error:
            raise _explained(service, error) from error
        return DockerService(service, container, host)

    def _create(self, service: Service, place: _DockerPlacement, bind: str) -> Container:
        # Docker's own form of a port carries the address too, testcontainers' type does not.
        ports: Any = {
            f"{port}/tcp": (bind, service.fixed_ports.get(name))
            for name, port in service.ports.items()
        }
        volumes = {
            self._volume(service, name): {"bind": path, "mode": "rw"}
            for name, path in service.folders.items()
        }
        names = [service.name, *service.aliases]
        container = self._maker.create(
            service.image,
            command=list(service.argv(place)) or None,
            environment=dict(service.env(place)),
            ports=ports,
            labels=labels(self._run),
            name=f"{self._prefix}-{service.name}",
            volumes=volumes,
            tmpfs=dict(service.tmpfs),
            mem_limit=service.memory,
            init=not service.own_init,
            network=self._prefix,
            networking_config={
                self._prefix: self._client.api.create_endpoint_config(aliases=names)
            },
        )
        self._containers[service.name] = container
        return container

    def _volume(self, service: Service, folder: str) -> str:
        name = f"{self._prefix}-{service.name}-{folder}"
        if name not in self._volumes:
            self._volumes.add(name)
            archive = service.archives.get(folder)
            home = Home(self._client, labels(self._run), service.image, service.folders[folder])
            if archive and service.shares_archives:
                home.clone(archive, name)
            else:
                self._client.volumes.create(name, labels=labels(self._run))
                if archive:
                    home.fill(name, archive)
        return name

    def stop(self, name: str) -> None:
        """Ends one container and removes it; its volumes stay for a successor."""
        if container := self._containers.pop(name, None):
            container.stop(timeout=30)
            container.remove(force=True, v=True)

    def leave(self) -> None:
        """Containers go on without us."""
        self._containers.clear()
        self._volumes.clear()

    def close(self) -> None:
        """Removes every container, volume and the network, whatever state they are in."""
        remove(self._client, {"label": [f"{RUN_LABEL}={self._run.id}"], "name": self._prefix})
        self._containers.clear()
        self._volumes.clear()


def _files(service: Service, place: _DockerPlacement) -> Iterator[tuple[str, bytes | Path, int]]:
    """What is put into a service's container before it starts: path, content, mode."""
    yield from ((place.file(name), content, 0o644) for name, content in service.files.items())
    yield from ((place.file(name), content, 0o755) for name, content in service.scripts.items())
    yield from ((path, source, 0o644) for path, source in service.copies.items())


@dataclass(frozen=True)
class OpenDebugger:
    """A JVM's debugger that others than this machine's programs may reach.

    Attributes:
        container: its container's name.
        address: of this machine, on which it is published.
        port: the port there.
    """

    container: str
    address: str
    port: int


def open_debuggers(client: docker.DockerClient) -> list[OpenDebugger]:
    """The debuggers of running containers, whoever started them, that are published to others."""
    return [
        OpenDebugger(container["Names"][0].removeprefix("/"), port["IP"], port["PublicPort"])
        for container in client.api.containers()
        for port in container["Ports"]
        if port["PrivatePort"] == _DEBUGGER
        and port.get("IP")
        and not ip_address(port["IP"]).is_loopback
    ]


_CONFLICT = 409
_MADE_WITHIN, _BETWEEN_LISTS = 20.0, 0.05
"""Wall seconds until a container is made that was asked for, and between two looks for it."""


def remove(client: docker.DockerClient, filters: Mapping[str, Any]) -> list[str]:
    """Removes all containers, volumes and networks that match Docker's filters.

    Returns:
        The names of what was removed.

    Raises:
        APIError: something is in use by what does not match, or cannot be removed.
    """
    removed: list[str] = []
    mounted: set[str] = set()
    until = time.monotonic() + _MADE_WITHIN
    while True:
        mine = client.containers.list(all=True, filters=dict(filters), ignore_removed=True)
        for container in mine:
            removed.append(str(container.name))
            mounted |= _mounted(container)
            container.remove(force=True, v=True)
        try:
            for volume in client.volumes.list(filters=dict(filters)) + _unlabelled(client, mounted):
                volume.remove(force=True)
                removed.append(str(volume.name))
        except APIError as error:
            # A container that was asked for before an interrupt may be made after the list was, and
            # has its volumes before it is in a list.
            if error.status_code != _CONFLICT or time.monotonic() > until:
                raise
            time.sleep(_BETWEEN_LISTS)
            continue
        break
    for network in client.networks.list(filters=dict(filters)):
        removed.append(str(network.name))
        network.remove()
    return removed


def _mounted(container: Container) -> set[str]:
    """The names of the volumes that a container has and that were made by us."""
    mounts = container.attrs["Mounts"]
    return {each["Name"] for each in mounts if each.get("Name", "").startswith(_PREFIX)}


def _unlabelled(client: docker.DockerClient, names: set[str]) -> list[Volume]:
    """Those of these volumes that carry no label.

    Docker makes a volume that is missing when a container is made that has it, and knows of none of
    its labels: one that was removed between the two comes back so.
    """
    every = client.volumes.list() if names else []
    return [each for each in every if each.name in names and not each.attrs.get("Labels")]


def start(container: Container, *, may_choose_again: bool) -> None:
    """Starts a container.

    Args:
        container: one that is made.
        may_choose_again: whether the engine chooses its ports. It may choose one for all addresses
            that another program has on loopback; at the next start it goes on to other ports.

    Raises:
        DockerException: it does not start, or whatever port was chosen is taken.
    """
    left = _CHOICES if may_choose_again else 1
    while True:
        left -= 1
        try:
            container.start()
            return
        except APIError as error:
            if not left or not _is_port_taken(error):
                raise


_CHOICES = 5


def _is_port_taken(error: DockerException) -> bool:
    text = str(getattr(error, "explanation", error))
    return "port is already allocated" in text or "address already in use" in text


def _explained(service: Service, error: DockerException) -> Exception:
    if service.fixed_ports and _is_port_taken(error):
        return port_taken(service.name, service.fixed_ports.values())
    return error
