"""Server time passes as fast as it was asked to, on whichever engine, and the cloud follows."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

import pytest
from cloud_control import control

from harness.drivers.cloud import CloudControl
from harness.drivers.confluence import startup_checks
from harness.drivers.confluence.session import ConfluenceClient
from harness.environment.stack import Stack

RESOLUTION = 1
"""Server seconds: the Date header has whole ones."""

LONGEST = 60
"""Wall seconds until two looks are far enough apart, on the slowest machine."""


@dataclass(frozen=True)
class Look:
    """Server time, and the wall seconds between which it was that: a busy machine answers late."""

    asked: float
    answered: float
    server: datetime

    @classmethod
    def at(cls, client: ConfluenceClient) -> Self:
        asked = time.monotonic()
        server = startup_checks.server_time(client)
        return cls(asked, time.monotonic(), server)


def possible_scales(client: ConfluenceClient) -> tuple[float, float]:
    """The least and the most server seconds in a wall second, a quarter apart at most."""
    first = last = Look.at(client)
    while last.answered < first.answered + LONGEST:
        last = Look.at(client)
        passed = (last.server - first.server).total_seconds()
        least = (passed - RESOLUTION) / (last.answered - first.asked)
        most = (passed + RESOLUTION) / max(last.asked - first.answered, 1e-9)
        if 0 < most <= 1.25 * least:
            return least, most
    pytest.fail(f"in {LONGEST} s the server's time went from {first.server} to {last.server}")


def test_server_time_passes_at_the_stacks_scale(stack: Stack, confluence: ConfluenceClient) -> None:
    least, most = possible_scales(confluence)
    assert least <= stack.scale <= most


def test_platform_time_follows_server_time(
    stack: Stack, confluence: ConfluenceClient, cloud: CloudControl
) -> None:
    before = startup_checks.server_time(confluence)
    clock = control(cloud, "GET", "clock").json()
    after = startup_checks.server_time(confluence)
    platform = datetime.fromtimestamp(clock["now"] / 1000, UTC)
    lag = timedelta(seconds=stack.scale + RESOLUTION)  # a wall second
    assert before - lag <= platform <= after + lag
