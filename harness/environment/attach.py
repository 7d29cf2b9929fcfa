"""Attaches to a stack that `harness up` left running, to run cases on it."""

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import docker

from harness.engines import attached
from harness.engines.attached import NoEngine
from harness.engines.docker_host import NoDockerEngine, connect, find_address
from harness.engines.service import Running
from harness.environment import document
from harness.environment.document import StackDocument
from harness.environment.server_zone import server_zone
from harness.environment.services.names import CONFLUENCE, HOME
from harness.environment.stack import Stack
from harness.errors import BadInput, HarnessError
from harness.lifecycle import runs
from harness.lifecycle.runs import Run
from harness.planning.requirements import StackRequirements
from harness.settings import project_root

LAST = "last"
"""Stands for the newest stack of this project."""


@dataclass(frozen=True)
class AttachedStack:
    """A stack that another command brought up."""

    stack: Stack

    @property
    def requirements(self) -> StackRequirements:
        """The requirements that it meets."""
        return self.stack.requirements


@contextmanager
def attached_stack(
    which: str, docker_socket: Path | None, folder: Path = Path()
) -> Iterator[AttachedStack]:
    """Attaches to a stack that `harness up` left running, until the block ends.

    Args:
        which: its run's id, or `last`.
        docker_socket: the setting of that name.
        folder: in the project whose newest stack is the last one.

    Raises:
        BadInput: there is none, or one of its services has ended.
    """
    run = _find(which, project_root(folder))
    described = document.read(run)
    with closing(NoEngine(described.engine, _client(described, docker_socket))) as engine:
        attach = _services(engine, run, described.name)
        with closing(document.to_stack(described, run, engine, attach)) as stack:
            if ended := stack.dead():
                raise attached.gone(run, f"the {ended.name}")
            yield AttachedStack(stack)


@contextmanager
def attached_services(which: str, docker_socket: Path | None) -> Iterator[Mapping[str, Running]]:
    """The services of a stack that `harness up` left running, to look at until the block ends.

    Args:
        which: its run's id, or `last`.
        docker_socket: the setting of that name.

    Raises:
        BadInput: there is none, or one of its services is gone.
    """
    run = _find(which, project_root())
    described = document.read(run)
    with closing(NoEngine(described.engine, _client(described, docker_socket))) as engine:
        attach = _services(engine, run, described.name)
        host = described.confluence.jdwp_host
        yield {name: attach(name, id_, host, {}) for name, id_ in described.services.items()}


def log_zone(run: Run, docker_socket: Path | None) -> str | None:
    """The zone that a stack's Confluence writes its log in; None where it cannot be asked.

    Args:
        run: the run that brought the stack up.
        docker_socket: the setting of that name.
    """
    described = document.read(run)
    try:
        with closing(NoEngine(described.engine, _client(described, docker_socket))) as engine:
            attach = _services(engine, run, described.name)
            id_, host = described.services[CONFLUENCE], described.confluence.jdwp_host
            return server_zone(attach(CONFLUENCE, id_, host, {}))
    except HarnessError:
        return None


def _find(which: str, project: Path) -> Run:
    every, here = runs.with_a_stack(), runs.with_a_stack(project)
    if which == LAST and here:
        return here[-1]
    found = next((run for run in every if run.id == which), None)
    if found is None:
        missing = f"stack of {project}" if which == LAST else f"stack of run {which!r}"
        known = runs.listed(every)
        hint = f"; there is {known}" if known else ": start one with `harness up`"
        raise BadInput(f"no {missing} is running{hint}")
    return found


def _client(described: StackDocument, docker_socket: Path | None) -> docker.DockerClient | None:
    if described.engine == "local":
        return None
    try:
        return connect(find_address(docker_socket))
    except NoDockerEngine as error:
        raise BadInput(f"--stack: run {described.run} is on Docker, but {error}") from None


def _services(engine: NoEngine, run: Run, stack: str) -> attached.Attach:
    if engine.client is None:
        return attached.processes(run, stack)
    return attached.containers(engine.client, run, {"home": HOME})
