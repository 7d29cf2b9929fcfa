"""One class for each thing that can happen to the cloud's state.

A handler decides which changes a request makes; the journal writes them with the entry; only
then are they applied. After a restart the journal's changes are applied again, in order, so
`apply` must not read clocks, files or settings.
"""

from dataclasses import dataclass, fields
from functools import cache
from typing import Any, ClassVar

from harness.cloud.state import (
    EXPIRES_AFTER,
    SETTLED,
    SETTLING,
    App,
    Message,
    Migration,
    Server,
    State,
    Transfer,
    Upload,
)

BEING_PROCESSED = 80
"""Percent at which a Forge app's transfer holds while its messages are worked off (observed)."""

KINDS: dict[str, type["Change"]] = {}


@dataclass(frozen=True, slots=True)
class Change:
    """Something that happened; `kind` is its name in the journal."""

    kind: ClassVar[str]

    def __init_subclass__(cls) -> None:
        KINDS[cls.kind] = cls

    def apply(self, state: State) -> None:
        """Makes it so."""
        self._apply(state)

    def _apply(self, state: State) -> None:
        raise NotImplementedError

    def to_json(self) -> dict[str, Any]:
        """As the journal keeps it."""
        return {"kind": self.kind} | {name: getattr(self, name) for name in _names(self.kind)}


@cache
def _names(kind: str) -> tuple[str, ...]:
    return tuple(each.name for each in fields(KINDS[kind]))


def from_json(value: dict[str, Any]) -> Change:
    """A change as the journal kept it."""
    rest = dict(value)
    return KINDS[rest.pop("kind")](**rest)


@dataclass(frozen=True, slots=True)
class AppInstalled(Change):
    """A Connect app took its install callback; its shared secret lies in the vault."""

    kind: ClassVar[str] = "app-installed"
    app: dict[str, Any]

    def _apply(self, state: State) -> None:
        app = App(**self.app)
        app.endpoints = tuple(app.endpoints)
        state.apps[app.key] = app


@dataclass(frozen=True, slots=True)
class AppUninstalled(Change):
    """An app left the site."""

    kind: ClassVar[str] = "app-uninstalled"
    app_key: str

    def _apply(self, state: State) -> None:
        state.apps.pop(self.app_key, None)


@dataclass(frozen=True, slots=True)
class WebhooksSet(Change):
    """An app replaced its webhook endpoints."""

    kind: ClassVar[str] = "webhooks-set"
    app_key: str
    endpoints: list[str]

    def _apply(self, state: State) -> None:
        state.apps[self.app_key].endpoints = tuple(self.endpoints)


@dataclass(frozen=True, slots=True)
class ServerAttached(Change):
    """A Confluence connected to the site."""

    kind: ClassVar[str] = "server-attached"
    server: dict[str, Any]

    def _apply(self, state: State) -> None:
        server = Server(**self.server)
        state.servers[server.id] = server


@dataclass(frozen=True, slots=True)
class MigrationCreated(Change):
    """A plan was run."""

    kind: ClassVar[str] = "migration-created"
    migration: dict[str, Any]

    def _apply(self, state: State) -> None:
        migration = Migration(**self.migration)
        state.migrations[migration.id] = migration


@dataclass(frozen=True, slots=True)
class TransferCreated(Change):
    """A listener's part of a migration began to exist."""

    kind: ClassVar[str] = "transfer-created"
    transfer: dict[str, Any]

    def _apply(self, state: State) -> None:
        transfer = Transfer(**self.transfer)
        state.transfers[transfer.id] = transfer
        state.transfer_count += 1
        migration = state.migrations[transfer.migration_id]
        migration.transfers.append(transfer.id)
        text = f"Migration of {transfer.cloud_key} was started"
        state.log(transfer.id, transfer.created_at, "INFO", "MIGRATION_STARTED", text)


@dataclass(frozen=True, slots=True)
class ListenerTriggered(Change):
    """The server called the listener; from here the 14 days run."""

    kind: ClassVar[str] = "listener-triggered"
    transfer_id: str
    at: int
    lives: int = EXPIRES_AFTER

    def _apply(self, state: State) -> None:
        transfer = state.transfers[self.transfer_id]
        if transfer.triggered_at is None:
            transfer.triggered_at, transfer.lives = self.at, self.lives
        if transfer.status == "CREATED":
            transfer.status = "IN_PROGRESS"
        transfer.updated_at = transfer.exported_at = self.at


@dataclass(frozen=True, slots=True)
class ListenerErrored(Change):
    """The listener ended with an exception; the app is told and has to settle."""

    kind: ClassVar[str] = "listener-errored"
    transfer_id: str
    at: int
    error: dict[str, Any]

    def _apply(self, state: State) -> None:
        state.transfers[self.transfer_id].error = self.error
        text = f"The server app failed: {self.error.get('exceptionType')}"
        state.log(self.transfer_id, self.at, "WARNING", "LISTENER_ERRORED", text)


@dataclass(frozen=True, slots=True)
class DataUploaded(Change):
    """One upload stream was closed."""

    kind: ClassVar[str] = "data-uploaded"
    transfer_id: str
    key: str
    label: str | None
    size: int
    at: int

    def _apply(self, state: State) -> None:
        state.uploads[self.key] = Upload(self.key, self.transfer_id, self.label, self.size, self.at)
        transfer = state.transfers[self.transfer_id]
        transfer.uploads.append(self.key)
        transfer.exported_at = self.at
        text = "App data was uploaded"
        state.log(self.transfer_id, self.at, "INFO", "APP_DATA_UPLOADED", text, s3Key=self.key)


@dataclass(frozen=True, slots=True)
class ProgressReported(Change):
    """The app reported progress that counts; a settling status settles."""

    kind: ClassVar[str] = "progress-reported"
    transfer_id: str
    status: str
    percent: int | None
    message: str | None
    at: int

    def _apply(self, state: State) -> None:
        transfer = state.transfers[self.transfer_id]
        transfer.status = self.status
        if self.percent is not None:
            transfer.percent = self.percent
        if self.message is not None:
            transfer.message = self.message
        transfer.updated_at = self.at
        if self.status in SETTLING:
            transfer.settled_at = self.at
        shown = (self.message or "")[:500]
        state.log(
            self.transfer_id,
            self.at,
            "INFO",
            "STATUS_UPDATE",
            shown,
            status=self.status,
            percent=self.percent,
        )


@dataclass(frozen=True, slots=True)
class MessageAwaited(Change):
    """A Forge app has to acknowledge a message, within 15 minutes of platform time."""

    kind: ClassVar[str] = "message-awaited"
    transfer_id: str
    message_id: str
    at: int

    def _apply(self, state: State) -> None:
        state.transfers[self.transfer_id].awaiting[self.message_id] = self.at


@dataclass(frozen=True, slots=True)
class MessagesWorkedOff(Change):
    """A Forge app acknowledged messages; progress follows from how many are left."""

    kind: ClassVar[str] = "messages-worked-off"
    transfer_id: str
    message_ids: list[str]
    failed: bool
    at: int

    def _apply(self, state: State) -> None:
        transfer = state.transfers[self.transfer_id]
        for message_id in self.message_ids:
            if transfer.awaiting.pop(message_id, None) is not None:
                transfer.worked_off += 1
                transfer.failed += self.failed
        sent = transfer.worked_off + len(transfer.awaiting)
        transfer.percent = max(transfer.percent or 0, BEING_PROCESSED * transfer.worked_off // sent)
        transfer.updated_at = self.at


@dataclass(frozen=True, slots=True)
class ExportCompleted(Change):
    """The server has uploaded all that it has for a Forge app."""

    kind: ClassVar[str] = "export-completed"
    transfer_id: str
    at: int

    def _apply(self, state: State) -> None:
        transfer = state.transfers[self.transfer_id]
        transfer.export_completed, transfer.updated_at = True, self.at
        if transfer.awaiting:
            transfer.percent = BEING_PROCESSED
            transfer.message = "events are being processed"


@dataclass(frozen=True, slots=True)
class AppLogged(Change):
    """A Forge app wrote into the log that the customer sees."""

    kind: ClassVar[str] = "app-logged"
    transfer_id: str
    message: str
    at: int

    def _apply(self, state: State) -> None:
        state.log(self.transfer_id, self.at, "INFO", "APP_LOG", self.message)


@dataclass(frozen=True, slots=True)
class FeedbackGiven(Change):
    """The cloud app left feedback for the listener; the newest counts."""

    kind: ClassVar[str] = "feedback-given"
    transfer_id: str
    details: dict[str, Any]

    def _apply(self, state: State) -> None:
        state.transfers[self.transfer_id].feedback = self.details


@dataclass(frozen=True, slots=True)
class CancelRequested(Change):
    """An admin or support cancelled; the app has an hour to settle."""

    kind: ClassVar[str] = "cancel-requested"
    transfer_id: str
    at: int

    def _apply(self, state: State) -> None:
        transfer = state.transfers[self.transfer_id]
        transfer.cancel_requested_at = self.at
        transfer.status = "CANCELLATION_REQUESTED"
        transfer.updated_at = self.at
        state.log(self.transfer_id, self.at, "INFO", "CANCEL_REQUESTED", "Cancel was requested")


@dataclass(frozen=True, slots=True)
class SettledByPlatform(Change):
    """The platform settled a transfer itself: timed out, cancelled, or all of a Forge app done."""

    kind: ClassVar[str] = "settled-by-platform"
    transfer_id: str
    status: str
    at: int

    def _apply(self, state: State) -> None:
        assert self.status in SETTLED
        transfer = state.transfers[self.transfer_id]
        transfer.status, transfer.settled_at, transfer.updated_at = self.status, self.at, self.at
        if self.status in SETTLING:  # a Forge app's: the platform reports for it
            transfer.percent = 100
        text = f"The platform settled the transfer: {self.status}"
        state.log(self.transfer_id, self.at, "WARNING", "SETTLED", text, status=self.status)


@dataclass(frozen=True, slots=True)
class MessageQueued(Change):
    """An event is to be delivered to an app."""

    kind: ClassVar[str] = "message-queued"
    message: dict[str, Any]

    def _apply(self, state: State) -> None:
        message = Message(**self.message)
        state.messages[message.id] = message


@dataclass(frozen=True, slots=True)
class MessageDone(Change):
    """An event was acknowledged, or given up."""

    kind: ClassVar[str] = "message-done"
    message_id: str
    acknowledged: bool
    at: int

    def _apply(self, state: State) -> None:
        message = state.messages.pop(self.message_id, None)
        if message is not None and message.transfer_id in state.transfers and self.acknowledged:
            text = f"The cloud app was notified: {message.event}"
            state.log(message.transfer_id, self.at, "INFO", "CLOUD_APP_NOTIFIED", text)


@dataclass(frozen=True, slots=True)
class ClockSet(Change):
    """The platform clock was set or advanced."""

    kind: ClassVar[str] = "clock-set"
    now: float
    wall: float
    rate: float

    def _apply(self, state: State) -> None:
        state.clock = (self.now, self.wall, self.rate)


@dataclass(frozen=True, slots=True)
class SwitchesSet(Change):
    """Switches were set by the control API."""

    kind: ClassVar[str] = "switches-set"
    switches: dict[str, Any]

    def _apply(self, state: State) -> None:
        state.switches = self.switches


@dataclass(frozen=True, slots=True)
class PairListed(Change):
    """The Marketplace links a server app with a cloud app from here on."""

    kind: ClassVar[str] = "pair-listed"
    server_key: str
    cloud_key: str
    listed: bool

    def _apply(self, state: State) -> None:
        pair = (self.server_key, self.cloud_key)
        (state.listings.add if self.listed else state.listings.discard)(pair)


@dataclass(frozen=True, slots=True)
class Reset(Change):
    """Migrations, transfers, data and messages were forgotten."""

    kind: ClassVar[str] = "reset"

    def _apply(self, state: State) -> None:
        for forgotten in (state.migrations, state.transfers, state.uploads, state.messages):
            forgotten.clear()
