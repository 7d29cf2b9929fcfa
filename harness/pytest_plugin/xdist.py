"""Hands tests out to the workers of `pytest -n`, by the parts of the schedule.

xdist's own groups (`--dist loadgroup`) would do, but with pytest 9.2 xdist 3.8 loses them without
a word.
"""

import json
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling


class StackScheduling(LoadScopeScheduling):  # type: ignore[misc]  # xdist is not typed
    """Keeps a part of the schedule on one worker; tests without a stack go wherever is room.

    Args:
        config: the controller's.
        log: xdist's.
        parts: where the workers leave the parts.
    """

    def __init__(self, config: pytest.Config, log: Any, parts: Path) -> None:
        super().__init__(config, log)
        self._file = parts

    @cached_property
    def _parts(self) -> dict[str, int]:
        try:
            parts: dict[str, int] = json.loads(self._file.read_text())
        except FileNotFoundError:  # no test needs a stack
            return {}
        self._file.unlink()
        return parts

    def _split_scope(self, nodeid: str) -> str:
        part = self._parts.get(nodeid)
        return nodeid if part is None else f"stack {part + 1}"
