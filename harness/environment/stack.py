"""A running stack, and the clients that drive it."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from harness.drivers.browser.launch import why
from harness.drivers.cloud import CloudAppControl, CloudControl, ConnectAppControl
from harness.drivers.confluence import session
from harness.engines.service import Engine, Running
from harness.environment.services.names import CLOUD, CONFLUENCE
from harness.errors import DriverError, HarnessError, ServiceDied, WaitTimedOut
from harness.lifecycle.runs import Run
from harness.planning.requirements import StackRequirements
from harness.store import server_log
from harness.wait import wait_for

STACK_NAME = "stack"
"""The name of a run's only stack."""

_ALL_LINES = 1_000_000

_END_SHOWS = 2.0
"""Wall seconds within which an engine knows that a service has ended."""


@dataclass
class Stack:
    """A running stack and the clients that drive it.

    Attributes:
        run: whose stack it is.
        engine: where its services run, and what ends them.
        scale: server seconds per wall second.
        ccma: the CCMA version.
        confluence: the image's name, or `standin`.
        image: what tells it from other images, as `Ready.identity` says it.
        account: Confluence's administrator.
        running: its services, by name.
        cloud: the cloud's control.
        cloud_app: that of the app's cloud half.
        system_features: dark features that Confluence's JVM was started with.
        cloud_half: the app's cloud half, as `AppDescription.cloud_half` says it.
        name: tells the stacks of one run apart.
    """

    run: Run
    engine: Engine
    scale: float
    ccma: str
    confluence: str
    image: str
    account: session.Account
    running: Mapping[str, Running]
    cloud: CloudControl
    cloud_app: CloudAppControl | ConnectAppControl
    system_features: tuple[str, ...] = ()
    cloud_half: str = ""
    name: str = STACK_NAME

    @property
    def requirements(self) -> StackRequirements:
        """The requirements of cases that this stack meets."""
        return StackRequirements(self.ccma, self.scale, self.system_features, self.cloud_half)

    @property
    def confluence_url(self) -> str:
        """Confluence's base URL."""
        return url("http", self.running[CONFLUENCE], "http")

    @property
    def cloud_url(self) -> str:
        """The cloud's public face over TLS, as reached from this machine."""
        return url("https", self.running[CLOUD], "https")

    def client(self) -> session.ConfluenceClient:
        """A new client of Confluence's REST, logged in as the administrator."""
        return session.connect(self.confluence_url, self.account)

    def server_log(self, offset: int = 0) -> bytes:
        """Confluence's application log from an offset on, however often it was rolled since.

        With CONFLUENCE_LOG_STDOUT an image writes no file; its output is the log then.
        """
        confluence = self.running[CONFLUENCE]
        text = server_log.whole(lambda path: confluence.read("home", path))
        return (text or confluence.output_tail(_ALL_LINES).encode())[offset:]

    def explained(self, step: str, error: Exception) -> HarnessError:
        """What is behind an error during that step: a dead service, if there is one.

        A container's end is known a moment after its connections broke, so that is waited for.
        """
        with suppress(WaitTimedOut):
            service = wait_for("a service to have ended", self.dead, within=_END_SHOWS)
            return ServiceDied(service.name, step, service.ended() or "", service.output_tail())
        if isinstance(error, HarnessError):
            return error
        alive = f"All services of the stack are alive: {', '.join(self.running)}"
        return DriverError(step, why(str(error)), alive)

    def dead(self) -> Running | None:
        """The first service that has ended; None while all live."""
        return next((service for service in self.running.values() if service.ended()), None)

    def leave(self) -> None:
        """Closes what drives the stack from here, and nothing of the stack."""
        self.cloud.close()
        self.cloud_app.close()
        self.engine.leave()

    def close(self) -> None:
        """Takes the stack down; nothing of it is left."""
        self.cloud.close()
        self.cloud_app.close()
        self.engine.close()


def url(scheme: str, service: Running, port: str) -> str:
    """The address of a service's named port, as this machine reaches it."""
    return f"{scheme}://{service.host}:{service.port(port)}"
