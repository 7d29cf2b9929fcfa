"""Services that another command started: `harness up` left them, and this one runs cases on them.

They are never ended here. `harness.engines.service.Running` documents the members.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import docker
import psutil
from docker.errors import NotFound
from docker.models.containers import Container

from harness.engines import shared_memory
from harness.engines.docker import DockerService
from harness.engines.foreign import ForeignService
from harness.engines.local import LocalEngine
from harness.engines.service import EngineName, Running, Service
from harness.errors import BadInput, DriverError
from harness.lifecycle.runs import RUN_VARIABLE, Run
from harness.support import child


@dataclass(frozen=True)
class AttachedProcess:
    """A local process below its run's folder."""

    name: str
    process: psutil.Process
    ports: Mapping[str, int]
    root: Path
    host: str = "127.0.0.1"

    @property
    def id(self) -> str:
        return str(self.process.pid)

    def port(self, name: str) -> int:
        return self.ports[name]

    def ended(self) -> str | None:
        alive = self.process.is_running() and self.process.status() != psutil.STATUS_ZOMBIE
        return None if alive else "ended"

    def output_tail(self, lines: int = 20) -> str:
        text = (self.root / "output.log").read_text(errors="replace")
        return "".join(text.splitlines(keepends=True)[-lines:])

    def read(self, folder: str, path: str, offset: int = 0) -> bytes:
        try:
            with Path(self.where(folder, path)).open("rb") as file:
                file.seek(offset)
                return file.read()
        except FileNotFoundError:
            return b""

    def where(self, folder: str, path: str) -> str:
        return str(self.root / "folders" / folder / path)

    def kill(self) -> None:
        raise NotImplementedError(_NOT_OURS)

    def execute(self, argv: Sequence[str]) -> tuple[int, str]:
        try:
            environment = shared_memory.without_library(self.process.environ())
        except psutil.Error as error:
            raise DriverError(f"running {argv[0]} beside the {self.name}", str(error)) from None
        done = child.run(argv, cwd=self.root, env=environment, merged=True)
        return done.returncode, done.stdout


_NOT_OURS = "the stack is another command's: nothing of it is started or ended here"


@dataclass(frozen=True)
class NoEngine:
    """The engine of a stack that is another command's: it starts nothing and ends nothing.

    Attributes:
        name: the engine's.
        client: Docker's, through which the stack is looked at.
    """

    name: EngineName
    client: docker.DockerClient | None = None

    def start(self, service: Service) -> Running:
        raise NotImplementedError(_NOT_OURS)

    def stop(self, name: str) -> None:
        raise NotImplementedError(_NOT_OURS)

    def leave(self) -> None:
        """The stack is another command's, and goes on anyway."""

    def close(self) -> None:
        """Leaves the stack as it stands; closes the connections to Docker's engine."""
        if self.client:
            self.client.close()


Attach = Callable[[str, str, str, Mapping[str, int]], Running]
"""Attaches to a service by its name, its id, its host and its ports."""


def gone(run: Run, what: str) -> BadInput:
    """The error for a part of a stack that has ended, so that no case can run on it."""
    return BadInput(
        f"--stack: {what} of run {run.id} has ended: `harness down {run.id}` removes what is left, "
        "`harness up` makes a new one"
    )


def processes(run: Run, stack: str) -> Attach:
    """Attaches to the local services of a stack.

    Args:
        run: the run that brought the stack up.
        stack: the stack's name in that run.
    """

    def attach(name: str, pid: str, host: str, ports: Mapping[str, int]) -> Running:
        if "://" in pid:
            return ForeignService(name, pid)
        try:
            process = psutil.Process(int(pid))
            mine = process.environ().get(RUN_VARIABLE) == run.id
        except psutil.Error:
            mine = False
        if not mine:
            raise gone(run, f"the {name}")
        return AttachedProcess(name, process, ports, LocalEngine.root_of(run, stack) / name, host)

    return attach


def find_container(client: docker.DockerClient, name: str) -> Container | None:
    """A container of this machine by its name or id; None where there is none."""
    try:
        return client.containers.get(name)
    except NotFound:
        return None


def containers(client: docker.DockerClient, run: Run, folders: Mapping[str, str]) -> Attach:
    """Attaches to the containers of a stack.

    Args:
        client: Docker's.
        run: the run that brought the stack up.
        folders: name -> path in Confluence's container.
    """

    def attach(name: str, container_name: str, host: str, ports: Mapping[str, int]) -> Running:
        container = find_container(client, container_name)
        if container is None:
            raise gone(run, f"the container {container_name}")
        described = Service(name, "", lambda _: (), lambda _: {}, {}, folders=folders)
        return AttachedContainer(described, container, host, ports)

    return attach


class AttachedContainer(DockerService):
    """A container whose published ports are known already."""

    def __init__(
        self,
        service: Service,
        container: Container,
        host: str,
        ports: Mapping[str, int],
    ) -> None:
        super().__init__(service, container, host)
        self._ports = ports

    def port(self, name: str) -> int:
        """The port that the stack's document names."""
        return self._ports[name]
