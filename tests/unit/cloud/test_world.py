"""The world without a loop or a socket: recording, subscribing, recovering."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.cloud.assembly import assemble
from harness.cloud.changes import (
    AppInstalled,
    AppUninstalled,
    ClockSet,
    ListenerTriggered,
    PairListed,
    SwitchesSet,
)
from harness.cloud.settings import ServeSettings
from harness.cloud.world import World
from harness.errors import BadInput
from harness.vocabulary.effects import Effect

LISTED = PairListed("charts-plugin", "charts", True)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(ServeSettings(tmp_path))
    made.recover()
    yield made
    asyncio.run(made.close())


def test_a_subscriber_sees_the_changed_state_and_a_journalled_entry(world: World) -> None:
    seen: list[tuple[PairListed, bool, int]] = []
    world.subscribe(
        PairListed,
        lambda change: seen.append(
            (change, ("charts-plugin", "charts") in world.state.listings, world.journal.next)
        ),
    )
    world.record_own(Effect.CONTROLLED, "", [LISTED])
    assert seen == [(LISTED, True, 3)]


def test_a_subscriber_hears_of_its_kind_only(world: World) -> None:
    heard: list[object] = []
    world.subscribe(PairListed, heard.append)
    world.record_own(Effect.UNINSTALLED, "", [AppUninstalled("charts")])
    assert heard == []


def test_what_cannot_be_journalled_does_not_happen(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[object] = []
    world.subscribe(PairListed, heard.append)

    def full(*_: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(world.journal, "append", full)
    with pytest.raises(OSError, match="No space"):
        world.record_own(Effect.CONTROLLED, "", [LISTED])
    assert (world.state.listings, heard) == (set(), [])


def test_a_restart_brings_the_state_back(tmp_path: Path) -> None:
    switches = {"after_settled": 409}
    first = World(ServeSettings(tmp_path))
    first.recover()
    changes = [LISTED, SwitchesSet(switches), ClockSet(5_000_000.0, 0.0, 1.0)]
    first.record_own(Effect.CONTROLLED, "", changes)
    asyncio.run(first.close())

    second = World(ServeSettings(tmp_path))
    heard: list[object] = []
    second.subscribe(PairListed, heard.append)
    second.recover()
    assert second.state.listings == {("charts-plugin", "charts")}
    assert second.switches.after_settled == 409
    assert second.now() > 5_000_000 + 1_700_000_000_000  # wall time has passed since its epoch
    assert heard == [LISTED]
    (line,) = second.journal.lines(3)
    assert b"the cloud was started after 2 journal entries" in line
    asyncio.run(second.close())


CHARTS = AppInstalled({"key": "charts", "client_key": "c", "base_url": "http://x"})


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"kind": "no-such-kind"}, "journal.jsonl:2: .* another version .*KeyError"),
        (PairListed("a", "b", True).to_json() | {"x": 1}, "journal.jsonl:2: .* another version"),
        (ListenerTriggered("no-such", 1).to_json(), "journal.jsonl:2: .* another version"),
        (SwitchesSet({"no_such_switch": 1}).to_json(), "journal.jsonl:2: .* set switches"),
        (CHARTS.to_json(), "vault.json: .* no secret for charts"),
    ],
)
def test_what_cannot_be_recovered_is_refused_and_lets_go(
    tmp_path: Path, change: dict[str, Any], told: str
) -> None:
    first = World(ServeSettings(tmp_path))
    first.recover()
    first.journal.append({"effect": "controlled"}, [change])
    asyncio.run(first.close())
    for _ in range(2):  # the second time shows that the first has let the folder go
        with pytest.raises(BadInput, match=told):
            assemble(ServeSettings(tmp_path))
    (tmp_path / "vault.json").unlink()
    for _ in range(2):
        with pytest.raises(BadInput, match="it is missing"):
            assemble(ServeSettings(tmp_path))


def test_an_app_that_left_leaves_no_secret(tmp_path: Path) -> None:
    cloud = assemble(ServeSettings(tmp_path))
    cloud.world.vault.keep_shared_secret("charts", "s3cret")
    cloud.world.record_own(Effect.INSTALLED, "", [CHARTS])
    cloud.world.record_own(Effect.UNINSTALLED, "", [AppUninstalled("charts")])
    assert "s3cret" not in (tmp_path / "vault.json").read_text()
    asyncio.run(cloud.stop())
