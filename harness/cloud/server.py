"""Runs a cloud: two listeners, plain and TLS, in one process and one loop.

The plain listener serves everything, including the control API. The TLS listener is what
others see of Atlassian's hosts; it does not serve the control API.
"""

import os
from contextlib import ExitStack
from urllib.parse import urlsplit

from harness.cloud import listeners
from harness.cloud.app import Application
from harness.cloud.assembly import Cloud, assemble
from harness.cloud.door import Door
from harness.cloud.listeners import Certificate
from harness.cloud.protocol import Patience
from harness.cloud.routes import make_router
from harness.cloud.settings import ServeSettings
from harness.cloud.site import Site, load_site
from harness.errors import BadInput

_FOR_ITS_OWNER = 0o077
"""What is kept, such as uploads and secrets, is for the owner of the process alone."""


def serve(settings: ServeSettings) -> int:
    """Serves until SIGTERM or SIGINT.

    Args:
        settings: where and how to serve.

    Returns:
        The exit status.

    Raises:
        BadInput: a port is taken, or a file cannot be read.
    """
    os.umask(_FOR_ITS_OWNER)
    listeners.run_loop(lambda: _serve(settings))
    return 0


async def _serve(settings: ServeSettings) -> None:
    site = _site(settings)
    with ExitStack() as at_end:
        await _serve_on(_bind(settings, at_end), settings, site)


def _bind(settings: ServeSettings, at_end: ExitStack) -> list[listeners.Listener]:
    bound = [listeners.bind("http", settings.host, settings.port)]
    at_end.callback(bound[0].bound.close)
    if settings.tls_port is not None:
        if settings.tls_cert is None or settings.tls_key is None:
            raise BadInput("a TLS port needs a certificate and its key")
        certificate = Certificate(settings.tls_cert, settings.tls_key)
        bound.append(listeners.bind("https", settings.host, settings.tls_port, certificate))
        at_end.callback(bound[1].bound.close)
    return bound


async def _serve_on(bound: list[listeners.Listener], settings: ServeSettings, site: Site) -> None:
    cloud = _open(settings, site)
    addresses = cloud.world.addresses
    addresses.ports = {each.name: each.port for each in bound}
    addresses.public_url = listeners.with_port(addresses.public_url, bound[-1].port)
    door = Door.of_file(
        settings.control_token_file,
        [*settings.called, urlsplit(addresses.public_url).hostname or ""],
    )
    app = Application(cloud.world, cloud.deadlines, make_router(), settings.client_patience, door)
    cloud.start()
    try:
        await listeners.run(
            {each.name: app for each in bound},
            bound,
            settings.ports_file,
            settings.host,
            "the cloud",
            Patience(settings.client_patience, app.note_slow_head),
        )
    finally:
        await cloud.stop()


def _open(settings: ServeSettings, site: Site) -> Cloud:
    try:
        return assemble(settings, site)
    except OSError as error:
        raise BadInput(
            f"the data folder {settings.data} cannot be used: {error.strerror or error}"
        ) from error


def _site(settings: ServeSettings) -> Site:
    try:
        return load_site(settings.site_file) if settings.site_file else Site()
    except ValueError as error:
        raise BadInput(str(error)) from error
