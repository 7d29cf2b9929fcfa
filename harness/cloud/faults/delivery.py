"""Webhooks that are lost, repeated or late. Their `route` is the event's name."""

from typing import Literal

from pydantic import Field

from harness.cloud.faults.base import DeliveryFault
from harness.cloud.state import Message


class Lost(DeliveryFault):
    """A try that never arrives; the platform sends again, unless it is lost for good."""

    kind: Literal["webhook-lost"]
    for_good: bool = Field(default=False, description="Never sent again.")

    def loses(self, message: Message, tries: int) -> bool:
        """Loses it."""
        del message, tries
        return True


class Repeated(DeliveryFault):
    """An acknowledged message is sent again, with the same `messageId`."""

    kind: Literal["webhook-repeated"]
    copies: int = Field(default=1, ge=1, le=100)

    def repeats(self) -> int:
        """The further copies."""
        return self.copies


class Late(DeliveryFault):
    """The first try waits, so that a later event may overtake it."""

    kind: Literal["webhook-late"]
    delay: float = Field(ge=0, description="Platform seconds.")
