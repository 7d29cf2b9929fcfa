"""The journal: every request and delivery, in one append-only file.

A line is written before its answer goes out, so whatever was answered survives a `kill -9` of the
cloud. With `sync` the line is also forced to the disk, and survives a loss of power. The file is
the only copy: memory holds one offset for every 64 lines, however many there are.

After a restart the cloud recovers its state from the lines that carry changes.
"""

import asyncio
import os
import time
from array import array
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from harness.cloud.clock import iso

Entry = dict[str, Any]

_STRIDE = 64
_READ = 256 * 1024


class Journal:
    """An append-only file of JSON lines, numbered from 1.

    Args:
        path: the file; created if missing, continued otherwise.
        platform_now: platform time in epoch milliseconds.
        sync: whether to force each line to the disk before going on.
    """

    def __init__(self, path: Path, platform_now: Callable[[], int], sync: bool = False) -> None:
        self._platform_now, self._sync = platform_now, sync
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        self._offsets = array("Q")
        self._size = 0
        self._grown = asyncio.Event()
        self.next = 1
        self.case: str | None = None
        """The text of the last mark; each entry carries it, so a case's entries can be found."""

    def recover(self) -> Iterator[Entry]:
        """Reads what an earlier process left; the caller has to exhaust it before the first append.

        A line that the earlier process did not finish is cut off: it was never answered.

        Yields:
            Entries that carry changes, oldest first.
        """
        for line in self._lines(0):
            if not line.endswith(b"\n"):
                os.ftruncate(self._file, self._size)
                break
            self._count(len(line))
            if b'"changes":' in line:
                entry = orjson.loads(line)
                self.case = entry.get("case")
                yield entry

    def append(self, entry: Mapping[str, Any], changes: Sequence[Mapping[str, Any]] = ()) -> None:
        """Numbers and dates an entry, and writes it with its changes.

        Raises:
            OSError: it could not be written completely; the file is as it was before.
        """
        numbered = {
            "seq": self.next,
            "wall_time": iso(time.time() * 1000.0),
            "platform_time": iso(self._platform_now()),
            "case": self.case,
            **entry,
        }
        if changes:
            numbered["changes"] = changes
        line = orjson.dumps(numbered, option=orjson.OPT_APPEND_NEWLINE)
        try:
            written = os.write(self._file, line)
            if written != len(line):
                raise OSError(f"only {written} of {len(line)} bytes could be written")
            if self._sync:
                os.fdatasync(self._file)
        except OSError:
            os.ftruncate(self._file, self._size)
            raise
        self._count(len(line))
        if self._waiting:
            self._grown.set()

    def _count(self, length: int) -> None:
        if (self.next - 1) % _STRIDE == 0:
            self._offsets.append(self._size)
        self._size += length
        self.next += 1

    def lines(self, since: int) -> Iterator[bytes]:
        """The lines from a sequence number on, with their line breaks, read as they are used."""
        since = max(since, 1)
        if since >= self.next:
            return
        block = (since - 1) // _STRIDE
        skip = (since - 1) % _STRIDE
        for line in self._lines(self._offsets[block]):
            if skip:
                skip -= 1
            else:
                yield line

    def _lines(self, offset: int) -> Iterator[bytes]:
        rest = b""
        while chunk := os.pread(self._file, _READ, offset):
            offset += len(chunk)
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                yield line + b"\n"
        if rest:
            yield rest

    _waiting = 0

    async def grown(self) -> None:
        """Waits until something is appended."""
        self._waiting += 1
        try:
            self._grown.clear()
            await self._grown.wait()
        finally:
            self._waiting -= 1

    async def follow(self, since: int) -> AsyncGenerator[bytes, None]:
        """The lines from a sequence number on, and then each new one, without end."""
        while True:
            for line in self.lines(since):
                since += 1
                yield line
            if since >= self.next:
                await self.grown()

    def close(self) -> None:
        """Closes the file."""
        os.close(self._file)
