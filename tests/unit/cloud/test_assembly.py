"""What follows from which change, in a cloud that listens to nobody."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from harness.cloud.assembly import Cloud, assemble
from harness.cloud.changes import (
    AppInstalled,
    CancelRequested,
    Change,
    ClockSet,
    DataUploaded,
    ListenerTriggered,
    MessageAwaited,
    MessageQueued,
    MessagesWorkedOff,
    MigrationCreated,
    Reset,
    SwitchesSet,
    TransferCreated,
    WebhooksSet,
)
from harness.cloud.faults.latency import Latency
from harness.cloud.settings import ServeSettings
from harness.cloud.state import CANCELS_AFTER, DAY, EXPIRES_AFTER, SILENCE
from harness.vocabulary.effects import Effect

BEGIN = 1_000_000
MESSAGE = {
    "id": "m",
    "app_key": "charts",
    "transfer_id": "t",
    "event": "listener-triggered",
    "payload": {},
    "created_at": BEGIN,
}


def make_transfer(kind: str) -> list[Change]:
    """A cloud's first changes: the clock, an app of a kind, and a triggered transfer of it."""
    app = {"key": "charts", "client_key": "c", "base_url": "http://x", "kind": kind}
    migration = dict.fromkeys(("plan_id", "name", "server_id", "scope_id"), "x")
    migration |= {"id": "m", "cloud_url": "https://x", "client_key": "c", "created_at": BEGIN}
    transfer: dict[str, Any] = dict.fromkeys(("container_id", "server_key", "original_id"), "x")
    transfer |= {"id": "t", "migration_id": "m", "cloud_key": "charts", "linked": True}
    transfer |= {"scopes": [], "created_at": BEGIN, "updated_at": BEGIN}
    return [
        ClockSet(BEGIN, 0.0, 1e-6),  # it all but stands
        AppInstalled(app),
        MigrationCreated(migration),
        TransferCreated(transfer),
        ListenerTriggered("t", BEGIN),
    ]


WAITING: list[Change] = [MessageAwaited("t", each, BEGIN + 9) for each in ("m", "n")]


def worked_off(message: str, after: int, failed: bool) -> Change:
    return MessagesWorkedOff("t", [message], failed, BEGIN + after)


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Cloud]:
    cloud = assemble(ServeSettings(folder))
    cloud.world.vault.keep_shared_secret("charts", "its secret")
    cloud.start()
    try:
        yield cloud
    finally:
        await cloud.stop()


def at(cloud: Cloud, platform_ms: int) -> str:
    """The transfer's status once platform time is there and deadlines have been kept."""
    make(cloud, ClockSet(platform_ms, 0.0, 1e-6))
    cloud.deadlines.run_due()
    return cloud.world.state.transfers["t"].status


def make(cloud: Cloud, *changes: Change) -> None:
    cloud.world.record_own(Effect.CONTROLLED, "", changes)


def run(folder: Path, body: Callable[[Cloud], Awaitable[None]]) -> None:
    async def main() -> None:
        async with opened(folder) as cloud:
            await body(cloud)

    asyncio.run(main())


@pytest.mark.parametrize(
    ("kind", "more", "after", "status"),
    [
        ("connect", [], EXPIRES_AFTER, "TIMED_OUT"),
        ("connect", [CancelRequested("t", BEGIN)], CANCELS_AFTER, "CANCELLED"),
        # An idle export counts as completed; with nothing uploaded it takes long to settle.
        ("forge", [], SILENCE + DAY, "SUCCESS"),
        ("forge", [DataUploaded("t", "k", None, 1, BEGIN + 9)], SILENCE + 9, "SUCCESS"),
        ("forge", [MessageAwaited("t", "m", BEGIN + 9)], SILENCE + 9, "TIMED_OUT"),
        ("forge", [*WAITING, worked_off("m", 50, failed=False)], SILENCE + 50, "TIMED_OUT"),
        ("forge", [*WAITING, worked_off("m", 50, failed=True)], SILENCE + 9, "TIMED_OUT"),
        (
            "forge",
            [*WAITING, DataUploaded("t", "k", None, 1, BEGIN + 70)],
            SILENCE + 70,
            "TIMED_OUT",
        ),
    ],
)
def test_a_deadline_follows_from_what_happened(
    tmp_path: Path, kind: str, more: list[Change], after: int, status: str
) -> None:
    async def body(cloud: Cloud) -> None:
        make(cloud, *make_transfer(kind), *more)
        assert at(cloud, BEGIN + after - 1) not in ("TIMED_OUT", "CANCELLED", "SUCCESS")
        assert at(cloud, BEGIN + after) == status

    run(tmp_path, body)


def test_a_deadline_is_kept_though_nobody_asks(tmp_path: Path) -> None:
    async def body(cloud: Cloud) -> None:
        make(cloud, *make_transfer("connect"))
        await pass_steps(3)  # until the task sleeps
        make(cloud, ClockSet(BEGIN + EXPIRES_AFTER, 0.0, 1e-6))
        async with asyncio.timeout(5):
            while cloud.world.state.transfers["t"].status != "TIMED_OUT":
                await cloud.world.journal.grown()

    run(tmp_path, body)


def test_a_deadline_of_before_a_restart_is_kept(tmp_path: Path) -> None:
    async def first(cloud: Cloud) -> None:
        make(cloud, *make_transfer("connect"))

    async def second(cloud: Cloud) -> None:
        assert at(cloud, BEGIN + EXPIRES_AFTER) == "TIMED_OUT"

    run(tmp_path, first)
    run(tmp_path, second)


def test_a_reset_takes_deadlines_data_and_faults_with_it(tmp_path: Path) -> None:
    async def body(cloud: Cloud) -> None:
        make(cloud, *make_transfer("connect"))
        cloud.world.faults.add(Latency(kind="latency", seconds=1))
        kept = tmp_path / "app-data" / "8c6b2c2e-7d0f-4d3e-9a2b-1f0e5d4c3b2a"
        kept.write_bytes(b"x")
        make(cloud, Reset())
        make(cloud, ClockSet(BEGIN + EXPIRES_AFTER, 0.0, 1e-6))
        assert not cloud.deadlines.is_due()
        assert not cloud.world.faults
        assert not kept.exists()

    run(tmp_path, body)


def test_switches_are_set(tmp_path: Path) -> None:
    async def body(cloud: Cloud) -> None:
        make(cloud, SwitchesSet({"after_settled": 409}))
        assert cloud.world.switches.after_settled == 409

    run(tmp_path, body)


def tries(cloud: Cloud) -> int:
    lines = list(cloud.world.journal.lines(1))
    return sum(b'"effect":"not acknowledged"' in line for line in lines)


async def until_tried(cloud: Cloud, times: int) -> None:
    async with asyncio.timeout(10):
        while tries(cloud) < times:
            await cloud.world.journal.grown()


async def pass_steps(count: int) -> None:
    """Lets the loop make some steps."""
    for _ in range(count):
        await asyncio.sleep(0)


def test_a_queued_message_is_tried_and_the_clock_ends_its_pause(tmp_path: Path) -> None:
    """No address is known for it, so that each try fails at once."""

    async def body(cloud: Cloud) -> None:
        make(cloud, *make_transfer("connect"), SwitchesSet({"retry_least_wall": 0.0}))
        make(cloud, MessageQueued(MESSAGE))
        await until_tried(cloud, 1)
        await pass_steps(3)  # until its pause, of a million wall seconds, has begun
        make(cloud, ClockSet(BEGIN + 1000, 0.0, 1e-6))
        await until_tried(cloud, 2)

    run(tmp_path, body)


def test_a_message_of_before_a_restart_is_tried_again(tmp_path: Path) -> None:
    async def first(cloud: Cloud) -> None:
        make(cloud, *make_transfer("connect"), MessageQueued(MESSAGE))
        await until_tried(cloud, 1)

    async def second(cloud: Cloud) -> None:
        await until_tried(cloud, 2)

    run(tmp_path, first)
    run(tmp_path, second)


@pytest.mark.parametrize(
    ("url", "effect"),
    [
        ("http://[localhost]:1/x", b'"effect":"refused: address outside the stack"'),
        ("http://x:99999/", b'"effect":"refused: address outside the stack"'),
        (7, b'"effect":"internal error"'),  # whatever else may be in an older journal
    ],
)
def test_no_address_ends_a_delivery(tmp_path: Path, url: Any, effect: bytes) -> None:
    async def body(cloud: Cloud) -> None:
        make(cloud, *make_transfer("connect"), WebhooksSet("charts", [url]))
        make(cloud, MessageQueued(MESSAGE))
        async with asyncio.timeout(10):
            while not any(effect in line for line in cloud.world.journal.lines(1)):
                await cloud.world.journal.grown()
        await pass_steps(3)
        assert "m" in cloud.world.state.messages
        assert cloud.deliveries.are_running()

    run(tmp_path, body)


@pytest.mark.parametrize("steps", range(4))
def test_a_stop_ends_what_was_just_woken(tmp_path: Path, steps: int) -> None:
    """Within these steps of the loop, `asyncio.wait_for` would lose the cancel."""

    async def body(cloud: Cloud) -> None:
        make(cloud, *make_transfer("connect"), SwitchesSet({"retry_least_wall": 0.0}))
        make(cloud, MessageQueued(MESSAGE))
        await until_tried(cloud, 1)
        await pass_steps(3)
        for part in (cloud.deadlines, cloud.deliveries):
            make(cloud, ClockSet(BEGIN + 1, 0.0, 1e-6))
            await pass_steps(steps)
            async with asyncio.timeout(3):
                await part.stop()

    run(tmp_path, body)


def test_a_reset_ends_deliveries(tmp_path: Path) -> None:
    async def body(cloud: Cloud) -> None:
        make(cloud, *make_transfer("connect"), MessageQueued(MESSAGE))
        await until_tried(cloud, 1)
        before = asyncio.all_tasks()
        make(cloud, Reset())
        await asyncio.sleep(0)
        assert len(before - asyncio.all_tasks()) == 1

    run(tmp_path, body)
