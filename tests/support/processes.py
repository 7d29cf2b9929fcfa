"""Real processes that tests kill and stop, as a stack's services are killed and stopped."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

SILENT = """
import socket, sys
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
kept = []
while True:
    kept.append(listener.accept()[0])
"""
"""Accepts every connection and never answers."""


@dataclass
class Service:
    """A process as drivers know a service of a stack."""

    process: "subprocess.Popen[str]"
    port: int
    name: str = "confluence"

    @property
    def url(self) -> str:
        """Its base URL."""
        return f"http://127.0.0.1:{self.port}"

    def ended(self) -> str | None:
        """None while it lives."""
        return None if self.process.poll() is None else "was killed"

    def output_tail(self, lines: int = 20) -> str:
        """Its last lines."""
        return f"the last {lines} lines"


@contextmanager
def silent_service() -> Iterator[Service]:
    """A service that accepts connections and never answers."""
    command = [sys.executable, "-c", SILENT]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield Service(process, int(process.stdout.readline()))
        finally:
            process.kill()
