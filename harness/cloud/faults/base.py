"""What all faults share: when they strike.

A rule's draws come from its own seeded generator, one for each request that matches, so the
same requests meet the same faults again.
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
        default="*", description="Route template or event name; * and ? stand for any text."
    )
    method: str | None = Field(default=None, description="HTTP method; any when left out.")
    app: str | None = Field(default=None, description="App key; any when left out.")
    transfer: str | None = Field(default=None, description="Transfer id; any when left out.")
    case: str | None = Field(default=None, description="Text of the last mark; any if left out.")
    skip: int = Field(default=0, ge=0, description="Matches that go by before it begins.")
    times: int | None = Field(default=None, ge=1, description="Strikes; without end if left out.")
    probability: float = Field(default=1.0, ge=0, le=1, description="Of a strike at a match.")
    seed: int = Field(default=0, description="Of the draws.")

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
        """Whether it strikes now; asked once for each request or delivery."""
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
            self._random = Random(self.seed)  # noqa: S311 - repeatable on purpose
        if self.probability < 1 and self._random.random() >= self.probability:
            return False
        self._struck += 1
        return True


class RequestFault(Fault):
    """A fault of requests that come in."""

    async def before(self, call: Call) -> Outcome | None:
        """Before the handler: nothing, or what happens instead of it."""
        del call
        return None

    def after(self, call: Call, outcome: Outcome) -> None:
        """After the handler: changes the outcome."""
        del call, outcome


class DeliveryFault(Fault):
    """A fault of webhooks that go out."""

    delay: float = 0.0
    """Platform seconds to wait before the first try."""

    def loses(self, message: Message, tries: int) -> bool:
        """Whether this try never arrives."""
        del message, tries
        return False

    def repeats(self) -> int:
        """How often the message is sent again once it has been acknowledged."""
        return 0
