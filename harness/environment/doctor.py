"""What works on this machine, what is missing, and how to get it."""

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from harness.drivers.browser.launch import ADVICE, find_browser
from harness.drivers.confluence import absence
from harness.engines import toolchain
from harness.engines.docker import open_debuggers
from harness.engines.docker_host import NoDockerEngine, connect, find_address
from harness.environment.attach import attached_stack
from harness.errors import HarnessError
from harness.settings import Resolved


@dataclass(frozen=True)
class Check:
    """One thing that was looked for.

    Attributes:
        name: what.
        found: what was found, or None.
        advice: how to get it, where it is missing.
        needed: whether runs are impossible without it.
    """

    name: str
    found: str | None
    advice: str = ""
    needed: bool = False


def examine(docker_socket: Path | None) -> list[Check]:
    """Looks for everything that a run may need; starts nothing that stays.

    Args:
        docker_socket: the setting of that name.
    """
    docker, may_be_local = _docker(docker_socket)
    local = _check("local engine", _toolchain)
    browser = _check("browser", _browser, needed=True)
    found_local = "local" if local.found and may_be_local else None
    return [
        docker,
        local,
        browser,
        Check(
            "engine",
            "docker" if docker.found else found_local,
            "the Docker engine above, or --engine local"
            if local.found
            else "a Docker engine, or what the local engine needs",
            needed=True,
        ),
    ]


def warnings(docker_socket: Path | None) -> list[str]:
    """What works here and is dangerous, a line each.

    Whoever reaches a JVM's debugger port runs code in that JVM.

    Args:
        docker_socket: the setting of that name.
    """
    try:
        address = find_address(docker_socket)
        with closing(connect(address)) as client:
            found = open_debuggers(client)
    except NoDockerEngine:
        return []
    lines = [
        f"container {each.container} has a debugger's port published on {each.address}: whoever "
        f"reaches it runs code there; publish it as 127.0.0.1:{each.port}:5005"
        for each in found
    ]
    host, bind = address.reach()
    if host != bind:
        lines.append(
            f"the engine is reached at {host}, so a stack's ports are published on {bind} there, "
            "the debugger's included: keep others from that machine's ports, or use an engine here"
        )
    return lines


def not_there(which: str, docker_socket: Path | None) -> list[absence.Absence]:
    """What was asked of a stack's stand-in that it does not have; nothing of another Confluence.

    Args:
        which: the id of the run that left the stack, or `last`.
        docker_socket: the setting of that name.

    Raises:
        BadInput: there is no such stack.
    """
    with attached_stack(which, docker_socket) as attached, attached.stack.client() as client:
        return absence.asked_for(client) or []


def settings_lines(resolved: Resolved) -> list[str]:
    """Each setting with its value and where it came from."""
    values = resolved.settings.model_dump()
    return [f"{name} = {values[name]} ({resolved.sources[name]})" for name in sorted(values)]


def works(checks: Sequence[Check]) -> bool:
    """Whether everything that is needed was found."""
    return all(check.found for check in checks if check.needed)


def _check(name: str, look: Callable[[], str | None], needed: bool = False) -> Check:
    try:
        return Check(name, look(), ADVICE, needed)
    except HarnessError as error:
        return Check(name, None, str(error), needed)


def _docker(docker_socket: Path | None) -> tuple[Check, bool]:
    """Docker's engine, and whether `--engine auto` does without it."""
    try:
        address = find_address(docker_socket)
        with closing(connect(address)) as client:
            found = f"Docker {client.version()['Version']} at {address}"
    except NoDockerEngine as error:
        return Check("docker engine", None, str(error)), not error.address.required
    return Check("docker engine", found), True


def _toolchain() -> str:
    found = toolchain.find()
    return f"{found.java}, {found.faketime}"


def _browser() -> str | None:
    found = find_browser()
    return f"{found.path} ({found.source})" if found else None
