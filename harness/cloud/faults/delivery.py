"""Webhooks that are lost, repeated or late; a rule's `route` is the event's name."""

from typing import Literal

from pydantic import Field

from harness.cloud.faults.base import DeliveryFault
from harness.cloud.state import Message


class Lost(DeliveryFault):
    """A try never arrives; the platform sends the message again, unless it is lost for good."""

    kind: Literal["webhook-lost"]
    for_good: bool = Field(default=False, description="Whether it is never sent again.")

    def loses(self, message: Message, tries: int) -> bool:
        """Loses every try."""
        del message, tries
        return True


class Repeated(DeliveryFault):
    """An acknowledged message is sent again, with the same `messageId`."""

    kind: Literal["webhook-repeated"]
    copies: int = Field(default=1, ge=1, le=100)

    def repeats(self) -> int:
        """The number of copies."""
        return self.copies


class Late(DeliveryFault):
    """The first try is delayed, so that a later event may overtake it."""

    kind: Literal["webhook-late"]
    delay: float = Field(ge=0, description="Platform seconds.")
