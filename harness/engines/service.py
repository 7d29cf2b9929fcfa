"""What a stack gives to an engine: a description of a service, the same for every engine.

A service is described once. What differs between a container and a local process (paths,
ports, addresses to bind) comes from a `Placement`, of which each engine has its own kind.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from re import Pattern
from typing import Literal, Protocol

from harness.errors import BadInput

EngineName = Literal["docker", "local"]


class Placement(Protocol):
    """Where one service is about to run, as its command line has to name it."""

    @property
    def engine(self) -> EngineName:
        """The engine's name, for the few command lines that differ."""

    @property
    def bind(self) -> str:
        """The address to listen on."""

    @property
    def host(self) -> str:
        """The name or address by which its ports are reached from here."""

    @property
    def ports_file(self) -> str | None:
        """The file in which the service announces its ports; None where ports are fixed."""

    def port(self, name: str) -> int:
        """The port to listen on; 0 where the service chooses one and announces it."""

    def file(self, name: str) -> str:
        """The path of one of the service's files."""

    def folder(self, name: str) -> str:
        """The path of one of the service's folders."""


@dataclass(frozen=True)
class Service:
    """One service of a stack.

    Attributes:
        name: its role, and its host name on the stack's network.
        image: the image it runs from on Docker.
        argv: its command line; empty on Docker means the image's own.
        env: its environment, over what any program needs to start on the engine.
        ports: name -> port inside a container; on the local engine the service chooses.
        fixed_ports: name -> host port, where the user chose one.
        announced: name -> pattern of the output line with a port on the local engine,
            for ports that are not in the ports file.
        files: name -> content, put in place before the service starts.
        folders: name -> path in a container; a volume there, a folder of the run locally.
        aliases: further host names on the network.
        memory: limit of the container, such as `512m`.
        scripts: like `files`, and executable.
        copies: path in a container -> file of this machine that is put there; Docker only.
        archives: folder's name -> tar that the folder begins with.
        shares_archives: whether those tars may be unpacked once for all: its program replaces
            files and never writes into one.
        tmpfs: path in a container -> mount options of a file system in memory; Docker only.
        assigned: ports that the local engine chooses for a program that announces none.
        cwd: the folder that it runs in, on the local engine; one of its own where None.
        own_init: whether the image brings its own first process, so that none is put before it.
    """

    name: str
    image: str
    argv: Callable[[Placement], Sequence[str]]
    env: Callable[[Placement], Mapping[str, str]]
    ports: Mapping[str, int]
    fixed_ports: Mapping[str, int] = field(default_factory=dict)
    announced: Mapping[str, Pattern[str]] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)
    folders: Mapping[str, str] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()
    memory: str | None = None
    scripts: Mapping[str, bytes] = field(default_factory=dict)
    copies: Mapping[str, Path] = field(default_factory=dict)
    archives: Mapping[str, Path] = field(default_factory=dict)
    shares_archives: bool = False
    tmpfs: Mapping[str, str] = field(default_factory=dict)
    own_init: bool = False
    assigned: tuple[str, ...] = ()
    cwd: Path | None = None


class Running(Protocol):
    """A service that was started."""

    @property
    def name(self) -> str:
        """The service's name in the stack."""

    @property
    def id(self) -> str:
        """What the engine calls it: a container's name or a process id."""

    @property
    def host(self) -> str:
        """The host on which its ports are reached from here."""

    def port(self, name: str) -> int:
        """The port on `host`; waits, bounded, until the service has announced it.

        Raises:
            ServiceDied: it ended before it listened.
        """

    def ended(self) -> str | None:
        """None while it lives, else how it ended, as a phrase that follows its name."""

    def output_tail(self, lines: int = 20) -> str:
        """Its last lines of output."""

    def read(self, folder: str, path: str, offset: int = 0) -> bytes:
        """A file in one of its folders from an offset on; empty when it is not there yet."""

    def where(self, folder: str, path: str) -> str:
        """Where a person finds that file."""

    def kill(self) -> None:
        """Ends it at once, as `kill -9` does; the rest of the stack goes on."""

    def execute(self, argv: Sequence[str]) -> tuple[int, str]:
        """Runs a command where the service runs; its exit status and output."""


class Engine(Protocol):
    """Starts the services of one stack and removes all of them."""

    @property
    def name(self) -> EngineName:
        """The engine's name."""

    def start(self, service: Service) -> Running:
        """Starts a service; returns without waiting until it is ready."""

    def stop(self, name: str) -> None:
        """Ends one service gracefully and removes it; its folders stay."""

    def leave(self) -> None:
        """Lets go of every service: they go on after this process has ended."""

    def close(self) -> None:
        """Removes every service, network, volume and folder that this engine created."""


def port_taken(service: str, ports: Iterable[int]) -> BadInput:
    """The error for a host port that the user chose and that is taken."""
    chosen = ", ".join(str(port) for port in ports)
    return BadInput(
        f"{service}: a port that was chosen ({chosen}) is taken: "
        "choose another, or leave it out to get a free one"
    )
