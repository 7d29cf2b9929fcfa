"""The stand-in's image from outside: what scripts and compose files for the real one count on.

Sources: the seed's own line; the image's public Dockerfile, manual and tests (container 1.2);
public compose files (ConductorOne/baton-confluence-datacenter, phrontizo/likec4-confluence); the
script with which confluence-publisher waits for the start.
"""

import re
from collections.abc import Callable, Iterator

import httpx
import pytest
from by_hand import ByHand, Network, needs_docker_command, network, standin_image, started_by_hand

from harness.drivers.confluence import startup_checks
from harness.drivers.confluence.licence import Licence
from harness.drivers.confluence.session import Account
from harness.drivers.confluence.setup import SetupInput, set_up
from harness.wait import NotYet, wait_for

pytestmark = pytest.mark.engine("docker")

IN_ORDER = 143
"""The status of a JVM that a SIGTERM ended; 137 is that of a SIGKILL."""

STARTED = re.compile(
    r"^\d\d-[A-Z][a-z]{2}-\d{4} [\d:.]{12} INFO \[main\] "
    r"org\.apache\.catalina\.startup\.Catalina\.start Server startup in \[\d+\] milliseconds$",
    re.MULTILINE,
)
DESTROYED = (
    'org.apache.coyote.AbstractProtocol.destroy Destroying ProtocolHandler ["http-nio-8090"]'
)
ASK = (
    "import json, urllib.request as u;"
    "print(json.load(u.urlopen('http://localhost:8090/status'))['state'])"
)


@pytest.fixture(scope="module")
def image() -> str:
    needs_docker_command()
    return standin_image()


@pytest.fixture(scope="module")
def on(image: str) -> Iterator[Network]:
    del image  # where that cannot be had, no network is needed
    with network() as made:
        yield made


def ended(container: ByHand) -> str | None:
    """Why a container has ended; None while it has not."""
    state = container.state
    return None if state["Status"] == "running" else f"{state['Status']} ({state['ExitCode']})"


def await_ended(container: ByHand) -> int:
    """The exit status of a container that is about to end."""
    wait_for("the container to end", lambda: ended(container), within=30)
    return int(str(container.state["ExitCode"]))


def await_state(container: ByHand, state: str) -> None:
    def look() -> bool | NotYet:
        try:
            found = httpx.get(f"{container.url}/status", trust_env=False).json()["state"]
        except httpx.TransportError as error:
            return NotYet(str(error))
        return True if found == state else NotYet(found)

    wait_for(
        state,
        look,
        within=60,
        alive=lambda: ended(container),
        log_tail=container.logs,
    )


def test_the_seeds_line_as_it_stands(image: str, on: Network) -> None:
    with started_by_hand(image, on) as confluence:
        await_state(confluence, "FIRST_RUN")
        wait_for("its line", lambda: STARTED.search(confluence.logs()) or None, within=10)
        assert startup_checks.jdwp_answers("127.0.0.1", confluence.port(5005))
        pulse = httpx.get(f"http://127.0.0.1:{confluence.port(8091)}/synchrony/heartbeat")
        assert pulse.text == "OK"
        assert confluence.run("stat", "-c", "%u", "confluence.cfg.xml") == "2002"
        assert confluence.run("python3", "-c", ASK) == "FIRST_RUN"
        confluence.stop()
        assert confluence.state["ExitCode"] == IN_ORDER
        assert DESTROYED in confluence.logs()


@pytest.mark.parametrize(
    "command", [("/entrypoint.py", "-fg"), ("/bin/sh", "-c", "echo prepared; /entrypoint.py")]
)
def test_a_compose_files_command_and_health_check(
    image: str, on: Network, command: tuple[str, ...]
) -> None:
    check = ("--health-cmd", "curl -f http://localhost:8090/", "--health-interval", "1s")
    with started_by_hand(image, on, *check, argv=command) as confluence:
        wait_for(
            "the container to be healthy",
            lambda: confluence.health == "healthy" or None,
            within=60,
            alive=lambda: ended(confluence),
            log_tail=confluence.logs,
        )
        confluence.stop()
        assert confluence.state["ExitCode"] == IN_ORDER


def test_the_script_that_waits_for_the_end(image: str, on: Network) -> None:
    with started_by_hand(image, on) as confluence:
        await_state(confluence, "FIRST_RUN")
        confluence.run("/shutdown-wait.sh", may_fail=True)  # the container's end may be its own
        assert await_ended(confluence) == IN_ORDER
        assert DESTROYED in confluence.logs()


def runs_java(confluence: ByHand) -> bool | None:
    return "standin.jar" in confluence.top() or None


def answers(confluence: ByHand) -> bool | None:
    try:
        return httpx.get(f"{confluence.url}/status", trust_env=False).is_success
    except httpx.TransportError:
        return None


@pytest.mark.parametrize("moment", [runs_java, answers])
def test_a_sigterm_while_it_starts_is_no_error(
    image: str, on: Network, moment: Callable[[ByHand], bool | None]
) -> None:
    with started_by_hand(image, on, variables={"CONFLUENCE_LOG_STDOUT": "true"}) as confluence:
        wait_for("the moment", lambda: moment(confluence), within=30, every=0.01)
        confluence.signal("TERM")
        assert await_ended(confluence) == IN_ORDER
        said = confluence.logs()
        assert "ERROR" not in said
        assert "Exception" not in said


LIMITS = {
    "read-only root": ("--read-only",),
    "any uid": ("--user", "12345"),
    "its own uid": ("--user", "2002:2002"),
    "512 MiB, and the heap of public compose files": (
        *("--memory", "512m", "-e", "JVM_MINIMUM_MEMORY=1024m"),
        *("-e", "JVM_MAXIMUM_MEMORY=2048m"),
    ),
}


@pytest.mark.parametrize("limits", LIMITS.values(), ids=LIMITS)
def test_it_is_set_up_within_limits(image: str, on: Network, limits: tuple[str, ...]) -> None:
    with started_by_hand(image, on, *limits) as confluence:
        await_state(confluence, "FIRST_RUN")
        set_up(
            confluence.url,
            SetupInput(Account("admin", "word"), Licence("AAAB" * 20)),
            within=60,
            every=0.1,
        )
        await_state(confluence, "RUNNING")
        confluence.stop()
        assert confluence.state["ExitCode"] == IN_ORDER


def test_a_home_that_its_user_cannot_write_is_one_line(image: str, on: Network) -> None:
    with started_by_hand(image, on, "--user", "12345:12345") as confluence:
        assert await_ended(confluence) == 1
        (line,) = confluence.logs().splitlines()
        assert "cannot be written by uid 12345, gid 12345: give it to that user" in line
