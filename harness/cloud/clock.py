"""Platform time: the cloud's own injectable clock.

14 days, 1 hour and the back-off between webhooks are counted in platform time, which runs at
the scale of the server's and can be set and advanced by request. JWT and TLS validity never
use it: they are judged by wall time.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime


class PlatformClock:
    """Platform time in epoch milliseconds.

    Args:
        rate: platform seconds per wall second; above 0.
        monotonic: wall seconds that never jump.
        wall: epoch seconds, read once for the start value.
    """

    def __init__(
        self,
        rate: float = 1.0,
        monotonic: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._monotonic = monotonic
        self._base = wall() * 1000.0
        self._at = monotonic()
        self.rate = rate

    def now(self) -> int:
        """Platform time in epoch milliseconds."""
        return int(self._base + (self._monotonic() - self._at) * self.rate * 1000.0)

    def set(self, now_ms: float, rate: float) -> None:
        """Sets the time (epoch milliseconds) and the rate from here on."""
        self._base, self._at, self.rate = float(now_ms), self._monotonic(), rate

    def wall_seconds_until(self, at_ms: float) -> float:
        """Wall seconds until a platform time; 0 when it has passed."""
        return max(0.0, (at_ms - self.now()) / 1000.0 / self.rate)


def iso(epoch_ms: float) -> str:
    """A time in epoch milliseconds as ISO 8601 in UTC, to the millisecond."""
    return datetime.fromtimestamp(epoch_ms / 1000.0, UTC).isoformat(timespec="milliseconds")
