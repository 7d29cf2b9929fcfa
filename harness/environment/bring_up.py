"""Brings a stack up: the only place that knows the order of its services.

The cloud comes first, since the others are told where it is; then Confluence and the cloud app
side by side. Once all answer, the platform's clock is set to the server's, and the cloud app
is installed on the site.
"""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial

from harness.cases.app import AppDescription
from harness.drivers.cloud import CloudAppControl, CloudControl, ConnectAppControl
from harness.drivers.confluence import apps as plugins
from harness.drivers.confluence import boot
from harness.drivers.confluence.licence import licence_from
from harness.drivers.confluence.start_up import Watch, start_up
from harness.engines.app_builds import connect_app
from harness.engines.ready import Ready
from harness.engines.service import Engine, Running, Service
from harness.environment import golden
from harness.environment.services.cloud import cloud as cloud_service
from harness.environment.services.cloud_app import ace_app
from harness.environment.services.cloud_app import cloud_app as scripted_app
from harness.environment.services.confluence import ConfluenceSide, describe
from harness.environment.services.names import (
    APP_URL,
    CLOUD,
    CLOUD_APP,
    CONFLUENCE,
    PLATFORM_URL,
)
from harness.environment.stack import Stack, url
from harness.environment.tls import Authority
from harness.lifecycle.interrupt import deferred
from harness.lifecycle.runs import Run
from harness.settings import IMAGES_OWN, STANDIN, Settings
from harness.support.console import Progress, step
from harness.wait import NotYet, wait_for

CCMA_PLUGIN = "com.atlassian.migration.agent"
"""The assistant's own plugin key, by which UPM tells its version."""


STACK_NAME = "stack"
"""The name of a run's only stack."""


_UP_WITHIN = 60.0
"""Wall seconds for a small service to answer; each takes a second or two on an idle machine."""


_WORTH_A_LINE = 5.0
"""Wall seconds from which a step of Confluence's start is told."""


def bring_up(
    settings: Settings,
    ready: Ready,
    run: Run,
    app: AppDescription,
    *,
    ccma: str,
    name: str = STACK_NAME,
    progress: Progress,
    meanwhile: Callable[[], None] = lambda: None,
    environ: Mapping[str, str] = os.environ,
    system_features: Sequence[str] = (),
) -> Stack:
    """Brings up a stack; the caller closes it, or leaves it standing.

    Args:
        settings: where and how to run.
        ready: the engine, with its images or jars made.
        run: whose stack this is.
        app: the app whose cloud half joins the stack.
        ccma: the CCMA version that a stand-in shows.
        name: tells the stacks of one run apart.
        progress: takes lines about what is happening.
        meanwhile: called once, in this thread, while the services start in another.
        environ: where a licence may be.
        system_features: dark features that Confluence's JVM is started with.

    Raises:
        ServiceDied, WaitTimedOut: a service did not come up; with its last log lines. Nothing
            of the stack is left then.
        BadInput: a port that was asked for is taken, a licence is missing or refused, or the
            golden home belongs to another image.
        DriverError: Confluence's set-up wizard or start failed in another way.
    """
    licence = licence_from(environ, settings.licence_file)
    kept = golden.kept(settings.golden, ready.identity) if settings.golden else None
    made = connect_app(app, ready, progress) if app.cloud.kind == "ace" else None
    authority = Authority()
    engine = ready.open(run, name)
    try:
        with step(progress, f"bringing up {name} ({_what(settings, ccma)})"):
            side_at = partial(
                describe,
                settings,
                ready,
                ccma=ccma,
                authority=authority,
                licence=licence,
                kept=kept,
                system_features=system_features,
                progress=progress,
            )
            # What the caller does meanwhile takes as long as the start of a JVM.
            with ThreadPoolExecutor(1) as pool:
                with deferred():
                    starting = pool.submit(
                        _start_all, engine, settings, ready, app, made, authority, side_at
                    )
                meanwhile()
                running, side = starting.result()
            cloud = running[CLOUD]
            stack = Stack(
                run=run,
                engine=engine,
                scale=settings.scale,
                ccma=ccma,
                confluence=settings.confluence,
                image=ready.identity,
                account=side.setup.admin,
                running=running,
                cloud=CloudControl(url("http", cloud, "http")),
                cloud_app=(
                    CloudAppControl(url("http", running[CLOUD_APP], "control"))
                    if made is None
                    else ConnectAppControl(url("https", running[CLOUD_APP], "https"), authority.pem)
                ),
                system_features=tuple(system_features),
                cloud_half=app.cloud_half,
            )
            with _closed_unless_up(stack):
                _await_up(cloud, stack.cloud.is_up)
                _await_up(running[CLOUD_APP], stack.cloud_app.is_up)
                app_url = url("https", running[CLOUD_APP], "https")
                stack.cloud.install(app_url if engine.name == "local" else APP_URL)
                stack.cloud.list_pair(app.server.key, app.cloud.key, listed=True)
                _start_confluence_up(stack, side, progress)
            return stack
    except BaseException:
        engine.close()
        raise


@contextmanager
def _closed_unless_up(stack: Stack) -> Iterator[None]:
    try:
        yield
    except BaseException:
        stack.close()
        raise


def _what(settings: Settings, ccma: str) -> str:
    return f"CCMA {ccma}" if settings.is_standin else settings.confluence


def _start_all(
    engine: Engine,
    settings: Settings,
    ready: Ready,
    app: AppDescription,
    made: str | None,
    authority: Authority,
    side_at: Callable[..., ConfluenceSide],
) -> tuple[dict[str, Running], ConfluenceSide]:
    """Starts the cloud, then what is told where it is.

    Args:
        made: the app's own cloud half; None for the scripted one.
        side_at: describes the Confluence side for a `platform_url`.
    """
    at_loopback = engine.name == "local"
    image = ready.images.get("cloud", "")
    content = app.site.read_bytes() if app.site else None
    cloud = engine.start(cloud_service(image, settings.site, authority, settings.scale, content))
    server_side = url("https", cloud, "https") if at_loopback else PLATFORM_URL
    side = side_at(platform_url=server_side)
    if made is None:
        app_half = scripted_app(image, app.cloud.key, authority, settings.scale)
    else:
        keys_url = server_side if at_loopback else None
        app_half = ace_app(made, authority, settings.site, keys_url)
    return {CLOUD: cloud, **start_services(engine, side, app_half)}, side


def start_services(engine: Engine, side: ConfluenceSide, app_half: Service) -> dict[str, Running]:
    """Starts Confluence and the cloud app side by side; a database has to answer first.

    Raises:
        ServiceDied, WaitTimedOut: the database did not come up; Confluence was not started.
    """
    # Most of a service's start is that of an interpreter or a JVM.
    with ThreadPoolExecutor(2) as pool:
        app_started = pool.submit(engine.start, app_half)
        running: dict[str, Running] = {}
        if side.database is not None:
            running[side.database.name] = database = engine.start(side.database)
            wait_for(
                "the database to answer",
                lambda: _succeeds(database, side.database_ready),
                within=_UP_WITHIN,
                alive=database.ended,
                log_tail=database.output_tail,
                service=database.name,
                every=0.2,
            )
        running[CONFLUENCE] = engine.start(side.confluence)
        running[CLOUD_APP] = app_started.result()
    return running


def _succeeds(service: Running, command: Sequence[str]) -> bool | NotYet:
    status, output = service.execute(command)
    return status == 0 or NotYet(output.strip() or f"exit status {status}")


def _await_up(service: Running, is_up: Callable[[], bool]) -> None:
    wait_for(
        f"the {service.name} to answer",
        lambda: is_up() or None,
        within=_UP_WITHIN,
        alive=service.ended,
        log_tail=service.output_tail,
        service=service.name,
    )


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
        watch=Watch(confluence.ended, confluence.output_tail),
    )
    for each in passed:
        if each.seconds >= _WORTH_A_LINE or each.step == "set-up wizard":
            found = f" ({each.found})" if each.found else ""
            progress(f"  confluence: {each.step}{found} {each.seconds:.1f} s")
    with stack.client() as client:
        stack.cloud.set_clock(boot.server_time(client), stack.scale)
        if stack.ccma == IMAGES_OWN:
            assistant = plugins.find(client, CCMA_PLUGIN)
            stack.ccma = assistant.version if assistant else "unknown"
