"""A Confluence that somebody else runs, as a service of a stack: it is never started or ended here.

What is known of it is its address, and whatever else was named: its log, its debugger.
"""

import base64
import hashlib
import socket
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from harness.drivers.browser.launch import AS_USUAL, Launch
from harness.drivers.confluence.session import (
    Account,
    ConfluenceClient,
    connect,
    transport_trusting,
)
from harness.engines.service import Running
from harness.environment.server_zone import server_zone
from harness.environment.services.names import CONFLUENCE, LOG
from harness.errors import BadInput, DriverError
from harness.planning.attached import Abilities
from harness.store.undo import UndoJournal

_CONNECTS_WITHIN = 10.0
"""Wall seconds for a server to take a connection and show its certificate."""


class LogSource(Protocol):
    """Where a server's application log can be read."""

    def read(self, path: str, offset: int) -> bytes:
        """The log, or a rolled one, by its path in the home; empty where there is none."""

    def where(self) -> str:
        """Where that is, for people."""

    def zone(self) -> str | None:
        """The zone of its times; None where that is not known."""

    def execute(self, argv: Sequence[str]) -> tuple[int, str]:
        """Runs a command beside the server; fails where that cannot be done."""


@dataclass(frozen=True)
class LogFile:
    """A log that is a file of this machine; what was rolled lies beside it."""

    path: Path
    named_zone: str | None = None

    def read(self, path: str, offset: int) -> bytes:
        rolled = path.removeprefix(LOG)
        try:
            with self.path.with_name(self.path.name + rolled).open("rb") as file:
                file.seek(offset)
                return file.read()
        except OSError:
            return b""

    def where(self) -> str:
        return str(self.path)

    def zone(self) -> str | None:
        return self.named_zone

    def execute(self, argv: Sequence[str]) -> tuple[int, str]:
        return 1, f"{argv[0]} cannot be run beside the server"


@dataclass(frozen=True)
class LogInContainer:
    """A log in a container of this machine."""

    container: Running
    named_zone: str | None = None

    def read(self, path: str, offset: int) -> bytes:
        return self.container.read("home", path, offset)

    def where(self) -> str:
        return self.container.where("home", LOG)

    def zone(self) -> str | None:
        return self.named_zone or server_zone(self.container)

    def execute(self, argv: Sequence[str]) -> tuple[int, str]:
        return self.container.execute(argv)


@dataclass(frozen=True)
class RemoteConfluence:
    """The server as `harness.engines.service.Running`, which documents the members."""

    address: str
    log: LogSource | None = None
    debugger: tuple[str, int] | None = None
    name: str = CONFLUENCE

    @property
    def id(self) -> str:
        return self.address

    @property
    def host(self) -> str:
        return self.debugger[0] if self.debugger else urlsplit(self.address).hostname or ""

    def port(self, name: str) -> int:
        if name == "jdwp" and self.debugger:
            return self.debugger[1]
        raise DriverError(f"finding the port {name} of {self.address}", "no address was given")

    def ended(self) -> str | None:
        return None  # nobody here can tell; whoever talks to it notices

    def output_tail(self, lines: int = 20) -> str:  # noqa: ARG002 - it is another's
        return ""

    def read(self, folder: str, path: str, offset: int = 0) -> bytes:  # noqa: ARG002
        return self.log.read(path, offset) if self.log else b""

    def where(self, folder: str, path: str) -> str:  # noqa: ARG002
        return self.log.where() if self.log else f"{self.address} (no log was named)"

    def kill(self) -> None:
        """It is another's: nothing of it is ended here."""

    def execute(self, argv: Sequence[str]) -> tuple[int, str]:
        return self.log.execute(argv) if self.log else (1, "nothing can be run beside the server")


@dataclass
class Remote:
    """What a run knows of a server that is not the harness's, and what it changed there.

    Attributes:
        address: its base URL, with the context path.
        undo: where each change is written down before it is made.
        abilities: what it is and can do.
        trust: what its certificate is judged by; None for the usual authorities.
        launch: how a browser is started, so that it accepts that certificate.
        app_before: the jar of the app's version that was there, where one was given.
        zone: the zone of its log.
        ca: path of the CA of its certificate, for whoever puts things back later.
        app_address: where the stub reaches the cloud half that this run started; empty without.
    """

    address: str
    undo: UndoJournal
    abilities: Abilities
    trust: ssl.SSLContext | None = None
    launch: Launch = AS_USUAL
    app_before: Path | None = None
    zone: str | None = None
    ca: str | None = None
    app_address: str = ""


@dataclass(frozen=True)
class Trust:
    """How a certificate of an authority of its own is accepted.

    Attributes:
        context: for HTTP.
        launch: for Chromium, which takes no file: with the one key that was verified.
    """

    context: ssl.SSLContext | None = None
    launch: Launch = AS_USUAL


def trust_of(address: str, ca: Path | None) -> Trust:
    """Verifies a server's certificate with a CA, and lets a browser accept its key alone.

    Raises:
        BadInput: the file is no CA, the server has none of its certificates, or does not answer.
    """
    if ca is None:
        return Trust()
    try:
        context = ssl.create_default_context(cafile=str(ca))
    except (OSError, ssl.SSLError) as error:
        raise BadInput(f"--ca: no certificates can be read ({error})", path=ca) from None
    parts = urlsplit(address)
    if parts.scheme != "https":
        raise BadInput(f"--ca: {address} has no certificate; its scheme is {parts.scheme}")
    host, port = parts.hostname or "", parts.port or 443
    try:
        with (
            socket.create_connection((host, port), timeout=_CONNECTS_WITHIN) as plain,
            context.wrap_socket(plain, server_hostname=host) as secured,
        ):
            shown = secured.getpeercert(binary_form=True) or b""
    except ssl.SSLCertVerificationError as error:
        raise BadInput(
            f"--ca: the certificate of {host}:{port} is not of this CA ({error.verify_message})",
            path=ca,
        ) from None
    except OSError as error:
        raise BadInput(f"--confluence {address}: no answer ({error})") from None
    return Trust(context, Launch(options={"args": [_accepting(shown)]}))


def _accepting(certificate: bytes) -> str:
    key = x509.load_der_x509_certificate(certificate).public_key()
    digest = hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    pin = base64.b64encode(digest.digest()).decode()
    return f"--ignore-certificate-errors-spki-list={pin}"


def open_client(address: str, account: Account, trust: ssl.SSLContext | None) -> ConfluenceClient:
    """A new client of a server, logged in as the account.

    Raises:
        DriverError: the account is refused.
    """
    return connect(address, account, transport=transport_trusting(trust) if trust else None)
