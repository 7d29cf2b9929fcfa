"""The local engine: a stack's services as processes on loopback.

Each process leads its own session, so that a Ctrl-C at the terminal reaches the harness alone
and the harness ends its services in order. Each carries the run's id in its environment, by
which `harness sweep` finds it when the harness itself was killed.
"""

import json
import os
import random
import signal
import socket
import subprocess
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from harness.engines import clones, shared_memory
from harness.engines.service import EngineName, Placement, Service, port_taken
from harness.errors import BadInput
from harness.lifecycle import child_environment
from harness.lifecycle.runs import Run
from harness.support import child
from harness.wait import last_words, wait_for

_PORTS_WITHIN = 30.0
_GRACE_SECONDS = 5.0
_LOOPBACK = "127.0.0.1"
_PORTS = "ports.json"
_BELOW_EPHEMERAL = range(20_000, 32_000)
"""Ports that the system gives to no outgoing connection."""


@dataclass(frozen=True)
class _LocalPlacement:
    """Where one local service runs: below the run's folder, on loopback, on ports it chooses."""

    root: Path
    fixed_ports: Mapping[str, int]
    engine: EngineName = "local"
    bind: str = _LOOPBACK
    host: str = _LOOPBACK

    @property
    def ports_file(self) -> str | None:
        return str(self.root / _PORTS)

    def port(self, name: str) -> int:
        return self.fixed_ports.get(name, 0)

    def file(self, name: str) -> str:
        return str(self.root / "files" / name)

    def folder(self, name: str) -> str:
        return str(self.root / "folders" / name)


@dataclass
class LocalService:
    """A started local service; `harness.engines.service.Running` documents its members."""

    run: Run
    service: Service
    place: _LocalPlacement
    process: subprocess.Popen[bytes]
    host: str = _LOOPBACK
    _ports: dict[str, int] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.service.name

    @property
    def id(self) -> str:
        return str(self.process.pid)

    @property
    def output(self) -> Path:
        return self.place.root / "output.log"

    def port(self, name: str) -> int:
        if name in self.service.assigned:
            return self.place.port(name)
        if name not in self._ports:
            self._ports[name] = wait_for(
                f"{self.name} to listen for {name}",
                lambda: self._announced(name),
                within=_PORTS_WITHIN,
                alive=self.ended,
                log_tail=partial(last_words, self),
                service=self.name,
                every=0.01,
            )
            shared_memory.remove(self.process.pid)
        return self._ports[name]

    def _announced(self, name: str) -> int | None:
        if pattern := self.service.announced.get(name):
            found = pattern.search(self.output.read_text(errors="replace"))
            return int(found[1]) if found else None
        try:
            ports: dict[str, int] = json.loads((self.place.root / _PORTS).read_text())
        except FileNotFoundError:
            return None
        return ports.get(name)

    def ended(self) -> str | None:
        status = self.process.poll()
        if status is None:
            return None
        if status < 0:
            return f"was killed by {signal.Signals(-status).name}"
        return f"exited with code {status}"

    def output_tail(self, lines: int = 20) -> str:
        with self.output.open(errors="replace") as file:
            return "".join(deque(file, maxlen=lines))

    def read(self, folder: str, path: str, offset: int = 0) -> bytes:
        try:
            with Path(self.where(folder, path)).open("rb") as file:
                file.seek(offset)
                return file.read()
        except FileNotFoundError:
            return b""

    def where(self, folder: str, path: str) -> str:
        return f"{self.place.folder(folder)}/{path}"

    def kill(self) -> None:
        self._signal(signal.SIGKILL)
        self.process.wait()
        shared_memory.remove(self.process.pid)

    def execute(self, argv: Sequence[str]) -> tuple[int, str]:
        environment = _environment(self.run, self.service, self.place)
        done = child.run(argv, cwd=self.place.root, env=environment, merged=True)
        return done.returncode, done.stdout

    def stop(self) -> None:
        """Asks the service to end, and kills it when it has not after five seconds."""
        self._signal(signal.SIGTERM)
        try:
            self.process.wait(_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
        else:
            shared_memory.remove(self.process.pid)

    def _signal(self, number: signal.Signals) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, number)


def _environment(run: Run, service: Service, place: Placement) -> Mapping[str, str]:
    return {**child_environment.to_start(), **run.environment, **service.env(place)}


def _write(path: Path, content: bytes, mode: int) -> None:
    """Writes a file, which has its mode before there is anything in it."""
    path.touch(mode)
    path.chmod(mode)
    path.write_bytes(content)


def _check_free(service: str, port: int) -> None:
    """Tries the port before the service does, whose own error would come late and in its words."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_LOOPBACK, port))
        except OSError as error:
            raise port_taken(service, [port]) from error


def _free_port() -> int:
    while True:
        port = random.choice(_BELOW_EPHEMERAL)  # noqa: S311 - it guards nothing
        with socket.socket() as probe, suppress(OSError):
            probe.bind((_LOOPBACK, port))
            return port


class LocalEngine:
    """Runs the services of one stack as processes below the run's folder."""

    name: EngineName = "local"

    def __init__(self, run: Run, stack: str) -> None:
        self._run, self._root = run, self.root_of(run, stack)
        self._services: dict[str, LocalService] = {}

    @staticmethod
    def root_of(run: Run, stack: str) -> Path:
        """The folder of a stack; each service has one in it."""
        return run.folder / stack

    def start(self, service: Service) -> LocalService:
        """Starts the service; its ports are read later, once it has announced them.

        Raises:
            BadInput: a fixed port is taken.
        """
        for port in service.fixed_ports.values():
            _check_free(service.name, port)
        # A JVM that may take any debugger port takes another one after each debugger.
        chosen = {name: _free_port() for name in (*service.announced, *service.assigned)}
        place = _LocalPlacement(self._root / service.name, {**chosen, **service.fixed_ports})
        (place.root / _PORTS).unlink(missing_ok=True)
        (place.root / "files").mkdir(parents=True, exist_ok=True)
        for name, content in service.files.items():
            _write(Path(place.file(name)), content, 0o600)
        for name, content in service.scripts.items():
            _write(Path(place.file(name)), content, 0o700)
        for name in service.folders:
            self._begin(service, name, Path(place.folder(name)))
        with (place.root / "output.log").open("wb") as output:
            words = list(service.argv(place))
            try:
                process = subprocess.Popen(
                    words,
                    env=_environment(self._run, service, place),
                    cwd=service.cwd or place.root,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
            except OSError as error:
                why = f"{words[0]} cannot be started: {error.strerror}"
                raise BadInput(f"{service.name}: {why}; is it installed, and on PATH?") from None
        shared_memory.record(place.root, process.pid)
        running = LocalService(self._run, service, place, process)
        self._services[service.name] = running
        return running

    def _begin(self, service: Service, name: str, folder: Path) -> None:
        if folder.exists():
            return  # a predecessor's
        folder.mkdir(parents=True)
        if archive := service.archives.get(name):
            fill = clones.clone if service.shares_archives else clones.unpack
            fill(archive, folder)

    def stop(self, name: str) -> None:
        """Ends one service; its folders stay for a successor of the same name."""
        if service := self._services.pop(name, None):
            service.stop()

    def leave(self) -> None:
        """Lets go of all processes, which are to outlive this one."""
        for service in self._services.values():
            # Else Python warns of a child that it takes for forgotten.
            service.process.returncode = 0
        self._services.clear()

    def close(self) -> None:
        """Ends all services at once: nothing of them is kept, so nothing has to be put in order.

        The run's own end removes the folders.
        """
        for service in self._services.values():
            service.kill()
        self._services.clear()
