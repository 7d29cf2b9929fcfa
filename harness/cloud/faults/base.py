"""What all faults have in common: the rule that says when they strike.

Each fault has a seeded random generator of its own and draws once for each request that matches,
so the same requests meet the same faults again.
"""

from fnmatch import fnmatchcase
from random import Random

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr

from harness.cloud.call import Call, Outcome
from harness.cloud.state import Message


class Fault(BaseModel):
    """A fault and the rule that says when it strikes."""

    model_config = ConfigDict(extra="forbid")

    kind: str
    route: str = Field(
        default="*", description="Route template or event name; * and ? are wildcards."
    )
    method: str | None = Field(default=None, description="HTTP method; any when left out.")
    app: str | None = Field(default=None, description="App key; any when left out.")
    transfer: str | None = Field(default=None, description="Transfer id; any when left out.")
    case: str | None = Field(default=None, description="Text of the last mark; any when left out.")
    skip: int = Field(default=0, ge=0, description="Matches that are let through first.")
    times: int | None = Field(
        default=None, ge=1, description="Most strikes; no limit when left out."
    )
    probability: float = Field(default=1.0, ge=0, le=1, description="Probability of a strike.")
    seed: int = Field(default=0, description="Seed of the random generator.")

    _matched: int = PrivateAttr(default=0)
    _struck: int = PrivateAttr(default=0)
    _random: Random | None = PrivateAttr(default=None)

    @property
    def struck(self) -> int:
        """How often it has struck."""
        return self._struck

    def strikes(
        self, route: str, method: str, app: str | None, transfer: str | None, case: str | None
    ) -> bool:
        """Whether it strikes now; to be called once for each request or try of a delivery."""
        if not (
            fnmatchcase(route, self.route)
            and self.method in (None, method)
            and self.app in (None, app)
            and self.transfer in (None, transfer)
            and self.case in (None, case)
        ):
            return False
        self._matched += 1
        if self._matched <= self.skip or (self.times is not None and self._struck >= self.times):
            return False
        if self._random is None:
            self._random = Random(self.seed)  # noqa: S311 - has to be repeatable
        if self.probability < 1 and self._random.random() >= self.probability:
            return False
        self._struck += 1
        return True


class RequestFault(Fault):
    """A fault of incoming requests."""

    async def before(self, call: Call) -> Outcome | None:
        """Runs before the handler; returns what happens instead of it, or None."""
        del call
        return None

    def after(self, call: Call, outcome: Outcome) -> None:
        """Runs after the handler, and may change the outcome."""
        del call, outcome


class DeliveryFault(Fault):
    """A fault of outgoing webhooks."""

    delay: float = 0.0
    """Platform seconds to wait before the first try."""

    def loses(self, message: Message, tries: int) -> bool:
        """Whether this try never arrives."""
        del message, tries
        return False

    def repeats(self) -> int:
        """How many times the message is sent again after it has been acknowledged."""
        return 0
