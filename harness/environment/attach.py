"""Stacks that `harness up` left standing, as ones to run cases on."""

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import docker

from harness.drivers.cloud import CloudAppControl, CloudControl, ConnectAppControl
from harness.drivers.confluence import session
from harness.engines import attached
from harness.engines.attached import NoEngine
from harness.engines.docker_host import NoDockerEngine, connect, find_address
from harness.environment.bring_up import STACK_NAME
from harness.environment.document import CloudAddress, StackDocument
from harness.environment.services.names import CLOUD, CLOUD_APP, CONFLUENCE, HOME
from harness.environment.stack import Stack
from harness.errors import BadInput
from harness.lifecycle import runs
from harness.lifecycle.runs import Run
from harness.planning.requirements import StackRequirements
from harness.settings import project_root

LAST = "last"
"""Stands for the newest stack of this project that stands."""


@dataclass(frozen=True)
class AttachedStack:
    """A stack that stands, and what it is."""

    stack: Stack
    requirements: StackRequirements


@contextmanager
def attached_stack(wanted: str, docker_socket: Path | None) -> Iterator[AttachedStack]:
    """Attaches to a stack that `harness up` left, until the block ends.

    Args:
        wanted: its run's id, or `last`.
        docker_socket: the setting of that name.

    Raises:
        BadInput: there is none, or one of its services has ended.
    """
    run = _run(wanted)
    document = StackDocument.model_validate_json(run.stack_file.read_text())
    engine = NoEngine(document.engine, _client(document, docker_socket))
    with closing(engine):
        standing = _attach(run, document, engine)
        with closing(standing.stack):
            yield standing


def _attach(run: Run, document: StackDocument, engine: NoEngine) -> AttachedStack:
    attach_one = _attaching(engine.client, run)
    ports = _ports(document)
    hosts = {
        CONFLUENCE: document.confluence.base_url,
        CLOUD: document.cloud.base_url,
        CLOUD_APP: document.cloud_app.base_url,
    }
    running = {
        name: attach_one(name, document.services[name], urlsplit(url).hostname or "", ports[name])
        for name, url in hosts.items()
    }
    confluence = document.confluence
    stack = Stack(
        run=run,
        engine=engine,
        scale=document.time_scale,
        ccma=confluence.ccma,
        confluence=confluence.name,
        image=confluence.image,
        account=session.Account(confluence.admin_user, confluence.admin_password),
        running=running,
        cloud=CloudControl(document.cloud.control_url),
        cloud_app=_control(document.cloud_app),
        system_features=document.system_features,
    )
    if ended := stack.dead():
        stack.close()
        raise BadInput(
            f"--stack: the {ended.name} of run {run.id} has ended: `harness down {run.id}` removes "
            "what is left, `harness up` makes a new one"
        )
    needs = StackRequirements(
        confluence.ccma, document.time_scale, document.system_features, document.cloud_half
    )
    return AttachedStack(stack, needs)


def _control(app: CloudAddress) -> CloudAppControl | ConnectAppControl:
    """A Connect app that follows no script has nothing to control it by but itself."""
    if app.control_url == app.base_url:
        return ConnectAppControl(app.base_url, None)
    return CloudAppControl(app.control_url)


def _run(wanted: str) -> Run:
    standing = runs.standing()
    here = runs.standing(project_root())
    if wanted == LAST and here:
        return here[-1]
    found = next((run for run in standing if run.id == wanted), None)
    if found is None:
        which = f"stack of {project_root()}" if wanted == LAST else f"stack of run {wanted!r}"
        known = runs.told(standing)
        hint = f"; there is {known}" if known else ": `harness up` brings one up"
        raise BadInput(f"--stack: no {which} is standing{hint}")
    return found


def _client(document: StackDocument, docker_socket: Path | None) -> docker.DockerClient | None:
    if document.engine == "local":
        return None
    try:
        return connect(find_address(docker_socket))
    except NoDockerEngine as error:
        raise BadInput(f"--stack: run {document.run} is on Docker, but {error}") from None


def _attaching(client: docker.DockerClient | None, run: Run) -> attached.Attach:
    if client is None:
        return attached.processes(run, STACK_NAME)
    return attached.containers(client, run, {"home": HOME})


def _ports(document: StackDocument) -> Mapping[str, Mapping[str, int]]:
    confluence = document.confluence
    return {
        CONFLUENCE: {
            "http": _port(confluence.base_url),
            "synchrony": _port(confluence.synchrony_url),
            "jdwp": confluence.jdwp_port,
        },
        CLOUD: {"https": _port(document.cloud.base_url), "http": _port(document.cloud.control_url)},
        CLOUD_APP: {
            "https": _port(document.cloud_app.base_url),
            "control": _port(document.cloud_app.control_url),
        },
    }


def _port(url: str) -> int:
    return urlsplit(url).port or 0
