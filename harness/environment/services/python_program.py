"""How a program of this package is started: its command line and its environment."""

import sys
from collections.abc import Mapping

from harness.engines.service import Placement
from harness.environment.services.names import CONTROL_TOKEN
from harness.lifecycle import child_environment


def python(place: Placement, module: str) -> list[str]:
    """The first words of the command that runs a module of this package."""
    return [sys.executable if place.engine == "local" else "python3", "-m", module]


def environment(place: Placement) -> Mapping[str, str]:
    """The environment of such a program, which trusts the stack's CA.

    On this machine it finds the modules that this process finds.
    """
    trust = {"SSL_CERT_FILE": place.file("ca.pem")}
    return child_environment.for_python() | trust if place.engine == "local" else trust


def control_words(place: Placement, token: str) -> list[str]:
    """The words that name the file of a control API's token; none without one."""
    return ["--control-token-file", place.file(CONTROL_TOKEN)] if token else []


def control_files(token: str) -> dict[str, bytes]:
    """The file of a control API's token, which `control_words` names."""
    return {CONTROL_TOKEN: token.encode()} if token else {}


def listening(place: Placement, *flags_and_ports: str) -> list[str]:
    """Where a program listens: its ports by flag and name, its certificate, and its ports file.

    And by which name it is called from here.
    """
    words = ["--host", place.bind, "--called", place.host]
    for flag, name in zip(flags_and_ports[::2], flags_and_ports[1::2], strict=True):
        words += [flag, str(place.port(name))]
    words += ["--tls-cert", place.file("tls.crt"), "--tls-key", place.file("tls.key")]
    return [*words, *(["--ports-file", place.ports_file] if place.ports_file else [])]
