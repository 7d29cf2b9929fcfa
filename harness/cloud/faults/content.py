"""Answers with the wrong content: a stale poll, a link that has expired too early."""

from collections.abc import Mapping
from typing import Any

from pydantic import PrivateAttr

from harness.cloud.call import Call, Outcome, answer_json
from harness.cloud.faults.base import RequestFault
from harness.vocabulary import faults
from harness.vocabulary.effects import Effect


class StalePoll(faults.StalePoll, RequestFault):
    """Gives CCMA the first answer that a migration's poll got under this fault, again and again."""

    _kept: dict[str, tuple[bytes, Mapping[str, Any] | None]] = PrivateAttr(default_factory=dict)

    def after(self, call: Call, outcome: Outcome) -> None:
        """Replaces the answer with the first one."""
        if outcome.effect == Effect.POLLED:
            migration = call.params["migrationId"]
            told = (outcome.answer.body, outcome.detail)
            outcome.answer.body, outcome.detail = self._kept.setdefault(migration, told)


class ExpiredLink(faults.ExpiredLink, RequestFault):
    """Refuses signed URLs as expired, however new they are."""

    async def before(self, call: Call) -> Outcome | None:
        """Refuses the link."""
        del call
        body = {"statusCode": 403, "message": "the link has expired"}
        return Outcome(answer_json(body, 403), Effect.LINK_EXPIRED)
