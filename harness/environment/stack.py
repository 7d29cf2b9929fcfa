"""A running stack, and the clients that drive it."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from harness.drivers.browser.launch import why
from harness.drivers.cloud import CloudAppControl, CloudControl, ConnectAppControl
from harness.drivers.confluence import session
from harness.engines.service import Engine, Running
from harness.environment.document import CloudAddress, ConfluenceAddress, StackDocument
from harness.environment.services.names import (
    CLOUD,
    CLOUD_APP,
    CONFLUENCE,
    LOG,
)
from harness.errors import DriverError, HarnessError, ServiceDied, WaitTimedOut
from harness.lifecycle.runs import Run
from harness.store import server_log
from harness.wait import wait_for

_ALL_LINES = 1_000_000


_END_SHOWS = 2.0
"""Wall seconds within which an engine knows that a service has ended."""


@dataclass
class Stack:
    """A running stack and the clients that drive it."""

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

    def close(self) -> None:
        """Takes the stack down; nothing of it is left."""
        self.cloud.close()
        self.cloud_app.close()
        self.engine.close()

    def leave_standing(self) -> StackDocument:
        """Lets the stack outlive this process, until `harness down`; its addresses."""
        document = self.document()
        self.run.stack_file.write_text(document.model_dump_json(indent=1))
        return document

    def document(self) -> StackDocument:
        """The stack's addresses."""
        confluence = self.running[CONFLUENCE]
        app = self.running[CLOUD_APP]
        return StackDocument(
            run=self.run.id,
            project=str(self.run.project or ""),
            engine=self.engine.name,
            time_scale=self.scale,
            confluence=ConfluenceAddress(
                base_url=self.confluence_url,
                synchrony_url=url("http", confluence, "synchrony"),
                jdwp_host=confluence.host,
                jdwp_port=confluence.port("jdwp"),
                log_path=confluence.where("home", LOG),
                admin_user=self.account.user,
                admin_password=self.account.password,
                ccma=self.ccma,
                name=self.confluence,
                image=self.image,
            ),
            cloud=CloudAddress(base_url=self.cloud_url, control_url=self.cloud.url),
            cloud_app=CloudAddress(
                base_url=url("https", app, "https"), control_url=self.cloud_app.url
            ),
            services={name: running.id for name, running in self.running.items()},
            system_features=self.system_features,
            cloud_half=self.cloud_half,
        )


def url(scheme: str, service: Running, port: str) -> str:
    """The address of a service's named port, as this machine reaches it."""
    return f"{scheme}://{service.host}:{service.port(port)}"
