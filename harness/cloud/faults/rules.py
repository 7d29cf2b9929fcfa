"""The faults that are switched on, and which of them strike a request or a delivery."""

from typing import Annotated, Any

from pydantic import BaseModel, Field

from harness.cloud.call import Call
from harness.cloud.faults.base import DeliveryFault, RequestFault, Rule
from harness.cloud.faults.connection import Cut, HalfAnswer
from harness.cloud.faults.content import ExpiredLink, StalePoll
from harness.cloud.faults.delivery import Late, Lost, Repeated
from harness.cloud.faults.latency import Latency
from harness.cloud.faults.status import RateLimit, Refusal, ServerError
from harness.cloud.state import Message
from harness.cloud.tokens import claimed_app


class AnyFault(BaseModel):
    """A fault of any kind, as the control API takes it."""

    fault: Annotated[
        Latency
        | RateLimit
        | Refusal
        | ServerError
        | Cut
        | HalfAnswer
        | StalePoll
        | ExpiredLink
        | Lost
        | Repeated
        | Late,
        Field(discriminator="kind"),
    ]


class Faults:
    """The faults that are switched on, by their ids."""

    def __init__(self) -> None:
        self._by_id: dict[str, Rule] = {}
        self._count = 0

    def __bool__(self) -> bool:
        return bool(self._by_id)

    def add(self, fault: Rule) -> str:
        """Switches a fault on, and returns its id."""
        self._count += 1
        identity = str(self._count)
        self._by_id[identity] = fault
        return identity

    def remove(self, identity: str) -> bool:
        """Switches a fault off; returns whether there was one with that id."""
        return self._by_id.pop(identity, None) is not None

    def clear(self) -> None:
        """Switches all off."""
        self._by_id.clear()

    def listed(self) -> list[dict[str, Any]]:
        """All faults that are on, and how often each has struck."""
        return [
            {"id": identity, "struck": fault.struck, **fault.model_dump()}
            for identity, fault in self._by_id.items()
        ]

    def striking(self, call: Call, case: str | None) -> list[RequestFault]:
        """The faults that strike a request; its transfer is the one in the path."""
        transfer = call.params.get("transferId")
        by_app = any(fault.app is not None for fault in self._by_id.values())
        app = claimed_app(call.header(b"authorization") or "") if by_app else None
        return [
            fault
            for fault in self._by_id.values()
            if isinstance(fault, RequestFault)
            and fault.strikes(call.route, call.method, app, transfer, case)
        ]

    def delivering(self, message: Message, case: str | None) -> list[DeliveryFault]:
        """The faults that strike a try of a delivery."""
        return [
            fault
            for fault in self._by_id.values()
            if isinstance(fault, DeliveryFault)
            and fault.strikes(message.event, "POST", message.app_key, message.transfer_id, case)
        ]
