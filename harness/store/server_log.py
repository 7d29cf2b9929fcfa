"""Reads Confluence's application log: records, and what was written since a mark.

A record begins only where the line's timestamp pattern does; context lines (" -- url: ...") and
stack traces belong to the record before them. The file is rolled by size with numbered suffixes,
so a place in it is an inode and an offset. In stdout mode the same text comes from the engine.
Source: reference/confluence-container.md section 5.1.
"""

import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from harness.errors import DriverError

LOG_FILE = "logs/atlassian-confluence.log"
READY = "Confluence is ready to serve"
KEY_IS_NULL = "Cloud app key is null for server app key"
UPM_LOGGER = "upm.core.install.DefaultPluginInstallationService"

_TRIES = 3
"""How often a log that is rolled while it is read is read again."""

_HEAD = re.compile(
    r"(?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}) (?P<level>[A-Z]+) +"
    r"\[(?P<thread>.*?)\] \[(?P<logger>[^\]]*)\] (?P<rest>.*)",
)
_METHOD = re.compile(r"(?P<method>[\w$<>]+) (?P<message>.*)", re.DOTALL)
_CONTEXT = re.compile(r"^ -- ")


@dataclass(frozen=True)
class Record:
    """One record; `time` is the server's own local time, without a zone, as the log has it."""

    time: datetime
    level: str
    thread: str
    logger: str
    method: str
    message: str
    continuation: tuple[str, ...] = ()

    @property
    def context(self) -> str:
        """The request context (url, userName, ...), or an empty text."""
        return next((line[4:] for line in self.continuation if _CONTEXT.match(line)), "")

    @property
    def stack(self) -> tuple[str, ...]:
        """The lines of a stack trace or of a message that goes on over several lines."""
        return tuple(line for line in self.continuation if not _CONTEXT.match(line))

    @property
    def text(self) -> str:
        """Message and continuation, for searching."""
        return "\n".join([self.message, *self.continuation])


@dataclass(frozen=True)
class Mark:
    """A place in a log file, for example where a case began.

    `inode` is 0 and `offset` 0 when the file did not exist yet.
    """

    path: Path
    inode: int
    offset: int


def parse(text: str) -> list[Record]:
    """Read records from text; lines before the first record (a cut one) are left out."""
    return list(records(text.splitlines()))


def records(lines: Iterable[str]) -> Iterator[Record]:
    """Read records from lines, one at a time; a record comes when the next one begins."""
    head: re.Match[str] | None = None
    more: list[str] = []
    for line in lines:
        match = _HEAD.match(line)
        if match is None:
            more.append(line)
            continue
        if head is not None:
            yield _record(head, more)
        head, more = match, []
    if head is not None:
        yield _record(head, more)


def mark(path: Path) -> Mark:
    """Return the end of a log file as it is now."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return Mark(path, 0, 0)
    return Mark(path, found.st_ino, found.st_size)


def since(start: Mark) -> tuple[str, Mark]:
    """Return what was written after a mark, and the mark of the new end.

    Files that were rolled since (`.1`, `.2`, ...) are read in the order they were written. Bytes
    of a line that is not complete yet are left for the next call.

    Raises:
        DriverError: the marked file was rolled away and deleted, so lines are lost.
    """
    files = _newest_first(start.path)
    parts: list[bytes] = []
    end = Mark(start.path, 0, 0)
    for position, path in enumerate(files):
        try:
            with path.open("rb") as log:
                inode = os.fstat(log.fileno()).st_ino
                is_marked = inode == start.inode
                log.seek(start.offset if is_marked else 0)
                content = log.read()
        except FileNotFoundError:  # rolled between the listing and the reading
            return since(start)
        if position == 0:
            content = content[: content.rfind(b"\n") + 1]
            end = Mark(start.path, inode, (start.offset if is_marked else 0) + len(content))
        parts.append(content)
        if is_marked:
            break
    else:
        if start.inode:
            raise DriverError(
                f"reading {start.path} since a mark",
                "the marked file was rolled away and deleted",
                "Lines between are lost: read more often, or raise the log's size or count",
            )
    return b"".join(reversed(parts)).decode("utf-8", "replace"), end


def records_since(start: Mark) -> list[Record]:
    """Return the records written after a mark; see `since`."""
    return parse(since(start)[0])


def whole(read: Callable[[str], bytes]) -> bytes:
    """Return all that was logged, from rolled files on, so that an offset in it stays one.

    Rolling moves text from the log to its first rolled file, and leaves the text of all of them
    together as it was; only what is deleted after the last one is lost.

    Args:
        read: gives a file of the home by its path, empty where there is none.
    """
    for _ in range(_TRIES):
        files = [read(LOG_FILE)]
        while rolled := read(f"{LOG_FILE}.{len(files)}"):
            files.append(rolled)
        if len(files) == 1 or not files[0] or not files[1].startswith(files[0]):
            break
        # It was rolled between two of these reads, so its newest file was not seen.
    return b"".join(reversed(files))


def tail(path: Path, lines: int = 40, *, limit: int = 64 << 10) -> str:
    """Return a log's last lines, at most `limit` bytes; empty when there is no log."""
    try:
        with path.open("rb") as log:
            log.seek(max(0, path.stat().st_size - limit))
            text = log.read().decode("utf-8", "replace")
    except FileNotFoundError:
        return ""
    return "\n".join(text.splitlines()[-lines:])


def _record(head: re.Match[str], more: list[str]) -> Record:
    rest = head["rest"]
    split = _METHOD.match(rest)
    method, message = (split["method"], split["message"]) if split else ("", rest)
    while more and not more[-1].strip():
        more = more[:-1]
    return Record(
        time=datetime.strptime(head["time"], "%Y-%m-%d %H:%M:%S,%f"),
        level=head["level"],
        thread=head["thread"],
        logger=head["logger"],
        method=method,
        message=message,
        continuation=tuple(more),
    )


def _newest_first(path: Path) -> list[Path]:
    """Return the log and its rolled files, the newest first."""
    rolled = []
    for candidate in path.parent.glob(f"{path.name}.*"):
        suffix = candidate.name[len(path.name) + 1 :]
        if suffix.isdigit():
            rolled.append((int(suffix), candidate))
    current = [path] if path.exists() else []
    return [*current, *(file for _, file in sorted(rolled))]
