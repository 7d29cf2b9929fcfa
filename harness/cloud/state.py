"""What the cloud knows, as plain dataclasses in memory.

Nothing here is changed directly: `changes` has one class for each thing that can happen, the
journal keeps the changes, and a restart applies them again.
"""

from collections import deque
from dataclasses import dataclass, field
from typing import Any

from harness.cloud.content import Content

SETTLING = frozenset({"SUCCESS", "FAILED", "INCOMPLETE"})
"""The statuses with which an app settles a transfer (developer documentation, progress page)."""

SETTLED = SETTLING | {"TIMED_OUT", "CANCELLED"}
"""All statuses after which a transfer no longer changes."""

HOUR = 3600 * 1000
DAY = 24 * HOUR
EXPIRES_AFTER = 14 * DAY
"""Platform milliseconds from the first notification until a transfer times out."""

CANCELS_AFTER = 3600 * 1000
"""Platform milliseconds that an app has to settle a transfer after a cancel was requested."""

SILENCE = 15 * 60 * 1000
"""Forge: platform milliseconds that an app, or an export, may be silent."""

LINK_LIFE = 3600 * 1000
"""Platform milliseconds for which a signed URL is valid."""

LOG_ROWS = 1000
"""How many rows of a migration's progress log are kept; the real one drops older ones too."""


@dataclass(slots=True)
class App:
    """A Connect (or Forge) app on the site."""

    key: str
    client_key: str
    base_url: str
    name: str = ""
    webhook_path: str | None = None
    regions: dict[str, str] = field(default_factory=dict)
    callbacks: dict[str, str] = field(default_factory=dict)
    endpoints: tuple[str, ...] = ()
    kind: str = "connect"
    scopes: tuple[str, ...] = ()
    """Connect only: the scopes that the descriptor asks for, in upper case."""
    environment: str | None = None
    """Forge only: the environment in which it is deployed on the site."""
    descriptor_url: str = ""
    """Where its descriptor was read; it need not be below the base URL."""


@dataclass(slots=True)
class Server:
    """A Confluence that is connected to the site."""

    id: str
    base_url: str
    cloud_url: str
    scope_id: str
    connected_at: int = 0
    """Platform time at which an administrator connected it last."""


@dataclass(slots=True)
class Upload:
    """App data of a transfer; its bytes are in the data folder under `key`."""

    key: str
    transfer_id: str
    label: str | None
    size: int
    at: int


@dataclass(slots=True)
class Transfer:
    """The platform's unit of one listener's migration. Times are platform milliseconds."""

    id: str
    migration_id: str
    container_id: str
    server_key: str
    cloud_key: str
    linked: bool
    scopes: tuple[str, ...]
    original_id: str | None
    created_at: int
    updated_at: int
    status: str = "CREATED"
    percent: int | None = None
    message: str | None = None
    triggered_at: int | None = None
    lives: int = EXPIRES_AFTER
    """Platform milliseconds from then until the platform settles it."""
    settled_at: int | None = None
    cancel_requested_at: int | None = None
    uploads: list[str] = field(default_factory=list)
    feedback: dict[str, Any] | None = None
    error: dict[str, Any] | None = None
    export_completed: bool = False
    awaiting: dict[str, int] = field(default_factory=dict)
    """Forge only: message id -> platform time when it was sent, until the app acknowledges it."""
    worked_off: int = 0
    """Forge only: how many messages the app has acknowledged, as SUCCESS or FAILED."""
    failed: int = 0
    """Forge only: how many of them as FAILED."""
    acknowledged_at: int = 0
    """Forge only: platform time when the app last acknowledged a message as SUCCESS."""
    settles_at: int | None = None
    """Forge only: platform time at which the platform settles an export that uploaded nothing."""
    environment: str | None = None
    """Forge only: the environment that the listener named, to which events go."""
    exported_at: int = 0
    """Forge only: platform time of the last upload, or of the listener's call before the first."""

    @property
    def settled(self) -> bool:
        """Whether the transfer no longer changes."""
        return self.settled_at is not None

    @property
    def expires_at(self) -> int | None:
        """Platform time from which every call about this transfer is refused."""
        return None if self.triggered_at is None else self.triggered_at + self.lives

    @property
    def state(self) -> str:
        """The state in the public API's words; it has none for a transfer that has not begun."""
        return "IN_PROGRESS" if self.status == "CREATED" else self.status


@dataclass(frozen=True, slots=True)
class Polled:
    """What a poll of a migration was answered, while the state was of this generation.

    Attributes:
        generation: the state's.
        body: the answer's, as JSON.
        journalled: what the journal says of each transfer.
    """

    generation: int
    body: bytes
    journalled: list[dict[str, Any]]


@dataclass(slots=True)
class Migration:
    """One run of a plan."""

    id: str
    plan_id: str
    name: str
    server_id: str
    scope_id: str
    cloud_url: str
    client_key: str
    created_at: int
    transfers: list[str] = field(default_factory=list)
    log: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=LOG_ROWS))
    log_cut: int = 0
    polled: Polled | None = None

    def add_log(self, row: dict[str, Any]) -> None:
        """Adds a row to the progress log, which View Logs shows."""
        if len(self.log) == LOG_ROWS:
            self.log_cut += 1
        self.log.append(row)


@dataclass(slots=True)
class Message:
    """An event for an app, until it is acknowledged or the platform gives up."""

    id: str
    app_key: str
    transfer_id: str
    event: str
    payload: dict[str, Any]
    created_at: int


@dataclass
class State:
    """Everything that a restart must restore.

    `described` is the content that the site's description states, to which a reset returns.
    """

    described: Content = field(default_factory=Content)
    content: Content = field(default_factory=Content)

    apps: dict[str, App] = field(default_factory=dict)
    servers: dict[str, Server] = field(default_factory=dict)
    migrations: dict[str, Migration] = field(default_factory=dict)
    transfers: dict[str, Transfer] = field(default_factory=dict)
    uploads: dict[str, Upload] = field(default_factory=dict)
    messages: dict[str, Message] = field(default_factory=dict)
    forgotten: set[str] = field(default_factory=set)
    """Ids of migrations, transfers, uploads and messages that were there before a reset."""
    listings: set[tuple[str, str]] = field(default_factory=set)
    switches: dict[str, Any] = field(default_factory=dict)
    clock: tuple[float, float, float] | None = None
    """When the clock was last set: platform milliseconds, wall seconds and rate."""
    transfer_count: int = 0
    generation: int = 0
    """Rises with each change: until then, what was made of the state is right."""

    def log(self, transfer_id: str, at: int, level: str, kind: str, text: str, **more: Any) -> None:
        """Adds a row to the progress log of a transfer's migration."""
        transfer = self.transfers[transfer_id]
        row = {
            "time": at,
            "level": level,
            "type": kind,
            "message": text,
            "transferId": transfer_id,
            "cloudAppKey": transfer.cloud_key,
            **more,
        }
        self.migrations[transfer.migration_id].add_log(row)
