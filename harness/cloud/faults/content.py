"""Answers whose content is not what it should be: a stale poll, links that have expired."""

from typing import Literal

from pydantic import PrivateAttr

from harness.cloud.call import Call, Outcome, answer_json
from harness.cloud.faults.base import RequestFault
from harness.vocabulary.effects import Effect


class StalePoll(RequestFault):
    """Gives CCMA the first answer that the poll of a migration met under this fault."""

    kind: Literal["stale-poll"]
    route: str = "/server/v1/migrations/{migrationId}/progress"

    _kept: dict[str, bytes] = PrivateAttr(default_factory=dict)

    def after(self, call: Call, outcome: Outcome) -> None:
        """Replaces the answer by the one kept."""
        if outcome.effect == Effect.POLLED:
            migration = call.params["migrationId"]
            outcome.answer.body = self._kept.setdefault(migration, outcome.answer.body)


class ExpiredLink(RequestFault):
    """Refuses signed URLs as expired, however young they are."""

    kind: Literal["expired-link"]
    route: str = "/_signed/{s3Key}"

    async def before(self, call: Call) -> Outcome | None:
        """Refuses."""
        del call
        body = {"statusCode": 403, "message": "the link has expired"}
        return Outcome(answer_json(body, 403), Effect.LINK_EXPIRED)
