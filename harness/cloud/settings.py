"""How a cloud is started, and the switches that can be set while it runs.

Where sources about the real platform disagree, a switch decides; its default is what is
documented. `docs/cloud.md` names the sources.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


@dataclass(frozen=True)
class ServeSettings:
    """Start options of a cloud.

    Args:
        data: folder for the journal, app data and secrets; made when missing.
        host: address to listen on.
        port: plain HTTP port; 0 takes any free one.
        tls_port: HTTPS port; None for no TLS listener, 0 for any free one.
        tls_cert: PEM chain of the TLS listener.
        tls_key: PEM key of the TLS listener.
        site: the site's name, as in <site>.atlassian.net.
        public_url: the site's base URL, as apps see it; port 0 in it stands for the port of the TLS
            listener, or of the plain one if there is no TLS.
        ports_file: where to write the ports, as JSON, once the cloud listens.
        time_scale: platform seconds per wall second at the start.
        egress: further hosts that the cloud may call, each as HOST or HOST:PORT.
        site_file: YAML description of the site's content.
        sync: force each journal line to the disk.
        upstream: where to forward requests that have no route.
        control_token_file: holds what callers of the control API have to send; None for no token.
        called: further names by which the cloud is called.
        client_patience: wall seconds that a client has to send a request's whole head, to send the
            next piece of its body, or to take the next piece of an answer.
    """

    data: Path
    host: str = "127.0.0.1"
    port: int = 0
    tls_port: int | None = None
    tls_cert: Path | None = None
    tls_key: Path | None = None
    site: str = "demo"
    public_url: str | None = None
    ports_file: Path | None = None
    time_scale: float = 1.0
    egress: tuple[str, ...] = ()
    site_file: Path | None = None
    sync: bool = False
    upstream: str | None = None
    control_token_file: Path | None = None
    called: tuple[str, ...] = ()
    client_patience: float = 30.0


class Switches(BaseModel):
    """Behaviour that sources disagree on, or that a test may want to change."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    after_settled: Literal[403, 409] = Field(
        default=403, description="Answer to a Connect app's call about a settled transfer."
    )
    failure_status: Literal["reject", "accept"] = Field(
        default="reject",
        description="FAILURE, which staff wrote for FAILED in a forum: answer 400, or take it so.",
    )
    unknown_status: Literal[400, 200] = Field(
        default=400,
        description="Answer to an unknown status; even with 200 it changes nothing.",
    )
    in_progress_percent: Literal["0-100", "1-99"] = Field(
        default="0-100", description="Which percentages IN_PROGRESS may have."
    )
    another_apps_transfer: Literal[403, 404] = Field(
        default=403, description="Answer to a call about another app's transfer."
    )
    clock_skew: float = Field(
        default=30.0, ge=0, description="Wall seconds by which a token's times may be off."
    )
    acknowledge_within: float = Field(
        default=5.0, gt=0, description="Wall seconds an app has to answer a webhook with 200."
    )
    retry_first: float = Field(
        default=1.0,
        gt=0,
        description="Platform seconds before a webhook's second try; doubles each time.",
    )
    retry_most: float = Field(
        default=60.0, gt=0, description="The longest wait between two tries, in platform seconds."
    )
    retry_tries: int = Field(
        default=50, ge=1, description="Tries of a webhook before the platform gives up."
    )
    forge_tries: int = Field(
        default=5, ge=1, description="Tries of an event for a Forge app (documented)."
    )
    forge_empty_hours: float = Field(
        default=24.0,
        gt=0,
        description="Hours of platform time after which a Forge app's export with no upload "
        "settles; documented is only that it takes long.",
    )
    retry_least_wall: float = Field(
        default=0.1,
        ge=0,
        description="The shortest wait between two tries, in wall seconds, whatever the scale.",
    )
    region: str | None = Field(
        default=None,
        description="The region that the site is pinned to; webhooks then go to regionBaseUrls.",
    )
    marketplace: Literal["open", "listed"] = Field(
        default="open",
        description="Whether different keys are always linked, or only when listed as a pair.",
    )
    container_page: Literal["list", "map"] = Field(
        default="list",
        description="Whether a page of containers has a list, or a map from key to container.",
    )
    descriptors: Literal["checked", "ignored"] = Field(
        default="checked",
        description="Whether unknown modules and a missing READ scope prevent an install.",
    )
    transfer_days: float = Field(
        default=14.0,
        gt=0,
        le=14.0,
        description="Days of platform time that a transfer has; a post of 2021 says 5.",
    )
    install_audience: Literal["list", "text"] = Field(
        default="list",
        description="Whether an install's aud is a list with the base URL, or the base URL.",
    )
    log_message: Literal[1000, 500] = Field(
        default=1000,
        description="How many characters of an app's message the progress log shows; 500 until "
        "November 2023.",
    )
    server_token_hours: float = Field(
        default=24.0,
        gt=0,
        description="Hours of platform time for which a server's token is valid.",
    )
    connection_days: float = Field(
        default=90.0,
        gt=0,
        description="Days of platform time after which an administrator has to connect again.",
    )
    content_v1: Literal["served", "gone"] = Field(
        default="served",
        description="Whether v1 of the content API is there, or 410 as on newer sites.",
    )
    scopes: Literal["checked", "ignored"] = Field(
        default="checked",
        description="Whether access to mappings needs a declared MIGRATION_TRACING scope.",
    )
