"""Turns a stack into a document and back.

`harness up` keeps the document in the run's folder and prints it with `--json`; `--stack` makes a
stack from it again. Both directions are side by side here: a new field of `Stack` goes into both.
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

from pydantic import BaseModel, ValidationError

from harness.drivers.cloud import DESCRIPTOR, CloudAppControl, CloudControl, ConnectAppControl
from harness.drivers.confluence import session
from harness.drivers.untold_cloud import UntoldCloud, UntoldCloudApp
from harness.engines.attached import Attach
from harness.engines.service import Engine, EngineName, Running
from harness.environment.services.names import CLOUD, CLOUD_APP, CONFLUENCE, LOG
from harness.environment.stack import STACK_NAME, Stack, url
from harness.errors import BadInput
from harness.lifecycle.runs import Run


class ConfluenceAddress(BaseModel):
    """Where a stack's Confluence is reached from this machine, and what it runs from.

    Attributes:
        name: the image's name, or `standin`.
        image: what tells it from other images, as `Ready.identity` says it.
    """

    base_url: str
    synchrony_url: str
    jdwp_host: str
    jdwp_port: int
    log_path: str
    admin_user: str
    admin_password: str
    ccma: str
    name: str = ""
    image: str = ""


class CloudAddress(BaseModel):
    """Where a stack's cloud, or its cloud app, is reached from this machine.

    Attributes:
        base_url: its public face.
        control_url: its control API; the base URL again for a Connect app of the vendor's own,
            which has none.
        authority: PEM of the CA of a vendor's Connect app.
        health: the path that tells whether a vendor's Connect app is up.
        control_token: what the control API wants to be sent, as a bearer token.
    """

    base_url: str
    control_url: str
    authority: str = ""
    health: str = DESCRIPTOR
    control_token: str = ""


class StackDocument(BaseModel):
    """What `harness up --json` prints and `harness down` reads.

    Attributes:
        run: the id of the run that brought it up.
        project: the root of that run's project; empty where it is not known.
        name: the stack's name within the run.
        cloud: the stub; None where the stack talks to the real cloud.
        cloud_app: the app's cloud half before the stub.
        services: the services by name, with what the engine calls each.
    """

    run: str
    project: str = ""
    name: str = STACK_NAME
    engine: EngineName
    time_scale: float
    confluence: ConfluenceAddress
    cloud: CloudAddress | None
    cloud_app: CloudAddress | None
    services: dict[str, str]
    system_features: tuple[str, ...] = ()
    cloud_half: str = ""


def to_document(stack: Stack) -> StackDocument:
    """The document of a stack."""
    confluence = stack.running[CONFLUENCE]
    return StackDocument(
        run=stack.run.id,
        project=str(stack.run.project or ""),
        name=stack.name,
        engine=stack.engine.name,
        time_scale=stack.scale,
        confluence=ConfluenceAddress(
            base_url=stack.confluence_url,
            synchrony_url=url("http", confluence, "synchrony"),
            jdwp_host=confluence.host,
            jdwp_port=confluence.port("jdwp"),
            log_path=confluence.where("home", LOG),
            admin_user=stack.account.user,
            admin_password=stack.account.password,
            ccma=stack.ccma,
            name=stack.confluence,
            image=stack.image,
        ),
        cloud=_cloud_of(stack),
        cloud_app=_cloud_app_of(stack),
        services={name: service.id for name, service in stack.running.items()},
        system_features=stack.system_features,
        cloud_half=stack.cloud_half,
    )


def _cloud_of(stack: Stack) -> CloudAddress | None:
    if isinstance(stack.cloud, UntoldCloud):
        return None
    return CloudAddress(
        base_url=stack.cloud_url,
        control_url=stack.cloud.url,
        control_token=stack.cloud.token,
    )


def _cloud_app_of(stack: Stack) -> CloudAddress | None:
    control = stack.cloud_app
    if isinstance(control, UntoldCloudApp):
        return None
    if isinstance(control, ConnectAppControl):
        authority = (control.authority or b"").decode()
        return CloudAddress(
            base_url=control.url,
            control_url=control.url,
            authority=authority,
            health=control.health,
        )
    return CloudAddress(
        base_url=url("https", stack.running[CLOUD_APP], "https"),
        control_url=control.url,
        control_token=control.token,
    )


def to_stack(document: StackDocument, run: Run, engine: Engine, attach: Attach) -> Stack:
    """The stack of a document.

    Args:
        document: as `to_document` made it.
        run: the run that brought the stack up.
        engine: for the stack's end.
        attach: attaches to one of its services.

    Raises:
        BadInput: one of its services is gone.
    """
    confluence = document.confluence
    ports = _ports(document)
    host = confluence.jdwp_host
    running = {
        name: attach(name, id_, host, ports.get(name, {}))
        for name, id_ in document.services.items()
    }
    return Stack(
        run=run,
        name=document.name,
        engine=engine,
        scale=document.time_scale,
        ccma=confluence.ccma,
        confluence=confluence.name,
        image=confluence.image,
        account=session.Account(confluence.admin_user, confluence.admin_password),
        running=running,
        cloud=_cloud(document.cloud, running),
        cloud_app=_cloud_app(document.cloud_app, running),
        system_features=document.system_features,
        cloud_half=document.cloud_half,
    )


def _cloud(at: CloudAddress | None, running: Mapping[str, Running]) -> CloudControl | UntoldCloud:
    if at is None:
        return UntoldCloud()
    return CloudControl(at.control_url, running[CLOUD], at.control_token)


def _cloud_app(
    at: CloudAddress | None, running: Mapping[str, Running]
) -> CloudAppControl | ConnectAppControl | UntoldCloudApp:
    if at is None:
        return UntoldCloudApp()
    if at.control_url == at.base_url:
        return ConnectAppControl(at.base_url, at.authority.encode() or None, at.health)
    return CloudAppControl(at.control_url, running[CLOUD_APP], at.control_token)


def leave_running(stack: Stack) -> StackDocument:
    """Lets a stack outlive this process, until `harness down`; nothing here drives it any longer.

    Returns:
        Its document, which is in the run's folder now.
    """
    document = to_document(stack)
    stack.run.stack_file.touch(0o600)
    stack.run.stack_file.write_text(document.model_dump_json(indent=1))
    stack.leave()
    return document


def read(run: Run) -> StackDocument:
    """The document of the stack that a run left running.

    Raises:
        BadInput: the file is damaged.
    """
    try:
        return StackDocument.model_validate_json(run.stack_file.read_bytes())
    except ValidationError as error:
        raise BadInput(
            f"the addresses of run {run.id} cannot be read: `harness down {run.id}` removes what "
            f"is left of it ({error.error_count()} errors)",
            path=run.stack_file,
        ) from None


def _ports(document: StackDocument) -> Mapping[str, Mapping[str, int]]:
    confluence, cloud, app = document.confluence, document.cloud, document.cloud_app
    ports = {
        CONFLUENCE: {
            "http": _port(confluence.base_url),
            "synchrony": _port(confluence.synchrony_url),
            "jdwp": confluence.jdwp_port,
        }
    }
    if cloud:
        ports[CLOUD] = {"https": _port(cloud.base_url), "http": _port(cloud.control_url)}
    if app:
        ports[CLOUD_APP] = {
            "https": _port(app.base_url),
            "http": _port(app.base_url),
            "control": _port(app.control_url),
        }
    return ports


def _port(address: str) -> int:
    return urlsplit(address).port or 0
