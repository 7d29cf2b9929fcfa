"""Composes services into a stack; the only place that knows their order.

The cloud comes first, since the others are told where it is; then Confluence and the cloud app
side by side. Once all answer, the platform's clock is set to the server's, and the cloud app
is installed on the site.
"""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from pydantic import BaseModel

from harness import services
from harness.app import AppDescription
from harness.confluence import boot, session
from harness.control import CloudAppControl, CloudControl
from harness.engines.ready import Ready
from harness.engines.service import Engine, EngineName, Running
from harness.errors import DriverError, HarnessError, ServiceDied
from harness.progress import Progress, step
from harness.runs import Run
from harness.services import CLOUD, CLOUD_APP, CONFLUENCE, LOG
from harness.settings import Settings
from harness.tls import Authority
from harness.waiting import wait_for

_UP_WITHIN = 60.0
"""Wall seconds for each step of a start; all of them take a few seconds on an idle machine."""


class ConfluenceAddress(BaseModel):
    """Where a stack's Confluence is reached from this machine."""

    base_url: str
    synchrony_url: str
    jdwp_host: str
    jdwp_port: int
    log_path: str
    admin_user: str
    admin_password: str
    ccma: str


class CloudAddress(BaseModel):
    """Where a stack's cloud is reached from this machine."""

    base_url: str
    control_url: str


class StackDocument(BaseModel):
    """What `harness up --json` prints and `harness down` reads."""

    run: str
    engine: EngineName
    time_scale: float
    confluence: ConfluenceAddress
    cloud: CloudAddress
    cloud_app: CloudAddress
    services: dict[str, str]


@dataclass
class Stack:
    """A running stack and the clients that drive it."""

    run: Run
    engine: Engine
    scale: float
    ccma: str
    account: session.Account
    running: Mapping[str, Running]
    cloud: CloudControl
    cloud_app: CloudAppControl

    @property
    def confluence_url(self) -> str:
        """Confluence's base URL."""
        return _url("http", self.running[CONFLUENCE], "http")

    @property
    def cloud_url(self) -> str:
        """The cloud's public face over TLS, as reached from this machine."""
        return _url("https", self.running[CLOUD], "https")

    def client(self) -> session.ConfluenceClient:
        """A new client of Confluence's REST, logged in as the administrator."""
        return session.open_client(self.confluence_url, self.account)

    def server_log(self, offset: int = 0) -> bytes:
        """Confluence's application log from an offset on."""
        return self.running[CONFLUENCE].read("home", LOG, offset)

    def explained(self, step: str, error: Exception) -> HarnessError:
        """What is behind an error during that step: a dead service, if there is one."""
        for service in self.running.values():
            if state := service.ended():
                return ServiceDied(service.name, step, state, service.output_tail())
        return error if isinstance(error, HarnessError) else DriverError(step, str(error))

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
            engine=self.engine.name,
            time_scale=self.scale,
            confluence=ConfluenceAddress(
                base_url=self.confluence_url,
                synchrony_url=_url("http", confluence, "synchrony"),
                jdwp_host=confluence.host,
                jdwp_port=confluence.port("jdwp"),
                log_path=confluence.where("home", LOG),
                admin_user=self.account.user,
                admin_password=self.account.password,
                ccma=self.ccma,
            ),
            cloud=CloudAddress(base_url=self.cloud_url, control_url=self.cloud.url),
            cloud_app=CloudAddress(
                base_url=_url("https", app, "https"), control_url=self.cloud_app.url
            ),
            services={name: running.id for name, running in self.running.items()},
        )


def bring_up(
    settings: Settings,
    ready: Ready,
    run: Run,
    app: AppDescription,
    *,
    ccma: str,
    name: str = "stack",
    progress: Progress,
    meanwhile: Callable[[], None] = lambda: None,
) -> Stack:
    """Brings up a stack; the caller closes it, or leaves it standing.

    Args:
        settings: where and how to run.
        ready: the engine, with its images or jars made.
        run: whose stack this is.
        app: the app whose cloud half joins the stack.
        ccma: the CCMA version that the stand-in shows.
        name: tells the stacks of one run apart.
        progress: takes lines about what is happening.
        meanwhile: called once while the services boot: the time to start a browser.

    Raises:
        ServiceDied, WaitTimedOut: a service did not come up; with its last log lines. Nothing
            of the stack is left then.
        BadInput: a port that was asked for is taken.
    """
    engine = ready.open(run, name)
    try:
        with step(progress, f"bringing up {name} (CCMA {ccma})"):
            return _bring_up(engine, settings, ready, run, app, ccma, meanwhile)
    except BaseException:
        engine.close()
        raise


def _bring_up(
    engine: Engine,
    settings: Settings,
    ready: Ready,
    run: Run,
    app: AppDescription,
    ccma: str,
    meanwhile: Callable[[], None],
) -> Stack:
    authority, account = Authority(), services.Account()
    cloud_image = ready.images.get("cloud", "")
    cloud = engine.start(services.cloud(cloud_image, settings.site, authority, settings.scale))
    at_loopback = engine.name == "local"
    platform_url = _url("https", cloud, "https") if at_loopback else services.PLATFORM_URL
    standin = services.standin(
        ready.images.get("standin", ""),
        ccma=ccma,
        site=settings.site,
        authority=authority,
        scale=settings.scale,
        platform_url=platform_url,
        account=account,
        fixed_ports=_fixed_ports(settings),
        toolchain=ready.toolchain,
        jars=str(ready.jars) if ready.jars else None,
    )
    # Started together: each takes a second or two, most of it the start of an interpreter.
    with ThreadPoolExecutor(2) as pool:
        app_started = pool.submit(
            engine.start, services.cloud_app(cloud_image, app.cloud.key, authority, settings.scale)
        )
        confluence = engine.start(standin)
        cloud_app = app_started.result()
    stack = Stack(
        run=run,
        engine=engine,
        scale=settings.scale,
        ccma=ccma,
        account=session.Account(account.user, account.password),
        running={CLOUD: cloud, CLOUD_APP: cloud_app, CONFLUENCE: confluence},
        cloud=CloudControl(_url("http", cloud, "http")),
        cloud_app=CloudAppControl(_url("http", cloud_app, "control")),
    )
    meanwhile()
    _await_up(cloud, stack.cloud.is_up)
    _await_up(cloud_app, stack.cloud_app.is_up)
    stack.cloud.install(_url("https", cloud_app, "https") if at_loopback else services.APP_URL)
    _await_confluence(stack)
    return stack


def _await_up(service: Running, is_up: Callable[[], bool]) -> None:
    wait_for(
        f"the {service.name} to answer",
        lambda: is_up() or None,
        within=_UP_WITHIN,
        alive=service.ended,
        log_tail=service.output_tail,
        service=service.name,
    )


def _await_confluence(stack: Stack) -> None:
    """Waits in the documented order, then sets the platform's clock to the server's."""
    confluence = stack.running[CONFLUENCE]
    with stack.client() as client:
        boot.await_running(
            client,
            within=_UP_WITHIN,
            alive=confluence.ended,
            log_tail=confluence.output_tail,
        )
        boot.await_authenticated(
            client, within=_UP_WITHIN, alive=confluence.ended, log_tail=confluence.output_tail
        )
        stack.cloud.set_clock(boot.server_time(client), stack.scale)
    wait_for(
        "the debugger port to answer",
        lambda: boot.jdwp_answers(confluence.host, confluence.port("jdwp")) or None,
        within=_UP_WITHIN,
        alive=confluence.ended,
        log_tail=confluence.output_tail,
        service=confluence.name,
    )


def _fixed_ports(settings: Settings) -> dict[str, int]:
    asked = {
        "http": settings.http_port,
        "synchrony": settings.synchrony_port,
        "jdwp": settings.jdwp_port,
    }
    return {name: port for name, port in asked.items() if port is not None}


def _url(scheme: str, service: Running, port: str) -> str:
    return f"{scheme}://{service.host}:{service.port(port)}"
