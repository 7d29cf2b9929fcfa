import asyncio
from pathlib import Path
from typing import Any

import pytest

from harness.cloud.uploads import Store, is_key


@pytest.mark.parametrize("name", ["../x", "a/b", "", ".", "8" * 36, "{" + "8" * 34 + "}"])
def test_no_name_but_a_key_is_looked_up(tmp_path: Path, name: str) -> None:
    (tmp_path / "x").write_text("outside")
    assert not is_key(name)
    assert not Store(tmp_path / "app-data").has(name)


def test_an_upload_that_breaks_leaves_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path / "app-data")

    async def broken() -> Any:
        yield b"x" * 10
        raise ConnectionError

    with pytest.raises(ConnectionError):
        asyncio.run(store.write("key", broken(), 100))
    with pytest.raises(OverflowError):
        asyncio.run(store.write("key", _pieces(b"x" * 101), 100))
    assert list((tmp_path / "app-data").iterdir()) == []
    assert asyncio.run(store.write("key", _pieces(b"x" * 100), 100)) == 100


async def _pieces(*pieces: bytes) -> Any:
    for piece in pieces:
        yield piece
