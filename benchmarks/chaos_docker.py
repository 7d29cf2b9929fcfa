"""What a chaos run needs to know of its containers, and faults that only Docker has."""

import os
import time
import uuid
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from pathlib import Path

import docker
import psutil
from docker.models.containers import Container

from harness.engines.docker import OWNER_LABEL
from harness.engines.docker_host import client_if_any
from harness.environment.services.names import CONTROL_TOKEN
from harness.settings import resolve

_INSIDE = {"cloud": "8080/tcp", "confluence": "8090/tcp"}
"""The plain port of a service in its container."""

_NETWORKS_EACH = 0.2
"""Wall seconds for which each network of a network fault stays."""


class Containers:
    """The containers of one run; none where no engine answers.

    Args:
        owner: what everything of the run is marked with.
    """

    def __init__(self, owner: str) -> None:
        self._filters = {"label": f"{OWNER_LABEL}={owner}"}

    def ids(self) -> list[str]:
        """The ids of those that run."""
        with _engine() as client:
            return [str(each.id) for each in self._list(client)] if client else []

    def port(self, service: str) -> int | None:
        """The port of this machine at which a service of the newest stack answers."""
        with _engine() as client:
            for each in self._list(client) if client else []:  # the newest first
                published = each.ports.get(_INSIDE[service])
                if str(each.name).endswith(f"-{service}") and published:
                    return int(published[0]["HostPort"])
        return None

    def token(self) -> str:
        """The control token of the newest stack; empty without one."""
        with _engine() as client:
            for each in self._list(client) if client else []:  # the newest first
                if str(each.name).endswith("-cloud"):
                    shown = each.exec_run(["cat", f"/run/harness/{CONTROL_TOKEN}"])
                    return bytes(shown.output).decode()
        return ""

    def _list(self, client: docker.DockerClient) -> Iterable[Container]:
        return client.containers.list(filters=self._filters, ignore_removed=True)


def make_networks(seconds: float, is_over: Callable[[], bool]) -> str:
    """Makes and removes networks for a while, as other runs on the same engine do."""
    with _engine() as client:
        if client is None:
            return "no Docker engine answers"
        made, end = 0, time.monotonic() + seconds
        while time.monotonic() < end and not is_over():
            network = client.networks.create(f"chaos-{uuid.uuid4().hex[:12]}")
            time.sleep(_NETWORKS_EACH)  # part of the fault
            network.remove()
            made += 1
        return f"{made} networks made and removed"


def _engine() -> AbstractContextManager[docker.DockerClient | None]:
    return client_if_any(resolve({}, os.environ).settings.docker_socket)


def is_in(process: psutil.Process, containers: list[str]) -> bool:
    """Whether a process runs in one of the containers, as this machine's kernel sees it."""
    try:
        groups = Path(f"/proc/{process.pid}/cgroup").read_text()
    except OSError:
        return False
    return any(each in groups for each in containers)
