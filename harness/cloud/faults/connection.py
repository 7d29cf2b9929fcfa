"""Connections that break: before the request takes effect, after that, or during the answer."""

from typing import Literal

from pydantic import Field

from harness.cloud.call import Answer, Call, Outcome
from harness.cloud.faults.base import RequestFault
from harness.vocabulary.effects import Effect


class Cut(RequestFault):
    """Cuts the connection without an answer."""

    kind: Literal["cut"]
    done: bool = Field(default=False, description="Whether the request takes effect anyway.")

    async def before(self, call: Call) -> Outcome | None:
        """Cuts the connection instead of calling the handler, unless `done`."""
        del call
        return None if self.done else Outcome(Answer(0, cut_after=0), Effect.FAULT)

    def after(self, call: Call, outcome: Outcome) -> None:
        """Cuts the connection after the handler, if `done`."""
        del call
        if self.done:
            outcome.answer = Answer(0, cut_after=0)


class HalfAnswer(RequestFault):
    """Sends part of the answer and cuts the connection; the request takes effect."""

    kind: Literal["half-answer"]
    bytes: int = Field(default=10, ge=1, description="Bytes of the body that are sent.")

    def after(self, call: Call, outcome: Outcome) -> None:
        """Has the answer cut off."""
        del call
        outcome.answer.cut_after = self.bytes
