"""A stand-in that somebody started by hand, with the `docker run` line of the seed.

The line is the one of the thread, word for word. What a test may not have is put in its place:
names that others may use at the same time, and ports of the engine's own choice on loopback.
"""

import json
import os
import shlex
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest

from harness.engines import images
from harness.engines.docker_host import connect, find_address
from harness.settings import resolve

SEED_LINE = """docker run \\
    -d \\
    -e JVM_SUPPORT_RECOMMENDED_ARGS="-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=*:5005" \\
    -v confluenceVolume:/var/atlassian/application-data/confluence \\
    --name="confluence" \\
    -p 8090:8090 -p 8091:8091 -p 5005:5005 \\
    --network confluencenet \\
"""  # noqa: E501 - as it stands in the thread
"""The image's name ends it; the thread's own was cut off."""


def _socket() -> Path | None:
    return resolve({}, os.environ).settings.docker_socket


def command(*words: str) -> "subprocess.CompletedProcess[str]":
    """Docker's own command, run to its end with the engine that the harness would take."""
    engine = {"DOCKER_HOST": find_address(_socket()).url}
    return subprocess.run(
        ["docker", *words], env=os.environ | engine, capture_output=True, text=True, timeout=120
    )


def docker(*words: str) -> str:
    """What Docker's own command says; a test fails where it does."""
    done = command(*words)
    assert done.returncode == 0, f"docker {' '.join(words)}: {done.stderr}"
    return done.stdout.strip()


def needs_docker_command() -> None:
    """Leaves a test out where an engine has no command of Docker's beside it."""
    if shutil.which("docker") is None:
        pytest.skip("the line is for Docker's own command, which is not installed")


def standin_image() -> str:
    """The stand-in's image, built when missing."""
    client = connect(find_address(_socket()))
    try:
        return images.standin(client, lambda _: None)
    finally:
        client.close()


@dataclass(frozen=True)
class Network:
    """A network of Docker's, and this machine's address on it."""

    name: str
    gateway: str


@contextmanager
def network() -> Iterator[Network]:
    """The network that the line names, by a name of this test's own."""
    name = f"confluencenet-{uuid4().hex[:8]}"
    docker("network", "create", name)
    try:
        (config,) = json.loads(docker("network", "inspect", name))[0]["IPAM"]["Config"]
        yield Network(name, config["Gateway"])
    finally:
        docker("network", "rm", name)


@dataclass(frozen=True)
class ByHand:
    """A container that runs."""

    name: str

    def port(self, number: int) -> int:
        """The port of this machine at which one of the container's is reached."""
        return int(docker("port", self.name, f"{number}/tcp").splitlines()[0].rpartition(":")[2])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port(8090)}"

    @property
    def state(self) -> Mapping[str, object]:
        """Docker's own words on it: Status, ExitCode, OOMKilled, Health."""
        state: Mapping[str, object] = json.loads(docker("inspect", self.name))[0]["State"]
        return state

    def logs(self) -> str:
        """Its output."""
        done = command("logs", self.name)
        return done.stdout + done.stderr

    @property
    def health(self) -> str:
        """What its health check says."""
        health: Mapping[str, str] = json.loads(docker("inspect", self.name))[0]["State"]["Health"]
        return health["Status"]

    def run(self, *argv: str, may_fail: bool = False) -> str:
        """What a program says that is run in it."""
        done = command("exec", self.name, *argv)
        assert may_fail or done.returncode == 0, done.stdout + done.stderr
        return done.stdout.strip()

    def top(self) -> str:
        """Its processes; none where it has not begun or has ended."""
        return command("top", self.name).stdout

    def signal(self, name: str) -> None:
        """Sends a signal to its first process."""
        docker("kill", "--signal", name, self.name)

    def stop(self) -> None:
        """Stops it as by hand: a SIGTERM, and after ten seconds, the default, a SIGKILL."""
        docker("stop", self.name)


@contextmanager
def started_by_hand(
    image: str,
    on: Network,
    *more: str,
    variables: Mapping[str, str] | None = None,
    argv: Sequence[str] = (),
) -> Iterator[ByHand]:
    """Starts the line's container, and removes it with its volume when the block ends.

    Args:
        image: what ends the line.
        on: the network.
        more: further words before the image.
        variables: further variables of its environment.
        argv: the command that follows the image.
    """
    mark = uuid4().hex[:8]
    own = {
        "confluenceVolume:": f"confluenceVolume-{mark}:",
        '"confluence"': f'"confluence-{mark}"',
        "8090:8090": "127.0.0.1::8090",
        "8091:8091": "127.0.0.1::8091",
        "5005:5005": "127.0.0.1::5005",
        "confluencenet": on.name,
    }
    line = SEED_LINE
    for there, here in own.items():
        line = line.replace(there, here)
    set_ = [word for name, value in (variables or {}).items() for word in ("-e", f"{name}={value}")]
    words = [*shlex.split(line.replace("\\\n", " "))[1:], *set_, *more, image, *argv]
    try:
        docker(*words)
        yield ByHand(f"confluence-{mark}")
    finally:
        command("rm", "-f", f"confluence-{mark}")
        command("volume", "rm", f"confluenceVolume-{mark}")
