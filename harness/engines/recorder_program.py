"""Makes the recording proxy's program ready, in an environment of its own."""

from dataclasses import dataclass
from pathlib import Path

import docker

from harness.engines import builds, images
from harness.support.console import Progress


@dataclass(frozen=True)
class RecorderProgram:
    """What the proxy runs from.

    Attributes:
        image: its image; empty for a process of this machine.
        python: the interpreter of its environment; for a process only.
        modules: the folder of its modules; for a process only.
    """

    image: str = ""
    python: Path | None = None
    modules: Path | None = None


def make_ready(client: docker.DockerClient | None, progress: Progress) -> RecorderProgram:
    """The program, its image built or its environment made where that is missing.

    Args:
        client: Docker's; None for a process of this machine.
        progress: takes lines about what is built.

    Raises:
        BadInput: its packages cannot be had here.
    """
    if client:
        return RecorderProgram(image=images.recorder(client, progress))
    python, modules = builds.recorder(progress)
    return RecorderProgram(python=python, modules=modules)
