"""Which Docker engine is meant, who named it, and a client of it.

An engine is looked for where Docker's own command looks: `DOCKER_HOST`, then `DOCKER_CONTEXT`, then
the current context of Docker's configuration (Docker Desktop and Colima set it), then the usual
socket, then that of the user's own rootless Docker or Podman. The setting `docker_socket` comes
before all of them.
"""

import hashlib
import json
import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import docker
from docker.constants import DEFAULT_DOCKER_API_VERSION, DEFAULT_TIMEOUT_SECONDS
from docker.errors import DockerException
from docker.tls import TLSConfig

from harness.errors import BadInput
from harness.support import folders

USUAL_SOCKET = "/var/run/docker.sock"

_HOST, _CONTEXT, _SETTING = "DOCKER_HOST", "DOCKER_CONTEXT", "the setting docker_socket"

_OF_USER = {"docker.sock": "rootless Docker", "podman/podman.sock": "Podman"}
"""Below XDG_RUNTIME_DIR -> whose socket it is."""

_ANSWERS_WITHIN = 10.0
"""Wall seconds for an engine to take a connection; Docker's own default is a minute."""

_LOOPBACK, _ALL_ADDRESSES = "127.0.0.1", "0.0.0.0"  # noqa: S104 - see `Address.reach`


@dataclass(frozen=True)
class Certificates:
    """Where `ca.pem`, `cert.pem` and `key.pem` are, and whether the engine's own is verified."""

    folder: Path
    verify: bool


@dataclass(frozen=True)
class Address:
    """Where an engine is looked for.

    Attributes:
        url: as `DOCKER_HOST` would have it.
        source: what named it, for messages; empty for the usual socket.
        required: whether the user named it for this very command, so that nothing else may take
            its place.
        certificates: for TLS.
    """

    url: str = f"unix://{USUAL_SOCKET}"
    source: str = ""
    required: bool = False
    certificates: Certificates | None = None

    def __str__(self) -> str:
        if self.source == _HOST:
            return f"{_HOST}={self.url}"
        path = self.url.removeprefix("unix://")
        return " ".join(part for part in (path, f"({self.source})" if self.source else "") if part)

    def reach(self, environ: Mapping[str, str] = os.environ) -> tuple[str, str]:
        """The host at which published ports are reached, and the address to publish them on.

        Loopback for an engine on this machine. A remote engine, or one beside the container that
        this runs in (then TESTCONTAINERS_HOST_OVERRIDE names it), publishes on all its addresses.
        """
        if override := environ.get("TESTCONTAINERS_HOST_OVERRIDE"):
            return override, _ALL_ADDRESSES
        engine = urlsplit(self.url)
        if engine.scheme in ("tcp", "http", "https", "ssh") and engine.hostname:
            remote = engine.hostname not in ("localhost", _LOOPBACK, "::1")
            return (engine.hostname, _ALL_ADDRESSES) if remote else (_LOOPBACK, _LOOPBACK)
        return _LOOPBACK, _LOOPBACK


class NoDockerEngine(BadInput):
    """No Docker engine answers where one was looked for.

    Args:
        address: where that was.
        why: what came back.
        advice: what to do.
    """

    def __init__(self, address: Address, why: str, advice: str) -> None:
        self.address = address
        super().__init__(f"no Docker engine answers at {address}: {why}; {advice}")


def find_address(named: Path | None, environ: Mapping[str, str] = os.environ) -> Address:
    """Where an engine is to be looked for.

    Args:
        named: the setting `docker_socket`.
        environ: the environment.

    Raises:
        NoDockerEngine: a Docker context is named that does not exist or cannot be read.
    """
    if named is not None:
        return Address(f"unix://{named.absolute()}", _SETTING)
    if host := environ.get(_HOST):
        url = host if "://" in host else f"tcp://{host}"
        return Address(url, _HOST, required=True, certificates=_of_environment(environ))
    folder = Path(environ.get("DOCKER_CONFIG") or folders.home() / ".docker")
    if context := environ.get(_CONTEXT):
        return _of_context(context, folder, Address("", f"{_CONTEXT}={context}", required=True))
    if context := _current_context(folder / "config.json"):
        return _of_context(context, folder, Address("", f"the Docker context {context!r}"))
    return _usual(environ)


def _usual(environ: Mapping[str, str]) -> Address:
    """The system's socket; where it is missing, that of the user's own Docker or Podman."""
    runtime = environ.get("XDG_RUNTIME_DIR")
    if runtime and not Path(USUAL_SOCKET).exists():
        for name, whose in _OF_USER.items():
            if (path := Path(runtime, name)).is_socket():
                return Address(f"unix://{path}", whose)
    return Address()


def connect(address: Address) -> docker.DockerClient:
    """A client of the engine at an address; the caller closes it.

    Raises:
        NoDockerEngine: none answers there; nothing is left open.
    """
    try:
        _knock(address.url)
        # A client that asks for the version in its constructor cannot be closed when that fails.
        with closing(_client(address, DEFAULT_DOCKER_API_VERSION, _ANSWERS_WITHIN)) as first:
            version = str(first.api.version(api_version=False)["ApiVersion"])
        return _client(address, version)
    except (DockerException, OSError, ValueError, LookupError, TypeError) as error:
        raise NoDockerEngine(address, _reason(error), _advice(address, error)) from None


@contextmanager
def client_if_any(docker_socket: Path | None) -> Iterator[docker.DockerClient | None]:
    """A client within the block, or None where no engine answers and none has to.

    Args:
        docker_socket: the setting of that name.

    Raises:
        NoDockerEngine: the environment names an engine, and it does not answer.
    """
    try:
        client = connect(find_address(docker_socket))
    except NoDockerEngine as error:
        if error.address.required:
            raise
        yield None
        return
    with closing(client):
        yield client


def engine_answers(docker_socket: Path | None) -> bool:
    """Whether a Docker engine answers; arguments and errors as for `client_if_any`."""
    with client_if_any(docker_socket) as client:
        return client is not None


def _client(
    address: Address, version: str, timeout: float = DEFAULT_TIMEOUT_SECONDS
) -> docker.DockerClient:
    return docker.DockerClient(
        address.url,
        version=version,
        timeout=int(timeout),
        tls=_tls(address.certificates),
        # The SDK's other way reads standard input, which pytest has taken away.
        use_ssh_client=address.url.startswith("ssh://"),
    )


def _knock(url: str) -> None:
    """Connects once: Docker's SDK leaves its socket open when that fails.

    Raises:
        OSError: nobody answers.
    """
    parts = urlsplit(url)
    if parts.scheme in ("unix", "http+unix"):
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(_ANSWERS_WITHIN)
            probe.connect(f"/{f'{parts.netloc}{parts.path}'.lstrip('/')}")
    elif parts.scheme in ("tcp", "http", "https") and parts.hostname and parts.port:
        socket.create_connection((parts.hostname, parts.port), _ANSWERS_WITHIN).close()


def _tls(certificates: Certificates | None) -> TLSConfig | bool:
    if certificates is None:
        return False
    folder = certificates.folder
    pair = (str(folder / "cert.pem"), str(folder / "key.pem"))
    return TLSConfig(pair, ca_cert=str(folder / "ca.pem"), verify=certificates.verify)


def _of_environment(environ: Mapping[str, str]) -> Certificates | None:
    """As Docker reads its variables: any value of DOCKER_TLS_VERIFY but an empty one is a yes."""
    folder, verify = environ.get("DOCKER_CERT_PATH"), bool(environ.get("DOCKER_TLS_VERIFY"))
    if folder or verify:
        return Certificates(Path(folder) if folder else folders.home() / ".docker", verify)
    return None


def _current_context(config: Path) -> str | None:
    try:
        named = _read(config).get("currentContext")
    except (OSError, ValueError):
        return None  # Docker's command only warns of it, too
    return named if named != "default" else None


def _of_context(name: str, folder: Path, address: Address) -> Address:
    """Completes the address of a context from Docker's store of contexts."""
    if name == "default":
        return Address(required=address.required)
    stored = hashlib.sha256(name.encode()).hexdigest()
    contexts = folder / "contexts"
    meta = contexts / "meta" / stored / "meta.json"
    try:
        endpoint = _read(meta)["Endpoints"]["docker"]
        url = str(endpoint["Host"])
    except (OSError, ValueError, LookupError, TypeError) as error:
        why = "there is no such context" if isinstance(error, OSError) else f"{meta} is damaged"
        advice = "`docker context ls` lists the contexts that exist"
        raise NoDockerEngine(address, why, advice) from None
    keys = contexts / "tls" / stored / "docker"
    certificates = Certificates(keys, not endpoint.get("SkipTLSVerify")) if keys.is_dir() else None
    return Address(url, address.source, address.required, certificates)


def _read(path: Path) -> dict[str, Any]:
    content = json.loads(path.read_text())
    if not isinstance(content, dict):
        raise ValueError(f"{path} holds no object")
    return content


def _reason(error: Exception) -> str:
    """The innermost cause: the SDK's own message holds the addresses of objects."""
    while (inner := error.__cause__ or error.__context__) is not None:
        if not isinstance(inner, Exception):
            break
        error = inner
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return " ".join(str(error).split()) or type(error).__name__


def _advice(address: Address, error: Exception) -> str:
    if isinstance(error, PermissionError):
        return (
            "your user may not use it: `sudo usermod -aG docker $USER` and log in again, or run "
            "Docker without root, or choose --engine local"
        )
    if address.source == _HOST:
        return f"start it there, or unset {_HOST}"
    if address.source == _SETTING:
        return "start it there, or take the setting out"
    if address.source:
        return "start it, or choose another by `docker context use`"
    return "`make engine` starts one"
