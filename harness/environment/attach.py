"""Stacks that `harness up` left standing, as ones to run cases on."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from harness.drivers.cloud import CloudAppControl, CloudControl, ConnectAppControl
from harness.drivers.confluence import session
from harness.engines import attached
from harness.engines.attached import NoEngine
from harness.engines.docker import connect
from harness.environment.bring_up import STACK_NAME
from harness.environment.document import CloudAddress, StackDocument
from harness.environment.services.names import CLOUD, CLOUD_APP, CONFLUENCE, HOME
from harness.environment.stack import Stack
from harness.errors import BadInput
from harness.lifecycle import runs
from harness.lifecycle.runs import Run
from harness.planning.requirements import StackRequirements

LAST = "last"
"""Stands for the newest stack that stands."""


@dataclass(frozen=True)
class AttachedStack:
    """A stack that stands, and what it is."""

    stack: Stack
    requirements: StackRequirements


def attach(wanted: str) -> AttachedStack:
    """Attaches to a stack that `harness up` left.

    Args:
        wanted: its run's id, or `last`.

    Raises:
        BadInput: there is none, or one of its services has ended.
    """
    run = _run(wanted)
    document = StackDocument.model_validate_json(run.stack_file.read_text())
    attach_one = _attaching(document, run)
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
        engine=NoEngine(document.engine),
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
    if not standing:
        raise BadInput("--stack: no stack is standing: `harness up` brings one up")
    if wanted == LAST:
        return standing[-1]
    found = next((run for run in standing if run.id == wanted), None)
    if found is None:
        known = ", ".join(run.id for run in standing)
        raise BadInput(f"--stack: no stack of run {wanted!r} is standing; there is {known}")
    return found


def _attaching(document: StackDocument, run: Run) -> attached.Attach:
    if document.engine == "local":
        return attached.processes(run, STACK_NAME)
    client = connect()
    if client is None:
        raise BadInput(f"--stack: run {run.id} is on Docker, and no engine answers here")
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
