"""With `--sync`, all that an answer rests on is on the disk before the answer."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from harness.cloud.atomic_files import replace
from harness.cloud.settings import ServeSettings
from harness.cloud.world import World
from harness.vocabulary.effects import Effect


async def _pieces() -> AsyncIterator[bytes]:
    yield b"x"


def _forced(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of what is forced to the disk from now on."""
    names: list[str] = []
    for call in ("fsync", "fdatasync"):
        really = getattr(os, call)

        def force(handle: int, really: object = really) -> None:
            names.append(Path(f"/proc/self/fd/{handle}").readlink().name)
            really(handle)  # type: ignore[operator]  # one of os

        monkeypatch.setattr(os, call, force)
    return names


@pytest.mark.parametrize("sync", [True, False])
def test_everything_that_is_kept_is_forced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sync: bool
) -> None:
    forced = _forced(monkeypatch)
    data = tmp_path / "data"
    world = World(ServeSettings(data, sync=sync))
    assert forced == (["data", "vault.new", "data"] if sync else [])
    forced.clear()
    world.vault.keep_shared_secret("charts", "s3cret")
    asyncio.run(world.store.write("key", _pieces(), 10))
    world.record_own(Effect.RECORDED, "")
    asyncio.run(world.close())
    kept = ["vault.new", "data", "key.part", "app-data", "journal.jsonl"]
    assert forced == (kept if sync else [])


def test_a_file_that_cannot_be_replaced_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "kept.json"
    replace(path, b"old", sync=False)

    def full(*_: object) -> int:
        raise OSError("No space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(OSError, match="No space"):
        replace(path, b"new", sync=False)
    assert path.read_bytes() == b"old"
