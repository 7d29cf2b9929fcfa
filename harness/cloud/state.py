"""What the cloud knows, as plain dataclasses in memory.

Nothing here is changed directly: `changes.py` has one class for each thing that can happen,
the journal keeps them, and a restart applies them again.
"""

from collections import deque
from dataclasses import dataclass, field
from typing import Any

SETTLING = frozenset({"SUCCESS", "FAILED", "INCOMPLETE"})
"""Statuses by which an app settles a transfer (developer documentation, progress page)."""

SETTLED = SETTLING | {"TIMED_OUT", "CANCELLED"}
"""All statuses after which a transfer no longer changes."""

DAY = 24 * 3600 * 1000
EXPIRES_AFTER = 14 * DAY
"""Platform milliseconds from the first notification until a transfer times out."""

CANCELS_AFTER = 3600 * 1000
"""Platform milliseconds an app has to settle a transfer whose cancellation was requested."""

SILENCE = 15 * 60 * 1000
"""Forge: platform milliseconds without an acknowledgement, or without an upload, that count."""

LINK_LIFE = 3600 * 1000
"""Platform milliseconds that a signed URL lives."""

LOG_ROWS = 1000
"""Rows of the progress log kept for each migration; older ones are cut, as in the real one."""


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


@dataclass(slots=True)
class Server:
    """A Confluence that is connected to the site."""

    id: str
    base_url: str
    cloud_url: str
    scope_id: str


@dataclass(slots=True)
class Upload:
    """App data of a transfer: its bytes lie in the data folder under `key`."""

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
    """Milliseconds of platform time from there until the platform settles it."""
    settled_at: int | None = None
    cancel_requested_at: int | None = None
    uploads: list[str] = field(default_factory=list)
    feedback: dict[str, Any] | None = None
    error: dict[str, Any] | None = None
    export_completed: bool = False
    awaiting: dict[str, int] = field(default_factory=dict)
    """Forge only: message id -> platform time of its sending, until the app acknowledges it."""
    worked_off: int = 0
    """Forge only: messages that the app has acknowledged, well or not."""
    failed: int = 0
    """Forge only: those of them that it failed at."""
    exported_at: int = 0
    """Forge only: platform time of the last upload, or of the listener's call."""

    @property
    def settled(self) -> bool:
        """Whether the transfer no longer changes."""
        return self.settled_at is not None

    @property
    def expires_at(self) -> int | None:
        """Platform time at which every call about this transfer begins to be refused."""
        return None if self.triggered_at is None else self.triggered_at + self.lives

    @property
    def state(self) -> str:
        """The state as the public API words it; it has no word for a transfer not begun."""
        return "IN_PROGRESS" if self.status == "CREATED" else self.status


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

    def add_log(self, row: dict[str, Any]) -> None:
        """Adds a row to the progress log that View Logs shows."""
        if len(self.log) == LOG_ROWS:
            self.log_cut += 1
        self.log.append(row)


@dataclass(slots=True)
class Message:
    """An event for an app, until it is acknowledged or given up."""

    id: str
    app_key: str
    transfer_id: str
    event: str
    payload: dict[str, Any]
    created_at: int


@dataclass
class State:
    """Everything that a restart must bring back."""

    apps: dict[str, App] = field(default_factory=dict)
    servers: dict[str, Server] = field(default_factory=dict)
    migrations: dict[str, Migration] = field(default_factory=dict)
    transfers: dict[str, Transfer] = field(default_factory=dict)
    uploads: dict[str, Upload] = field(default_factory=dict)
    messages: dict[str, Message] = field(default_factory=dict)
    listings: set[tuple[str, str]] = field(default_factory=set)
    switches: dict[str, Any] = field(default_factory=dict)
    site: dict[str, Any] | None = None
    clock: tuple[float, float, float] | None = None
    """Platform milliseconds, wall seconds and rate of the last time the clock was set."""
    transfer_count: int = 0

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
