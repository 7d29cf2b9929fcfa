"""Parts of bytes, read as a file that is never held whole."""

import io
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing_extensions import Buffer


class _Parts(io.RawIOBase):
    def __init__(self, parts: Iterable[bytes]) -> None:
        self._parts, self._rest = iter(parts), memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "Buffer") -> int:
        while not self._rest:
            part = next(self._parts, None)
            if part is None:
                return 0
            self._rest = memoryview(part)
        into = memoryview(buffer)
        count = min(len(into), len(self._rest))
        into[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count


def as_file(parts: Iterable[bytes]) -> io.BufferedReader:
    """A file to read once from its beginning.

    Args:
        parts: the content, split in any way.
    """
    return io.BufferedReader(_Parts(parts), 1 << 20)
