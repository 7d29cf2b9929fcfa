"""Error answers: 429 with Retry-After, and 5xx."""

from typing import Literal

from pydantic import Field

from harness.cloud.call import Answer, Call, Outcome, answer_json
from harness.cloud.faults.base import RequestFault
from harness.vocabulary.effects import Effect


class RateLimit(RequestFault):
    """Answers 429 instead of calling the handler."""

    kind: Literal["rate-limit"]
    retry_after: int | None = Field(default=1, ge=0, description="Seconds; no header if null.")

    async def before(self, call: Call) -> Outcome | None:
        """Answers 429."""
        del call
        answer = answer_json({"statusCode": 429, "message": "rate limit exceeded"}, 429)
        if self.retry_after is not None:
            answer.headers = [(b"retry-after", str(self.retry_after).encode())]
        return Outcome(answer, Effect.FAULT)


class ServerError(RequestFault):
    """Answers 5xx, either instead of calling the handler or after it has done its work."""

    kind: Literal["server-error"]
    status: int = Field(default=503, ge=500, le=599)
    done: bool = Field(default=False, description="Whether the request takes effect anyway.")

    async def before(self, call: Call) -> Outcome | None:
        """Answers instead of calling the handler, unless `done`."""
        del call
        return None if self.done else Outcome(self._answer(), Effect.FAULT)

    def after(self, call: Call, outcome: Outcome) -> None:
        """Replaces the handler's answer, if `done`."""
        del call
        if self.done:
            outcome.answer = self._answer()

    def _answer(self) -> Answer:
        return answer_json({"statusCode": self.status, "message": "out of order"}, self.status)
