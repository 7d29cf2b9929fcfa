"""What happens to an event on its way to an app."""

from dataclasses import dataclass
from typing import Any, ClassVar

from harness.cloud.changes.base import Change
from harness.cloud.state import Message, State


@dataclass(frozen=True, slots=True)
class MessageQueued(Change):
    """An event has to be delivered to an app."""

    kind: ClassVar[str] = "message-queued"
    message: dict[str, Any]

    def _apply(self, state: State) -> None:
        message = Message(**self.message)
        state.messages[message.id] = message


@dataclass(frozen=True, slots=True)
class MessageDone(Change):
    """An event was acknowledged, or the platform gave up."""

    kind: ClassVar[str] = "message-done"
    message_id: str
    acknowledged: bool
    at: int

    def _apply(self, state: State) -> None:
        message = state.messages.pop(self.message_id, None)
        if message is not None and message.transfer_id in state.transfers and self.acknowledged:
            text = f"Notified cloud app {message.app_key} of {message.event}"
            state.log(message.transfer_id, self.at, "INFO", "CLOUD_APP_NOTIFIED", text)
