"""Stacks whose services are fakes, for tests that start nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from harness.drivers.cloud import CloudAppControl, CloudControl, ConnectAppControl
from harness.drivers.confluence.session import Account
from harness.engines.service import EngineName, Service
from harness.environment.services.names import CLOUD, CLOUD_APP, CONFLUENCE
from harness.environment.stack import Stack
from harness.lifecycle.runs import Run

PORTS: Mapping[str, Mapping[str, int]] = {
    CONFLUENCE: {"http": 8090, "synchrony": 8091, "jdwp": 5005},
    CLOUD: {"http": 8180, "https": 8143},
    CLOUD_APP: {"control": 8280, "https": 8243},
}


@dataclass
class FakeRunning:
    """A service that runs, or has ended."""

    name: str
    id: str = "4711"
    host: str = "127.0.0.1"
    ports: Mapping[str, int] = field(default_factory=dict)
    dead: str | None = None

    def port(self, name: str) -> int:
        return self.ports[name]

    def ended(self) -> str | None:
        return self.dead

    def output_tail(self, lines: int = 20) -> str:
        return f"the last {lines} lines of {self.name}"

    def read(self, folder: str, path: str, offset: int = 0) -> bytes:
        return b""

    def where(self, folder: str, path: str) -> str:
        return f"/run/{self.name}/{folder}/{path}"

    def kill(self) -> None:
        self.dead = "was killed by SIGKILL"

    def execute(self, argv: Sequence[str]) -> tuple[int, str]:
        return 0, " ".join(argv)


@dataclass
class FakeEngine:
    """An engine that notes what it starts and that it was closed."""

    name: EngineName = "local"
    events: list[str] = field(default_factory=list)

    def start(self, service: Service) -> FakeRunning:
        self.events.append(f"start {service.name}")
        return FakeRunning(service.name, ports=PORTS.get(service.name, {}))

    def stop(self, name: str) -> None:
        self.events.append(f"stop {name}")

    def leave(self) -> None:
        self.events.append("leave")

    def close(self) -> None:
        self.events.append("close")


def fake_stack(folder: Path, authority: bytes | None = None, **changes: object) -> Stack:
    """A stack whose clients talk to nobody; the caller closes it.

    Args:
        folder: the run's.
        authority: CA of a vendor's own Connect app; None gives it the scripted cloud app.
        changes: fields of the stack.
    """
    running = {name: FakeRunning(name, f"id-{name}", ports=ports) for name, ports in PORTS.items()}
    cloud_app: CloudAppControl | ConnectAppControl = CloudAppControl("http://127.0.0.1:8280")
    if authority:
        cloud_app.close()
        cloud_app = ConnectAppControl("https://127.0.0.1:8243", authority)
        ports = {"https": 8243}
        running[CLOUD_APP] = FakeRunning(CLOUD_APP, f"id-{CLOUD_APP}", ports=ports)
    stack = Stack(
        run=Run("20260101-120000-abcdef", folder),
        engine=FakeEngine(),
        scale=200.0,
        ccma="3.1.7",
        confluence="standin",
        image="standin:0123",
        account=Account("admin", "pass word"),
        running=running,
        cloud=CloudControl("http://127.0.0.1:8180"),
        cloud_app=cloud_app,
    )
    return replace(stack, **changes)  # type: ignore[arg-type]
