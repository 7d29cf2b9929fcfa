"""A running stack, and the clients that drive it."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import httpx

from harness.drivers.browser.launch import why
from harness.drivers.cloud import CloudAppControl, CloudControl, ConnectAppControl
from harness.drivers.confluence import session
from harness.drivers.liveness import soon_ended
from harness.drivers.recorder import RecorderControl
from harness.drivers.untold_cloud import UntoldCloud, UntoldCloudApp
from harness.engines.service import Engine, Running
from harness.environment.recording import keep
from harness.environment.remote import Remote, RemoteConfluence, open_client
from harness.environment.server_zone import server_zone
from harness.environment.services.names import CLOUD, CLOUD_APP, CONFLUENCE, RECORDER
from harness.errors import DriverError, HarnessError, ServiceDied
from harness.lifecycle.runs import Run
from harness.planning.requirements import StackRequirements
from harness.store import server_log
from harness.wait import Living, first_ended, service_died

STACK_NAME = "stack"
"""The name of a run's only stack."""

_ALL_LINES = 1_000_000

_SPEAKS_WITHIN = 3.0
"""Wall seconds within which a Confluence reports its state, however busy it is."""


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
        recorder: the control of the proxy that Confluence's calls to the cloud go through, where
            they are recorded or replayed.
        recording: the folder where its recording is kept; None where none is made.
        replays: whether a recording answers in the cloud's place.
        remote: what is known of a Confluence that is not the harness's; None for one that is.
    """

    run: Run
    engine: Engine
    scale: float
    ccma: str
    confluence: str
    image: str
    account: session.Account
    running: Mapping[str, Running]
    cloud: CloudControl | UntoldCloud
    cloud_app: CloudAppControl | ConnectAppControl | UntoldCloudApp
    system_features: tuple[str, ...] = ()
    cloud_half: str = ""
    name: str = STACK_NAME
    recorder: RecorderControl | None = None
    recording: Path | None = None
    replays: bool = False
    remote: Remote | None = None

    @property
    def requirements(self) -> StackRequirements:
        """The requirements of cases that this stack meets."""
        return StackRequirements(self.ccma, self.scale, self.system_features, self.cloud_half)

    @property
    def confluence_url(self) -> str:
        """Confluence's base URL."""
        if self.remote:
            return self.remote.address
        return url("http", self.running[CONFLUENCE], "http")

    @property
    def cloud_url(self) -> str:
        """The cloud's public face over TLS, as reached from this machine."""
        return url("https", self.running[CLOUD], "https")

    def client(self) -> session.ConfluenceClient:
        """A new client of Confluence's REST, logged in as the administrator."""
        confluence = self.running[CONFLUENCE]
        if self.remote:
            return open_client(self.remote.address, self.account, self.remote.trust)
        return session.connect(self.confluence_url, self.account, service=confluence)

    @property
    def has_log(self) -> bool:
        """Whether its log can be read; that it says nothing means something only then."""
        confluence = self.running[CONFLUENCE]
        return not isinstance(confluence, RemoteConfluence) or confluence.log is not None

    @property
    def has_debugger(self) -> bool:
        """Whether the address of its debugger is known."""
        confluence = self.running[CONFLUENCE]
        return not isinstance(confluence, RemoteConfluence) or confluence.debugger is not None

    @property
    def log_zone(self) -> str | None:
        """The zone of the log's times; None where that cannot be read."""
        if self.remote:
            return self.remote.zone
        return server_zone(self.running[CONFLUENCE])

    def server_log(self, offset: int = 0) -> bytes:
        """Confluence's application log from an offset on, however often it was rolled since.

        With CONFLUENCE_LOG_STDOUT an image writes no file; its output is the log then.
        """
        confluence = self.running[CONFLUENCE]
        text = server_log.whole(lambda path: confluence.read("home", path))
        return (text or confluence.output_tail(_ALL_LINES).encode())[offset:]

    def cloud_app_output(self) -> str:
        """What the app's cloud half has written so far; nothing where that cannot be read."""
        service = self.running.get(CLOUD_APP)
        return service.output_tail(_ALL_LINES) if service else ""

    def explained(self, step: str, error: Exception) -> HarnessError:
        """What is behind an error during that step: a service that ended or fell silent, if any."""
        if isinstance(error, ServiceDied):
            return error
        if service := soon_ended(list(self.running.values())):
            return service_died(service, step)
        if self._confluence_is_silent():
            return DriverError(
                step,
                f"confluence stopped answering, although its process lives ({why(str(error))})",
                "Was it, or this whole machine, stopped for a while, or short of processor time?",
            )
        if isinstance(error, HarnessError):
            return error
        alive = f"All services of the stack are alive: {', '.join(self.running)}"
        return DriverError(step, why(str(error)), alive)

    def dead(self) -> Living | None:
        """The first service that has ended; None while all live."""
        return first_ended(self.running.values())

    def _confluence_is_silent(self) -> bool:
        trust = (self.remote.trust if self.remote else None) or True
        status = f"{self.confluence_url}/status"
        try:
            httpx.get(status, timeout=_SPEAKS_WITHIN, trust_env=False, verify=trust)
        except httpx.TimeoutException:
            return True
        except httpx.HTTPError:
            return False
        return False

    def keep_recording(self) -> None:
        """Keeps what was recorded so far, where it is to be."""
        if self.recording and (proxy := self.running.get(RECORDER)):
            keep(proxy, self.recording, self.name)

    def leave(self) -> None:
        """Closes the clients that drive the stack from here, but nothing of the stack itself."""
        self.keep_recording()
        if self.recorder:
            self.recorder.close()
        self.cloud.close()
        self.cloud_app.close()
        self.engine.leave()

    def close(self) -> None:
        """Takes the stack down; nothing of it is left but its recording."""
        with suppress(Exception):  # whose proxy died has none to keep
            self.keep_recording()
        if self.recorder:
            self.recorder.close()
        self.cloud.close()
        self.cloud_app.close()
        self.engine.close()


def url(scheme: str, service: Running, port: str) -> str:
    """The address of a service's named port, as this machine reaches it."""
    return f"{scheme}://{service.host}:{service.port(port)}"
