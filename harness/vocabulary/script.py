"""The script of a cloud app: steps that run in order, once for each transfer.

A step is an object with one of these keys:

- `{"await": EVENT}` waits for a webhook of that type (`*` takes any).
- `{"post": BODY}` posts to the transfer's progress; with `"to"` to another transfer's, and with
  `"secret"` it is signed with that instead of the installation's secret. With `"base"` that stands
  between the site's base URL and the API. With `"expect"`, any other status of the answer ends the
  script.
- `{"fetch": "data"}` lists the transfer's app data, and downloads what it has not downloaded yet;
  with `"secret"` it asks with that instead of the installation's secret, with `"wait"` it uses each
  link that many seconds after it got it.
- `{"map": [KEY...], "namespace": NS}` looks up mappings.
- `{"feedback": DETAILS}` leaves feedback for the listener.
- `{"sleep": SECONDS}` waits; the app's time scale divides the seconds.
- `{"repeat": [STEP...], "times": N}` runs steps N times.

Besides its steps, a behaviour can make the app answer webhooks late or with an error.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag


class _Step(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Await(_Step):
    """Waits for an event of the transfer."""

    event: str = Field(alias="await")


class Post(_Step):
    """Posts a progress body as it is, right or wrong."""

    post: dict[str, Any]
    to: str | None = None
    """A transfer other than the script's own."""
    secret: str | None = None
    """Signs with this instead of the shared secret, like an app that still has an old one."""
    base: str = Field(default="", pattern=r"^(/[\w.~-]+)*$")
    """Stands behind the site's base URL, like an app's that takes another for it."""
    expect: int | None = None
    """The status that the answer must have; with any other the script fails."""


class Fetch(_Step):
    """Lists the transfer's app data and downloads it from its signed URLs."""

    fetch: Literal["data"]
    secret: str | None = None
    """Signs with this instead of the shared secret."""
    wait: float = Field(default=0.0, ge=0, le=86400)
    """Seconds between getting a link and using it; the app's time scale divides them."""


class Map(_Step):
    """Looks up the cloud ids of server keys."""

    map: list[str]
    namespace: str


class Feedback(_Step):
    """Leaves feedback for the listener."""

    feedback: dict[str, Any]


class Sleep(_Step):
    """Waits for some seconds."""

    sleep: float = Field(ge=0, le=86400)


class Repeat(_Step):
    """Runs steps several times."""

    repeat: "list[Step]"
    times: int = Field(ge=1, le=100_000)


STEPS: dict[str, type[BaseModel]] = {
    "await": Await,
    "post": Post,
    "fetch": Fetch,
    "map": Map,
    "feedback": Feedback,
    "sleep": Sleep,
    "repeat": Repeat,
}
"""The model of each kind of step."""


def _kind(step: Any) -> str | None:
    """The key that says what kind of step it is."""
    if isinstance(step, dict):
        return next((name for name in STEPS if name in step), None)
    return type(step).__name__.lower() if isinstance(step, _Step) else None


Step = Annotated[
    Annotated[Await, Tag("await")]
    | Annotated[Post, Tag("post")]
    | Annotated[Fetch, Tag("fetch")]
    | Annotated[Map, Tag("map")]
    | Annotated[Feedback, Tag("feedback")]
    | Annotated[Sleep, Tag("sleep")]
    | Annotated[Repeat, Tag("repeat")],
    Discriminator(
        _kind,
        custom_error_type="step",
        custom_error_message=f"a step is a mapping with one of the keys {', '.join(STEPS)}",
    ),
]


class Behaviour(BaseModel):
    """What the app does with a transfer, and how it answers webhooks."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    steps: list[Step] = Field(min_length=1)
    discover: bool = Field(
        default=False,
        description="Start on transfers found by GET /transfer/recent, before any webhook.",
    )
    answer_after: float = Field(
        default=0.0, ge=0, le=3600, description="Wall seconds before a webhook is answered."
    )
    slow_answers: int = Field(
        default=1_000_000,
        ge=0,
        description="How many webhooks of a transfer are answered that late.",
    )
    crash_on_first: bool = Field(
        default=False, description="Whether the first webhook of a transfer is answered 500."
    )


Repeat.model_rebuild()
