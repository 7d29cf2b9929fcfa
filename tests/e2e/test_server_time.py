"""Server time passes as fast as it was asked to, on whichever engine, and the cloud follows."""

import time
from datetime import UTC, datetime

import pytest
from cloud_control import control

from harness.drivers.cloud import CloudControl
from harness.drivers.confluence import startup_checks
from harness.drivers.confluence.session import ConfluenceClient
from harness.environment.stack import Stack


def server_seconds(client: ConfluenceClient, wall: float) -> float:
    """Server seconds that pass while at least so many wall seconds do."""
    begun, first = time.monotonic(), startup_checks.server_time(client)
    while True:
        last, passed = startup_checks.server_time(client), time.monotonic() - begun
        if passed >= wall:
            return (last - first).total_seconds() / passed


def test_server_time_passes_at_the_stacks_scale(stack: Stack, confluence: ConfluenceClient) -> None:
    assert server_seconds(confluence, wall=1.0) == pytest.approx(stack.scale, rel=0.25)


def test_platform_time_follows_server_time(
    stack: Stack, confluence: ConfluenceClient, cloud: CloudControl
) -> None:
    clock = control(cloud, "GET", "clock").json()
    platform = datetime.fromtimestamp(clock["now"] / 1000, UTC)
    apart = abs((startup_checks.server_time(confluence) - platform).total_seconds())
    # A wall second of lag between the two looks, and the Date header's whole seconds.
    assert apart <= stack.scale + 2
