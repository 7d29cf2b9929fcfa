"""Answers that come late."""

import asyncio
from typing import Literal

from pydantic import Field

from harness.cloud.call import Call, Outcome
from harness.cloud.faults.base import RequestFault


class Latency(RequestFault):
    """Waits before the handler is called."""

    kind: Literal["latency"]
    seconds: float = Field(ge=0, le=3600, description="Wall seconds.")

    async def before(self, call: Call) -> Outcome | None:
        """Waits."""
        await asyncio.sleep(self.seconds)
        return await super().before(call)
