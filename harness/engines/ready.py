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
        toolchain: JDK and libraries; on the local engine only.
        jars: folder of the built stand-in; on the local engine only.
    """

    engine: EngineName
    images: Mapping[str, str]
    identity: str = ""
    client: docker.DockerClient | None = None
    toolchain: Toolchain | None = None
    jars: Path | None = None

    def open(self, run: Run, stack: str) -> Engine:
        """An engine for the services of one stack."""
        if self.client:
            return DockerEngine(self.client, run, stack)
        return LocalEngine(run, stack)


@dataclass(frozen=True)
class RealImage:
    """The images of a real Confluence and its database."""

    confluence: str
    database: str


def prepare(
    wanted: Literal["auto", "docker", "local"], progress: Progress, real: RealImage | None = None
) -> Ready:
    """Chooses the engine and builds or pulls what is missing for it.

    Args:
        wanted: `auto` takes Docker where an engine answers and local processes elsewhere.
        progress: takes lines about what is chosen, built and how long it took.
        real: the images that take the stand-in's place.

    Raises:
        BadInput: the engine or an image cannot be had here.
    """
    client = connect() if wanted != "local" else None
    if client is None and (real or wanted == "docker"):
        what = f"--confluence {real.confluence}" if real else "--engine docker"
        raise BadInput(f"{what}: no Docker engine answers here: `make engine` starts one")
    if client:
        progress(f"engine: docker ({client.version()['Version']})")
        if real:
            return _with_real_image(client, real, progress)
        made = {
            "standin": images.standin(client, progress),
            "cloud": images.cloud(client, progress),
        }
        return Ready("docker", made, _standin_identity(), client=client)
    if wanted == "auto":
        progress(
            "engine: local processes, since no Docker engine answers (`make engine` starts one)"
        )
    else:
        progress("engine: local processes")
    toolchain = find()
    jars = builds.standin(progress)
    return Ready("local", {}, _standin_identity(), toolchain=toolchain, jars=jars)


def _with_real_image(client: docker.DockerClient, real: RealImage, progress: Progress) -> Ready:
    made = {
        "confluence": images.pulled(client, real.confluence, progress),
        "database": images.pulled(client, real.database, progress),
        "cloud": images.cloud(client, progress),
    }
    return Ready("docker", made, images.digest(client, real.confluence), client=client)


def _standin_identity() -> str:
    return f"standin:{builds.standin_digest()}"
