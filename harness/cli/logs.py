"""The verb that shows what a service of a standing stack says."""

import os
import sys
from typing import Annotated

import typer

from harness.environment.attach import LAST, attached_services
from harness.environment.services.names import CLOUD, CLOUD_APP, CONFLUENCE, LOG
from harness.errors import BadInput
from harness.settings import resolve
from harness.support.suggest import did_you_mean

_SERVICES = (CONFLUENCE, CLOUD, CLOUD_APP)


def add_to(app: typer.Typer) -> None:
    """Adds the verb to the command."""
    app.command("logs")(logs)


def logs(
    service: Annotated[
        str,
        typer.Argument(
            help=f"{', '.join(_SERVICES)}, or what else the stack has",
            autocompletion=lambda: [*_SERVICES],
        ),
    ],
    follow: Annotated[
        bool, typer.Option("-f", "--follow", help="go on until the service ends, or Ctrl-C")
    ] = False,
    lines: Annotated[
        int, typer.Option("-n", "--lines", min=1, help="last lines to begin with")
    ] = 200,
    run: Annotated[
        str, typer.Option("--run", help="the id of the run that left the stack, or `last`")
    ] = LAST,
    console: Annotated[
        bool, typer.Option("--console", help="Confluence's console in place of its log")
    ] = False,
) -> int:
    """Show what a service of a stack that `harness up` left says.

    For Confluence that is the application log. What the cloud app wrote during a case of a run is
    in the case's folder: cloud-app.log.
    """
    from harness.engines.output import growing, output

    socket = resolve({}, os.environ).settings.docker_socket
    with attached_services(run, socket) as services:
        if service not in services:
            raise BadInput(f"the stack has no {service!r}{did_you_mean(service, services)}")
        asked = services[service]
        if service != CONFLUENCE or console:
            for text in output(asked, lines, follow=follow):
                _write(text)
            return 0
        content = asked.read("home", LOG)
        _write(b"".join(content.splitlines(keepends=True)[-lines:]).decode(errors="replace"))
        if follow:
            read = lambda offset: asked.read("home", LOG, offset)  # noqa: E731 - one use
            for text in growing(read, asked.ended, len(content)):
                _write(text)
    return 0


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
