"""Attaches to a Confluence that somebody else runs, named by its address, to run cases on it."""

import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from harness.drivers.cloud import CloudAppControl, CloudControl
from harness.drivers.confluence.session import Account, ConfluenceClient
from harness.drivers.untold_cloud import UntoldCloud, UntoldCloudApp
from harness.engines import attached as containers
from harness.engines.attached import AttachedContainer, NoEngine
from harness.engines.docker_host import NoDockerEngine, connect, find_address
from harness.engines.local import LocalEngine
from harness.engines.service import Running, Service
from harness.environment.attach import AttachedStack
from harness.environment.preflight import Hand, preflight
from harness.environment.remote import (
    LogFile,
    LogInContainer,
    LogSource,
    Remote,
    RemoteConfluence,
    Trust,
    open_client,
    trust_of,
)
from harness.environment.services.cloud_app import plain_cloud_app
from harness.environment.services.names import CONFLUENCE, HOME
from harness.environment.stack import Stack
from harness.errors import BadInput, DriverError
from harness.lifecycle.runs import Run, state_folder
from harness.plugin_jar.read import read_plugin
from harness.settings import Settings, stub_address
from harness.store import undo
from harness.store.server_log import checked_zone
from harness.support.console import Progress
from harness.vocabulary.variables import CONTROL_TOKEN, PASSWORD, TOKEN

_CONTAINER = "container:"


def undo_folder() -> Path:
    """Where it is written what has to be put back, for all Confluences of this user."""
    return state_folder() / "attached"


def account_from(user: str | None, environ: Mapping[str, str]) -> Account:
    """Who to be: the user's name, with the password or the token of the environment.

    Raises:
        BadInput: neither is there; a command line would show it to everybody.
    """
    password, token = environ.get(PASSWORD, ""), environ.get(TOKEN, "")
    if not user and not token:
        raise BadInput(
            f"--user: name an administrator, with the password in the variable {PASSWORD} or an "
            f"access token in {TOKEN}"
        )
    if not password and not token:
        raise BadInput(
            f"--user needs a password: put it into the variable {PASSWORD}, or an access token "
            f"into {TOKEN}"
        )
    return Account(user or "the token's owner", password, token)


@contextmanager
def attached_remote(
    settings: Settings,
    progress: Progress,
    environ: Mapping[str, str] = os.environ,
    *,
    may_try: bool = True,
) -> Iterator[AttachedStack]:
    """Attaches to the Confluence whose address the settings name, until the block ends.

    Args:
        settings: they name a Confluence by its address.
        progress: takes what the preflight says.
        environ: holds the password or the token, and what the stub's control API wants.
        may_try: whether a request may be sent that is refused by a server that is well.

    Raises:
        BadInput: it cannot be reached, does not let the user in, or no case can run there; or a
            run that ended early has left something there that is to be put back first.
    """
    address = settings.confluence.rstrip("/")
    account = account_from(settings.user, environ)
    with ExitStack() as at_end:
        journal = at_end.enter_context(undo.held(undo.path_for(undo_folder(), address)))
        if left := undo.read(journal.path):
            raise BadInput(
                f"--confluence {address}: run {left.begun.run} ended before it had put back what "
                "it changed there: `harness restore` does that, and then this can run"
            )
        trust = trust_of(address, settings.ca)
        confluence = RemoteConfluence(address, _log(settings, at_end), _debugger(settings.jdwp))
        client = at_end.enter_context(connected(address, account, trust))
        cloud = _cloud(settings, environ, at_end)
        progress(f"{address}:")
        hand = Hand(
            address,
            account,
            client,
            confluence,
            cloud.tells,
            settings.scale,
            settings.plan,
            trust.launch,
            may_try,
        )
        seen = preflight(hand, progress)
        before = read_plugin(settings.app_before) if settings.app_before else None
        jar = (before.facts.key or "", before.facts.version or "") if before else None
        remote = Remote(
            address,
            journal,
            replace(seen, app_before=jar),
            trust.context,
            trust.launch,
            settings.app_before,
            confluence.log.zone() if confluence.log else None,
            str(settings.ca.resolve()) if settings.ca else None,
        )
        stack = Stack(
            run=Run("attached", undo_folder()),
            engine=NoEngine("local"),
            scale=settings.scale,
            ccma=seen.assistant,
            confluence=address,
            image="",
            account=account,
            running={CONFLUENCE: confluence},
            cloud=cloud,
            cloud_app=UntoldCloudApp(),
            remote=remote,
        )
        yield AttachedStack(stack)


def start_cloud_half(stack: Stack, remote: Remote, run: Run, key: str, at_end: ExitStack) -> None:
    """Starts the app's scripted cloud half for the stub that serves an attached Confluence.

    Args:
        stack: the attached one; from then on its cloud app can be told how to behave.
        remote: the stack's.
        run: whose process it is.
        key: the cloud app's.
        at_end: ends it.

    Raises:
        HarnessError: it does not come up.
    """
    engine = at_end.enter_context(closing(LocalEngine(run, "cloud-half")))
    host = own_address_towards(stack.cloud.url)
    service = engine.start(plain_cloud_app(key, host, stack.scale))
    control = CloudAppControl(f"http://{host}:{service.port('control')}", service)
    at_end.callback(control.close)
    stack.cloud_app = control
    remote.app_address = f"http://{host}:{service.port('http')}"


def own_address_towards(address: str) -> str:
    """The address of this machine by which a peer at another one reaches it."""
    parts = urlsplit(address)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect((parts.hostname, parts.port or 80))  # sends nothing
        own: str = probe.getsockname()[0]
    return own


def connected(address: str, account: Account, trust: Trust) -> ConfluenceClient:
    """A client of the server, logged in.

    Raises:
        BadInput: it does not answer, its certificate is not trusted, or it refuses the account.
    """
    try:
        return open_client(address, account, trust.context)
    except httpx.ConnectError as error:
        if "CERTIFICATE_VERIFY_FAILED" in str(error):
            raise BadInput(
                f"--confluence {address}: its certificate is of an authority that is not trusted "
                f"here ({error}): name that authority's PEM file by --ca"
            ) from None
        raise BadInput(f"--confluence {address}: no answer ({error}): does it run?") from None
    except httpx.HTTPError as error:
        raise BadInput(f"--confluence {address}: no answer ({error})") from None
    except DriverError as error:
        raise BadInput(f"--confluence {address}: {error}") from None


def _cloud(
    settings: Settings, environ: Mapping[str, str], at_end: ExitStack
) -> CloudControl | UntoldCloud:
    address = stub_address(settings)
    return stub_at(address, environ, at_end) if address else UntoldCloud()


def stub_at(address: str, environ: Mapping[str, str], at_end: ExitStack) -> CloudControl:
    """The control of the stub at an address.

    Raises:
        BadInput: none answers there, or it wants another token.
    """
    control = CloudControl(address, token=environ.get(CONTROL_TOKEN, ""))
    at_end.callback(control.close)
    try:
        control.journal_end()
    except DriverError as error:
        raise BadInput(
            f"--cloud {address}: no stub's control API answers there ({error.came_back}); "
            f"`harness cloud serve` starts one; a token it wants stands in {CONTROL_TOKEN}"
        ) from None
    return control


def _log(settings: Settings, at_end: ExitStack) -> LogSource | None:
    zone = checked_zone(settings.log_zone)
    if settings.log is None:
        return None
    if settings.log.startswith(_CONTAINER):
        name = settings.log.removeprefix(_CONTAINER)
        return LogInContainer(_container(name, settings.docker_socket, at_end), zone)
    path = Path(settings.log)
    if not path.is_file():
        raise BadInput("--log: there is no such file; a container's is container:NAME", path=path)
    return LogFile(path, zone)


def _container(name: str, docker_socket: Path | None, at_end: ExitStack) -> Running:
    try:
        client = connect(find_address(docker_socket))
    except NoDockerEngine as error:
        raise BadInput(f"--log container:{name}: {error}") from None
    at_end.callback(client.close)
    found = containers.find_container(client, name)
    if found is None:
        raise BadInput(f"--log container:{name}: there is no such container on this machine")
    described = Service(CONFLUENCE, "", lambda _: (), lambda _: {}, {}, folders={"home": HOME})
    return AttachedContainer(described, found, "127.0.0.1", {})


def _debugger(address: str | None) -> tuple[str, int] | None:
    if address is None:
        return None
    host, _, port = address.rpartition(":")
    return host, int(port)
