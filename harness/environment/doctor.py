"""What works on this machine, what is missing, and how to get it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from harness.drivers.browser.launch import ADVICE, find_browser
from harness.engines import toolchain
from harness.engines.docker import connect
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


def examine() -> list[Check]:
    """Looks for everything that a run may need; starts nothing that stays."""
    docker = connect()
    engine = f"Docker {docker.version()['Version']}" if docker else None
    local = _check("local engine", _toolchain)
    browser = _check("browser", _browser, needed=True)
    return [
        Check("docker engine", engine, "`make engine` starts one on Debian or Ubuntu"),
        local,
        browser,
        Check(
            "engine",
            "docker" if docker else "local" if local.found else None,
            "a Docker engine, or what the local engine needs",
            needed=True,
        ),
    ]


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


def _toolchain() -> str:
    found = toolchain.find()
    return f"{found.java}, {found.faketime}"


def _browser() -> str | None:
    found = find_browser()
    return f"{found.path} ({found.source})" if found else None
