"""Starts a cloud: `python -m harness.cloud --data DIR`."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from harness.cloud.server import serve
from harness.cloud.settings import ServeSettings
from harness.errors import BadInput


def main(arguments: Sequence[str] | None = None) -> int:
    """Serves until stopped, and returns the exit status."""
    try:
        return serve(parse(arguments))
    except BadInput as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_status


def parse(arguments: Sequence[str] | None = None) -> ServeSettings:
    """Reads the settings from a command line.

    Raises:
        BadInput: options contradict each other, or a number is out of range.
    """
    parser = argparse.ArgumentParser(prog="harness.cloud", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=8080, help="plain port; 0 takes a free one")
    parser.add_argument("--tls-port", type=int, help="TLS port; 0 takes a free one")
    parser.add_argument("--tls-cert", type=Path, help="PEM chain of the TLS listener")
    parser.add_argument("--tls-key", type=Path, help="PEM key of the TLS listener")
    parser.add_argument(
        "--data", type=Path, required=True, help="folder for everything that is kept"
    )
    parser.add_argument("--site", default="demo", help="name of the site: NAME.atlassian.net")
    parser.add_argument("--site-file", type=Path, help="YAML description of the site's content")
    parser.add_argument("--public-url", help="the site's base URL, as apps see it")
    parser.add_argument("--ports-file", type=Path, help="where to write the ports as JSON")
    parser.add_argument(
        "--time-scale", type=float, default=1.0, help="platform seconds per wall second"
    )
    parser.add_argument(
        "--egress",
        action="append",
        default=[],
        metavar="HOST[:PORT]",
        help="a further host that the cloud may call; without a port on 80 and 443",
    )
    parser.add_argument("--sync", action="store_true", help="force journal lines to the disk")
    parser.add_argument(
        "--control-token-file", type=Path, help="file with what callers of the control API send"
    )
    parser.add_argument(
        "--called",
        action="append",
        default=[],
        metavar="NAME",
        help="a further name by which the cloud is called",
    )
    parser.add_argument("--upstream", help="where to forward requests that have no route")
    parser.add_argument(
        "--client-patience", type=float, default=30.0, help="wall seconds to wait for a slow client"
    )
    options = vars(parser.parse_args(arguments))
    options |= {name: tuple(options[name]) for name in ("egress", "called")}
    if options["tls_port"] is not None and not (options["tls_cert"] and options["tls_key"]):
        raise BadInput("--tls-port takes --tls-cert and --tls-key with it")
    if options["time_scale"] <= 0:
        raise BadInput(f"--time-scale is {options['time_scale']:g}; it must be above 0")
    if options["client_patience"] <= 0:
        raise BadInput(f"--client-patience is {options['client_patience']:g}; it must be above 0")
    return ServeSettings(**options)


if __name__ == "__main__":
    sys.exit(main())
