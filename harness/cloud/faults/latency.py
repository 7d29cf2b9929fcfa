"""Answers that come late."""

import asyncio

from harness.cloud.call import Call, Outcome
from harness.cloud.faults.base import RequestFault
from harness.vocabulary import faults


class Latency(faults.Latency, RequestFault):
    """Waits before the handler is called."""

    async def before(self, call: Call) -> Outcome | None:
        """Waits."""
        await asyncio.sleep(self.seconds)
        return await super().before(call)
