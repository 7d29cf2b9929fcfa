"""The exchanges that were recorded with an upstream, kept to be replayed without it.

A request finds its exchange by method, path and query.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

from harness.cloud import redact
from harness.cloud.call import Call


class Exchanges:
    """The recorded exchanges.

    Args:
        folder: where they are kept; made with the first.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, call: Call) -> dict[str, Any] | None:
        """The recorded exchange that a request asks for again."""
        path = self._place(call)
        if not path.is_file():
            return None
        found: dict[str, Any] = json.loads(path.read_text())
        return found

    def keep(self, call: Call, exchange: dict[str, Any]) -> None:
        """Keeps an exchange; the newest of a request counts."""
        self._folder.mkdir(parents=True, exist_ok=True)
        place = self._place(call)
        beside = place.with_suffix(".new")
        beside.write_text(json.dumps(exchange, indent=1))
        beside.replace(place)

    def _place(self, call: Call) -> Path:
        name = f"{call.method} {redact.path_and_query(call.raw_path, call.query)}"
        return self._folder / f"{hashlib.sha256(name.encode()).hexdigest()[:32]}.json"
