"""A stack as a document: where its services are, and what it is."""

from pydantic import BaseModel

from harness.engines.service import EngineName


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
    """Where a stack's cloud is reached from this machine."""

    base_url: str
    control_url: str


class StackDocument(BaseModel):
    """What `harness up --json` prints and `harness down` reads."""

    run: str
    project: str = ""
    engine: EngineName
    time_scale: float
    confluence: ConfluenceAddress
    cloud: CloudAddress
    cloud_app: CloudAddress
    services: dict[str, str]
    system_features: tuple[str, ...] = ()
    cloud_half: str = ""
