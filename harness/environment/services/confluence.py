"""What a stack runs as its Confluence: the stand-in, or a real image with its database.

Decides once, from the settings, which services that takes and how they are started up; the
stack itself does not know the difference.
"""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from harness.drivers.confluence.licence import Licence
from harness.drivers.confluence.session import Account
from harness.drivers.confluence.setup_steps import SetupInput
from harness.drivers.confluence.start_up import Limits
from harness.engines import images, toolchain
from harness.engines.ready import Ready, RealImage, prepare
from harness.engines.service import Service
from harness.environment.services import real_image
from harness.environment.services import standin as services
from harness.environment.services.jvm import Proxy
from harness.environment.tls import Authority
from harness.errors import BadInput
from harness.settings import Settings
from harness.support.console import Progress

_STANDIN_LIMITS = Limits(booted=60, wizard=120, running=60, rest=60, upm=60, debugger=60)
"""Wall seconds; each of these steps takes the stand-in a second or two on an idle machine."""

STANDIN_LICENCE = Licence("QUFBQmEgbGljZW5jZSBmb3IgdGhlIHN0YW5kLWluLCBieSBub2JvZHk=" * 3)
"""Means nothing except to the stand-in's wizard, which checks its form."""


@dataclass(frozen=True)
class Kept:
    """A kept home to begin with.

    Attributes:
        home: its archive.
        dump: that of its database, where it has one.
        http_port: the host port that its base URL names.
        admin: the administrator that it was set up with.
    """

    home: Path
    dump: Path | None
    http_port: int | None
    admin: Account


@dataclass(frozen=True)
class ConfluenceSide:
    """The services, and how the Confluence is started up.

    Attributes:
        confluence: the Confluence itself.
        database: what has to answer before it is started, where there is one.
        database_ready: a command that succeeds in the database's container once it answers.
        setup: administrator, licence and database, for a Confluence that is not set up.
        limits: wall seconds for each step of the start.
    """

    confluence: Service
    setup: SetupInput
    limits: Limits
    database: Service | None = None
    database_ready: tuple[str, ...] = ()


def real_image_for(settings: Settings) -> RealImage | None:
    """The images to pull for a real Confluence; None where the stand-in takes its place."""
    if settings.is_standin:
        return None
    if settings.is_attached:
        raise BadInput(
            f"--confluence {settings.confluence}: only `harness run` takes the address of a "
            "Confluence that runs already"
        )
    database = settings.database or real_image.postgres_for(settings.confluence)
    return RealImage(settings.confluence, database)


@contextmanager
def prepared(settings: Settings, progress: Progress) -> Iterator[Ready]:
    """The engine that the settings ask for, with what its stacks run from, within the block.

    Raises:
        BadInput: the engine or an image is not available here.
    """
    real, socket = real_image_for(settings), settings.docker_socket
    with closing(prepare(settings.engine, progress, real, socket)) as ready:
        yield ready


def describe(
    settings: Settings,
    ready: Ready,
    *,
    ccma: str,
    authority: Authority,
    platform_url: str,
    licence: Licence | None,
    kept: Kept | None,
    system_features: Sequence[str] = (),
    proxy: Proxy | None = None,
    progress: Progress,
) -> ConfluenceSide:
    """Describes the Confluence side of a stack; nothing is started.

    Args:
        settings: where and how to run.
        ready: the engine, with its images or jars made.
        ccma: the CCMA version that a stand-in shows.
        authority: the CA that Confluence trusts.
        platform_url: where a stand-in's CCMA reaches the cloud; a real one knows.
        licence: for a real image.
        kept: a home to begin with.
        system_features: dark features that the JVM is started with.
        proxy: where its calls to the cloud go through.
        progress: takes a line when libfaketime is taken from an image.

    Raises:
        BadInput: a real image is to be set up without a licence.
    """
    admin = kept.admin if kept else _new_admin()
    if settings.is_standin:
        return ConfluenceSide(
            services.standin(
                ready.images.get("standin", ""),
                ccma=ccma,
                site=settings.site,
                authority=authority,
                scale=settings.scale,
                platform_url=platform_url,
                account=admin,
                fixed_ports=fixed_ports(settings),
                toolchain=ready.toolchain,
                jars=str(ready.jars) if ready.jars else None,
                setup=settings.standin_setup,
                pages=settings.standin_pages,
                memory=settings.memory,
                home=kept.home if kept else None,
                system_features=system_features,
                proxy=proxy,
                own_protocol=settings.standin_platform is None,
            ),
            SetupInput(admin, licence or STANDIN_LICENCE),
            _STANDIN_LIMITS,
        )
    if licence is None and kept is None:
        raise BadInput(
            f"{settings.confluence} needs a licence to be set up: name a file with one by "
            "--licence-file or HARNESS_LICENCE_FILE, or put it into HARNESS_LICENCE (Atlassian "
            "publishes 3-hour ones for tests)"
        )
    ports = fixed_ports(settings)
    if kept and kept.http_port and "http" not in ports:
        ports["http"] = kept.http_port
    return ConfluenceSide(
        real_image.confluence(
            ready.images["confluence"],
            # The recording proxy signs for every host; else the real cloud has its own authorities.
            authority=None if settings.has_real_cloud and proxy is None else authority,
            scale=settings.scale,
            licence=licence,
            fixed_ports=ports,
            faketime=_faketime(ready, progress) if settings.scale != 1 else None,
            memory=settings.memory,
            home=kept.home if kept else None,
            system_features=system_features,
            proxy=proxy,
        ),
        SetupInput(admin, licence, real_image.ACCESS),
        Limits(),
        real_image.database(ready.images["database"], kept.dump if kept else None),
        real_image.READY,
    )


def _new_admin() -> Account:
    """The administrator of a new Confluence; nobody else on this machine knows the password."""
    return Account("admin", secrets.token_urlsafe(15))


def fixed_ports(settings: Settings) -> dict[str, int]:
    """Confluence's ports for which the settings name a host port."""
    chosen = {
        "http": settings.http_port,
        "synchrony": settings.synchrony_port,
        "jdwp": settings.jdwp_port,
    }
    return {name: port for name, port in chosen.items() if port is not None}


def _faketime(ready: Ready, progress: Progress) -> bytes:
    """This machine's libfaketime, else that of the stand-in's image, which is made for it."""
    if (found := toolchain.find_faketime()) and found.suffix != ".dylib":
        return found.read_bytes()
    if ready.client is None:
        raise BadInput("--time-scale: libfaketime was not found here")
    standin = images.standin(ready.client, progress)
    return images.file_in(ready.client, standin, "/opt/faketime/libfaketimeMT.so.1")
