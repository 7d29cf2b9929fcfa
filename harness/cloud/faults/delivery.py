"""Webhooks that are lost, repeated or late; a rule's `route` is the event's name."""

from harness.cloud.faults.base import DeliveryFault
from harness.cloud.state import Message
from harness.vocabulary import faults


class Lost(faults.Lost, DeliveryFault):
    """A try never arrives; the platform sends the message again, unless it is lost for good."""

    def loses(self, message: Message, tries: int) -> bool:
        """Loses every try."""
        del message, tries
        return True

    def ends(self) -> bool:
        """Whether it is lost for good."""
        return self.for_good


class Repeated(faults.Repeated, DeliveryFault):
    """An acknowledged message is sent again, with the same `messageId`."""

    def repeats(self) -> int:
        """The number of copies."""
        return self.copies


class Late(faults.Late, DeliveryFault):
    """The first try is delayed, so that a later event may overtake it."""

    def delays(self) -> float:
        """The delay."""
        return self.delay
