"""What only the control API does: set the clock, set switches, reset."""

from copy import deepcopy
from dataclasses import dataclass
from typing import Any, ClassVar

from harness.cloud.changes.base import Change
from harness.cloud.state import State


@dataclass(frozen=True, slots=True)
class ClockSet(Change):
    """The platform clock was set or advanced."""

    kind: ClassVar[str] = "clock-set"
    now: float
    wall: float
    rate: float

    def _apply(self, state: State) -> None:
        state.clock = (self.now, self.wall, self.rate)


@dataclass(frozen=True, slots=True)
class SwitchesSet(Change):
    """The switches were set."""

    kind: ClassVar[str] = "switches-set"
    switches: dict[str, Any]

    def _apply(self, state: State) -> None:
        state.switches = self.switches


@dataclass(frozen=True, slots=True)
class Reset(Change):
    """Migrations, transfers, uploads and messages were removed; content is as described."""

    kind: ClassVar[str] = "reset"

    def _apply(self, state: State) -> None:
        for forgotten in (state.migrations, state.transfers, state.uploads, state.messages):
            state.forgotten.update(forgotten)
            forgotten.clear()
        state.content = deepcopy(state.described)
