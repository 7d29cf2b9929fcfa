"""The exchanges that were recorded with an upstream, to be replayed without it.

An exchange is found by the request's method, path and query.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

from harness.cloud import atomic_files, redact
from harness.cloud.call import Call


class Exchanges:
    """The recorded exchanges.

    Args:
        folder: where they are kept; created with the first one.
        sync: whether to force each one to the disk.
    """

    def __init__(self, folder: Path, sync: bool = False) -> None:
        self._folder, self._sync = folder, sync

    def find(self, call: Call) -> dict[str, Any] | None:
        """The recorded exchange of the same request; None if there is none."""
        path = self._path(call)
        if not path.is_file():
            return None
        found: dict[str, Any] = json.loads(path.read_text())
        return found

    def keep(self, call: Call, exchange: dict[str, Any]) -> None:
        """Keeps an exchange, in place of an earlier one of the same request."""
        self._folder.mkdir(parents=True, exist_ok=True)
        atomic_files.replace(self._path(call), json.dumps(exchange, indent=1).encode(), self._sync)

    def _path(self, call: Call) -> Path:
        name = f"{call.method} {redact.path_and_query(call.raw_path, call.query)}"
        return self._folder / f"{hashlib.sha256(name.encode()).hexdigest()[:32]}.json"
