"""The faults that the cloud can have on demand: each kind, its options and their defaults.

The same description serves a case file (`cloud_fault`) and the cloud's control API, so a fault
means the same in both. Each kind means something with no option given.
"""

from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field


class Fault(BaseModel):
    """What all kinds share: the rule that says when a fault strikes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: str
    route: str = Field(
        default="*", description="Route template or event name; * and ? are wildcards."
    )
    method: str | None = Field(default=None, description="HTTP method; any when left out.")
    app: str | None = Field(default=None, description="App key; any when left out.")
    transfer: str | None = Field(default=None, description="Transfer id; any when left out.")
    case: str | None = Field(default=None, description="Text of the last mark; any when left out.")
    skip: int = Field(default=0, ge=0, description="Matches that are let through first.")
    times: int | None = Field(
        default=None, ge=1, description="Most strikes; no limit when left out."
    )
    probability: float = Field(default=1.0, ge=0, le=1, description="Probability of a strike.")
    seed: int = Field(default=0, description="Seed of the random generator.")


class Latency(Fault):
    """Waits before the handler is called."""

    kind: Literal["latency"]
    seconds: float = Field(default=1.0, ge=0, le=3600, description="Wall seconds.")


class RateLimit(Fault):
    """Answers 429 instead of calling the handler."""

    kind: Literal["rate-limit"]
    retry_after: int | None = Field(default=1, ge=0, description="Seconds; no header if null.")


class Refusal(Fault):
    """Answers 401 or 403 instead of calling the handler."""

    kind: Literal["refusal"]
    status: Literal[401, 403] = Field(default=403, description="The status of the answer.")


class ServerError(Fault):
    """Answers 5xx, either instead of calling the handler or after it has done its work."""

    kind: Literal["server-error"]
    status: int = Field(default=503, ge=500, le=599)
    done: bool = Field(default=False, description="Whether the request takes effect anyway.")


class Cut(Fault):
    """Cuts the connection without an answer."""

    kind: Literal["cut"]
    done: bool = Field(default=False, description="Whether the request takes effect anyway.")


class HalfAnswer(Fault):
    """Sends part of the answer and cuts the connection; the request takes effect."""

    kind: Literal["half-answer"]
    bytes: int = Field(default=10, ge=1, description="Bytes of the body that are sent.")


class StalePoll(Fault):
    """Gives CCMA the first answer that a migration's poll got under this fault, again and again."""

    kind: Literal["stale-poll"]
    route: str = "/server/v1/migrations/{migrationId}/progress"


class ExpiredLink(Fault):
    """Refuses signed URLs as expired, however new they are."""

    kind: Literal["expired-link"]
    route: str = "/_signed/{s3Key}"


class Lost(Fault):
    """A try of a webhook never arrives; it is sent again, unless it is lost for good."""

    kind: Literal["webhook-lost"]
    for_good: bool = Field(default=False, description="Whether it is never sent again.")


class Repeated(Fault):
    """An acknowledged webhook is sent again, with the same `messageId`."""

    kind: Literal["webhook-repeated"]
    copies: int = Field(default=1, ge=1, le=100)


class Late(Fault):
    """The first try of a webhook is delayed, so that a later event may overtake it."""

    kind: Literal["webhook-late"]
    delay: float = Field(default=60.0, ge=0, description="Platform seconds.")


OneFault = Annotated[
    Latency
    | RateLimit
    | Refusal
    | ServerError
    | Cut
    | HalfAnswer
    | StalePoll
    | ExpiredLink
    | Lost
    | Repeated
    | Late,
    Field(discriminator="kind"),
]
"""A fault of any kind."""

DESCRIPTIONS: dict[str, type[Fault]] = {
    get_args(each.model_fields["kind"].annotation)[0]: each
    for each in get_args(get_args(OneFault)[0])
}
"""The description of each kind."""
