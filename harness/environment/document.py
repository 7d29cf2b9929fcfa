"""Turns a stack into a document and back.

`harness up` keeps the document in the run's folder and prints it with `--json`; `--stack` makes a
stack from it again. Both directions are side by side here: a new field of `Stack` goes into both.
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

from pydantic import BaseModel, ValidationError

from harness.drivers.cloud import CloudAppControl, CloudControl, ConnectAppControl
from harness.drivers.confluence import session
from harness.engines.attached import Attach
from harness.engines.service import Engine, EngineName
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
        control_token: what the control API wants to be sent, as a bearer token.
    """

    base_url: str
    control_url: str
    authority: str = ""
    control_token: str = ""


class StackDocument(BaseModel):
    """What `harness up --json` prints and `harness down` reads.

    Attributes:
        run: the id of the run that brought it up.
        project: the root of that run's project; empty where it is not known.
        name: the stack's name within the run.
        services: the services by name, with what the engine calls each.
    """

    run: str
    project: str = ""
    name: str = STACK_NAME
    engine: EngineName
    time_scale: float
    confluence: ConfluenceAddress
    cloud: CloudAddress
    cloud_app: CloudAddress
    services: dict[str, str]
    system_features: tuple[str, ...] = ()
    cloud_half: str = ""


def to_document(stack: Stack) -> StackDocument:
    """The document of a stack."""
    confluence, app = stack.running[CONFLUENCE], stack.running[CLOUD_APP]
    control = stack.cloud_app
    authority = control.authority if isinstance(control, ConnectAppControl) else None
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
        cloud=CloudAddress(
            base_url=stack.cloud_url,
            control_url=stack.cloud.url,
            control_token=stack.cloud.token,
        ),
        cloud_app=CloudAddress(
            base_url=control.url
            if isinstance(control, ConnectAppControl)
            else url("https", app, "https"),
            control_url=control.url,
            authority=(authority or b"").decode(),
            control_token=control.token if isinstance(control, CloudAppControl) else "",
        ),
        services={name: service.id for name, service in stack.running.items()},
        system_features=stack.system_features,
        cloud_half=stack.cloud_half,
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
    confluence, app = document.confluence, document.cloud_app
    ports = _ports(document)
    host = confluence.jdwp_host
    running = {
        name: attach(name, id_, host, ports.get(name, {}))
        for name, id_ in document.services.items()
    }
    scripted = app.control_url != app.base_url
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
        cloud=CloudControl(
            document.cloud.control_url, running[CLOUD], document.cloud.control_token
        ),
        cloud_app=CloudAppControl(app.control_url, running[CLOUD_APP], app.control_token)
        if scripted
        else ConnectAppControl(app.base_url, app.authority.encode() or None),
        system_features=document.system_features,
        cloud_half=document.cloud_half,
    )


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
    return {
        CONFLUENCE: {
            "http": _port(confluence.base_url),
            "synchrony": _port(confluence.synchrony_url),
            "jdwp": confluence.jdwp_port,
        },
        CLOUD: {"https": _port(cloud.base_url), "http": _port(cloud.control_url)},
        CLOUD_APP: {
            "https": _port(app.base_url),
            "http": _port(app.base_url),
            "control": _port(app.control_url),
        },
    }


def _port(address: str) -> int:
    return urlsplit(address).port or 0
