"""Platform time: the cloud's own injectable clock.

The 14 days, the hour and the back-off between webhooks are counted in platform time, which runs
at the same scale as the server's and can be set and advanced by request. The validity of JWT and
TLS never depends on it: wall time decides.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache


class PlatformClock:
    """Platform time in epoch milliseconds.

    Args:
        rate: platform seconds per wall second; above 0.
        monotonic: a wall clock in seconds that never jumps.
        wall: epoch seconds; read once, for the time to start from.
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
        """Sets the time (epoch milliseconds) and the rate from now on."""
        self._base, self._at, self.rate = float(now_ms), self._monotonic(), rate

    def wall_seconds_until(self, at_ms: float) -> float:
        """Wall seconds until a platform time; 0 when it has passed."""
        return max(0.0, (at_ms - self.now()) / 1000.0 / self.rate)


# Each journal entry carries two times. At a high rate many fall into one millisecond, and nearly
# all into the same second.
@lru_cache(maxsize=64)
def iso(epoch_ms: float) -> str:
    """A time in epoch milliseconds as ISO 8601 in UTC, to the millisecond."""
    seconds, milliseconds = divmod(int(epoch_ms), 1000)
    return f"{_second(seconds)}.{milliseconds:03d}+00:00"


@lru_cache(maxsize=64)
def _second(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")
