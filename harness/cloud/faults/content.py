"""Answers with the wrong content: a stale poll, a link that has expired too early."""

from typing import Literal

from pydantic import PrivateAttr

from harness.cloud.call import Call, Outcome, answer_json
from harness.cloud.faults.base import RequestFault
from harness.vocabulary.effects import Effect


class StalePoll(RequestFault):
    """Gives CCMA the first answer that a migration's poll got under this fault, again and again."""

    kind: Literal["stale-poll"]
    route: str = "/server/v1/migrations/{migrationId}/progress"

    _kept: dict[str, bytes] = PrivateAttr(default_factory=dict)

    def after(self, call: Call, outcome: Outcome) -> None:
        """Replaces the answer with the first one."""
        if outcome.effect == Effect.POLLED:
            migration = call.params["migrationId"]
            outcome.answer.body = self._kept.setdefault(migration, outcome.answer.body)


class ExpiredLink(RequestFault):
    """Refuses signed URLs as expired, however new they are."""

    kind: Literal["expired-link"]
    route: str = "/_signed/{s3Key}"

    async def before(self, call: Call) -> Outcome | None:
        """Refuses the link."""
        del call
        body = {"statusCode": 403, "message": "the link has expired"}
        return Outcome(answer_json(body, 403), Effect.LINK_EXPIRED)
