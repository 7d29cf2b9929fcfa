"""Error answers: 401 and 403, 429 with Retry-After, and 5xx."""

from harness.cloud.call import Answer, Call, Outcome, answer_json
from harness.cloud.faults.base import RequestFault
from harness.vocabulary import faults
from harness.vocabulary.effects import Effect


class RateLimit(faults.RateLimit, RequestFault):
    """Answers 429 instead of calling the handler."""

    async def before(self, call: Call) -> Outcome | None:
        """Answers 429."""
        del call
        answer = answer_json({"statusCode": 429, "message": "rate limit exceeded"}, 429)
        if self.retry_after is not None:
            answer.headers = [(b"retry-after", str(self.retry_after).encode())]
        return Outcome(answer, Effect.FAULT)


class Refusal(faults.Refusal, RequestFault):
    """Answers 401 or 403 instead of calling the handler."""

    async def before(self, call: Call) -> Outcome | None:
        """Refuses the call."""
        del call
        body = {"statusCode": self.status, "message": "refused"}
        return Outcome(answer_json(body, self.status), Effect.FAULT)


class ServerError(faults.ServerError, RequestFault):
    """Answers 5xx, either instead of calling the handler or after it has done its work."""

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
