"""The command as a user runs it, and what Docker and the process table say about a run."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil
from cloud_processes import WARNED, assert_nothing_is_left_open

from harness.engines.docker import OWNER_LABEL
from harness.engines.docker_host import client_if_any
from harness.lifecycle.runs import OWNER_VARIABLE
from harness.settings import resolve

HARNESS = Path(sys.executable).parent / "harness"
SEED = Path(__file__).parents[2] / "fixtures" / "cases" / "seed.yaml"


@dataclass(frozen=True)
class Command:
    """The command `harness` with a state folder of its own, so that its debris can be counted."""

    state: Path
    folder: Path
    engine: str

    @property
    def environment(self) -> Mapping[str, str]:
        """The command's environment."""
        return os.environ | {"HARNESS_STATE": str(self.state), "HARNESS_ENGINE": self.engine}

    @property
    def owner(self) -> str:
        """What everything that the command makes is marked with."""
        return f"{os.uname().nodename}:{self.state}"

    def run(self, *words: str, **extra: str) -> subprocess.CompletedProcess[str]:
        """Runs the command to its end; it may leave nothing to its garbage collector."""
        ended = subprocess.run(
            [HARNESS, *words],
            env={**self.environment, **WARNED, **extra},
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=180,
        )
        assert_nothing_is_left_open(ended.stderr)
        return ended

    def pytest(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Runs pytest with the harness's fixtures on tests in the folder, to its end."""
        return subprocess.run(
            [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *words],
            env=self.environment,
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=180,
        )

    def start(self, *words: str, **extra: str) -> "subprocess.Popen[str]":
        """Starts the command and leaves it running; its lines are on its standard error."""
        return subprocess.Popen(
            [HARNESS, *words],
            env={**self.environment, **extra},
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    def end(self) -> None:
        """Removes what its runs left, if there is anything: each command takes half a second."""
        if self.debris():
            self.run("down", "--all")
            self.run("sweep")

    def debris(self) -> list[str]:
        """All that is left of this command's runs: processes, folders, what Docker holds."""
        return sorted([*self._processes(), *self._folders(), *self._docker()])

    def _processes(self) -> list[str]:
        found = []
        for process in psutil.process_iter():
            try:
                environment = process.environ()
            except (psutil.Error, OSError):
                continue
            # The command has the first variable; its children have the second.
            ours = environment.get("HARNESS_STATE") == str(self.state)
            if ours or environment.get(OWNER_VARIABLE) == self.owner:
                found.append(f"process {process.pid}: {' '.join(process.cmdline())[:200]}")
        return found

    def _folders(self) -> list[str]:
        return [str(path) for path in self.state.rglob("*") if path.parent.name == "runs"]

    def _docker(self) -> list[str]:
        if self.engine == "local":
            return []
        filters: dict[str, str | list[str] | bool] = {"label": f"{OWNER_LABEL}={self.owner}"}
        with client_if_any(resolve({}, os.environ).settings.docker_socket) as client:
            if client is None:
                return []
            return [
                *(f"container {c.name}" for c in client.containers.list(True, filters=filters)),
                *(f"volume {volume.name}" for volume in client.volumes.list(filters=filters)),
                *(f"network {network.name}" for network in client.networks.list(filters=filters)),
            ]
