"""What all changes have in common: they are written to the journal, read back and applied."""

from dataclasses import dataclass, fields
from functools import cache
from typing import Any, ClassVar

from harness.cloud.state import State

KINDS: dict[str, type["Change"]] = {}
"""The class of each kind of change."""


@dataclass(frozen=True, slots=True)
class Change:
    """Something that happened; `kind` is what the journal calls it."""

    kind: ClassVar[str]

    def __init_subclass__(cls) -> None:
        KINDS[cls.kind] = cls

    def apply(self, state: State) -> None:
        """Changes the state accordingly."""
        state.generation += 1
        self._apply(state)

    def _apply(self, state: State) -> None:
        raise NotImplementedError

    def to_json(self) -> dict[str, Any]:
        """The change as the journal keeps it."""
        return {"kind": self.kind} | {name: getattr(self, name) for name in _names(self.kind)}


@cache
def _names(kind: str) -> tuple[str, ...]:
    return tuple(each.name for each in fields(KINDS[kind]))


def from_json(value: dict[str, Any]) -> Change:
    """Reads a change that the journal kept.

    Args:
        value: what `to_json` made of it.

    Raises:
        KeyError: there is no such kind of change.
        TypeError: its fields are not those of its kind.
    """
    rest = dict(value)
    return KINDS[rest.pop("kind")](**rest)
