"""How a cloud is started, and the switches that can be turned while it runs.

Where sources about the real platform disagree, a switch has the documented side as its
default; `docs/world.md` names the sources.
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
        site: the site's name: <site>.atlassian.net.
        public_url: the site's base URL as told to apps; port 0 in it stands for the port that
            the TLS listener (without TLS: the plain one) takes.
        ports_file: where to write the ports as JSON once listening.
        time_scale: platform seconds per wall second at the start.
        egress: further hosts that may be called.
        site_file: YAML description of the site's content.
        sync: force each journal line to the disk.
        upstream: where requests without a route are forwarded to.
        client_patience: wall seconds that a client may let pass before its head is whole, between
            two pieces of its body, and without taking a piece of an answer.
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
    client_patience: float = 30.0


class Switches(BaseModel):
    """Behaviour that sources disagree on, or that a test may want otherwise."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    after_settled: Literal[403, 409] = Field(
        default=403, description="Answer to a Connect app's call about a settled transfer."
    )
    failure_status: Literal["reject", "accept"] = Field(
        default="reject",
        description="FAILURE as a status, as forum staff wrote FAILED: 400, or FAILED.",
    )
    unknown_status: Literal[400, 200] = Field(
        default=400,
        description="Answer to a status that is none; with 200 it changes nothing either.",
    )
    in_progress_percent: Literal["0-100", "1-99"] = Field(
        default="0-100", description="Which percents IN_PROGRESS may carry."
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
    retry_most: float = Field(default=60.0, gt=0, description="Platform seconds the wait grows to.")
    retry_tries: int = Field(
        default=50, ge=1, description="Tries of one webhook before it is given up."
    )
    retry_least_wall: float = Field(
        default=0.1,
        ge=0,
        description="Wall seconds between two tries at least, whatever the scale.",
    )
    region: str | None = Field(
        default=None,
        description="The region the site is pinned to: webhooks then go to regionBaseUrls.",
    )
    marketplace: Literal["open", "listed"] = Field(
        default="open",
        description="Whether unequal keys are linked always, or only when listed as a pair.",
    )
    transfer_days: float = Field(
        default=14.0,
        gt=0,
        le=14.0,
        description="Days of platform time that a transfer has; a post of 2021 speaks of 5.",
    )
    scopes: Literal["checked", "ignored"] = Field(
        default="checked",
        description="Whether mappings need their MIGRATION_TRACING scope declared.",
    )
