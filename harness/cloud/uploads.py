"""App data on disk: one file for each completed upload, named after its key.

A key is a UUID that the cloud makes. A name of any other form is never looked up, so no request
can reach outside the folder.
"""

import asyncio
import os
import shutil
import uuid
from collections.abc import AsyncGenerator, AsyncIterator
from pathlib import Path

from harness.cloud import atomic_files

_PIECE = 1024 * 1024


class Store:
    """The folder of app data.

    Args:
        folder: created if missing.
        sync: whether to force each upload to the disk before it appears.
    """

    def __init__(self, folder: Path, sync: bool = False) -> None:
        self._folder, self._sync = folder, sync
        self._folder.mkdir(parents=True, exist_ok=True)
        for unfinished in self._folder.glob("*.part"):
            unfinished.unlink()

    async def write(self, key: str, chunks: AsyncIterator[bytes], limit: int) -> int:
        """Writes an upload; the file appears under its key once it is complete.

        Args:
            key: a new key.
            chunks: its bytes.
            limit: the most bytes that it may have.

        Returns:
            Its size in bytes.

        Raises:
            OverflowError: it is longer than `limit`.
            OSError: it could not be written.
        """
        part, size = self._folder / f"{key}.part", 0
        try:
            with part.open("wb", buffering=0) as file:
                pending = bytearray()
                async for chunk in chunks:
                    size += len(chunk)
                    if size > limit:
                        raise OverflowError
                    pending += chunk
                    if len(pending) >= _PIECE:
                        await asyncio.to_thread(
                            atomic_files.write_all, file.fileno(), bytes(pending)
                        )
                        pending.clear()
                atomic_files.write_all(file.fileno(), bytes(pending))
                if self._sync:
                    await asyncio.to_thread(os.fsync, file.fileno())
            part.rename(self._folder / key)
            if self._sync:
                await asyncio.to_thread(atomic_files.sync_folder, self._folder)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        return size

    async def read(self, key: str) -> AsyncGenerator[bytes, None]:
        """The bytes of an upload, piece by piece.

        Raises:
            FileNotFoundError: there is no upload with this key.
        """
        if not is_key(key):
            raise FileNotFoundError(key)
        with (self._folder / key).open("rb", buffering=0) as file:
            while piece := await asyncio.to_thread(file.read, _PIECE):
                yield piece

    def has(self, key: str) -> bool:
        """Whether there is an upload with this key."""
        return is_key(key) and (self._folder / key).is_file()

    def clear(self) -> None:
        """Removes all app data."""
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True, exist_ok=True)


def is_key(text: str) -> bool:
    """Whether a text has the form of a key: a UUID in its canonical form."""
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False
