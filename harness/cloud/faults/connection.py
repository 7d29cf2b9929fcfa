"""Connections that break: before the request takes effect, after that, or during the answer."""

from harness.cloud.call import Answer, Call, Outcome
from harness.cloud.faults.base import RequestFault
from harness.vocabulary import faults
from harness.vocabulary.effects import Effect


class Cut(faults.Cut, RequestFault):
    """Cuts the connection without an answer."""

    async def before(self, call: Call) -> Outcome | None:
        """Cuts the connection instead of calling the handler, unless `done`."""
        del call
        return None if self.done else Outcome(Answer(0, cut_after=0), Effect.FAULT)

    def after(self, call: Call, outcome: Outcome) -> None:
        """Cuts the connection after the handler, if `done`."""
        del call
        if self.done:
            outcome.answer = Answer(0, cut_after=0)


class HalfAnswer(faults.HalfAnswer, RequestFault):
    """Sends part of the answer and cuts the connection; the request takes effect."""

    def after(self, call: Call, outcome: Outcome) -> None:
        """Has the answer cut off."""
        del call
        outcome.answer.cut_after = self.bytes
