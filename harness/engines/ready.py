"""Chooses an engine and makes everything that it needs before anything is started."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import docker

from harness.engines import builds, images
from harness.engines.docker import DockerEngine
from harness.engines.docker_host import Address, NoDockerEngine, connect, find_address
from harness.engines.local import LocalEngine
from harness.engines.service import Engine, EngineName
from harness.engines.toolchain import Toolchain, find
from harness.errors import BadInput
from harness.lifecycle.runs import Run
from harness.support.console import Progress


@dataclass(frozen=True)
class Ready:
    """An engine with all that its services run from.

    Attributes:
        engine: its name.
        images: service image names: `cloud` and `standin`, or `cloud`, `confluence` and
            `database` for a real image; empty on the local engine.
        identity: what tells one Confluence from another: a real image's digest, or the digest
            of the stand-in's sources.
        client: Docker's; None on the local engine.
        address: where Docker's engine is; None on the local engine.
        toolchain: JDK and libraries; on the local engine only.
        jars: folder of the built stand-in; on the local engine only.
    """

    engine: EngineName
    images: Mapping[str, str]
    identity: str = ""
    client: docker.DockerClient | None = None
    address: Address | None = None
    toolchain: Toolchain | None = None
    jars: Path | None = None

    def open(self, run: Run, stack: str, *, way_out: bool = False) -> Engine:
        """An engine for the services of one stack.

        Args:
            run: whose services they are.
            stack: tells the stacks of one run apart.
            way_out: whether the services reach other machines; processes always do.
        """
        if self.client and self.address:
            return DockerEngine(self.client, self.address, run, stack, way_out=way_out)
        return LocalEngine(run, stack)

    def close(self) -> None:
        """Closes the connections to Docker's engine."""
        if self.client:
            self.client.close()


@dataclass(frozen=True)
class RealImage:
    """The images of a real Confluence and its database."""

    confluence: str
    database: str


def prepare(
    choice: Literal["auto", "docker", "local"],
    progress: Progress,
    real: RealImage | None = None,
    docker_socket: Path | None = None,
) -> Ready:
    """Chooses the engine and builds or pulls what is missing for it; the caller closes it.

    Args:
        choice: `auto` takes Docker where an engine answers and local processes elsewhere; but an
            engine that the environment names has to answer.
        progress: takes lines about what is chosen, built and how long it took.
        real: the images that take the stand-in's place.
        docker_socket: the setting of that name.

    Raises:
        BadInput: the engine or an image cannot be had here.
    """
    if choice == "local":
        progress("engine: local processes")
        return _local(progress)
    try:
        address = find_address(docker_socket)
        client = connect(address)
    except NoDockerEngine as error:
        if real:
            raise BadInput(f"--confluence {real.confluence}: {error}") from None
        if choice == "docker":
            raise BadInput(f"--engine docker: {error}") from None
        if error.address.required:
            raise BadInput(f"--engine auto: {error}, or choose --engine local") from None
        progress(f"engine: local processes, since {error}")
        return _local(progress)
    try:
        progress(f"engine: docker ({client.version()['Version']})")
        return _docker(client, address, real, progress)
    except BaseException:
        client.close()
        raise


def _local(progress: Progress) -> Ready:
    toolchain = find()
    jars = builds.standin(progress)
    return Ready("local", {}, _standin_identity(), toolchain=toolchain, jars=jars)


def _docker(
    client: docker.DockerClient, address: Address, real: RealImage | None, progress: Progress
) -> Ready:
    if real:
        made = {
            "confluence": images.pulled(client, real.confluence, progress),
            "database": images.pulled(client, real.database, progress),
        }
        identity = images.digest(client, real.confluence)
    else:
        made = {"standin": images.standin(client, progress)}
        identity = _standin_identity()
    made["cloud"] = images.cloud(client, progress)
    return Ready("docker", made, identity, client=client, address=address)


def _standin_identity() -> str:
    return f"standin:{builds.standin_digest()}"
