"""What happens to a migration and its transfers, whatever the kind of the app."""

from dataclasses import dataclass
from typing import Any, ClassVar

from harness.cloud.changes.base import Change
from harness.cloud.state import EXPIRES_AFTER, SETTLED, SETTLING, Migration, State, Transfer, Upload

SAID_LIMIT = 1000
"""The most characters of an app's message that the progress log shows."""
CANCEL_TEXT = "Initiated your request to cancel app migration."


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
    """A transfer was created: one listener's part of a migration."""

    kind: ClassVar[str] = "transfer-created"
    transfer: dict[str, Any]

    def _apply(self, state: State) -> None:
        transfer = Transfer(**self.transfer)
        state.transfers[transfer.id] = transfer
        state.transfer_count += 1
        migration = state.migrations[transfer.migration_id]
        migration.transfers.append(transfer.id)
        text = f"App migration started. Details: {transfer.cloud_key}, for transfer: {transfer.id}"
        state.log(transfer.id, transfer.created_at, "INFO", "MIGRATION_STARTED", text)


@dataclass(frozen=True, slots=True)
class ListenerTriggered(Change):
    """The server called the listener; the 14 days begin."""

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
    """The listener ended with an exception; the app is notified and has to settle."""

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
    """An upload was completed."""

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
        transfer.settles_at = None
        transfer.exported_at = self.at
        text = f"App data uploaded. Details: ID: {self.key}"
        state.log(self.transfer_id, self.at, "INFO", "APP_DATA_UPLOADED", text, s3Key=self.key)


@dataclass(frozen=True, slots=True)
class ProgressReported(Change):
    """The app reported progress that counts; a settling status settles the transfer."""

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
        percent = "" if transfer.percent is None else transfer.percent
        text = (
            f"App migration updated by the Cloud app with status {self.status}, "
            f"progress {percent} and message: "
        )
        state.log(
            self.transfer_id,
            self.at,
            "INFO",
            "STATUS_UPDATE",
            text,
            status=self.status,
            percent=self.percent,
            said=(self.message or "")[:SAID_LIMIT],
        )


@dataclass(frozen=True, slots=True)
class FeedbackGiven(Change):
    """The cloud app left feedback for the listener; it replaces earlier feedback."""

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
        state.log(self.transfer_id, self.at, "INFO", "CANCEL_REQUESTED", CANCEL_TEXT)


@dataclass(frozen=True, slots=True)
class SettledByPlatform(Change):
    """The platform settled a transfer: timed out, cancelled, or completed for a Forge app."""

    kind: ClassVar[str] = "settled-by-platform"
    transfer_id: str
    status: str
    at: int

    def _apply(self, state: State) -> None:
        assert self.status in SETTLED
        transfer = state.transfers[self.transfer_id]
        transfer.status, transfer.settled_at, transfer.updated_at = self.status, self.at, self.at
        if self.status in SETTLING:  # a Forge app's transfer: the platform reports for it
            transfer.percent = 100
        text = f"The platform settled the transfer: {self.status}"
        state.log(self.transfer_id, self.at, "WARNING", "SETTLED", text, status=self.status)
