"""The journal: every request and delivery, in one append-only file.

A line is written before its answer goes out, so whatever was answered survives a `kill -9` of the
cloud. With `sync` the line is also forced to the disk, and survives a loss of power. The file is
the only copy: memory holds one offset for every 64 lines, however many there are.

After a restart the cloud recovers its state from the lines that carry changes. Each line ends in
a checksum of what stands before it, so that a file which was damaged is refused instead of
believed. The file is locked while the cloud runs: a second one on the same folder is refused.
"""

import asyncio
import fcntl
import os
import time
import zlib
from array import array
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from harness.cloud import atomic_files
from harness.cloud.clock import iso
from harness.errors import BadInput

Entry = dict[str, Any]

_STRIDE = 64
_READ = 256 * 1024
_SUM = b',"sum":'
"""The last field of each line: the CRC-32 of all bytes before it."""


class Journal:
    """An append-only file of JSON lines, numbered from 1.

    Args:
        path: the file; created if missing, continued otherwise.
        platform_now: platform time in epoch milliseconds.
        sync: whether to force each line to the disk before going on.

    Raises:
        BadInput: another cloud has the file open.
        OSError: it cannot be opened.
    """

    def __init__(self, path: Path, platform_now: Callable[[], int], sync: bool = False) -> None:
        self._platform_now, self._sync = platform_now, sync
        self._path = path
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        _lock(self._file, path)
        if sync:
            atomic_files.sync_folder(path.parent)
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

        Raises:
            BadInput: a line is damaged; names it.
        """
        for line in self._lines(0):
            if not line.endswith(b"\n"):
                self._cut_off(line)
                break
            entry = self._read(line)
            self._count(len(line))
            self.case = entry.get("case")
            if entry.get("changes"):
                yield entry

    def is_empty(self) -> bool:
        """Whether nothing has ever been written to the file."""
        return os.fstat(self._file).st_size == 0

    def damaged(self, number: int, why: str) -> BadInput:
        """The refusal of a file whose line with this number cannot be taken as it is."""
        return BadInput(
            f"the journal cannot be read: {why}. Restore the file, or start the cloud on an "
            "empty data folder",
            path=self._path,
            line=number,
        )

    def _cut_off(self, unfinished: bytes) -> None:
        begin = b'{"seq":%d,' % self.next
        if not (unfinished.startswith(begin) or begin.startswith(unfinished)):
            raise self.damaged(self.next, "it ends in something that is not the start of an entry")
        os.ftruncate(self._file, self._size)

    def _read(self, line: bytes) -> Entry:
        body, mark, rest = line.rpartition(_SUM)
        if not mark or rest != b"%d}\n" % zlib.crc32(body):
            raise self.damaged(self.next, "this line was damaged (its checksum is wrong)")
        try:
            entry: Entry = orjson.loads(line)
            number = entry["seq"]
        except (ValueError, KeyError, TypeError):
            raise self.damaged(
                self.next, "this line is no entry, though its checksum fits"
            ) from None
        if number != self.next:
            raise self.damaged(
                self.next, f"entry {self.next} should be here, but this is entry {number}"
            )
        return entry

    def append(self, entry: Mapping[str, Any], changes: Sequence[Mapping[str, Any]] = ()) -> None:
        """Numbers and dates an entry, and writes it with its changes.

        Raises:
            OSError: it could not be written completely; the file is as it was before.
        """
        numbered = {
            "seq": self.next,
            "wall_time": iso(time.time_ns() // 1_000_000),
            "platform_time": iso(self._platform_now()),
            "case": self.case,
            **entry,
        }
        if changes:
            numbered["changes"] = changes
        body = orjson.dumps(numbered)[:-1]
        line = b"%b%b%d}\n" % (body, _SUM, zlib.crc32(body))
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


def _lock(file: int, path: Path) -> None:
    """Takes the file's lock, which the system drops when this process ends.

    Raises:
        BadInput: another process has it.
    """
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(file)
        raise BadInput(
            f"the data folder {path.parent} is in use by another cloud that is running: "
            "stop that one, or give this one a folder of its own"
        ) from error
