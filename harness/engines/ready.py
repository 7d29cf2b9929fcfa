"""Chooses an engine and makes everything that it needs before anything is started."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import docker

from harness.engines import builds, images
from harness.engines.docker import DockerEngine, connect
from harness.engines.local import LocalEngine
from harness.engines.service import Engine, EngineName
from harness.engines.toolchain import Toolchain, find
from harness.errors import BadInput
from harness.progress import Progress
from harness.runs import Run


@dataclass(frozen=True)
class Ready:
    """An engine with all that its services run from.

    Attributes:
        engine: its name.
        images: service image names: `standin`, `cloud`; empty on the local engine.
        client: Docker's; None on the local engine.
        toolchain: JDK and libraries; on the local engine only.
        jars: folder of the built stand-in; on the local engine only.
    """

    engine: EngineName
    images: Mapping[str, str]
    client: docker.DockerClient | None = None
    toolchain: Toolchain | None = None
    jars: Path | None = None

    def open(self, run: Run, stack: str) -> Engine:
        """An engine for the services of one stack."""
        if self.client:
            return DockerEngine(self.client, run, stack)
        return LocalEngine(run, stack)


def prepare(wanted: Literal["auto", "docker", "local"], progress: Progress) -> Ready:
    """Chooses the engine and builds what is missing for it.

    Args:
        wanted: `auto` takes Docker where an engine answers and local processes elsewhere.
        progress: takes lines about what is chosen, built and how long it took.

    Raises:
        BadInput: the engine cannot be had here.
    """
    client = connect() if wanted != "local" else None
    if wanted == "docker" and client is None:
        raise BadInput("--engine docker: no Docker engine answers here: `make engine` starts one")
    if client:
        progress(f"engine: docker ({client.version()['Version']})")
        made = {
            "standin": images.standin(client, progress),
            "cloud": images.cloud(client, progress),
        }
        return Ready("docker", made, client=client)
    if wanted == "auto":
        progress(
            "engine: local processes, since no Docker engine answers (`make engine` starts one)"
        )
    else:
        progress("engine: local processes")
    toolchain = find()
    return Ready("local", {}, toolchain=toolchain, jars=builds.standin(progress))
