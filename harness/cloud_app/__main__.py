"""Starts a scripted cloud app: `python -m harness.cloud_app --key KEY --base-url URL ...`."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from harness.cloud import listeners
from harness.cloud.door import Door
from harness.cloud.listeners import Certificate, Listener, with_port
from harness.cloud_app.app import CloudApp
from harness.errors import BadInput


def main(arguments: Sequence[str] | None = None) -> int:
    """Serves until stopped, and returns the exit status."""
    given = _parse(arguments)
    try:
        listeners.run_loop(lambda: _serve(given))
    except BadInput as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_status
    return 0


async def _serve(given: argparse.Namespace) -> None:
    certificate = Certificate(given.tls_cert, given.tls_key) if given.tls_cert else None
    public = listeners.bind("https" if certificate else "http", given.host, given.port, certificate)
    taken: list[Listener] = [public, listeners.bind("control", given.host, given.control_port)]
    app = CloudApp(given.key, with_port(given.base_url, public.port), given.time_scale)
    door = Door.of_file(
        given.control_token_file, [*given.called, urlsplit(app.base_url).hostname or ""]
    )
    try:
        await listeners.run(
            {public.name: app.public(door), "control": app.control(door)},
            taken,
            given.ports_file,
            given.host,
            f"the cloud app {given.key}",
        )
    finally:
        await app.close()


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="harness.cloud_app", description=__doc__)
    parser.add_argument("--key", required=True, help="the app key")
    parser.add_argument(
        "--base-url",
        required=True,
        help="where the site reaches the app; port 0 stands for the bound port",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=0, help="the app's port; 0 takes a free one")
    parser.add_argument(
        "--tls-cert", type=Path, help="PEM chain; without it the app serves plain HTTP"
    )
    parser.add_argument("--tls-key", type=Path, help="PEM key")
    parser.add_argument("--control-port", type=int, default=0, help="port of the control API")
    parser.add_argument(
        "--control-token-file", type=Path, help="file with what callers of the control API send"
    )
    parser.add_argument(
        "--called",
        action="append",
        default=[],
        metavar="NAME",
        help="a further name by which the app is called",
    )
    parser.add_argument("--ports-file", type=Path, help="where to write the ports as JSON")
    parser.add_argument(
        "--time-scale", type=float, default=1.0, help="script seconds per wall second"
    )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
