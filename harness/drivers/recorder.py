"""Drives the recording proxy: says which case begins, and reads what was said."""

from collections.abc import Sequence
from datetime import datetime

import httpx

from harness.cassette.exchange import Exchange, Line
from harness.cassette.files import parse
from harness.drivers.control_api import control_client, sent
from harness.wait import Living

_CONTROL = "http://cassette.harness"
"""Where the proxy answers for itself: no such host is ever asked."""


_NEVER = 999_999_999
"""A number that no recording reaches."""


class RecorderControl:
    """The proxy's control.

    Args:
        url: its address, as reached from here.
        service: its service, where known; calls that wait for it end when it ends.
        token: what it wants to be sent.
    """

    def __init__(self, url: str, service: Living | None = None, token: str = "") -> None:
        self.url, self.token = url, token
        self._client = control_client(_CONTROL, service, token, proxy=url, trust_env=False)

    def is_up(self) -> bool:
        """Whether it answers."""
        try:
            return self._client.get("/").is_success
        except httpx.TransportError:
            return False

    def begin(self, case: str, at: datetime) -> None:
        """A case begins, at that server time; empty for what comes before the first one."""
        self._send("POST", "/begin", json={"case": case, "at": at.isoformat()})

    def lines(self, since: int = 0, wait: float = 0) -> tuple[Sequence[Line], int]:
        """The recording's lines from a number on, and the number to go on from.

        Args:
            since: the number.
            wait: wall seconds to wait for a line, where there is none yet; at most 5.
        """
        params = {"since": since, "wait": round(wait * 1000)}
        answer = self._send("GET", "/lines", params=params)
        lines = [parse(line) for line in answer.content.splitlines()]
        return lines, int(answer.headers["harness-next"])

    def exchanges(self, since: int = 0, wait: float = 0) -> tuple[Sequence[Exchange], int]:
        """The exchanges among the lines; arguments as for `lines`."""
        lines, after = self.lines(since, wait)
        return [each for each in lines if isinstance(each, Exchange)], after

    def end(self) -> int:
        """The number from which `lines` returns only what is said from now on."""
        return self.lines(_NEVER)[1]

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()

    def _send(self, method: str, path: str, **arguments: object) -> httpx.Response:
        attempted = f"{method} {path} of the recording proxy at {self.url}"
        return sent(self._client, attempted, method, path, **arguments)
