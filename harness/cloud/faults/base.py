"""What all faults have in common: the rule that says when they strike.

Each fault has a seeded random generator of its own and draws once for each request that matches,
so the same requests meet the same faults again.
"""

from fnmatch import fnmatchcase
from random import Random

from pydantic import PrivateAttr

from harness.cloud.call import Call, Outcome
from harness.cloud.state import Message
from harness.vocabulary import faults


class Rule(faults.Fault):
    """A fault with its rule, and how often it has struck."""

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


class RequestFault(Rule):
    """A fault of incoming requests."""

    async def before(self, call: Call) -> Outcome | None:
        """Runs before the handler; returns what happens instead of it, or None."""
        del call
        return None

    def after(self, call: Call, outcome: Outcome) -> None:
        """Runs after the handler, and may change the outcome."""
        del call, outcome


class DeliveryFault(Rule):
    """A fault of outgoing webhooks."""

    def delays(self) -> float:
        """Platform seconds to wait before the first try."""
        return 0.0

    def ends(self) -> bool:
        """Whether a message whose try is lost is never sent again."""
        return False

    def loses(self, message: Message, tries: int) -> bool:
        """Whether this try never arrives."""
        del message, tries
        return False

    def repeats(self) -> int:
        """How many times the message is sent again after it has been acknowledged."""
        return 0
