"""Brings a stack up: the only place that knows the order of its services.

The cloud comes first, since the others need its address; then Confluence and the cloud app side by
side. Once the cloud and its app answer, the app is installed on the site; once Confluence runs,
the platform's clock is set to the server's.
"""

import os
import secrets
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import partial

from harness.cases.app import OUT_OF_REACH, AppDescription, CloudHalf
from harness.cassette.exchange import NO_CASE
from harness.drivers.cloud import CloudAppControl, CloudControl, ConnectAppControl
from harness.drivers.confluence import apps as plugins
from harness.drivers.confluence import startup_checks
from harness.drivers.confluence.licence import Licence, licence_from
from harness.drivers.confluence.start_up import ServiceWatch, start_up
from harness.drivers.untold_cloud import UntoldCloud, UntoldCloudApp
from harness.engines import app_builds
from harness.engines.foreign import ForeignService
from harness.engines.ready import Ready
from harness.engines.service import Engine, Running, Service
from harness.environment import golden
from harness.environment.recording import RecordingPlan, control_of, plan_recording, start_recorder
from harness.environment.services.cloud import cloud as cloud_service
from harness.environment.services.cloud_app import PLAIN, ace_app, forge_app, started_app
from harness.environment.services.cloud_app import cloud_app as scripted_app
from harness.environment.services.confluence import ConfluenceSide, Kept, describe
from harness.environment.services.names import (
    APP_URL,
    CLOUD,
    CLOUD_APP,
    CONFLUENCE,
    PLATFORM_URL,
    RECORDER,
)
from harness.environment.stack import STACK_NAME, Stack, url
from harness.environment.tls import CERTIFICATE, Authority, kept_authority
from harness.errors import BadInput
from harness.lifecycle.interrupt import deferred
from harness.lifecycle.runs import Run, state_folder
from harness.settings import IMAGES_OWN, STANDIN, Settings
from harness.support.console import Progress, step
from harness.wait import NotYet, last_words, wait_for

PRODUCTION = "production"
"""Where a Forge app is deployed that does not say."""

_UP_WITHIN = 60.0
"""Wall seconds for a small service to answer; each takes a second or two on an idle machine."""


_WORTH_A_LINE = 5.0
"""Wall seconds from which a step of Confluence's start gets a line."""


@dataclass(frozen=True)
class StackPlan:
    """What to bring up, beyond what the settings say.

    Attributes:
        app: the app whose cloud half joins the stack.
        ccma: the CCMA version that a stand-in shows.
        system_features: dark features that Confluence's JVM is started with.
        name: tells the stacks of one run apart.
    """

    app: AppDescription
    ccma: str
    system_features: tuple[str, ...] = ()
    name: str = STACK_NAME


@dataclass(frozen=True)
class _Parts:
    """What the services of a stack are made from; nothing of it runs yet.

    Attributes:
        settings: where and how to run.
        ready: the engine, with its images or jars made.
        plan: what is to be brought up.
        licence: for a real image.
        kept: the golden home to begin with.
        cloud_half: the vendor's own cloud half, made ready; None for the scripted one.
        authority: the stack's CA.
        recording: what is recorded, or answers in the cloud's place; None for neither.
        control_token: what callers of the control APIs have to send.
        progress: takes lines about what is happening.
    """

    settings: Settings
    ready: Ready
    plan: StackPlan
    licence: Licence | None
    kept: Kept | None
    cloud_half: str | None
    authority: Authority
    recording: RecordingPlan | None
    control_token: str
    progress: Progress


def bring_up(
    settings: Settings,
    ready: Ready,
    run: Run,
    plan: StackPlan,
    *,
    progress: Progress,
    meanwhile: Callable[[], None] = lambda: None,
) -> Stack:
    """Brings up a stack; the caller closes it, or leaves it running.

    Args:
        settings: where and how to run.
        ready: the engine, with its images or jars made.
        run: whose stack this is.
        plan: what is to be brought up.
        progress: takes lines about what is happening.
        meanwhile: called once, in this thread, while the services start in another.

    Raises:
        ServiceDied, WaitTimedOut: a service did not come up; with its last log lines. Nothing
            of the stack is left then.
        BadInput: a port that was chosen is taken, a licence is missing or refused, or the golden
            home belongs to another image.
        DriverError: Confluence's set-up wizard or start failed in another way.
    """
    parts = _prepare(settings, ready, plan, progress)
    what = f"CCMA {plan.ccma}" if settings.is_standin else settings.confluence
    with ExitStack() as if_it_fails:
        engine = ready.open(run, plan.name, way_out=settings.has_real_cloud)
        if_it_fails.callback(engine.close)
        with step(progress, f"bringing up {plan.name} ({what})"):
            running, side = _start(engine, parts, meanwhile)
            stack = _connect(run, engine, parts, running, side, if_it_fails)
            if settings.has_stub:
                _await_up(running[CLOUD], stack.cloud.is_up)
                _await_up(running[CLOUD_APP], stack.cloud_app.is_up)
                _join_site(stack, plan.app)
            _start_confluence_up(stack, side, progress)
        if_it_fails.pop_all()
    return stack


def _prepare(settings: Settings, ready: Ready, plan: StackPlan, progress: Progress) -> _Parts:
    """Everything that can be refused or built before a service is started."""
    app = plan.app
    return _Parts(
        settings=settings,
        ready=ready,
        plan=plan,
        licence=licence_from(os.environ, settings.licence_file),
        kept=golden.kept(settings.golden, ready.identity) if settings.golden else None,
        cloud_half=_made(app, ready, progress) if settings.has_stub else None,
        authority=_authority(settings, app, progress),
        recording=plan_recording(settings, ready, progress),
        control_token=secrets.token_urlsafe(32),
        progress=progress,
    )


def _made(app: AppDescription, ready: Ready, progress: Progress) -> str | None:
    """The vendor's own cloud half, made ready; None for the scripted one.

    Raises:
        BadInput: the engine cannot run it, or reach it.
    """
    if app.cloud.kind == "scripted":
        return None
    if not app.cloud.is_on_this_machine:
        return app_builds.cloud_half(app, ready, progress)
    if ready.engine == "docker":
        raise BadInput(f"cloud.kind: {app.cloud.kind}: {OUT_OF_REACH}: use --engine local")
    return app.cloud.url or ""


def _authority(settings: Settings, app: AppDescription, progress: Progress) -> Authority:
    """The CA of a new stack: the user's own where the app runs already and has to trust it."""
    if not settings.has_stub or app.cloud.kind != "url":
        return Authority()
    folder = state_folder() / "own-ca"
    authority = kept_authority(folder)
    progress(f"the cloud app at {app.cloud.url} has to trust {folder / CERTIFICATE}")
    return authority


def _start(
    engine: Engine, parts: _Parts, meanwhile: Callable[[], None]
) -> tuple[dict[str, Running], ConfluenceSide]:
    """Starts all services in another thread; the caller does something else meanwhile."""
    with ThreadPoolExecutor(1) as pool:
        # An interrupted submit would leave a running thread that nothing waits for.
        with deferred():
            starting = pool.submit(_start_all, engine, parts)
        meanwhile()
        return starting.result()


def _start_all(engine: Engine, parts: _Parts) -> tuple[dict[str, Running], ConfluenceSide]:
    """Starts the cloud, then the services that need its address."""
    settings, plan, authority = parts.settings, parts.plan, parts.authority
    app = plan.app
    at_loopback = engine.name == "local"
    token = parts.control_token
    running: dict[str, Running] = {}
    cloud_url, proxy = PLATFORM_URL, None
    if settings.has_stub:
        image = parts.ready.images.get("cloud", "")
        content = plan.app.site.read_bytes() if plan.app.site else None
        running[CLOUD] = cloud = engine.start(
            cloud_service(image, settings.site, authority, settings.scale, content, token)
        )
        cloud_url = url("https", cloud, "https") if at_loopback else PLATFORM_URL
    if parts.recording:
        running[RECORDER], proxy = start_recorder(
            engine, parts.recording, settings, authority, token, plan.ccma, running.get(CLOUD)
        )
    # Through the proxy the cloud has its own name on any engine.
    platform_url = settings.standin_platform or (PLATFORM_URL if proxy else cloud_url)
    side = describe(
        settings,
        parts.ready,
        ccma=plan.ccma,
        authority=authority,
        platform_url=platform_url,
        licence=parts.licence,
        kept=parts.kept,
        system_features=plan.system_features,
        proxy=proxy,
        progress=parts.progress,
    )
    app_half = None
    if settings.has_stub and app.cloud.kind == "url":
        running[CLOUD_APP] = ForeignService(CLOUD_APP, app.cloud.url or "")
    elif settings.has_stub:
        app_half = _app_half(parts, cloud_url, at_loopback=at_loopback)
    return running | start_services(engine, side, app_half), side


def _app_half(parts: _Parts, cloud_url: str, *, at_loopback: bool) -> Service:
    """The app's cloud half, before the stub at that address."""
    settings, app, authority = parts.settings, parts.plan.app, parts.authority
    if parts.cloud_half is None:
        image, token = parts.ready.images.get("cloud", ""), parts.control_token
        return scripted_app(image, app.cloud.key, authority, settings.scale, token)
    if app.cloud.kind == "command":
        return started_app(app.cloud, authority, cloud_url)
    if app.cloud.kind == "forge":
        site_url = cloud_url if at_loopback else f"https://{settings.site}.atlassian.net"
        return forge_app(parts.cloud_half, app.cloud, authority, cloud_url, site_url)
    return ace_app(parts.cloud_half, authority, settings.site, cloud_url if at_loopback else None)


def start_services(
    engine: Engine, side: ConfluenceSide, app_half: Service | None
) -> dict[str, Running]:
    """Starts Confluence and the cloud app side by side; a database has to answer first.

    Args:
        engine: where they run.
        side: Confluence, and its database.
        app_half: the cloud app; None where none is started.

    Raises:
        ServiceDied, WaitTimedOut: the database did not come up; Confluence was not started.
    """
    # Most of a service's start is that of an interpreter or a JVM.
    with ThreadPoolExecutor(2) as pool:
        app_started = pool.submit(engine.start, app_half) if app_half else None
        running: dict[str, Running] = {}
        if side.database is not None:
            running[side.database.name] = database = engine.start(side.database)
            wait_for(
                "the database to answer",
                lambda: _succeeds(database, side.database_ready),
                within=_UP_WITHIN,
                alive=database.ended,
                log_tail=partial(last_words, database),
                service=database.name,
                every=0.2,
            )
        running[CONFLUENCE] = engine.start(side.confluence)
        if app_started:
            running[CLOUD_APP] = app_started.result()
    return running


def _succeeds(service: Running, command: Sequence[str]) -> bool | NotYet:
    status, output = service.execute(command)
    return status == 0 or NotYet(output.strip() or f"exit status {status}")


def _connect(
    run: Run,
    engine: Engine,
    parts: _Parts,
    running: Mapping[str, Running],
    side: ConfluenceSide,
    if_it_fails: ExitStack,
) -> Stack:
    """The stack of services that were started, with clients that `if_it_fails` closes."""
    plan, token, plans = parts.plan, parts.control_token, parts.recording
    cloud = if_it_fails.enter_context(closing(_cloud_control(running.get(CLOUD), token)))
    cloud_app = if_it_fails.enter_context(closing(_app_control(parts, running.get(CLOUD_APP))))
    recorder = control_of(running[RECORDER], token) if plans else None
    if recorder:
        if_it_fails.enter_context(closing(recorder))
    return Stack(
        run=run,
        name=plan.name,
        engine=engine,
        scale=parts.settings.scale,
        ccma=plan.ccma,
        confluence=parts.settings.confluence,
        image=parts.ready.identity,
        account=side.setup.admin,
        running=running,
        cloud=cloud,
        cloud_app=cloud_app,
        system_features=plan.system_features,
        cloud_half="" if parts.settings.has_real_cloud else plan.app.cloud_half,
        recorder=recorder,
        recording=plans.folder if plans else None,
        replays=plans is not None and plans.played is not None,
    )


def _cloud_control(running: Running | None, token: str) -> CloudControl | UntoldCloud:
    return CloudControl(url("http", running, "http"), running, token) if running else UntoldCloud()


def _app_control(
    parts: _Parts, running: Running | None
) -> CloudAppControl | ConnectAppControl | UntoldCloudApp:
    if running is None:
        return UntoldCloudApp()
    if parts.cloud_half is None:
        return CloudAppControl(url("http", running, "control"), running, parts.control_token)
    half = parts.plan.app.cloud
    return ConnectAppControl(
        _address(half, running), parts.authority.pem, half.health or half.descriptor
    )


def _await_up(service: Running, is_up: Callable[[], bool | NotYet]) -> None:
    wait_for(
        f"the {service.name} to answer",
        lambda: is_up() or None,
        within=_UP_WITHIN,
        alive=service.ended,
        log_tail=partial(last_words, service),
        service=service.name,
    )


def _join_site(stack: Stack, app: AppDescription) -> None:
    """Installs the cloud app on the site, and lists it with the server app as one app's pair.

    Raises:
        BadInput: the app has another key than app.yaml says.
    """
    address = _address(app.cloud, stack.running[CLOUD_APP])
    reached = address if stack.engine.name == "local" else APP_URL
    if app.cloud.kind == "forge":
        stack.cloud.install_forge(app.cloud.key, reached, app.cloud.environment or PRODUCTION)
    else:
        key = stack.cloud.install(reached, app.cloud.descriptor)
        if key != app.cloud.key:
            raise BadInput(
                f"cloud.key: the descriptor at {reached} has {key!r}, app.yaml says "
                f"{app.cloud.key!r}"
            )
    stack.cloud.list_pair(app.server.key, app.cloud.key, listed=True)


def _address(half: CloudHalf, running: Running) -> str:
    """Where the cloud app is, as this machine reaches it."""
    if half.kind == "url":
        return half.url or ""
    if half.kind == "command":
        return url("http", running, PLAIN)
    return url("https", running, "https")


def _start_confluence_up(stack: Stack, side: ConfluenceSide, progress: Progress) -> None:
    """Waits in the documented order, then sets the platform's clock to the server's."""
    confluence = stack.running[CONFLUENCE]
    passed = start_up(
        stack.confluence_url,
        side.setup,
        (confluence.host, confluence.port("jdwp")),
        # A stand-in's JVM is this machine's or its image's, whose libfaketime it gets.
        rate=1 if stack.confluence == STANDIN else stack.scale,
        limits=side.limits,
        watch=ServiceWatch(confluence.ended, confluence.output_tail),
    )
    for each in passed:
        if each.seconds >= _WORTH_A_LINE or each.step == "set-up wizard":
            found = f" ({each.found})" if each.found else ""
            progress(f"  confluence: {each.step}{found} {each.seconds:.1f} s")
    with stack.client() as client:
        now = startup_checks.server_time(client)
        stack.cloud.set_clock(now, stack.scale)
        if stack.recorder:
            stack.recorder.begin(NO_CASE, now)
        if stack.ccma == IMAGES_OWN:
            assistant = plugins.find(client, plugins.ASSISTANT)
            stack.ccma = assistant.version if assistant else "unknown"
