"""What happens only to a Forge app's transfer: it acknowledges messages, and posts no progress."""

from dataclasses import dataclass
from typing import ClassVar

from harness.cloud.changes.base import Change
from harness.cloud.state import State

BEING_PROCESSED = 80
"""The percent at which a Forge app's transfer stays while messages are worked off (observed)."""


@dataclass(frozen=True, slots=True)
class MessageAwaited(Change):
    """A Forge app has to acknowledge a message."""

    kind: ClassVar[str] = "message-awaited"
    transfer_id: str
    message_id: str
    at: int

    def _apply(self, state: State) -> None:
        state.transfers[self.transfer_id].awaiting[self.message_id] = self.at


@dataclass(frozen=True, slots=True)
class MessagesWorkedOff(Change):
    """A Forge app acknowledged messages; its progress depends on how many are left."""

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
        if not self.failed:
            transfer.acknowledged_at = self.at
        sent = transfer.worked_off + len(transfer.awaiting)
        transfer.percent = max(transfer.percent or 0, BEING_PROCESSED * transfer.worked_off // sent)
        transfer.updated_at = self.at


@dataclass(frozen=True, slots=True)
class ExportCompleted(Change):
    """The server has uploaded everything for a Forge app."""

    kind: ClassVar[str] = "export-completed"
    transfer_id: str
    at: int
    settles_at: int | None = None
    """When the platform settles it by itself, where nothing was uploaded."""

    def _apply(self, state: State) -> None:
        transfer = state.transfers[self.transfer_id]
        transfer.export_completed, transfer.updated_at = True, self.at
        transfer.settles_at = self.settles_at
        if transfer.awaiting:
            transfer.percent = BEING_PROCESSED
            transfer.message = "events are being processed"


@dataclass(frozen=True, slots=True)
class AppLogged(Change):
    """A Forge app wrote to the log that the customer sees."""

    kind: ClassVar[str] = "app-logged"
    transfer_id: str
    message: str
    at: int

    def _apply(self, state: State) -> None:
        state.log(self.transfer_id, self.at, "INFO", "APP_LOG", self.message)
